"""Whom the kernel takes next, who is too close to tell apart, and which sysctls make its order void."""

from __future__ import annotations

import pytest

from oomtray.kernel.snapshot import OomPolicy, Scope
from tests.facts.in_pages import PAGE_SIZE, TOTAL_PAGES, judged, process, snapshot


def test_the_victim_is_the_first_and_says_who_else_it_may_be() -> None:
    view = snapshot(process(5, pages=9000), process(6, pages=8990), process(7, pages=10), cpus=2)
    assessment = judged(view)
    victim = assessment.victim
    assert victim is not None
    assert (victim.killer, victim.risk.process.pid, [r.process.pid for r in victim.near]) == (
        "kernel",
        5,
        [6],
    )
    assert assessment.killers[0].next == (5,)
    assert [r.reasons for r in assessment.risks] == [("next-victim",), ("near-victim",), ()]


def test_nobody_can_be_killed() -> None:
    assessment = judged(snapshot(process(5, adj=-1000)))
    assert (assessment.victim, assessment.killers[0].next, assessment.process_count) == (None, (), 1)


def test_where_processes_wait_at_the_limit_nobody_is_next() -> None:
    """Nor does the kernel panic: nothing runs that would."""
    box = Scope("cgroup", TOTAL_PAGES, "/box", TOTAL_PAGES * PAGE_SIZE, waits=True)
    rows = process(5, pages=9000, adj=100), process(6, pages=209_000), process(7, pages=10)
    assessment = judged(snapshot(*rows, scope=box, policy=OomPolicy(1, 2), cpus=2))
    (kernel,) = assessment.killers
    assert (kernel.next, kernel.overrides, kernel.idle_because, kernel.distance) == ((), (), "switched-off", None)
    assert [(r.process.pid, r.rank, r.warning) for r in assessment.risks] == [(6, 1, "none"), (5, 2, "none"), (7, 3, "none")]
    assert not {"next-victim", "near-victim", "small-but-first"} & {reason for r in assessment.risks for reason in r.reasons}


@pytest.mark.parametrize(
    ("policy", "scope", "overrides"),
    [
        pytest.param(OomPolicy(0, 0), "system", (), id="none"),
        pytest.param(OomPolicy(None, None), "system", (), id="unreadable: nothing is claimed"),
        pytest.param(OomPolicy(1, 0), "system", ("oom_kill_allocating_task",), id="whoever asks dies"),
        pytest.param(OomPolicy(1, 1), "system", ("oom_kill_allocating_task", "panic_on_oom"), id="panic"),
        pytest.param(OomPolicy(1, 1), "cgroup", (), id="in a cgroup neither counts"),
        pytest.param(OomPolicy(0, 2), "cgroup", ("panic_on_oom",), id="but 2 does"),
    ],
)
def test_overrides(policy: OomPolicy, scope: str, overrides: tuple[str, ...]) -> None:
    inside = Scope(scope, TOTAL_PAGES, None if scope == "system" else "/box", TOTAL_PAGES * PAGE_SIZE)
    assert judged(snapshot(process(5), policy=policy, scope=inside)).killers[0].overrides == overrides
