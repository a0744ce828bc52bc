"""Memory, swap, stall, sysctls and the score scale as the kernel tells them; what it lacks is unknown."""

from __future__ import annotations

import pytest

from oomtray.kernel.files import CHUNK
from oomtray.kernel.memory import MemoryReader
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.reader import detect_scale
from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.kernel.visibility import kernel_release, sees_all
from tests.facts import GIB
from tests.rigs.processes.proc_tree import ProcTree


@pytest.fixture
def reader(tree):
    reader = MemoryReader(str(tree))
    yield reader
    reader.close()


def test_memory_swap_stall_and_kills(tree, reader):
    tree.memory(
        total=8 * GIB,
        available=2 * GIB,
        swap=4 * GIB,
        swap_free=GIB,
        psi="some avg10=1.50 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.25 avg60=0.00 avg300=0.00 total=1\n",
    )
    tree.write("vmstat", "nr_free_pages 1\noom_kill 3\n")
    memory = reader.read()
    assert (memory.total, memory.available) == (8 * GIB, 2 * GIB)
    assert memory.used_percent == 75.0
    assert (memory.swap_total, memory.swap_free) == (4 * GIB, GIB)
    assert (memory.psi_some_avg10, memory.psi_full_avg10) == (1.5, 0.25)
    assert memory.oom_kills == 3
    assert memory.total_pages == 12 * GIB // PAGE_SIZE


def test_what_the_kernel_lacks_is_unknown(tree, reader):
    tree.memory(total=8 * GIB, available=None)
    memory = reader.read()
    assert memory.available is None
    assert memory.used_percent is None
    assert (memory.psi_some_avg10, memory.psi_full_avg10, memory.oom_kills) == (None, None, None)


