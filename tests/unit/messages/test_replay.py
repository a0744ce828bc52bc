"""The lines of `replay` say when as the readings did, and how long as a person would."""

from __future__ import annotations

import pytest

from oomtray.messages.replay import event
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
