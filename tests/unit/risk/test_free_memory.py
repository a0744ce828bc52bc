"""Specifies where memory was free when a kill was for want of it elsewhere: by the numbers of the report alone."""

from __future__ import annotations

import io
import json

import pytest

from oomtray.history.kill_data import from_data
from oomtray.history.kills import as_data
from oomtray.kernel.kill_log.reading import read
from oomtray.messages.free_memory import finding, place_name
from oomtray.risk.free_memory import FreeMemory, FreePlace
from oomtray.risk.kill_event import KillEvent, merged
from oomtray.risk.report_event import from_report
from tests.facts import kills

KIB = 1024

HEAD = """\
hog invoked oom-killer: gfp_mask={mask}(GFP), order={order}, oom_score_adj=0
CPU: 1 PID: 7 Comm: hog Not tainted {release} #1
hog cpuset=/box mems_allowed={allowed}
Mem-Info:
active_anon:217 inactive_anon:111618 isolated_anon:0
 active_file:24 inactive_file:3 isolated_file:0
 slab_reclaimable:2440 slab_unreclaimable:1810
 mapped:164 shmem:381 pagetables:280
"""
FREE = " free:{all_free} free_pcp:0 free_cma:0\n"
TAIL = """\
2000000 pages RAM
0 pages HighMem/MovableOnly
10000 pages reserved
oom-kill:constraint=CONSTRAINT_{constraint},nodemask=(null),cpuset=/box,mems_allowed=0,global_oom,task_memcg=/,task=hog,pid=7,uid=0
Out of memory: Killed process 7 (hog) total-vm:66000kB, anon-rss:60000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:0
"""


def zone(name: str, free: int, least: int, node: int | None = 0, cma: int = 0) -> str:
    """Kilobytes."""
    place = "" if node is None else f"Node {node} "
    return f"{place}{name} free:{free}kB min:{least}kB low:{least}kB high:{least}kB managed:4000000kB free_pcp:0kB free_cma:{cma}kB\n"


def blocks(text: str, name: str = "Normal") -> str:
    return f"Node 0 {name}: {text} = 1kB\n"


def event(
    body: str, *, constraint: str = "NONE", mask: str = "0x140cca", order: int = 0, allowed: str = "0", all_free: int | None = 1000, release: str = "6.1.0-5"
) -> KillEvent:
    head = HEAD.format(mask=mask, order=order, release=release, allowed=allowed)
    free = "" if all_free is None else FREE.format(all_free=all_free)
    text = head + free + body + blocks("1*4kB 0*8kB") + TAIL.format(constraint=constraint)
    log = "".join(f"[   26.711793] {line}\n" for line in text.splitlines())
    (report,) = read(io.BytesIO(log.encode()), kills.NOW)
    return from_report(report)


def free_of(body: str, **facts: object) -> FreeMemory | None:
    return event(body, **facts).free  # type: ignore[arg-type]


class TestNodes:
    @pytest.mark.parametrize("constraint", ["CPUSET", "MEMORY_POLICY"])
    def test_a_report_shows_those_that_could_be_used_and_how_much_was_free_of_all(self, constraint: str) -> None:
        body = zone("DMA32", 6000, 5000) + zone("Normal", 6000, 40000)
        free = free_of(body, constraint=constraint, all_free=2_000_000)
        assert free == FreeMemory(
            "nodes", (FreePlace("0", 12000 * KIB, 45000 * KIB, wanted=True), FreePlace("", 8_000_000 * KIB - 12000 * KIB, None, wanted=False))
        )

    def test_one_before_linux_3_shows_all_and_the_cpuset_tells_which(self) -> None:
        body = zone("Normal", 6000, 40000) + zone("Normal", 900_000, 40000, node=1)
        free = free_of(body, constraint="CPUSET", release="2.6.32-5")
        assert free is not None
        assert [(place.name, place.wanted) for place in free.places] == [("0", True), ("1", False)]

    def test_of_a_memory_policy_it_does_not_tell_which(self) -> None:
        body = zone("Normal", 6000, 40000) + zone("Normal", 900_000, 40000, node=1)
        assert free_of(body, constraint="MEMORY_POLICY", release="2.6.32-5", all_free=2_000_000) is None

    @pytest.mark.parametrize(("nodes", "told"), [(8, True), (9, False)])
    def test_very_many_are_not_told_one_by_one(self, nodes: int, told: bool) -> None:
        body = "".join(zone("Normal", 6000, 40000, node=node) for node in range(nodes))
        assert (free_of(body, constraint="CPUSET", allowed=f"0-{nodes - 1}", all_free=2_000_000) is not None) == told

    def test_where_no_more_was_free_elsewhere_nothing_is_claimed(self) -> None:
        assert free_of(zone("Normal", 6000, 40000), constraint="CPUSET", all_free=2000) is None

    def test_a_report_without_zones_has_no_numbers(self) -> None:
        assert free_of("", constraint="CPUSET", all_free=2_000_000) is None

    def test_lines_that_syslog_has_made_one(self) -> None:
        body = zone("Normal", 6000, 40000)
        text = " slab_reclaimable:2440 slab_unreclaimable:1810#012 mapped:164 shmem:381#012 free:2000000 free_pcp:0 free_cma:0\n"
        free = free_of(text + body, constraint="CPUSET", all_free=None)
        assert free is not None
        assert free.places[-1].free == 8_000_000 * KIB - 6000 * KIB

    def test_without_how_much_was_free_of_all_nothing_is_claimed(self) -> None:
        assert free_of(zone("Normal", 6000, 40000), constraint="CPUSET", all_free=None) is None