def test_the_kill_count_is_found_past_the_first_page_of_a_long_vmstat(tree, reader):
    """A kernel with many counters needs more than one read."""
    counters = "".join(f"thp_counter_{n} 0\n" for n in range(2 * CHUNK // len("thp_counter_n 0\n")))
    tree.write("vmstat", f"{counters}oom_kill 3\n{counters}")
    assert reader.read().oom_kills == 3


def test_swap_that_is_not_told_is_unknown_and_not_none(tree, reader):
    tree.write("meminfo", "MemTotal: 1000 kB\nMemAvailable: 500 kB\n")
    memory = reader.read()
    assert (memory.swap_total, memory.swap_free, memory.swap_percent) == (None, None, None)
    assert memory.total_pages == 1000 * 1024 // PAGE_SIZE


MEMINFO = """MemTotal: 33000000 kB
MemFree: 1300000 kB
MemAvailable: 2600000 kB
SwapTotal: 3700000 kB
SwapFree: 1000000 kB
Shmem: 20000 kB
CommitLimit: 12000000 kB
Committed_AS: 11990000 kB
HugePages_Total: 0
HugePages_Free: 0
Hugepagesize: 2048 kB
Hugetlb: 0 kB
"""


def told(tree, reader, **changed):
    """Meminfo with other numbers in kB; None leaves a line out."""
    lines = []
    for line in MEMINFO.splitlines():
        key = line.partition(":")[0]
        value = changed.get(key, line.partition(":")[2])
        if value is not None:
            lines.append(f"{key}: {value} kB" if key in changed and not key.startswith("HugePages_") else f"{key}: {value}")
    tree.write("meminfo", "\n".join(lines) + "\n")
    return reader.read()


def test_memory_that_zfs_would_give_back_is_not_used(tree, tmp_path):
    tree.write("spl/kstat/zfs/arcstats", "9 1 0x01\nname type data\nsize 4 17179869184\nc_min 4 1048576000\nc_max 4 1\n")
    reader = MemoryReader(str(tree))
    memory = told(tree, reader)
    reader.close()
    assert memory.reclaimable == 17179869184 - 1048576000
    assert memory.available == 2600000 * 1024, "as the kernel tells it"
    assert round(memory.used_percent) == 44


@pytest.mark.parametrize(
    "pool",
    [
        pytest.param({"Hugetlb": 548864000, "HugePages_Total": 0}, id="all sizes, Linux 4.15"),
        pytest.param({"Hugetlb": None, "HugePages_Total": 268000}, id="one size, before"),
    ],
)
def test_memory_set_aside_for_huge_pages_is_neither_used_nor_left(tree, reader, pool):
    memory = told(tree, reader, MemTotal=590000000, MemAvailable=34000000, **pool)
    assert memory.usable == (590000000 - 548864000) * 1024
    assert round(memory.used_percent) == 17


@pytest.mark.parametrize(
    ("changed", "available", "swap_free"),
    [
        pytest.param({"SwapFree": 5600000}, 2600000 * 1024, None, id="more swap free than there is"),
        pytest.param({"SwapTotal": 0, "SwapFree": 18446744073709551488}, 2600000 * 1024, 0, id="no swap, free below zero"),
        pytest.param({"MemAvailable": 57000000}, None, 1000000 * 1024, id="more available than there is"),
        pytest.param({"MemAvailable": None}, None, 1000000 * 1024, id="availability not told"),
    ],
)
def test_numbers_that_contradict_themselves_are_unknown(tree, reader, changed, available, swap_free):
    memory = told(tree, reader, **changed)
    assert (memory.available, memory.swap_free) == (available, swap_free)
    assert (memory.used_percent is None) == (available is None)
    assert memory.swap_percent is None or 0 <= memory.swap_percent <= 100


def test_files_in_memory_and_promises_are_read(tree, reader):
    memory = told(tree, reader, Shmem=13600000)
    assert (memory.shmem, memory.commit_limit, memory.committed) == (13600000 << 10, 12000000 << 10, 11990000 << 10)
    tree.write("sys/vm/overcommit_memory", "2\n")
    assert reader.policy().overcommit_memory == 2


@pytest.mark.parametrize(
    ("capabilities", "namespace", "mode", "reserves"),
    [
        pytest.param("0000000000000000", 4026531837, 2, (8192 << 10, 100403 << 10), id="a user"),
        pytest.param("000001ffffffffff", 4026531837, 2, (0, 100403 << 10), id="root"),
        pytest.param("000001ffffdfffff", 4026531837, 2, (8192 << 10, 100403 << 10), id="root without CAP_SYS_ADMIN"),
        pytest.param("000001ffffffffff", 4026532001, 2, (8192 << 10, 100403 << 10), id="root of a container"),
        pytest.param("0000000000000000", 4026531837, 0, (0, 0), id="promises don't count"),
        pytest.param(None, None, 2, (8192 << 10, 100403 << 10), id="not told who asks"),
    ],
)
def test_what_the_kernel_keeps_of_what_may_be_promised(tree, reader, capabilities, namespace, mode, reserves):
    tree.write("sys/vm/overcommit_memory", f"{mode}\n")
    tree.write("sys/vm/admin_reserve_kbytes", "8192\n")
    tree.write("sys/vm/user_reserve_kbytes", "100403\n")
    if capabilities is not None:
        tree.write("self/status", f"Name:\tx\nCapPrm:\t000001ffffffffff\nCapEff:\t{capabilities}\nCapBnd:\t0\n")
        (tree.root / "self/ns").mkdir()
        (tree.root / "self/ns/user").symlink_to(f"user:[{namespace}]")
    policy = reader.policy()
    assert (policy.admin_reserve, policy.user_reserve) == reserves


def test_without_these_reserves_nothing_is_kept(tree, reader):
    tree.write("sys/vm/overcommit_memory", "2\n")
    assert (reader.policy().admin_reserve, reader.policy().user_reserve) == (0, 0)


def zones(*high):
    """A zoneinfo with zones of these high watermarks in pages."""
    return "".join(
        f"Node 0, zone   Normal\n  pages free     1234\n        boost    0\n        min      5\n        low      7\n"
        f"        high     {pages}\n        managed  99999\n    cpu: 0\n              count:    1\n              high:     63\n"
        for pages in high
    )


@pytest.mark.parametrize(
    ("total", "high", "floor"),
    [
        pytest.param(16 * GIB, None, 0.015 * 16 * GIB, id="a share of the RAM where the zones aren't told"),
        pytest.param(16 * GIB, (10, 3000, 20000), 0.015 * 16 * GIB, id="low watermarks"),
        pytest.param(16 * GIB, (0, 30000, 60000), 90000 * PAGE_SIZE, id="high ones: all zones together"),
        pytest.param(16 * GIB, (600000,), 0.03 * 16 * GIB, id="a container's, where the zones are the host's"),
        pytest.param(768 << 20, (10000,), 0.03 * (768 << 20), id="a small machine, where they are a large part"),
    ],
)
def test_what_nobody_gets_any_more(tree, reader, total, high, floor):
    tree.memory(total=total, available=total // 2)
    if high is not None:
        tree.write("zoneinfo", zones(*high))
    assert reader.read().floor == int(floor)


def test_the_zones_are_read_again_only_when_memory_was_added(tree, reader):
    tree.memory(total=16 * GIB, available=8 * GIB)
    tree.write("zoneinfo", zones(80000))
    assert reader.read().floor == 80000 * PAGE_SIZE
    tree.write("zoneinfo", zones(90000))
    assert reader.read().floor == 80000 * PAGE_SIZE
    tree.memory(total=17 * GIB, available=8 * GIB)
    assert reader.read().floor == 90000 * PAGE_SIZE


def test_huge_pages_are_no_part_of_what_the_floor_is_a_share_of(tree, reader):
    memory = told(tree, reader, MemTotal=590000000, MemAvailable=34000000, Hugetlb=548864000, HugePages_Total=268000)
    assert memory.floor == int(0.015 * memory.usable)


def test_no_procfs_is_one_clear_error(tmp_path):
    with pytest.raises(OSError, match=r"No data available: .*/meminfo"):
        MemoryReader(str(tmp_path)).read()


@pytest.mark.parametrize(
    ("sysctls", "allocating", "panic"),
    [({}, None, None), ({"oom_kill_allocating_task": "1\n", "panic_on_oom": "2\n"}, 1, 2)],
    ids=["absent", "set"],
)
def test_sysctls_that_void_a_ranking(tree, reader, sysctls, allocating, panic):
    for name, value in sysctls.items():
        tree.write(f"sys/vm/{name}", value)
    policy = reader.policy()
    assert (policy.oom_kill_allocating_task, policy.panic_on_oom) == (allocating, panic)


TOTAL = 1_000_000
"""Pages of the imagined machine."""


@pytest.mark.parametrize(
    ("rows", "scale"),
    [
        pytest.param([(0, 0, 666)], "shifted", id="an-idle-process-on-5.9"),
        pytest.param([(300_000, 0, 866)], "shifted", id="a-large-process-on-5.9"),
        pytest.param([(300_000, 0, 300)], "plain", id="a-large-process-before"),
        pytest.param([(0, 300, 300), (10, 0, 0)], "plain", id="a-raised-process-before"),
        pytest.param([(0, 1000, 1333)], "shifted", id="the-highest-adjustment-on-5.9"),
        pytest.param([(0, 0, 666), (300_000, 0, 300), (300_000, 0, 300)], "plain", id="most-decide-where-one-has-changed-meanwhile"),
        pytest.param([], None, id="nothing-to-compare"),
        pytest.param([(10, 0, 0)], None, id="zero-says-nothing"),
    ],
)
def test_the_scale_is_found_by_comparing(tmp_path, rows, scale):
    tree = ProcTree(tmp_path / "p")
    for pid, (pages, adj, score) in enumerate(rows, 100):
        tree.add(pid, rss_kib=pages * PAGE_SIZE // 1024, adj=adj, score=score)
    table = ProcessTable(str(tree))
    try:
        assert detect_scale(table.scan(0), TOTAL) == scale
    finally:
        table.close()


def test_pid_1_tells_whether_anything_is_hidden(tree):
    assert not sees_all(str(tree))
    tree.add(1, score=0)
    assert sees_all(str(tree))
    (tree.root / "self" / "ns").mkdir(parents=True)
    (tree.root / "self" / "ns" / "pid").symlink_to("pid:[4026532000]")
    assert not sees_all(str(tree)), "inside a pid namespace the outside is invisible"


@pytest.mark.parametrize(
    ("text", "release"), [("6.1.0-44-amd64\n", (6, 1)), ("5.15-rc1\n", (5, 15)), ("x\n", (0, 0))], ids=str
)
def test_kernel_release(tree, text, release):
    tree.write("sys/kernel/osrelease", text)
    assert kernel_release(str(tree)) == release
