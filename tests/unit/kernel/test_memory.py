"""Memory, swap, stall, sysctls and the score scale as the kernel tells them; what it lacks is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.kernel.memory import MemoryReader
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.score_scale import detect_scale
from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.kernel.visibility import kernel_release, sees_all
from tests.facts import GIB
from tests.rigs.processes.proc_tree import ProcTree


@pytest.fixture
def tree(tmp_path):
    return ProcTree(tmp_path / "proc")


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


def test_the_kill_count_is_found_past_the_first_page_of_a_long_vmstat(monkeypatch):
    """A kernel with many counters needs more than one read: here pieces as small as such a page is to that list."""
    whole = Path("/proc/vmstat").read_bytes()
    monkeypatch.setattr("oomtray.kernel.files.CHUNK", 600)
    monkeypatch.setattr("oomtray.kernel.files._ALL", 300)
    reader = MemoryReader()
    try:
        assert reader.read().oom_kills >= int(whole.split(b"oom_kill ")[1].split()[0])
    finally:
        reader.close()


def test_swap_that_is_not_told_is_unknown_and_not_none(tree, reader):
    tree.write("meminfo", "MemTotal: 1000 kB\nMemAvailable: 500 kB\n")
    memory = reader.read()
    assert (memory.swap_total, memory.swap_free, memory.swap_percent) == (None, None, None)
    assert memory.total_pages == 1000 * 1024 // PAGE_SIZE


def test_no_procfs_is_one_clear_error(tmp_path):
    with pytest.raises(OSError, match="is procfs mounted there"):
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
