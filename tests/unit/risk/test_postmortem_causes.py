"""A report's own numbers say why memory ran out, with what is to be done; without evidence it says nothing."""

from __future__ import annotations

import pytest

from oomtray.kernel.kill_log.chosen import Chosen
from oomtray.kernel.kill_log.facts import Killed, KillReport, Limit, Machine, Task, Zone
from oomtray.risk.postmortem import cause, ranking
from tests.facts import GIB, MIB

PAGE = 4096


def task(name: str, held: int, pid: int = 5) -> Task:
    return Task(pid=pid, uid=1000, name=name, rss=held // PAGE, swap=0, page_tables=0, adj=0, held=held // PAGE, pages=held // PAGE)


def machine(**other: object) -> Machine:
    values: dict[str, object] = {"page_size": PAGE, "ram": 8 * GIB, "swap_total": 8 * GIB, "slab_unreclaimable": 200 * MIB}
    return Machine(**{**values, **other})  # type: ignore[arg-type]


def report(**other: object) -> KillReport:
    values: dict[str, object] = {
        "killer": "kernel", "outcome": "killed", "time": 1.0, "constraint": "none", "machine": machine(), "order": 0,
        "victims": (Killed(pid=5, name="x"),), "tasks": (task("x", GIB),),
    }  # fmt: skip
    return KillReport(**{**values, **other})  # type: ignore[arg-type]


def zone(name: str, free: int, *, cma: int = 0, minimum: int = 10 * MIB) -> Zone:
    return Zone(node=0, name=name, free=free, minimum=minimum, free_cma=cma)


LOW = (zone("DMA", 3 * MIB, minimum=MIB // 16), zone("Normal", 4 * MIB, minimum=4 * MIB), zone("HighMem", 2 * GIB, minimum=MIB // 2))
"""As 32-bit kernels report it: lowmem_reserve keeps the zone DMA from all that could use another."""
IN_PIECES = ((4096, 600 * MIB), (8192, 400 * MIB), (4 * MIB, 12 * MIB))
"""Those of 4 MiB lie in the zone DMA, which nearly always has them: it is kept for requests that can use no other."""
LIMIT = Limit(path="/a", usage=512 * MIB, limit=512 * MIB, hits=3)
MEMCG = {"constraint": "memcg", "limit": LIMIT}


@pytest.mark.parametrize(("release", "counted"), [((4, 14), 1), ((5, 9), 100 - 998 * 131)])
def test_what_is_protected_counted_at_least_one_before_linux_5_9(release: tuple[int, int], counted: int) -> None:
    paused = task("pause", 100 * PAGE, pid=6)._replace(adj=-998)
    ranked = ranking(report(**MEMCG, release=release, tasks=(task("x", GIB), paused)))
    assert ranked is not None
    assert [(one.pid, one.badness) for one in ranked] == [(5, GIB // PAGE), (6, counted)]


@pytest.mark.parametrize(
    ("victims", "or_child", "known"),
    [
        pytest.param((), False, True, id="no victim is known"),
        pytest.param((Killed(pid=6, name="y"),), True, True, id="a child died in its place"),
        pytest.param((Killed(pid=6, name="y"),), False, False, id="of another report"),
    ],
)
def test_the_first_in_a_ranking_is_the_victim_or_was_chosen(victims: tuple[Killed, ...], or_child: bool, known: bool) -> None:
    chosen = Chosen(5, "x", or_child=or_child)
    tasks = (task("x", GIB), task("y", MIB, pid=6))
    assert (ranking(report(victims=victims, chosen=chosen, tasks=tasks)) is not None) == known
    assert ranking(report(victims=victims, chosen=chosen._replace(pid=6), tasks=tasks)) is None


def test_a_heap_is_measured_by_its_limit_without_what_was_swapped() -> None:
    """It was told to have held more than it was allowed."""
    swapped = task("mysqld", 640 * MIB)._replace(rss=500 * MIB // PAGE, swap=140 * MIB // PAGE)
    found = cause(report(**MEMCG, tasks=(swapped,)))
    assert found is not None
    assert (found.remedy, found.evidence) == ("fit-heap", {"limit": 512 * MIB, "held": 500 * MIB})


@pytest.mark.parametrize(
    ("found", "kind", "confidence", "remedy"),
    [
        pytest.param(report(**MEMCG), "misconfiguration", "low", "raise-memory-max", id="a limit"),
        pytest.param(report(constraint="memcg", limit=LIMIT._replace(hits=5000)), "misconfiguration", "medium", "raise-memory-max",
                     id="a limit that is hit all the time"),
        pytest.param(report(constraint="memcg", limit=LIMIT._replace(limit=32 * MIB)), "misconfiguration", "medium", "raise-memory-max",
                     id="a tiny limit"),
        pytest.param(report(**MEMCG, tasks=(task("java", 480 * MIB),)), "misconfiguration", "medium", "fit-heap", id="a heap as its limit"),
        pytest.param(report(tasks=(task("mysqld", 6 * GIB), task("x", GIB))), "misconfiguration", "medium", "shrink-heap",
                     id="a buffer pool as the machine"),
        pytest.param(report(machine=machine(swap_total=0)), "misconfiguration", "low", "add-swap", id="no swap"),
        pytest.param(report(machine=machine(swap_total=200 * MIB)), "misconfiguration", "low", "enlarge-swap", id="tiny swap"),
        pytest.param(report(machine=machine(huge_pages=4 * GIB)), "system-limit", "high", "free-huge-pages", id="huge pages"),
        pytest.param(report(machine=machine(files=3 * GIB, swap_total=0)), "misconfiguration", "medium", "clear-tmpfs", id="files in memory"),
        pytest.param(report(machine=machine(files=2 * GIB, swap_total=0)), "misconfiguration", "low", "add-swap", id="few files in memory"),
        pytest.param(report(machine=machine(slab_unreclaimable=4 * GIB)), "system-limit", "high", "find-kernel-memory", id="slab"),
        pytest.param(report(order=5, machine=machine(zones=(zone("Normal", GIB),), free_pieces=IN_PIECES)), "system-limit", "high",
                     "compact-memory", id="fragmented, a large piece"),
        pytest.param(report(order=2, machine=machine(zones=(zone("Normal", GIB),), free_pieces=IN_PIECES)), "system-limit", "medium",
                     "compact-memory", id="fragmented, a small piece"),
        pytest.param(report(machine=machine(zones=(zone("Normal", 8 * MIB), zone("HighMem", 2 * GIB)))), "system-limit", "high",
                     "use-64-bit-kernel", id="low memory"),
        pytest.param(report(machine=machine(swap_total=0, zones=LOW)), "system-limit", "high", "use-64-bit-kernel", id="low memory, and DMA kept for others"),
        pytest.param(report(mask=0xDC2, machine=machine(swap_total=0, zones=LOW)), "misconfiguration", "low", "add-swap", id="low memory, unneeded"),
        pytest.param(report(order=1, machine=machine(zones=LOW)), "system-limit", "high", "use-64-bit-kernel", id="low memory, for a new process's stack"),
        pytest.param(report(order=3, machine=machine(zones=(LOW[0], zone("Normal", 200 * MIB), LOW[2]), free_pieces=IN_PIECES)),
                     "system-limit", "medium", "compact-memory",
                     id="fragmented low memory"),
        pytest.param(report(machine=machine(zones=(zone("DMA", 300 * MIB, cma=280 * MIB),))), "system-limit", "medium",
                     "reserve-less-cma", id="CMA"),
        pytest.param(report(order=1, mask=0xCC0, machine=machine(zones=(zone("Normal", 300 * MIB, cma=290 * MIB),), free_pieces=IN_PIECES)), "system-limit", "medium",
                     "reserve-less-cma", id="CMA that two pages in one piece can't use"),
        pytest.param(report(constraint="cpuset"), "misconfiguration", "medium", "allow-more-nodes", id="cpuset"),
        pytest.param(report(constraint="mempolicy"), "misconfiguration", "medium", "widen-memory-policy", id="memory policy"),
    ],
)  # fmt: skip
def test_cause(found: KillReport, kind: str, confidence: str, remedy: str) -> None:
    told = cause(found)
    assert told is not None
    assert told.is_known
    assert (told.kind, told.confidence, told.remedy) == (kind, confidence, remedy)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(report(), id="memory and swap were simply used"),
        pytest.param(report(manual=True, order=-1, machine=machine(swap_total=0)), id="by hand"),
        pytest.param(report(killer="earlyoom", machine=machine(swap_total=0)), id="another killer"),
        pytest.param(report(machine=Machine()), id="no numbers"),
        pytest.param(report(constraint="memcg", limit=None), id="a limit that isn't told"),
        pytest.param(report(tasks=(task("java", GIB),)), id="a small heap"),
        pytest.param(report(tasks=(task("firefox", 7 * GIB),)), id="an app without a set size"),
        pytest.param(
            report(mask=0xCC0, machine=machine(swap_total=0, zones=(zone("Normal", 9 * MIB), zone("Movable", 4 * GIB))), tasks=(task("java", 6 * GIB),)),
            id="free where the kernel itself can't use it",
        ),
        pytest.param(report(order=2, machine=machine(zones=(zone("Normal", GIB),), free_pieces=((4096, 400 * MIB), (16384, 600 * MIB)))),
                     id="large pieces were free"),
        pytest.param(report(order=2, machine=machine(zones=(zone("Normal", GIB),))), id="in which pieces it was free isn't told"),
    ],
)
def test_no_evidence_no_cause(found: KillReport) -> None:
    assert cause(found) is None


def test_a_heap_is_named_with_what_it_held() -> None:
    told = cause(report(**MEMCG, tasks=(task("java", 480 * MIB),)))
    assert told is not None
    assert (told.app, told.evidence) == ("java", {"limit": 512 * MIB, "held": 480 * MIB})


@pytest.mark.parametrize(
    ("most", "names"),
    [(None, ["first", "second", "third", "largest"]), (2, ["first", "second", "largest"]), (4, ["first", "second", "third", "largest"])],
)
def test_a_ranking_that_is_cut_keeps_the_largest(most: int | None, names: list[str]) -> None:
    tasks = (
        task("largest", 4 * GIB, pid=8)._replace(adj=-900), task("third", GIB, pid=7), task("second", 2 * GIB, pid=6),
        task("first", GIB)._replace(adj=500),
    )  # fmt: skip
    ranked = ranking(report(tasks=tasks), most)
    assert ranked is not None
    assert [one.name for one in ranked] == names


def test_a_limit_that_was_not_reached_is_no_cause() -> None:
    """The kernel's memory, or memory and swap together, have limits of their own."""
    assert cause(report(constraint="memcg", limit=LIMIT._replace(usage=64 * MIB))) is None
    assert cause(report(constraint="memcg", limit=LIMIT._replace(usage=511 * MIB))) is not None
