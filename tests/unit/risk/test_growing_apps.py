"""What grows, by app: compared with some twenty seconds ago, and told only where it is more than noise."""

from __future__ import annotations

import pytest

from oomtray.kernel.snapshot import Process
from oomtray.risk.growing_apps import Growth, GrowthRecord
from tests.facts import MIB
from tests.facts.memory import memory
from tests.facts.processes import process
from tests.facts.snapshots import snapshot


def held(pid: int, mib: int, **changes: object) -> Process:
    return process(pid, rss=(mib + 20) * MIB, rss_anon=mib * MIB, **changes)


def of_app(pid: int, app: str, mib: int) -> Process:
    cgroup = f"/user.slice/user-1000.slice/user@1000.service/app.slice/app-{app}-1.scope"
    return held(pid, mib, cgroup=cgroup, unit_cgroup=cgroup)


def test_the_fastest_comes_first_by_bytes_a_second() -> None:
    before = (of_app(1, "slack", 100), of_app(2, "train", 100))
    now = (of_app(1, "slack", 200), of_app(2, "train", 900))

    assert [(one.app.name, one.rate / MIB) for one in Growth(before, now, 10).fastest()] == [("train", 80), ("slack", 10)]


@pytest.mark.parametrize(
    ("before", "now", "pids", "share", "main"),
    [
        pytest.param([100, 100], [900, 120], [1, 2], 800 / 820, 1, id="one for nearly all of it"),
        pytest.param([100, 100], [200, 300], [2, 1], 2 / 3, 2, id="the faster one first"),
        pytest.param([100, 300], [400, 200], [1], 1.0, 1, id="what shrinks is none of it"),
        pytest.param([100, 100, 100], [340, 300, 300], [1, 2, 3], 0.375, None, id="none of them alone"),
    ],
)
def test_an_apps_processes_count_together(before: list[int], now: list[int], pids: list[int], share: float, main: int | None) -> None:
    (found,) = Growth(
        tuple(of_app(pid, "make", mib) for pid, mib in enumerate(before, 1)),
        tuple(of_app(pid, "make", mib) for pid, mib in enumerate(now, 1)),
        10,
    ).fastest()

    assert [one.pid for one in found.growing] == pids
    assert found.main_share == pytest.approx(share)
    assert (found.main and found.main.pid) == main


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param(held(1, 100), held(1, 130), id="less than the kernel's own grain"),
        pytest.param(held(1, 500), held(1, 100), id="it shrinks"),
        pytest.param(held(1, 100), held(1, 100)._replace(rss=900 * MIB), id="a mapped file, which can be dropped again"),
        pytest.param(held(1, 100), held(1, 100)._replace(swap=0, rss_anon=100 * MIB), id="as it was"),
    ],
)
def test_what_says_nothing(before: Process, now: Process) -> None:
    assert Growth((before,), (now,), 10).fastest() == ()


def test_what_is_swapped_out_still_holds_memory() -> None:
    """It was 500 MiB and is 100 MiB in RAM and 900 MiB in swap."""
    (found,) = Growth((held(1, 500),), (held(1, 100)._replace(swap=900 * MIB),), 10).fastest()

    assert found.rate == 50 * MIB


def test_a_process_that_has_come_since_grew_from_nothing_and_another_of_its_pid_is_not_it() -> None:
    (found,) = Growth((held(1, 400, start_time=5),), (held(1, 500, start_time=900),), 10).fastest()

    assert found.rate == 50 * MIB


def test_the_first_scan_says_nothing_and_a_burst_is_forgotten() -> None:
    record = GrowthRecord()
    told = []
    for second in range(0, 60, 2):
        now = snapshot(held(1, 100 if second < 10 else 500), at=1000.0 + second)
        record.add(now)
        told.append(bool(record.fastest(now)))

    assert told[:5] == [False] * 5
    assert all(told[5:15])
    assert not any(told[-8:])


def test_two_records_keep_the_same_scans_whenever_each_began() -> None:
    """The monitor has one, and the watch over kills, which begins later: other scans would be kept twice as many."""
    first, later = GrowthRecord(), GrowthRecord()
    scans = [snapshot(held(1, 100), at=1000.0 + 2.5 * n) for n in range(20)]
    for n, scan in enumerate(scans):
        first.add(scan)
        if n > 0:
            later.add(scan)

    growths = [record.until(scans[-1]) for record in (first, later)]
    assert growths[0] is not None
    assert growths[1] is not None
    assert growths[0].before is growths[1].before


@pytest.mark.parametrize(
    ("lost", "named"),
    [
        pytest.param(900, ["slack"], id="it took all of that"),
        pytest.param(4500, ["slack"], id="a fifth of that"),
        pytest.param(4600, [], id="less: something else uses memory up"),
        pytest.param(-100, ["slack"], id="there is more left than before"),
    ],
)
@pytest.mark.parametrize("swap", [False, True], ids=["RAM", "RAM and swap"])
def test_an_app_is_named_only_if_it_took_a_good_part_of_what_memory_has_lost(lost: int, named: list[str], swap: bool) -> None:
    whole = 16_000 * MIB
    before = memory(total=whole, available=whole // 2, swap_total=whole, swap_free=whole)
    from_swap = lost * MIB // 2 if swap else 0
    now = before._replace(available=whole // 2 - lost * MIB + from_swap, swap_free=whole - from_swap)
    record = GrowthRecord()
    record.add(snapshot(of_app(1, "slack", 100), memory=before, at=100.0))

    found = record.fastest(snapshot(of_app(1, "slack", 1000), memory=now, at=110.0))

    assert [one.app.name for one in found] == named


@pytest.mark.parametrize("unknown", [{"available": None}, {"swap_free": None}], ids=["RAM", "swap"])
def test_an_app_is_named_where_what_is_left_is_unknown(unknown: dict[str, None]) -> None:
    record = GrowthRecord()
    record.add(snapshot(of_app(1, "slack", 100), at=100.0))

    assert record.fastest(snapshot(of_app(1, "slack", 1000), memory=memory(**unknown), at=110.0))
