"""The watchdog tells once when something is overdue, and neither early nor where the whole process stood still."""

from __future__ import annotations

import pytest

from oomtray.ui.app.watchdog import Watchdog

SOON = 0.02
"""Seconds."""


class Clock:
    """Tells these readings one after the other, and the last one for ever."""

    def __init__(self, *readings: float) -> None:
        self.readings = list(readings)

    def __call__(self) -> float:
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]


def test_what_does_not_come_is_overdue(qtbot):
    watchdog = Watchdog(10.0)

    with qtbot.waitSignal(watchdog.overdue):
        watchdog.expect_within(SOON)

    assert not watchdog.runs, "told once"


def test_what_comes_in_time_moves_the_deadline_and_costs_no_wake_up(qtbot):
    other, watchdog = Watchdog(10.0), Watchdog(10.0)
    watchdog.overdue.connect(lambda: pytest.fail("it came in time"))
    watchdog.expect_within(SOON)
    watchdog.expect_within(60.0)

    with qtbot.waitSignal(other.overdue):
        other.expect_within(3 * SOON)

    assert watchdog.runs


def test_an_earlier_deadline_holds_against_a_later_one(qtbot):
    watchdog = Watchdog(10.0)
    watchdog.expect_within(60.0)

    with qtbot.waitSignal(watchdog.overdue):
        watchdog.expect_sooner(SOON)
        watchdog.expect_sooner(60.0)


def test_a_timer_that_comes_early_is_not_believed(qtbot):
    watchdog = Watchdog(10.0, clock=Clock(0.0, SOON / 2, 2 * SOON))

    with qtbot.waitSignal(watchdog.overdue):
        watchdog.expect_within(SOON)


def test_after_the_whole_process_stood_still_there_is_time_anew(qtbot):
    """SIGSTOP, or a machine that swaps: nobody could tell anything, and what was expected comes now."""
    clock = Clock(0.0, 100.0, 100.0, 100.0 + 1.5 * SOON)
    watchdog = Watchdog(SOON, clock=clock)

    with qtbot.waitSignal(watchdog.overdue):
        watchdog.expect_within(SOON)

    assert clock() == 100.0 + 1.5 * SOON, "not before the second deadline"
    assert len(clock.readings) == 1