class TestZones:
    HIGH = zone("DMA", 3000, 60, None) + zone("Normal", 3200, 3700, None) + zone("HighMem", 1_400_000, 500, None)

    @pytest.mark.parametrize("left", [3200, 7000])
    def test_low_memory_that_a_32_bit_kernel_has_little_of(self, left: int) -> None:
        """Below twice what is kept back it is short."""
        free = free_of(self.HIGH.replace("Normal free:3200kB", f"Normal free:{left}kB"), mask="0xd0")
        assert free is not None
        assert free.kind == "zones"
        assert [(place.name, place.wanted) for place in free.places] == [("Normal", True), ("HighMem", False)], "the kernel keeps DMA for others"

    def test_who_may_use_all_of_it_is_not_short_for_a_zone(self) -> None:
        assert free_of(self.HIGH, mask="0x201da") is None

    @pytest.mark.parametrize(("mask", "wanted"), [("0xcc1", "DMA"), ("0xcc4", "DMA32")])
    def test_a_device_that_reaches_low_addresses_only(self, mask: str, wanted: str) -> None:
        body = zone("DMA", 60, 60) + zone("DMA32", 2000, 2600) + zone("Normal", 900_000, 40000)
        free = free_of(body, mask=mask)
        assert free is not None
        assert [place.name for place in free.places if place.wanted][-1] == wanted

    def test_short_everywhere_is_no_finding(self) -> None:
        assert free_of(zone("DMA32", 2000, 2600) + zone("Normal", 30000, 40000), mask="0xcc4") is None

    def test_the_kernel_itself_can_not_use_what_may_be_unplugged(self) -> None:
        body = zone("DMA32", 2000, 2600) + zone("Normal", 30000, 40000) + zone("Movable", 900_000, 900)
        free = free_of(body, mask="0xcc0")
        assert free is not None
        assert [place.name for place in free.places if not place.wanted] == ["Movable"]
        assert free_of(body, mask="0x140cca") is None


def test_pieces_that_are_too_small() -> None:
    body = zone("Normal", 900_000, 1000) + blocks("1000*4kB (UME) 500*8kB (U) 10*64kB (M) 1*128kB 0*256kB")
    free = free_of(body, mask="0xcc0", order=4)
    assert free == FreeMemory(
        "pieces", (FreePlace("", 768 * KIB, None, wanted=True), FreePlace("", 8004 * KIB, None, wanted=False)), 64 * KIB
    )


def test_pieces_that_could_not_be_used_are_not_counted() -> None:
    """The kernel's own memory can't come from a 32-bit kernel's high memory: its large pieces made a finding of none."""
    body = zone("Normal", 19_000, 3400) + zone("HighMem", 1_900_000, 512) + blocks("4749*4kB 0*8kB 0*64kB") + blocks("99*4kB 460*4096kB", "HighMem")
    found = event(body, mask="0xcc0", order=3)
    assert found.free == FreeMemory("pieces", (FreePlace("", 0, None, wanted=True), FreePlace("", 19_000 * KIB, None, wanted=False)), 32 * KIB)
    assert found.cause is not None
    assert found.cause.evidence["free"] == 19_000 * KIB


def test_memory_that_is_set_aside_for_devices() -> None:
    free = free_of(zone("DMA32", 200_000, 8000, cma=190_000))
    assert free == FreeMemory(
        "devices", (FreePlace("", 10_000 * KIB, 8000 * KIB, wanted=True), FreePlace("", 190_000 * KIB, None, wanted=False))
    )


def test_counters_that_disagree_leave_nothing_rather_than_less() -> None:
    free = free_of(zone("DMA32", 200_000, 8000, cma=200_040))
    assert free is not None
    assert free.places[0].free == 0


def test_a_usual_kill_and_one_by_hand_have_no_such_finding() -> None:
    assert free_of(zone("DMA32", 60_000, 8000) + zone("Normal", 30000, 40000)) is None
    body = zone("DMA32", 2000, 2600) + zone("Normal", 900_000, 40000)
    assert free_of(body, mask="0xcc4") is not None
    assert free_of(body, mask="0xcc4", order=-1) is None


@pytest.mark.parametrize("kind", ["nodes", "zones", "pieces", "devices"])
def test_the_record_keeps_it(kind: str) -> None:
    told = kills.elsewhere(kind)  # type: ignore[arg-type]
    assert from_data(json.loads(json.dumps(as_data(told)))) == told
    assert merged(kills.leak(), told).free == told.free


@pytest.mark.parametrize(
    ("kind", "says", "names"),
    [
        ("nodes", "10.7 GiB was free on other nodes. On those that the asking process may use, 12.0 MiB was left.", ["Node 0", "Node 1", "Node 2"]),
        ("zones", "410 MiB was free in zones that could not be used for this. In those that could, 3.0 MiB was left.", ["Zone Normal", "Zone HighMem"]),
        ("pieces", "64.0 KiB was wanted in one piece. 1.3 GiB was free in smaller pieces, 0 B in pieces of that size or more.", ["Pieces of 64.0 KiB or more", "Smaller pieces"]),
        ("devices", "180 MiB was free, but set aside for devices (CMA). For all else, 11.0 MiB was left.", ["For all uses", "Set aside for devices"]),
    ],
)  # fmt: skip
def test_it_is_told_in_numbers(kind: str, says: str, names: list[str]) -> None:
    free = kills.elsewhere(kind).free  # type: ignore[arg-type]
    assert free is not None
    assert finding(free) == says
    assert [place_name(free, place) for place in free.places] == names
    assert free.free(wanted=False) > free.free(wanted=True)
