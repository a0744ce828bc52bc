"""What is asked before an app is ended, and what became of it, with no more names than one can read."""

from __future__ import annotations

import signal

import pytest

from oomtray.actions.ending import EndingResult
from oomtray.actions.signals import Ending
from oomtray.messages.ending import all_ended, gone, stayed, unkillable, waits
from tests.facts.process_facts import HOSTILE
from tests.facts.processes import process


def sent(*names: str, errors: int = 0) -> tuple[Ending, ...]:
    done = [Ending(4200 + n, 1, name, signal.SIGTERM, done=True) for n, name in enumerate(names)]
    return (*done, *(Ending(1, 1, "", signal.SIGTERM, done=False, error="gone") for _ in range(errors)))


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["firefox", "tab", "tab"], "Ending Firefox in 3 s: 3 processes (firefox and tab)."),
        (["firefox", "firefox"], "Ending Firefox in 3 s: 2 processes."),
        (["tab"], "Ending Firefox in 3 s."),
        (list("abcdef"), "Ending Firefox in 3 s: 6 processes (a, b, c, d and 2 more)."),
    ],
    ids=["each-name-once", "named-like-the-app", "one", "many"],
)
def test_an_end_that_waits_says_how_many_and_which(names: list[str], says: str) -> None:
    assert waits("Firefox", [process(n, name=name) for n, name in enumerate(names, 10)], 3) == says


@pytest.mark.parametrize(
    ("all_of_them", "left", "says"),
    [
        (sent("a"), 1, "Firefox is still running."),
        (sent("a", "b"), 1, "1 of 2 is still running: a (4200)."),
        (sent(*"abcdefg"), 6, "6 of 7 are still running: a (4200), b (4201), c (4202), d (4203) and 2 more."),
        (sent("a", "b", errors=3), 2, "2 of 2 are still running: a (4200) and b (4201)."),
    ],
    ids=["single", "one-of-two", "many", "some-had-ended"],
)
def test_those_that_stay_are_named(all_of_them: tuple[Ending, ...], left: int, says: str) -> None:
    result = EndingResult(all_of_them, all_of_them[:left])
    assert stayed("Firefox", result) == says
    assert unkillable("Firefox", result).startswith(f"{says} The kernel ends ")


@pytest.mark.parametrize(
    ("all_of_them", "says"),
    [
        (sent("a"), "Firefox has ended."),
        (sent("a", "b"), "Firefox: 2 processes have ended."),
        (sent("a", errors=1), "Firefox: 1 process has ended."),
    ],
    ids=["single", "two", "one-had-ended"],
)
def test_an_end_is_told(all_of_them: tuple[Ending, ...], says: str) -> None:
    assert gone("Firefox", EndingResult(all_of_them)) == says


def test_a_hostile_name_stays_plain() -> None:
    result = EndingResult(sent(HOSTILE, HOSTILE), sent(HOSTILE))
    assert stayed("x", result).isprintable()
    assert waits("x", [process(1, name=HOSTILE), process(2, name=HOSTILE)], 3).isprintable()


def one(error: str | None = None, number: signal.Signals = signal.SIGTERM, pid: int = 7) -> Ending:
    return Ending(pid, 8, "db", number, error is None, error)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("endings", "says"),
    [
        pytest.param([one()], "App was asked to end.", id="asked"),
        pytest.param([one(number=signal.SIGKILL)], "App was ended by force.", id="forced"),
        pytest.param([one("not-yours")], "App was not ended: it belongs to another user.", id="refused"),
        pytest.param([one("gone")], "App was not ended: it has ended.", id="gone"),
        pytest.param([one(), one("gone")], "App: 2 processes were asked to end.", id="app"),
        pytest.param(
            [one(), one("not-yours", pid=9)],
            "App: 1 of 2 processes were not ended. db (9) was not ended: it belongs to another user.",
            id="a-part",
        ),
    ],
)
def test_what_was_ended(endings: list[Ending], says: str) -> None:
    assert all_ended("App", endings) == says
