"""Whom earlyoom takes next by its own rule, how far it is from that, and why it may not act."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.config import Rows
from oomtray.kernel.killer_facts import Daemon, Earlyoom, Least
from oomtray.kernel.snapshot import Memory, Process
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Assessment
from oomtray.risk.killer import Killer
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts import GIB, MIB
from tests.facts.memory import memory
from tests.facts.processes import kernel_thread, process
from tests.facts.snapshots import snapshot

ROOTS = Daemon(name="earlyoom", pid=300, start_time=1, uid=0, reach="all")
SET = Earlyoom(daemon=ROOTS)
BIG = process(10, name="big", oom_score=800, rss=3 * GIB)
SECOND = process(11, name="second", oom_score=780, rss=2 * GIB)
TAB = process(12, name="Web Content", oom_score=700, rss=MIB, oom_score_adj=100)


def judged(facts: Earlyoom, *processes: Process, of: Memory | None = None, top: int | None = 1) -> Assessment:
    view = snapshot(*processes, killers=(facts,), memory=of)
    return assess(rank(view, top), level=Level(), rows=Rows())


def killer(facts: Earlyoom, *processes: Process, of: Memory | None = None) -> Killer:
    return next(one for one in judged(facts, *processes, of=of).killers if one.name == "earlyoom")


@pytest.mark.parametrize(
    ("options", "processes", "pid"),
    [
        pytest.param({}, (TAB, SECOND, BIG), 10, id="the highest oom_score"),
        pytest.param({}, (process(20, oom_score=700, rss=MIB), process(21, oom_score=700, rss=2 * MIB)), 21, id="of equals the larger"),
        pytest.param({}, (process(21, oom_score=700), process(20, oom_score=700)), 20, id="of equals in all the lower pid"),
        pytest.param({"prefer": "^(Web Content|java)$"}, (BIG, TAB), 12, id="300 more for what it prefers"),
        pytest.param({"prefer": "^Web"}, (process(30, oom_score=1100), TAB), 30, id="300 may be too little"),
        pytest.param({"avoid": "big"}, (BIG, SECOND), 11, id="300 less for what it avoids"),
        pytest.param({"prefer": "[[:digit:]]+"}, (BIG, process(40, name="a1", oom_score=700)), 40, id="a POSIX class"),
        pytest.param({"prefer": "(unclosed"}, (BIG, TAB), 10, id="an expression that is none"),
        pytest.param({"ignore": "^(big|second)$"}, (BIG, SECOND, TAB), 12, id="never what it ignores"),
        pytest.param({"ignore_root": True}, (process(50, uid=0, oom_score=900), SECOND), 11, id="never root's"),
        pytest.param({}, (process(50, oom_score=900, oom_score_adj=-1000), SECOND), 11, id="never what is at -1000"),
        pytest.param({}, (process(2, oom_score=900), process(1, oom_score=900), kernel_thread(60), SECOND), 11, id="never 1, 2, kernel threads"),
        pytest.param({"by_rss": True}, (process(10, oom_score=800, rss=GIB), process(11, oom_score=700, rss=2 * GIB)), 11, id="the largest resident set"),
        pytest.param({"by_rss": True, "prefer": "Web"}, (BIG, TAB), 12, id="3 GiB more for what it prefers"),
        pytest.param({"by_rss": True, "avoid": "big"}, (BIG, TAB), 12, id="3 GiB less for what it avoids"),
        pytest.param({"ignore_positive_adj": True}, (process(70, oom_score=790, oom_score_adj=200), TAB, process(71, oom_score=650)), 71, id="adj taken off again"),
    ],
)  # fmt: skip
def test_whom_it_takes(options: dict[str, object], processes: tuple[Process, ...], pid: int) -> None:
    assert killer(replace(SET, **options), *processes).next == (pid,)  # type: ignore[arg-type]


def test_it_names_the_next_victim_where_it_acts_first() -> None:
    """Its victim is none of the rows that were asked for."""
    assessment = judged(replace(SET, prefer="Web"), BIG, SECOND, TAB)
    assert [one.name for one in assessment.killers] == ["earlyoom", "kernel"]
    assert assessment.victim is not None
    assert (assessment.victim.killer, assessment.victim.risk.process.pid) == ("earlyoom", 12)
    assert [risk.process.pid for risk in assessment.risks] == [10]


def test_too_close_to_tell_apart_is_one_step_and_the_error_of_the_counters() -> None:
    close = process(11, oom_score=799, rss=BIG.rss)
    found = killer(SET, BIG, close, replace_rss(12, 798), replace_rss(13, 800, less=GIB))
    assert found.victim is not None
    assert [risk.process.pid for risk in found.victim.near] == [11]


def replace_rss(pid: int, score: int, less: int = 0) -> Process:
    return process(pid, oom_score=score, rss=3 * GIB - less)


@pytest.mark.parametrize(
    ("options", "of", "distance", "at"),
    [
        pytest.param({}, {}, (8 - 1.6 + 6 - 0.8) * GIB, 90.0, id="both must be low: RAM and swap that are left above"),
        pytest.param({}, {"swap_total": 0, "swap_free": 0}, (8 - 1.6) * GIB, 90.0, id="without swap"),
        pytest.param({"swap": Least(100.0)}, {}, (8 - 1.6) * GIB, 90.0, id="swap that doesn't count"),
        pytest.param({"memory": Least(None, GIB)}, {}, (8 - 1 + 6 - 0.8) * GIB, 93.75, id="a size"),
        pytest.param({"memory": Least(50.0, GIB)}, {}, (8 - 1 + 6 - 0.8) * GIB, 93.75, id="the lower of both"),
        pytest.param({"memory": Least(None, 20 * GIB)}, {}, (6 - 0.8) * GIB, 0.0, id="more than there is"),
        pytest.param({}, {"available": GIB, "swap_free": 0}, 0, 90.0, id="it acts now"),
        pytest.param({}, {"swap_worth": 0.5}, (8 - 1.6 + (6 - 0.8) / 2) * GIB, 90.0, id="swap by its worth"),
        pytest.param({"of_user_memory": True}, {"anonymous": 4 * GIB, "swap_free": 0}, (8 - 1.2) * GIB, 92.5, id="of what processes can have"),
        pytest.param({"of_user_memory": True}, {}, None, None, id="where that is unknown"),
        pytest.param({}, {"available": None}, None, 90.0, id="unknown"),
    ],
)  # fmt: skip
def test_how_far_it_is(options: dict[str, object], of: dict[str, object], distance: float | None, at: float | None) -> None:
    found = killer(replace(SET, **options), BIG, of=memory(**of))  # type: ignore[arg-type]
    assert found.distance == (None if distance is None else pytest.approx(distance, abs=2))
    assert found.triggers_at == (None if at is None else pytest.approx(at))


@pytest.mark.parametrize(
    ("options", "of", "reason"),
    [
        pytest.param({}, {}, None, id="it acts"),
        pytest.param({"dry_run": True}, {}, "switched-off", id="a dry run"),
        pytest.param({"daemon": replace(ROOTS, uid=1000, reach="own")}, {}, None, id="the victim is of its user"),
        pytest.param({"daemon": replace(ROOTS, uid=1001, reach="own")}, {}, "not-permitted", id="the victim is another user's"),
        pytest.param({}, {"swap_worth": 0.0}, "swap-unused", id="the kernel doesn't swap"),
        pytest.param({}, {"swap_total": 30 * GIB, "swap_free": 28 * GIB, "swap_worth": 0.6, "anonymous": 7 * GIB}, None, id="zram that fills"),
        pytest.param(
            {}, {"swap_total": 64 * GIB, "swap_free": 62 * GIB, "swap_worth": 0.6, "anonymous": 7 * GIB}, "zram",
            id="zram that never fills",
        ),
        pytest.param(
            {"swap": Least(100.0)}, {"swap_total": 64 * GIB, "swap_free": 62 * GIB, "swap_worth": 0.6}, None,
            id="which doesn't matter where swap doesn't",
        ),
    ],
)  # fmt: skip
def test_why_it_can_t_act(options: dict[str, object], of: dict[str, object], reason: str | None) -> None:
    assessment = judged(replace(SET, **options), BIG, of=memory(**of))  # type: ignore[arg-type]
    found = next(one for one in assessment.killers if one.name == "earlyoom")
    assert found.idle_because == reason
    assert (assessment.killers[0].name == "kernel") is (reason is not None), "whoever can't act comes last"


def test_it_takes_the_whole_process_group() -> None:
    facts = replace(SET, whole_group=True, groups={10: 7, 11: 7, 12: 12})
    found = killer(facts, BIG, SECOND, TAB)
    assert found.takes is not None
    assert found.takes.pids == (10, 11)


def test_in_a_cgroup_only_the_kernel_kills() -> None:
    from oomtray.kernel.snapshot import Scope

    view = snapshot(BIG, killers=(SET,), scope=Scope("cgroup", 1000, "/box", 1000))
    assert [one.name for one in assess(rank(view, 1), level=Level(), rows=Rows()).killers] == ["kernel"]
