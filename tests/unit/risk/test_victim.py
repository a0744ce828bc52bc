"""Who dies next, who goes with it, why a row is marked, and what a change would bring."""

from __future__ import annotations

from typing import Any

import pytest

from oomtray.config import Rows
from oomtray.kernel.snapshot import Consequences, OomPolicy, Process, Scope, Snapshot
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Also, Assessment, Level, Risk
from oomtray.risk.ranking import rank
from oomtray.risk.victim import also, foresee
from tests.facts.in_pages import PAGE_SIZE, STEP, TOTAL_PAGES, process, snapshot

USER = "/user.slice/user-1000.slice/user@1000.service"


def judged(view: Snapshot, **facts: Any) -> Assessment:
    return assess(rank(view), level=Level(), rows=Rows(), **facts)


def risk_of(pid: int, *processes: Process, **facts: Any) -> Risk:
    return next(r for r in judged(snapshot(*processes), **facts).risks if r.process.pid == pid)


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


@pytest.mark.parametrize(
    ("consequences", "expected"),
    [
        pytest.param(Consequences(), None, id="dies alone"),
        pytest.param(
            Consequences(unit="t.scope", unit_policy="stop", unit_pids=(5, 6, 7)),
            Also("t.scope", "oom-policy-stop", (5, 6, 7)),
            id="systemd stops the unit",
        ),
        pytest.param(
            Consequences(unit="t.scope", unit_policy="kill", unit_pids=(5, 6)),
            Also("t.scope", "oom-policy-stop", (5, 6)),
            id="systemd kills the unit",
        ),
        pytest.param(
            Consequences(unit="t.scope", unit_policy="continue", unit_pids=(5, 6)), None, id="the unit goes on"
        ),
        pytest.param(Consequences(unit="t.scope", unit_pids=(5, 6)), None, id="policy unknown: nothing is claimed"),
        pytest.param(Consequences(unit="t.scope", unit_policy="stop", unit_pids=(5,)), None, id="alone in its unit"),
        pytest.param(
            Consequences(oom_group="/box", group_pids=(5, 8)), Also("/box", "memory-oom-group", (5, 8)), id="oom group"
        ),
        pytest.param(
            Consequences("/box", "t.scope", "stop", (5, 8), (5, 8)), Also("/box", "memory-oom-group", (5, 8)),
            id="both alike: the kernel is there first",
        ),
        pytest.param(
            Consequences("/box", "t.scope", "stop", (5, 8), (5, 8, 9)),
            Also("t.scope", "oom-policy-stop", (5, 8, 9)),
            id="both: whichever takes more",
        ),
    ],
)  # fmt: skip
def test_who_goes_with_it(consequences: Consequences, expected: Also | None) -> None:
    assert also(consequences, 5) == expected
    victim = judged(snapshot(process(5)), consequences={5: consequences}).victim
    assert victim is not None
    assert victim.also == expected
    told = {"oom-policy-stop": "unit-dies-whole", "memory-oom-group": "group-dies-whole"}
    assert set(victim.risk.reasons) - {"next-victim"} == ({told[expected.cause]} if expected else set())


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


@pytest.mark.parametrize(
    ("pages", "adj", "first", "warning"),
    [
        pytest.param(10, 0, True, "elevated", id="the next victim is always marked"),
        pytest.param(10, 0, False, "none", id="an idle process isn't, though it reads 666"),
        pytest.param(500 * STEP - 1, 0, False, "none", id="just below elevated"),
        pytest.param(500 * STEP, 0, False, "elevated", id="elevated"),
        pytest.param(100 * STEP, 700, False, "high", id="high by its adjustment"),
        pytest.param(900 * STEP, 0, True, "high", id="high and next"),
        pytest.param(900 * STEP, -1000, False, "none", id="never chosen: no warning"),
    ],
)
def test_warning_by_share(pages: int, adj: int, first: bool, warning: str) -> None:
    others = [] if first else [process(9, pages=990 * STEP)]
    assert risk_of(5, process(5, pages=pages, adj=adj), *others).warning == warning


SHELL = process(50, adj=200, name="bash")
MANAGER = process(60, adj=100, name="systemd", unit_cgroup=f"{USER}/init.scope")
INIT = process(1, adj=0, name="systemd", oom_score=0, unit_cgroup="/init.scope")
APP = f"{USER}/app.slice/app-chromium-1.scope"


