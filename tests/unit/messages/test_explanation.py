"""Where an explanation says that a value comes from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oomtray.kernel.snapshot import Process
from oomtray.messages import explanation
from oomtray.risk.assessment import Assessment
from tests.facts import desktops


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(desktops.by_hand, "You set it with OOM Tray.", id="by hand"),
        pytest.param(desktops.by_rule, "Your rule set it.", id="by a rule"),
    ],
)
def test_who_set_a_value_from_here(given: Callable[[Assessment, Process], Assessment], says: str) -> None:
    now = desktops.desktop()
    assert now.victim is not None
    found = given(now, now.victim.risk.process)
    risk = next(one for one in found.risks if one.process.identity == now.victim.risk.process.identity)

    assert explanation.origin(found, risk) == says
