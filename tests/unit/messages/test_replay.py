"""The lines of `replay` say when as the readings did, and how long as a person would."""

from __future__ import annotations

from typing import Literal

import pytest

from oomtray.messages.replay import event
from oomtray.risk.outlook import Cause, LevelName
from oomtray.risk.replay import Clock, ReplayEvent


@pytest.mark.parametrize(
    ("clock", "seconds", "says"),
    [
        pytest.param("stall", (62.6, 79.4), "7.0 s  apps get slow in 63 to 79 s", id="a-range"),
        pytest.param("stall", (2.6, 3.4), "7.0 s  apps get slow in 3 s", id="no-range"),
        pytest.param("stall", (0.1, 0.4), "7.0 s  apps get slow now", id="now"),
        pytest.param("stall", None, "7.0 s  apps no longer about to get slow", id="slow-no-more"),
        pytest.param("kill", (0.0, 12.0), "7.0 s  a program is killed in 0 to 12 s", id="within"),
        pytest.param("kill", (0.0, 0.2), "7.0 s  a program may be killed at any moment", id="at-any-moment"),
        pytest.param("kill", None, "7.0 s  no program about to be killed any more", id="ended"),
    ],
)
def test_how_long_it_lasts(clock: Clock, seconds: tuple[float, float] | None, says: str) -> None:
    assert event(ReplayEvent(7.0, "forecast", "warning", "forecast", clock, seconds)) == says


@pytest.mark.parametrize(
    ("what", "level", "cause", "says"),
    [
        pytest.param("level", "warning", "used", "7.0 s  warning: much memory is used", id="a level"),
        pytest.param("level", "critical", "stall", "7.0 s  critical: programs wait for memory", id="another, and why"),
        pytest.param("notify", "critical", "used", "7.0 s  notification of the critical level", id="told"),
        pytest.param("withdraw", "normal", "none", "7.0 s  notification withdrawn", id="taken back"),
    ],
)
def test_what_would_have_been_shown(what: Literal["level", "notify", "withdraw"], level: LevelName, cause: Cause, says: str) -> None:
    assert event(ReplayEvent(7.0, what, level, cause, "kill", (60.0, 80.0))) == says
