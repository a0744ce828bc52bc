"""Which rows a scan reads, and what each row says, on a procfs of ordinary files."""

from __future__ import annotations

import os
import resource
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oomtray.kernel.open_files import MOST_DESCRIPTORS
from oomtray.kernel.process_table import QUIET_SCANS, ProcessTable
from tests.rigs.processes.proc_tree import KTHREAD, ProcTree


@pytest.fixture
def table(tree):
    table = ProcessTable(str(tree))
    yield table
    table.close()


def row(rows, pid):
    return next(process for process in rows if process.pid == pid)


def test_a_process_is_read_whole(tree, table):
    tree.add(42, name=b"mysqld", rss_kib=2048, swap_kib=512, pte_kib=64, adj=-17, score=670, uid=27, start=99)
    process = row(table.scan(1.5), 42)
    assert (process.name, process.uid, process.start_time) == ("mysqld", 27, 99)
    assert (process.rss, process.swap, process.page_tables) == (2 << 20, 512 << 10, 64 << 10)
    assert process.rss_anon == 1 << 20
    assert (process.oom_score, process.oom_score_adj, process.read_at) == (670, -17, 1.5)
    assert process.pages == (2048 + 512 + 64) // 4
    assert (process.cgroup, process.unit_cgroup) == ("/user.slice/app.scope", "/user.slice/app.scope")


def test_names_and_programs_that_are_alike_are_held_once(tree, table):
    for pid in (42, 43):
        tree.add(pid, name=b"worker process")
        (tree.root / f"{pid}/exe").unlink(missing_ok=True)
        (tree.root / f"{pid}/exe").symlink_to("/usr/lib/app/worker process")
    first, second = (row(table.scan(0), pid) for pid in (42, 43))
    assert first.exe == "/usr/lib/app/worker process"
    assert first.name is second.name
    assert first.exe is second.exe


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"foo) Z 1 (", "foo) Z 1 (", id="parentheses-that-imitate-stat"),
        pytest.param(b"a\nUid:\t0\t0", "a\nUid:\t0\t0", id="newline-that-imitates-status"),
        pytest.param(b"back\\slash\\n", "back\\slash\\n", id="backslashes"),
        pytest.param(b"\x1b]0;x\x07", "\x1b]0;x\x07", id="terminal-escape"),
        pytest.param(b"\xff\xfe\xc3", "\\xff\\xfe\\xc3", id="not-utf-8"),
        pytest.param(b"", "", id="empty"),
        pytest.param("한글".encode(), "한글", id="korean"),
    ],
)
def test_a_hostile_name_changes_no_other_field(tree, table, raw, text):
    tree.add(42, name=raw, uid=1000, start=99)
    process = row(table.scan(0), 42)
    assert (process.name, process.uid, process.start_time, process.state) == (text, 1000, 99, "S")


def test_kernel_threads_and_zombies_have_no_memory(tree, table):
    tree.add(2, name=b"kthreadd", rss_kib=None, flags=KTHREAD, score=0)
    tree.add(50, name=b"gone", rss_kib=None, state="Z", score=0)
    rows = table.scan(0)
    assert row(rows, 2).kernel_thread
    assert row(rows, 2).pages is None
    assert not row(rows, 50).kernel_thread
    assert row(rows, 50).rss is None


def test_a_leader_that_exited_before_its_threads_shows_their_memory(tree, table):
    tree.add(50, name=b"leader", rss_kib=None, state="Z", threads=3, score=700)
    tree.write("50/task/50/status", "Name:\tleader\nState:\tZ\n")
    tree.write("50/task/51/status", "Name:\tworker\nState:\tS\nVmRSS:\t4096 kB\nRssAnon:\t4000 kB\nVmPTE:\t8 kB\nVmSwap:\t0 kB\n")
    assert row(table.scan(0), 50).rss == 4 << 20


def test_v1_tells_the_memory_controllers_path_from_systemds(tree, table):
    tree.add(42, cgroup="9:name=systemd:/user.slice/x.scope\n4:cpu,memory:/docker/abc\n0::/\n")
    process = row(table.scan(0), 42)
    assert (process.cgroup, process.unit_cgroup) == ("/docker/abc", "/user.slice/x.scope")


def test_a_cgroup_of_which_the_kernel_shows_no_path_hides_nobody(tree, table):
    """As older kernels fail where it has more than 4095 bytes (proc_cgroup_show): ENAMETOOLONG, here of a link."""
    tree.add(42)
    (tree.root / "42/cgroup").unlink()
    (tree.root / "42/cgroup").symlink_to("x" * 300)
    process = row(table.scan(0), 42)
    assert (process.cgroup, process.unit_cgroup) == (None, None)


