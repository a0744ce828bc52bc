"""Which apps the popup sums up in one row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.ui.popup.listing import quiet
from tests.facts import MIB, desktops


def test_an_app_of_which_nothing_is_known_is_summed_up_too() -> None:
    *apps, last = desktops.desktop().apps
    unknown = replace(last, share=None, memory=None, change=None)
    assert unknown in quiet([*apps, unknown], 1 << 22, frozenset())


@pytest.mark.parametrize(("change", "summed"), [(0.1 * MIB, True), (100.0 * MIB, False)])
def test_a_small_app_that_grows_fast_keeps_its_row(change: float, summed: bool) -> None:
    *apps, last = desktops.desktop().apps
    grows = replace(last, change=change)
    assert (grows in quiet([*apps, grows], 1 << 22, frozenset())) is summed