@pytest.mark.parametrize(
    ("child", "parent", "reasons"),
    [
        pytest.param({"adj": 0, "ppid": 1}, INIT, (), id="no adjustment"),
        pytest.param({"adj": 200, "ppid": 50}, SHELL, ("adj-inherited",), id="like its parent"),
        pytest.param({"adj": 300, "ppid": 50}, SHELL, ("adj-set-by-app",), id="above its parent"),
        pytest.param({"adj": 100, "ppid": 50}, SHELL, (), id="below its parent, still raised"),
        pytest.param({"adj": -500, "ppid": 50}, SHELL, ("adj-protected",), id="protected"),
        pytest.param({"adj": -17, "ppid": 70}, process(70, adj=-17), ("adj-inherited", "adj-protected"),
                     id="protected like its parent"),
        pytest.param({"adj": 200, "ppid": 60, "unit_cgroup": f"{USER}/session.slice/pipewire.service"}, MANAGER,
                     ("adj-set-by-unit",), id="a user service at the manager's default"),
        pytest.param({"adj": 400, "ppid": 1, "unit_cgroup": "/system.slice/batch.service"}, INIT,
                     ("adj-set-by-unit",), id="a system service"),
        pytest.param({"adj": 490, "ppid": 70, "unit_cgroup": "/docker-1.scope"},
                     process(70, name="containerd-shim", unit_cgroup="/system.slice/containerd.service"),
                     ("adj-set-by-unit",), id="a container by its runtime"),
        pytest.param({"adj": 300, "ppid": 70, "unit_cgroup": APP}, process(70, unit_cgroup=APP),
                     ("adj-set-by-app",), id="a renderer by its browser"),
        pytest.param({"adj": 300, "ppid": 70, "unit_cgroup": APP},
                     process(70, name="gnome-shell", unit_cgroup=f"{USER}/session.slice/shell.service"),
                     ("adj-set-by-app",), id="an app that its desktop started"),
        pytest.param({"adj": 200, "ppid": 60, "unit_cgroup": f"{USER}/app.slice/app-nm@autostart.service"}, MANAGER,
                     ("adj-set-by-unit",), id="an app that the manager started"),
        pytest.param({"adj": 300, "ppid": 70, "unit_cgroup": "/system.slice/a.service"},
                     process(70, unit_cgroup="/system.slice/a.service"),
                     ("adj-set-by-app",), id="a worker by its service"),
        pytest.param({"adj": 300, "ppid": 4040}, SHELL, (), id="parent not to be seen: nothing is claimed"),
        pytest.param({"adj": None, "ppid": 50}, SHELL, (), id="unreadable"),
    ],
)  # fmt: skip
def test_where_an_adjustment_comes_from(
    child: dict[str, Any], parent: Process, reasons: tuple[str, ...]
) -> None:
    large = process(9, pages=1990 * STEP)
    assert risk_of(5, process(5, pages=10, **child), parent, large).reasons == reasons


def test_what_was_set_from_here_is_nobody_elses_doing() -> None:
    child = process(5, pages=10, adj=300, ppid=50)
    large = process(9, pages=1990 * STEP)
    assert risk_of(5, child, SHELL, large, by_hand={(5, 50): 300}).reasons == ("adj-set-by-hand",)
    assert risk_of(5, child, SHELL, large, by_hand={(5, 50): 900}).reasons == ("adj-set-by-app",)
    assert risk_of(5, child, SHELL, large, by_hand={(5, 51): 300}).reasons == ("adj-set-by-app",)


@pytest.mark.parametrize(
    ("pages", "adj", "said"),
    [
        pytest.param(10, 700, True, id="a small tab before a large job"),
        pytest.param(200 * STEP, 1, False, id="the largest too"),
        pytest.param(100 * STEP + 1, 0, False, id="first without an adjustment"),
    ],
)
def test_small_but_first(pages: int, adj: int, said: bool) -> None:
    risk = risk_of(5, process(5, pages=pages, adj=adj, ppid=4040), process(9, pages=100 * STEP))
    assert risk.rank == 1
    assert ("small-but-first" in risk.reasons) == said


def test_a_protected_giant_doesnt_make_the_first_small() -> None:
    """It is first because another can't be chosen, not by an adjustment of its own."""
    assert (
        "small-but-first" not in risk_of(5, process(5, pages=10, adj=1), process(9, pages=500 * STEP, adj=-1000)).reasons
    )


@pytest.mark.parametrize(
    ("adjusted", "gone", "pid", "badness"),
    [
        pytest.param({}, (), 5, 9000, id="as it is"),
        pytest.param({5: -500}, (), 6, 8000, id="protected"),
        pytest.param({7: 300}, (), 7, 100 + 300 * STEP, id="offered up"),
        pytest.param({5: -1000}, (5,), 6, 8000, id="gone"),
        pytest.param({8: 0}, (), 8, 50_000, id="let go of -1000, of which the shown score said never"),
        pytest.param({5: -1000, 6: -1000, 7: -1000}, (), None, None, id="nobody left"),
    ],
)
def test_foresee(
    adjusted: dict[int, int], gone: tuple[int, ...], pid: int | None, badness: int | None
) -> None:
    view = snapshot(process(5, pages=9000), process(6, pages=8000), process(7, pages=100), process(8, pages=50_000, adj=-1000))
    first = foresee(view, adjusted, gone).first
    assert [(row.process.pid, row.badness) for row in first] == ([] if pid is None else [(pid, badness)])


def test_foresee_keeps_what_only_the_score_tells() -> None:
    leader = process(5, pages=None, state="Z", oom_score=process(5, pages=200_000).oom_score)
    row = foresee(snapshot(leader), {5: 100}).first[0]
    assert row.badness == pytest.approx(200_000 + 100 * STEP, abs=3 * STEP)
