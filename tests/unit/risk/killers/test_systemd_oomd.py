"""Which control group systemd-oomd kills next, what goes with it, how far it is from that, and why it may not act."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.config import Rows
from oomtray.kernel.killer_facts import Daemon, Group, OomRule, SystemdOomd, Watched
from oomtray.kernel.snapshot import Memory, Process
from oomtray.risk.assess import assess
from oomtray.risk.killer import Killer
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts import GIB, MIB
from tests.facts.memory import memory
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

USER = "/user.slice/user-1000.slice/user@1000.service"
WEB, TERMINAL, DB = f"{USER}/app.slice/web.scope", f"{USER}/app.slice/term.scope", "/system.slice/db.service"
DAEMON = Daemon(name="systemd-oomd", pid=300, start_time=1, uid=995, reach="all")
ROOT, SESSION = Watched("/"), Watched(USER, uid=1000, limit=50.0, stall=0.0, holds=6 * GIB)


def of(path: str, *, swap: int = 0, memory: int = 0, uid: int = 1000, **facts: object) -> Group:
    return Group(**({"path": path, "uid": uid, "swap": swap, "memory": memory, "scanned": 0} | facts))  # type: ignore[arg-type]


GROUPS = (of(WEB, swap=3 * GIB, memory=GIB), of(TERMINAL, swap=GIB, memory=4 * GIB), of(DB, uid=0, swap=2 * GIB, memory=GIB))
SET = SystemdOomd(daemon=DAEMON, swap=(ROOT,), pressure=(), groups=GROUPS)
BY_SWAP = SET
BY_PRESSURE = replace(SET, swap=(), pressure=(SESSION,))
PROCESSES = (
    process(10, cgroup=WEB, rss=200 * MIB), process(11, cgroup=f"{WEB}/inner", rss=900 * MIB),
    process(20, cgroup=TERMINAL, rss=10 * MIB), process(21, cgroup=TERMINAL, rss=3 * GIB), process(22, cgroup=TERMINAL),
    process(30, cgroup=DB, uid=0), process(40, cgroup="/user.slice"),
)  # fmt: skip


def killer(facts: SystemdOomd, *processes: Process, memory: Memory | None = None) -> Killer:
    view = snapshot(*(processes or PROCESSES), killers=(facts,), memory=memory)
    killers = assess(rank(view, 1), level=Level(), rows=Rows()).killers
    return next(one for one in killers if one.name == "systemd-oomd")


def taken(facts: SystemdOomd, of: Memory | None = None) -> str | None:
    found = killer(facts, memory=of).takes
    return None if found is None else found.unit


def with_groups(facts: SystemdOomd, *groups: Group) -> SystemdOomd:
    return replace(facts, groups=groups)


def test_it_takes_a_whole_unit_with_all_its_processes() -> None:
    found = killer(BY_SWAP)
    assert found.takes is not None
    assert (found.takes.unit, found.takes.pids) == ("web.scope", (10, 11))
    assert found.next == (11,), "its largest stands for it"


@pytest.mark.parametrize(
    ("groups", "unit"),
    [
        pytest.param(GROUPS, "web.scope", id="the most swap"),
        pytest.param((of(WEB, swap=300 * MIB), of(TERMINAL, swap=500 * MIB)), "term.scope", id="only those above 5 % of all swap count"),
        pytest.param((of(WEB, swap=MIB), of(TERMINAL, memory=GIB)), "term.scope", id="while none is, who has most to swap"),
        pytest.param((of(WEB, swap=3 * GIB, preference="omit"), of(TERMINAL, swap=GIB)), "web.scope", id="a user's own wish doesn't count here"),
        pytest.param((of(WEB, swap=GIB), of(DB, uid=0, swap=3 * GIB, preference="omit")), "web.scope", id="root's does: left out"),
        pytest.param((of(WEB, swap=GIB), of(DB, uid=0, swap=3 * GIB, preference="avoid")), "web.scope", id="root's does: last"),
        pytest.param((of(DB, uid=0, swap=3 * GIB, preference="avoid"),), "db.service", id="last is not never"),
        pytest.param((of("/empty.slice", swap=3 * GIB), of(WEB, swap=GIB)), "web.scope", id="nobody is in it"),
        pytest.param((of(f"{WEB}/inner", swap=GIB),), f"{WEB}/inner", id="a group within a unit is no unit"),
        pytest.param((), None, id="nothing to kill"),
    ],
)  # fmt: skip
def test_when_swap_is_used_up(groups: tuple[Group, ...], unit: str | None) -> None:
    assert taken(with_groups(BY_SWAP, *groups)) == unit


@pytest.mark.parametrize(
    ("groups", "unit"),
    [
        pytest.param(GROUPS, "term.scope", id="nothing is reclaimed yet: the largest that is watched"),
        pytest.param((of(WEB, scanned=900, scanned_before=100), of(TERMINAL, memory=GIB, scanned=5000, scanned_before=4900)), "web.scope", id="the most reclaim since the last look"),
        pytest.param((of(WEB, memory=GIB), of(TERMINAL, memory=9, preference="avoid")), "web.scope", id="avoided: last"),
        pytest.param((of(WEB, memory=9 * GIB, preference="omit"), of(TERMINAL, memory=9)), "term.scope", id="left out by its own user"),
        pytest.param((of(WEB, memory=9 * GIB, preference="avoid", uid=1001), of(TERMINAL, memory=9)), "web.scope", id="another owner's wish doesn't count"),
        pytest.param((of(DB, uid=0, memory=9 * GIB), of(WEB, memory=1)), "web.scope", id="only below what is watched"),
    ],
)  # fmt: skip
def test_when_what_it_watches_stalls(groups: tuple[Group, ...], unit: str) -> None:
    assert taken(with_groups(BY_PRESSURE, *groups)) == unit


@pytest.mark.parametrize(
    ("stall", "limit", "ours", "unit"),
    [
        pytest.param(0.0, 50.0, 0.0, "term.scope", id="while nothing stalls the one that holds most"),
        pytest.param(9.0, 50.0, 0.0, "db.service", id="what stalls"),
        pytest.param(48.0, 90.0, 45.0, "term.scope", id="what is closer to its limit, though another stalls more"),
    ],
)
def test_of_several_that_it_watches_the_first_to_stall_is_meant(stall: float, limit: float, ours: float, unit: str) -> None:
    """Whatever the order in which it tells of them: here root's, as of another user's manager, comes first."""
    other = Watched("/system.slice", limit=limit, stall=stall, holds=2 * MIB)
    plenty = memory(total=16 * GIB, available=12 * GIB)
    assert taken(replace(BY_PRESSURE, pressure=(other, replace(SESSION, stall=ours, holds=GIB))), plenty) == unit


def test_while_it_stalls_and_growth_is_not_known_what_was_scanned_stands_for_it() -> None:
    groups = (of(WEB, memory=1, scanned=900), of(TERMINAL, memory=GIB, scanned=100))
    stalls = replace(BY_PRESSURE, pressure=(replace(SESSION, stall=40.0),))
    assert taken(with_groups(BY_PRESSURE, *groups)) == "term.scope"
    assert taken(with_groups(stalls, *groups)) == "web.scope"


@pytest.mark.parametrize(
    ("stall", "groups", "pids"),
    [
        pytest.param(0.0, (of(WEB, memory=9 * GIB), of(TERMINAL, memory=4 * GIB)), [], id="twice as large"),
        pytest.param(0.0, (of(WEB, memory=9 * GIB), of(TERMINAL, memory=5 * GIB)), [21], id="nearly as large, and nothing is reclaimed yet"),
        pytest.param(0.0, (of(WEB, memory=9 * GIB, scanned=7, scanned_before=7), of(TERMINAL, memory=5 * GIB, scanned=9, scanned_before=9)), [21], id="nearly as large, and nothing more is reclaimed"),
        pytest.param(0.0, (of(WEB, memory=9 * GIB), of(TERMINAL, memory=9 * GIB, preference="avoid")), [], id="avoided: surely later"),
        pytest.param(40.0, (of(WEB, memory=1, scanned=900, scanned_before=100), of(TERMINAL, memory=9 * GIB, scanned=900, scanned_before=700)), [], id="far less reclaim"),
        pytest.param(40.0, (of(WEB, memory=1, scanned=900, scanned_before=100), of(TERMINAL, memory=1, scanned=900, scanned_before=400)), [21], id="about as much reclaim"),
        pytest.param(40.0, (of(WEB, memory=1, scanned=900), of(TERMINAL, memory=9 * GIB, scanned=600)), [21], id="read only once: about as much was ever scanned"),
    ],
)  # fmt: skip
def test_who_may_have_more_reclaim_in_the_second_that_decides(stall: float, groups: tuple[Group, ...], pids: list[int]) -> None:
    found = killer(with_groups(replace(BY_PRESSURE, pressure=(replace(SESSION, stall=stall),)), *groups))
    assert found.next == (11,)
    assert found.victim is not None
    assert [risk.process.pid for risk in found.victim.near] == pids


@pytest.mark.parametrize(
    ("groups", "pids"),
    [
        pytest.param((of(WEB, swap=30 * GIB), of(TERMINAL, swap=26 * GIB)), [], id="more by far"),
        pytest.param((of(WEB, swap=30 * GIB), of(TERMINAL, swap=28 * GIB)), [21], id="more by less than a tenth"),
        pytest.param((of(WEB, swap=30 * GIB), of(DB, uid=0, swap=30 * GIB, preference="avoid")), [], id="avoided: surely later"),
        pytest.param((of(WEB, memory=2 * GIB), of(TERMINAL, memory=GIB)), [], id="nothing is in swap yet"),
    ],
)  # fmt: skip
def test_who_may_have_more_swap_when_it_is_used_up(groups: tuple[Group, ...], pids: list[int]) -> None:
    found = killer(with_groups(BY_SWAP, *groups)).victim
    assert found is not None
    assert found.risk.process.pid == 11
    assert [risk.process.pid for risk in found.near] == pids


BOTH = replace(SET, pressure=(SESSION,))
BY_RULE = replace(SET, swap=(), ruled=(replace(SESSION, rules=("mine",)),), rules={"mine": OomRule("kill-by-swap", None, 80.0)})
SWAP_DISTANCE = round((8 - 1.6 + 6 - 0.8) * GIB)


@pytest.mark.parametrize(
    ("facts", "of", "distance"),
    [
        pytest.param(BY_SWAP, {}, SWAP_DISTANCE, id="memory and swap both above 90 %"),
        pytest.param(replace(BY_SWAP, swap_limit=80.0), {}, round((8 - 3.2 + 6 - 1.6) * GIB), id="another limit"),
        pytest.param(BY_PRESSURE, {"floor": GIB}, 7 * GIB, id="it may stall when RAM is used up"),
        pytest.param(BY_PRESSURE, {"floor": GIB, "swap_worth": 0.0}, None, id="where the kernel doesn't swap it is as fast"),
        pytest.param(BY_PRESSURE, {"swap_total": 0, "swap_free": 0}, None, id="without swap the kernel is as fast"),
        pytest.param(replace(BY_PRESSURE, pressure=(replace(SESSION, stall=30.0),)), {}, 0, id="it stalls"),
        pytest.param(replace(BY_PRESSURE, pressure=(replace(SESSION, holds=2 * GIB),)), {"floor": GIB}, None, id="it holds little of what is used, and may never stall"),
        pytest.param(replace(BY_PRESSURE, pressure=(replace(SESSION, holds=2 * GIB, stall=30.0),)), {}, 0, id="but it does"),
        pytest.param(replace(BY_PRESSURE, pressure=(replace(ROOT, limit=50.0, stall=0.0),)), {"floor": GIB}, 7 * GIB, id="the root holds all"),
        pytest.param(BOTH, {}, 8 * GIB, id="the way in which it acts first"),
    ],
)  # fmt: skip
def test_how_far_it_is(facts: SystemdOomd, of: dict[str, object], distance: int | None) -> None:
    found = killer(facts, memory=memory(**of))
    assert found.distance == (None if distance is None else pytest.approx(distance, abs=2))


def test_a_small_group_that_it_watches_doesn_t_put_it_before_the_kernel() -> None:
    small = replace(BY_PRESSURE, pressure=(replace(SESSION, holds=100 * MIB),))
    assessment = assess(rank(snapshot(*PROCESSES, killers=(small,)), 1), level=Level(), rows=Rows())
    assert [one.name for one in assessment.killers] == ["kernel", "systemd-oomd"]


def test_where_it_may_take_nobody_the_kernel_comes_first() -> None:
    spares_all = with_groups(BY_SWAP, of(DB, uid=0, swap=3 * GIB, preference="omit"))
    assessment = assess(rank(snapshot(*PROCESSES, killers=(spares_all,)), 1), level=Level(), rows=Rows())
    assert [one.name for one in assessment.killers] == ["kernel", "systemd-oomd"]
    assert assessment.victim is not None


def test_a_condition_under_which_it_finds_nobody_doesn_t_count_before_another() -> None:
    assert taken(with_groups(BOTH, of(DB, uid=0, swap=2 * GIB))) == "db.service"


@pytest.mark.parametrize(
    ("facts", "of", "reason"),
    [
        pytest.param(BOTH, {}, None, id="it acts"),
        pytest.param(replace(SET, swap=(), pressure=()), {}, "nothing-enrolled", id="nothing is enrolled"),
        pytest.param(replace(SET, swap=None, pressure=None), {}, "unknown", id="unknown whether something is"),
        pytest.param(BY_SWAP, {"swap_total": 0, "swap_free": 0}, "no-swap", id="no swap to be used up"),
        pytest.param(BOTH, {"swap_total": 0, "swap_free": 0}, None, id="but there is another way"),
        pytest.param(BY_SWAP, {"swap_total": 64 * GIB, "swap_free": 63 * GIB, "swap_worth": 0.6, "anonymous": GIB}, "zram", id="zram that never fills"),
        pytest.param(BY_SWAP, {"swap_worth": 0.0}, "swap-unused", id="the kernel doesn't swap"),
        pytest.param(replace(BY_PRESSURE, pressure=(replace(SESSION, stall=None),)), {"stall": None}, "no-psi", id="the kernel doesn't tell of stalls"),
        pytest.param(replace(BY_PRESSURE, pressure=(replace(SESSION, stall=None),)), {"stall": 0.0}, None, id="nor the group, but the kernel does"),
        pytest.param(BY_PRESSURE, {"stall": None}, None, id="the group does"),
        pytest.param(BY_RULE, {}, None, id="a rule by swap"),
        pytest.param(BY_RULE, {"swap_total": 0, "swap_free": 0}, "no-swap", id="a rule by swap, without any"),
        pytest.param(replace(SET, dry_run=True), {}, "switched-off", id="a dry run"),
        pytest.param(replace(SET, daemon=replace(DAEMON, reach="own")), {}, "not-permitted", id="one that may not kill"),
    ],
)  # fmt: skip
def test_why_it_can_t_act(facts: SystemdOomd, of: dict[str, object], reason: str | None) -> None:
    assert killer(facts, memory=memory(**of)).idle_because == reason


@pytest.mark.parametrize(
    ("rule", "unit", "distance"),
    [
        pytest.param(OomRule("kill-by-swap", None, 80.0), "web.scope", round((6 - 1.6) * GIB), id="by swap alone"),
        pytest.param(OomRule("kill-by-pgscan", 20.0, None), "web.scope", 8 * GIB, id="by pressure alone: the smaller, of which more was reclaimed"),
        pytest.param(OomRule("kill-by-swap", 20.0, 80.0), "web.scope", 8 * GIB, id="both must hold: the later"),
        pytest.param(OomRule("kill-all", 20.0, None), "term.scope", 8 * GIB, id="all of them: the largest stands for them"),
    ],
)  # fmt: skip
def test_rules_of_261(rule: OomRule, unit: str, distance: int) -> None:
    watched = replace(SESSION, rules=("mine", "missing"))
    groups = (replace(GROUPS[0], scanned=9, scanned_before=1), *GROUPS[1:])
    found = killer(replace(SET, swap=(), ruled=(watched,), rules={"mine": rule}, groups=groups))
    assert (found.takes and found.takes.unit, found.distance) == (unit, pytest.approx(distance, abs=2))
