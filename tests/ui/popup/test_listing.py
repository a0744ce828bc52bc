"""Which apps the popup sums up in one row."""

from __future__ import annotations

from dataclasses import replace

from oomtray.ui.popup.listing import quiet
from tests.facts import desktops


def test_an_app_of_which_nothing_is_known_is_summed_up_too() -> None:
    *apps, last = desktops.desktop().apps
    unknown = replace(last, share=None, memory=None, change=None)
    assert unknown in quiet([*apps, unknown], 1 << 22, frozenset())
