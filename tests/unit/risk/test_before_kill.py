"""The recorded readings before a kill say what used memory up: an app that kept growing, a sudden load, or nothing new."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oomtray.risk.before_kill import Moment, best_cause, cause_before, grown
from oomtray.risk.kill_event import KillEvent, KillScope
from oomtray.risk.postmortem import Cause
from tests.facts import GIB, MIB
from tests.facts.kills import AT, leak_moments

Held = dict[str, float]
"""GiB by app."""


def readings(
    seconds: int, left: Callable[[float], float], apps: Callable[[float], Held], *, step: int = 10, swap: float = 4.0, worth: float = 1.0
) -> list[Moment]:
    """Of a machine of 16 GiB; `left` and `apps` take 0..1, the way to the kill."""
    return [
        Moment(
            AT - seconds + at, 16 * GIB, int(left(at / seconds) * GIB), int(swap * GIB), 0, worth,
            tuple((name, int(held * GIB)) for name, held in apps(at / seconds).items()),
        )
        for at in range(0, seconds + 1, step)
    ]  # fmt: skip


def idle(_: float) -> Held:
    return {"firefox": 3.0, "code": 2.0}


@pytest.mark.parametrize(
    ("moments", "kind", "confidence", "remedy", "app"),
    [
        pytest.param(leak_moments(), "leak", "medium", "expendable", "train.py", id="one app for some minutes"),
        pytest.param(readings(7200, lambda t: 8 - 8 * t, lambda t: {"chat": 1 + 8 * t, "code": 2.0}, step=30),
                     "leak", "high", "expendable", "chat", id="one app for two hours"),
        pytest.param(readings(60, lambda t: 8 - 8 * t, lambda t: {"make": 0.2 + 7.5 * t, "code": 2.0}, step=2),
                     "surge", "high", "expendable", "make", id="one app at once"),
        pytest.param(readings(60, lambda t: 8 - 8 * t, lambda t: {f"job-{n}": 0.1 + 2 * t for n in range(4)}, step=2),
                     "surge", "medium", "start-fewer", None, id="many at once"),
        pytest.param(readings(1200, lambda _: 0.8, idle), "too-small", "medium", "add-memory", None, id="full all the time"),
        pytest.param(readings(1200, lambda _: 0.8, idle, swap=0), "misconfiguration", "medium", "add-swap", None, id="full, no swap"),
        pytest.param(readings(1200, lambda _: 0.8, idle, swap=0.5), "misconfiguration", "medium", "enlarge-swap", None,
                     id="full, little swap"),
        pytest.param(readings(1200, lambda _: 0.8, idle, worth=0.6), "misconfiguration", "medium", "add-disk-swap", None, id="zram alone"),
    ],
)  # fmt: skip
def test_cause(moments: list[Moment], kind: str, confidence: str, remedy: str, app: str | None) -> None:
    cause = cause_before(moments, AT)
    assert cause is not None
    assert cause.is_known
    assert (cause.kind, cause.confidence, cause.remedy, cause.app) == (kind, confidence, remedy, app)


@pytest.mark.parametrize(("not_before", "known"), [(None, True), (AT - 20, True), (AT - 3600, False)])
def test_readings_explain_only_a_kill_whose_moment_is_known(not_before: float | None, known: bool) -> None:
    event = KillEvent(time=AT, not_before=not_before, killer="kernel", outcome="unknown")
    assert (best_cause(event, leak_moments()) is not None) == known


@pytest.mark.parametrize(("scope", "known"), [(KillScope(kind="system"), True), (KillScope(kind="cgroup", path="/box", limit=GIB), False)])
def test_what_grew_elsewhere_is_no_cause_of_a_limit_reached(scope: KillScope, known: bool) -> None:
    event = KillEvent(time=AT, killer="kernel", outcome="killed", scope=scope)
    assert (best_cause(event, leak_moments()) is not None) == known


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param([], id="nothing was recorded"),
        pytest.param(leak_moments(AT - 3600), id="nothing in the hour before"),
        pytest.param(leak_moments(AT + 3600), id="only what came later"),
        pytest.param(readings(1200, lambda _: 6.0, idle), id="memory was left"),
        pytest.param(readings(1200, lambda _: 6.0, lambda t: {"grows": 1 + 4 * t}), id="an app that took less than was left"),
        pytest.param(readings(60, lambda t: 10 - 4 * t, lambda t: {"starts": 4 * t}, step=2), id="one that came at once, and left more than it took"),
        pytest.param(readings(1200, lambda _: 6.0, lambda t: {"breathes": 3 + (t * 17 % 1) * 3}), id="an app that gives back"),
        pytest.param(readings(1200, lambda t: 8 - 8 * t, lambda t: {"chat": 1 + 4 * t, "mail": 1 + 4 * t}), id="two that grow alike"),
        pytest.param(readings(20, lambda _: 0.5, idle), id="recorded for too short a while"),
    ],
)
def test_no_evidence_no_cause_but_the_reports(moments: list[Moment]) -> None:
    assert cause_before(moments, AT) is None
    told = Cause("leak", "low", {}, "")
    assert best_cause(KillEvent(time=AT, killer="kernel", outcome="killed", cause=told), moments) is told


def test_evidence_is_what_was_read() -> None:
    cause = cause_before(leak_moments(), AT)
    assert cause is not None
    assert cause.evidence == {"from": int(2.1 * GIB), "to": int(6.1 * GIB), "seconds": 400}


def test_who_grew_the_most_comes_first_and_noise_is_left_out() -> None:
    found = grown(readings(600, lambda t: 9 - 9 * t, lambda t: {"a": 1 + 2 * t, "b": 1 + 4 * t, "c": 2 + 0.5 * t}), AT)
    assert [(one.name, one.amount) for one in found] == [("b", 4 * GIB), ("a", 2 * GIB)]


def test_growth_is_told_from_the_lowest_on() -> None:
    (found,) = grown(readings(600, lambda t: 9 - 9 * t, lambda t: {"a": abs(t - 0.5) * 8 + 1}), AT)
    assert (found.low, found.high, found.seconds, found.steady) == (1 * GIB, 5 * GIB, 300.0, True)


def test_a_machine_without_readings_of_apps_has_no_growth() -> None:
    assert grown([Moment(AT - 10, 16 * GIB, 5 * MIB)], AT) == ()
