"""Whom nohang takes next by its own rule, how far it is from that, and why it may not act."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.config import Rows
from oomtray.kernel.killer_facts import Adjustment, Daemon, Least, Nohang, NohangLimit, SoftAction
from oomtray.kernel.snapshot import Memory, Process
from oomtray.kernel.swap import ZramDevice
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Assessment
from oomtray.risk.killer import Killer
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts import GIB, MIB
from tests.facts.memory import memory
from tests.facts.processes import kernel_thread, process
from tests.facts.snapshots import snapshot

ROOTS = Daemon(name="nohang", pid=300, start_time=1, uid=0, reach="all")
SET = Nohang(daemon=ROOTS)
BIG = process(10, name="big", oom_score=800, rss=3 * GIB, exe="/usr/bin/big")
SECOND = process(11, name="second", oom_score=780, rss=2 * GIB, uid=1001, cgroup="/system.slice/db.service", unit_cgroup="/system.slice/db.service")
TAB = process(12, name="Web Content", oom_score=700, rss=MIB, oom_score_adj=100)


def judged(facts: Nohang, *processes: Process, of: Memory | None = None) -> Assessment:
    view = snapshot(*processes, killers=(facts,), memory=of)
    return assess(rank(view, 1), level=Level(), rows=Rows())


def killer(facts: Nohang, *processes: Process, of: Memory | None = None) -> Killer:
    return next(one for one in judged(facts, *processes, of=of).killers if one.name == "nohang")


def adjusted(*adjustments: tuple[str, int, str]) -> dict[str, object]:
    return {"adjustments": tuple(Adjustment(*one) for one in adjustments)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "processes", "pid"),
    [
        pytest.param({}, (TAB, SECOND, BIG), 10, id="the highest oom_score"),
        pytest.param({}, (process(21, oom_score=700, rss=2 * MIB), process(20, oom_score=700, rss=MIB)), 20, id="of equals the lower pid"),
        pytest.param(adjusted(("name", 200, "^Web Content$")), (BIG, TAB), 12, id="points for a name"),
        pytest.param(adjusted(("name", 200, "^big"), ("name", -301, "big$")), (BIG, TAB), 12, id="points add up"),
        pytest.param(adjusted(("name", -1000, "")), (TAB, BIG), None, id="nobody below 0"),
        pytest.param(adjusted(("name", 200, "^(unclosed")), (BIG, TAB), 10, id="an expression that is none"),
        pytest.param(adjusted(("name", 200, "low")), (BIG, process(40, name="low", oom_score=700, oom_score_adj=-1)), 10, id="no points above 0 for a negative adj"),
        pytest.param(adjusted(("name", -200, "low")), (TAB, process(40, name="low", oom_score=850, oom_score_adj=-1)), 12, id="but those below"),
        pytest.param(adjusted(("realpath", -200, "^/usr/bin/big$")), (BIG, SECOND), 11, id="a program"),
        pytest.param(adjusted(("uid", 200, "^1001$")), (BIG, SECOND), 11, id="a user"),
        pytest.param(adjusted(("cgroup_v2", 200, r"^/system\.slice/")), (BIG, SECOND), 11, id="a control group"),
        pytest.param(adjusted(("cgroup_v1", 200, r"^/system\.slice/")), (BIG, SECOND), 10, id="a control group of a kind that is not there"),
        pytest.param({**adjusted(("cmdline", 200, "--db")), "texts": {SECOND.identity: {"cmdline": "second --db"}, BIG.identity: {"cmdline": ""}}}, (BIG, SECOND), 11, id="a command line"),
        pytest.param({"ignore_positive_adj": True}, (process(70, oom_score=790, oom_score_adj=200), TAB, process(71, oom_score=650)), 71, id="adj taken off again"),
        pytest.param({"least_badness": 801}, (BIG,), None, id="none that is bad enough"),
        pytest.param({}, (process(50, oom_score=0, oom_score_adj=-1000), process(1, oom_score=900), kernel_thread(60), process(300, oom_score=900), TAB), 12, id="never 1, itself, kernel threads, -1000"),
    ],
)  # fmt: skip
def test_whom_it_takes(options: dict[str, object], processes: tuple[Process, ...], pid: int | None) -> None:
    assert killer(replace(SET, **options), *processes).next == (() if pid is None else (pid,))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "processes", "near"),
    [
        pytest.param({}, (BIG, SECOND), [], id="nobody is close"),
        pytest.param({}, (BIG, process(11, oom_score=799, rss=3 * GIB), process(12, oom_score=799, rss=GIB)), [11], id="one step, and as large"),
        pytest.param(adjusted(("realpath", 100, "^/opt/")), (BIG, process(13, oom_score=750, exe=None)), [13], id="it may match what can't be read"),
        pytest.param(adjusted(("realpath", 100, "^/opt/")), (BIG, process(13, oom_score=650, exe=None)), [], id="and still not come first"),
        pytest.param(adjusted(("realpath", -100, "^/opt/")), (process(13, oom_score=850, exe=None), BIG, TAB), [10], id="the first may be spared"),
    ],
)  # fmt: skip
def test_who_may_come_first_as_well(options: dict[str, object], processes: tuple[Process, ...], near: list[int]) -> None:
    found = killer(replace(SET, **options), *processes).victim  # type: ignore[arg-type]
    assert found is not None
    assert [risk.process.pid for risk in found.near] == near


def test_it_names_the_next_victim_where_it_acts_first() -> None:
    assessment = judged(replace(SET, **adjusted(("name", 200, "Web"))), BIG, SECOND, TAB)  # type: ignore[arg-type]
    assert [one.name for one in assessment.killers] == ["nohang", "kernel"]
    assert assessment.victim is not None
    assert (assessment.victim.killer, assessment.victim.risk.process.pid) == ("nohang", 12)


RAM_AND_SWAP = (8 - 0.8 + 6 - 0.8) * GIB
ZRAM = ZramDevice(stored=8 * GIB, takes=4 * GIB, limit=0)
PRESSED = {"pressure_checked": True, "pressure": 30.0}


@pytest.mark.parametrize(
    ("options", "of", "distance"),
    [
        pytest.param({}, {}, RAM_AND_SWAP, id="both must be low"),
        pytest.param({}, {"swap_total": 0, "swap_free": 0}, (8 - 0.8) * GIB, id="without swap"),
        pytest.param({"soft": NohangLimit(Least(None, GIB), Least(100.0), Least(55.0), 40.0)}, {}, 7 * GIB, id="a size, and swap that doesn't count"),
        pytest.param({"hard": NohangLimit(Least(10.0), Least(100.0), Least(60.0), 90.0)}, {}, (8 - 1.6) * GIB, id="the hard one may come first"),
        pytest.param({"zram_checked": True, "zram": ZRAM, "soft": replace(SET.soft, zram=Least(30.0))}, {"swap_worth": 0.5}, (8 - 0.8 + 0.3 * 16 - 4) * GIB, id="zram takes much"),
        pytest.param({"zram_checked": True, "zram": ZRAM}, {"swap_free": GIB, "swap_worth": 0.5}, (8 - 0.8 + (1 - 0.8) / 2) * GIB, id="zram that can't take so much"),
        pytest.param(PRESSED, {}, (8 - 0.8) * GIB, id="what stalls may go on"),
        pytest.param(PRESSED | {"pressure": 1.0}, {}, RAM_AND_SWAP, id="no pressure"),
        pytest.param(PRESSED, {"swap_total": 0, "swap_free": 0}, (8 - 0.8) * GIB, id="without swap it looks at none"),
        pytest.param({}, {"available": GIB // 2, "swap_free": 0}, 0, id="it acts now"),
    ],
)  # fmt: skip
def test_how_far_it_is(options: dict[str, object], of: dict[str, object], distance: float) -> None:
    found = killer(replace(SET, **options), BIG, of=memory(**of))  # type: ignore[arg-type]
    assert found.distance == pytest.approx(distance, abs=4)


@pytest.mark.parametrize(
    ("options", "of", "reason"),
    [
        pytest.param({}, {}, None, id="it acts"),
        pytest.param({}, {"swap_worth": 0.0}, "swap-unused", id="the kernel doesn't swap"),
        pytest.param({}, {"swap_total": 64 * GIB, "swap_free": 63 * GIB, "swap_worth": 0.6, "anonymous": GIB}, "zram", id="zram that never fills"),
        pytest.param({"zram_checked": True, "zram": ZRAM}, {"swap_total": 64 * GIB, "swap_free": 63 * GIB, "swap_worth": 0.6, "anonymous": GIB}, None, id="but it looks at what zram takes"),
        pytest.param({"dry_run": True}, {}, "switched-off", id="it only shows something"),
        pytest.param({"daemon": replace(ROOTS, reach="own", uid=4242)}, {}, "not-permitted", id="not its user"),
    ],
)  # fmt: skip
def test_why_it_can_t_act(options: dict[str, object], of: dict[str, object], reason: str | None) -> None:
    assert killer(replace(SET, **options), BIG, of=memory(**of)).idle_because == reason  # type: ignore[arg-type]


def test_a_command_that_it_runs_instead() -> None:
    actions = (SoftAction("name", "^other$", "no"), SoftAction("cgroup_v2", r"\.service$", "systemctl restart $SERVICE"))
    assert killer(replace(SET, soft_actions=actions), SECOND).command == "systemctl restart $SERVICE"
    assert killer(replace(SET, soft_actions=actions), BIG).command is None