def test_a_steady_scan_rereads_what_changed_what_is_watched_and_what_leads(tree, table):
    for pid in range(100, 400):
        tree.add(pid, rss_kib=100)
    tree.add(500, rss_kib=900_000, score=900)
    for at in range(3):
        table.scan(at)
    tree.add(120, rss_kib=5000, score=667)
    tree.add(130, rss_kib=6000)
    tree.add(500, rss_kib=900_004, score=900)
    rows = table.scan(10, watch={130})
    assert row(rows, 120).rss == 5000 << 10, "its oom_score changed"
    assert row(rows, 130).rss == 6000 << 10, "it is watched"
    assert row(rows, 500).rss == 900_004 << 10, "it leads, and one oom_score is many pages"
    assert sum(process.read_at == 10 for process in rows) < 40, "a steady scan leaves the rest alone"


scores = st.sampled_from([0, 1, 13, 133, 666, 1000, 1333, 2000])


@given(history=st.lists(st.lists(scores, min_size=5, max_size=5), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_change_of_a_score_is_missed_however_the_answers_lie_side_by_side(tmp_path, history):
    tree = ProcTree(tmp_path / "proc")
    tree.write("loadavg", "0.00 0.00 0.00 1/100 700\n")
    for pid in range(100, 105):
        tree.add(pid)
    table = ProcessTable(str(tree))
    try:
        table.scan(0)
        for at, said in enumerate(history, 1):
            for pid, score in enumerate(said, 100):
                tree.write(f"{pid}/oom_score", f"{score}\n")
            assert {process.pid: process.oom_score for process in table.scan(at)} == dict(enumerate(said, 100))
            for pid, score in enumerate(said[::-1], 100):
                tree.write(f"{pid}/oom_score", f"{score}\n")
            for _ in range(QUIET_SCANS):
                rows = table.scan(at, quiet=True)
            assert {process.pid: process.oom_score for process in rows} == dict(enumerate(said[::-1], 100))
    finally:
        table.close()


def test_who_is_watched_anew_is_read_whole(tree, table):
    for pid in range(100, 150):
        tree.add(pid)
    for at in range(2):
        table.scan(at)
    tree.add(149, cgroup="0::/moved\n")
    rows = table.scan(2, watch={149}, quiet=True)
    assert row(rows, 149).cgroup == "/moved"


def test_every_row_is_reread_in_rotation(tree, table):
    for pid in range(100, 150):
        tree.add(pid, name=b"before")
    for at in range(2):
        table.scan(at)
    for pid in range(100, 150):
        tree.add(pid, name=b"after")
    for at in range(2, 27):
        rows = table.scan(at)
    assert {process.name for process in rows} == {"after"}


def test_a_full_scan_rereads_every_row(tree, table):
    tree.add(100)
    tree.add(101)
    table.scan(0)
    assert {process.read_at for process in table.scan(5, full=True)} == {5}


def test_a_new_process_is_read_once_more_because_exec_renames_it(tree, table):
    for pid in range(100, 200):
        tree.add(pid)
    table.scan(0)
    now = round(time.clock_gettime(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK"))
    tree.add(500, name=b"bash", start=now)
    table.scan(1)
    tree.add(500, name=b"firefox", start=now)
    assert row(table.scan(2), 500).name == "firefox"


def test_what_has_run_for_long_is_not_read_twice_when_first_seen(tree, table):
    for pid in range(100, 400):
        tree.add(pid)
    table.scan(0)
    again = [process.pid for process in table.scan(1) if process.read_at == 1]
    assert 0 < len(again) < 30, "those that lead, and a few in rotation"


def test_a_new_process_is_seen_though_loadavg_stands_still_as_under_lxcfs(tree, table):
    tree.write("loadavg", "0.10 0.05 0.01 1/80 32760\n")
    tree.add(7)
    table.scan(0.0)
    tree.add(700, rss_kib=8_000_000)
    assert row(table.scan(0.1), 700).rss == 8_000_000 << 10, "the kernel counts the processes"


def test_a_new_process_is_seen_though_another_ended_that_nobody_knew(tree, table):
    tree.write("loadavg", "0.10 0.05 0.01 1/80 32760\n")
    unseen = tree.root / "unseen"
    unseen.mkdir()
    tree.add(7)
    table.scan(0.0)
    unseen.rmdir()
    tree.add(700)
    assert row(table.scan(20.0), 700)
    (tree.root / "unseen").mkdir()
    table.scan(21.0)
    (tree.root / "unseen").rmdir()
    tree.add(701)
    assert row(table.scan(22.0), 701), "both were silent once: they are believed no more"


def test_a_new_process_is_seen_in_seconds_where_nobody_counts_them(tree, table, monkeypatch):
    tree.write("loadavg", "0.10 0.05 0.01 1/80 32760\n")
    monkeypatch.setattr(ProcessTable, "_process_count", lambda _table: 0)  # as btrfs does
    tree.add(7)
    table.scan(0.0)
    tree.add(700)
    assert row(table.scan(5.0), 700)


def test_a_quiet_scan_rereads_a_row_in_rotation_every_eighth_second(tree, table):
    for pid in range(100, 130):
        tree.add(pid, score=0)
    tree.add(500, score=900)
    for at in range(0, 20, 2):
        table.scan(at)
    again = [
        [process.pid for process in table.scan(at, quiet=True) if process.read_at == at and process.pid != 500]
        for at in range(20, 68, 2)
    ]
    assert {len(pids) for pids in again} == {0, 1}
    assert sum(map(len, again)) == 6
    assert len({pid for pids in again for pid in pids}) == 6, "another one each time"


def test_an_end_that_is_noticed_later_makes_no_scan_list(tree, table, monkeypatch):
    tree.write("loadavg", "0.10 0.05 0.01 1/80 32760\n")
    for pid in range(100, 106):
        tree.add(pid)
    for at in range(QUIET_SCANS):
        table.scan(at, quiet=True)
    _answer_for_the_living_only(monkeypatch)
    listed = _listings(monkeypatch)
    for pid in (100, 103, 105):
        tree.remove(pid)
        for at in range(2 * QUIET_SCANS):
            rows = table.scan(at, quiet=True)
        assert not [row for row in rows if row.pid == pid]
    assert not listed

    tree.add(106)
    assert row(table.scan(at, quiet=True), 106), "the count shows it"
    assert len(listed) == 1


def test_no_readdir_while_loadavg_names_the_same_newest_pid(tree, table):
    tree.write("loadavg", "0.00 0.00 0.00 1/100 700\n")
    unseen = tree.root / "unseen"
    unseen.mkdir()
    tree.add(100)
    table.scan(0)
    unseen.rmdir()
    tree.add(701)
    assert {process.pid for process in table.scan(1)} == {100}
    tree.write("loadavg", "0.00 0.00 0.00 1/101 701\n")
    assert {process.pid for process in table.scan(2)} == {100, 701}


@pytest.fixture
def listed(tree, table, monkeypatch):
    """A table that has seen PID 100 and that 700 is the newest; returns the listings that follow."""
    tree.write("loadavg", "0.00 0.00 0.00 1/100 700\n")
    tree.add(100)
    table.scan(0)
    return _listings(monkeypatch)


def _listings(monkeypatch):
    """Return the list to which each listing from now on is added."""
    listings, listdir = [], os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: listings.append(path) or listdir(path))
    return listings


def _answer_for_the_living_only(monkeypatch):
    """Let files answer as procfs's do once their process is gone; those of another file system go on answering."""
    pread = os.pread

    def pread_of_the_living(fd, size, offset):
        if os.fstat(fd).st_nlink == 0:
            raise ProcessLookupError
        return pread(fd, size, offset)

    monkeypatch.setattr(os, "pread", pread_of_the_living)


def test_the_few_that_have_started_are_found_without_a_listing(tree, table, listed):
    tree.add(701)
    tree.add(703)  # and 702 has ended again
    tree.write("loadavg", "0.00 0.00 0.00 1/101 703\n")
    assert {process.pid for process in table.scan(1)} == {100, 701, 703}
    assert not listed


def test_a_thread_is_no_process_though_it_has_a_directory(tree, table, listed):
    tree.add(701)
    status = tree.root / "701" / "status"
    status.write_text(status.read_text().replace("Tgid:\t701\n", "Tgid:\t100\n"))
    (tree.root / "701").rename(hidden := tree.root / "100" / "701")
    (tree.root / "701").symlink_to(hidden)  # which adds no link to the directory, as a thread doesn't to /proc
    tree.write("loadavg", "0.00 0.00 0.00 1/101 701\n")
    assert {process.pid for process in table.scan(1)} == {100}
    assert not listed


def test_a_command_in_each_round_makes_no_scan_list(tree, table, listed, monkeypatch):
    _answer_for_the_living_only(monkeypatch)
    for pid in range(101, 110):
        tree.add(pid)
    table.scan(1)
    for pid in range(701, 720):
        if pid == 710:
            table.scan(60, quiet=True)  # which lists while some that have ended are in the table
            listed.clear()
        tree.add(pid)
        tree.write("loadavg", f"0.00 0.00 0.00 1/101 {pid}\n")
        assert row(table.scan(60, quiet=True), pid)
        tree.remove(pid)
    assert not listed


def test_who_has_ended_unnoticed_is_gone_after_a_listing(tree, table, listed):
    for pid in range(101, 160):
        tree.add(pid, score=0)
    table.scan(1)
    tree.remove(159)
    listed.clear()
    assert 159 in {process.pid for process in table.scan(2)}, "a file of this file system goes on answering"
    assert not listed
    assert 159 not in {process.pid for process in table.scan(60)}


def test_the_newest_pid_is_looked_up_again_once_its_process_has_ended(tree, table, listed, monkeypatch):
    _answer_for_the_living_only(monkeypatch)
    tree.add(701)
    tree.write("loadavg", "0.00 0.00 0.00 1/101 701\n")
    table.scan(1)
    tree.remove(701)
    tree.add(701, start=9000)
    assert row(table.scan(2), 701).start_time == 9000
    assert not listed


@pytest.mark.parametrize("newest", [900, 30], ids=["many", "they begin anew at the lowest"])
def test_proc_is_listed_after_many_starts(tree, table, listed, newest):
    (tree.root / "unseen").mkdir()
    table.scan(1)
    (tree.root / "unseen").rmdir()
    listed.clear()
    tree.add(30)
    tree.write("loadavg", f"0.00 0.00 0.00 1/101 {newest}\n")
    assert {process.pid for process in table.scan(2)} == {30, 100}
    assert len(listed) == 1


def test_a_loadavg_of_another_file_system_is_not_believed_as_under_lxcfs(tree, monkeypatch):
    tree.write("loadavg", "0.00 0.00 0.00 1/100 32760\n")
    stat = os.stat
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", lambda path, **how: _elsewhere(stat(path, **how)) if str(path).endswith("loadavg") else stat(path, **how))
        table = ProcessTable(str(tree))
    unseen = tree.root / "unseen"
    unseen.mkdir()
    tree.add(7)
    table.scan(0)
    unseen.rmdir()  # an end that nobody knows, and a start: the count is the same
    tree.add(701)
    tree.write("loadavg", "0.00 0.00 0.00 1/100 32761\n")
    rows = table.scan(1)
    table.close()
    assert row(rows, 701)


def _elsewhere(stat):
    fields = list(stat)
    fields[2] += 1  # st_dev
    return os.stat_result(fields)


@pytest.mark.parametrize("missing", ["status", "stat", "oom_score", "oom_score_adj", "cgroup"])
def test_a_process_that_vanishes_midway_is_left_out(tree, table, missing):
    tree.add(100)
    tree.add(101)
    (tree.root / "101" / missing).unlink()
    assert {process.pid for process in table.scan(0)} == {100}
    assert table.unreadable == 1


def test_a_watched_process_that_vanishes_is_dropped(tree, table):
    tree.add(100)
    tree.add(101)
    table.scan(0)
    table.scan(1)
    tree.remove(101)
    assert {process.pid for process in table.scan(2, watch={101, 4242})} == {100}


def test_without_descriptors_it_falls_back_to_paths(tree):
    for pid in range(100, 160):
        tree.add(pid, rss_kib=pid)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    table = ProcessTable(str(tree))
    # sixteen beyond what is reserved for the followed rows and for the rest of the program
    resource.setrlimit(resource.RLIMIT_NOFILE, (80 + MOST_DESCRIPTORS, limits[1]))
    try:
        rows = table.scan(0)
        assert {process.pid for process in rows} == set(range(100, 160))
        for pid in range(100, 160):
            tree.add(pid, rss_kib=99, start=5000)
        reused = [process for process in table.scan(1) if process.start_time == 5000]
        assert len(reused) >= 60 - 16, "a reused pid is noticed by all but those that have a descriptor"
        assert len(reused) < 60, "some have one"
        for pid in range(100, 160):
            tree.remove(pid)
        assert len(table.scan(2)) <= 16
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        table.close()
