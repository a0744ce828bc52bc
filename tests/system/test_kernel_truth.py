"""What we read and compute, held against this machine's own kernel."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from oomtray.kernel import psi
from oomtray.kernel.files import read_bytes
from oomtray.kernel.open_files import MOST_DESCRIPTORS
from oomtray.kernel.reader import SystemReader
from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.monitor import Attention, Monitor
from oomtray.risk.badness import badness_of, scale_of, why_not
from oomtray.risk.ranking import counting_error, rank
from tests.facts.shown_score import shown_score
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.proc import state_of
from tests.rigs.processes.programs import wait_for
from tests.rigs.processes.users import in_own_pids, need_root

TREE = str(Path(__file__).parents[2])

pytestmark = pytest.mark.system


@pytest.fixture
def reader():
    reader = SystemReader()
    yield reader
    reader.close()


def child(code, **options):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def snapshot_row(snapshot, pid):
    return next((process for process in snapshot.processes if process.pid == pid), None)


def test_badness_of_every_process_gives_the_score_that_the_kernel_shows(reader):
    """Over all processes, with adjustments of every size among them; one score is worth total / 1500 pages."""
    adjusted = [subprocess.Popen(["sleep", "600"]) for _ in range(6)]
    try:
        for process, adj in zip(adjusted, (0, 1, 17, 300, 999, 1000), strict=True):
            Path(f"/proc/{process.pid}/oom_score_adj").write_text(str(adj))
        snapshot = reader.snapshot(full=True)
    finally:
        for process in adjusted:
            process.kill()
            process.wait()
    total, scale = snapshot.scope.total_pages, scale_of(snapshot)
    error = counting_error(snapshot.cpus, snapshot.kernel_release)
    seen = set()
    for process in snapshot.processes:
        if why_not(process, scale) is not None:
            assert process.oom_score == 0 or scale == "plain", process
            continue
        points = badness_of(process, snapshot, scale)
        bounds = {shown_score(points + off, total, scale) for off in (-error, 0, error)}
        assert min(bounds) <= process.oom_score <= max(bounds), process
        seen.add(process.pid)
    assert seen > {process.pid for process in adjusted}


def test_the_sizes_are_those_of_statm(reader, sleeper):
    wait_for(lambda: Path(f"/proc/{sleeper.pid}/comm").read_text() == "sleep\n", "exec")
    process = snapshot_row(reader.snapshot(full=True), sleeper.pid)
    resident = int(Path(f"/proc/{sleeper.pid}/statm").read_text().split()[1])
    error = counting_error(os.cpu_count(), (6, 2))
    assert abs(process.rss // PAGE_SIZE - resident) <= error


def test_a_list_longer_than_a_page_is_read_to_its_end():
    """seq_file gives a page at a time, however much is asked for."""
    maps = Path(f"/proc/{os.getpid()}/maps")
    before = maps.read_bytes()
    assert len(before) > 3 * PAGE_SIZE, "else this proves nothing"
    assert read_bytes(str(maps)).splitlines()[-1] == before.splitlines()[-1]


def test_every_process_of_a_crowded_cgroup_is_ranked():
    with MemoryCgroup(256 * MIB) as group:
        parent = group.spawn(["sh", "-c", "for i in $(seq 900); do sleep 600 & done; wait"])
        wait_for(lambda: len(group.pids()) == 901, "the crowd")
        reader = SystemReader(scope_path=group.path, once=True)
        try:
            assert len(reader.snapshot().processes) == 901
        finally:
            reader.close()
        parent.kill()
        parent.wait()


def test_a_death_is_noticed_without_a_fork(reader, sleeper):
    reader.snapshot()
    assert snapshot_row(reader.snapshot(), sleeper.pid)
    sleeper.kill()
    sleeper.wait()
    assert snapshot_row(reader.snapshot(), sleeper.pid) is None


def test_a_new_process_is_in_the_next_scan(reader):
    reader.snapshot()
    process = subprocess.Popen(["sleep", "600"])
    try:
        assert snapshot_row(reader.snapshot(), process.pid)
        wait_for(
            lambda: snapshot_row(reader.snapshot(watch={process.pid}), process.pid).name == "sleep",
            "its name",
        )
    finally:
        process.kill()
        process.wait()


def test_a_reused_pid_is_another_process():
    """In a pid namespace of its own the next pid can be chosen."""
    code = """
        import os, signal, sys, time
        sys.path.insert(0, os.environ["TREE"])
        from oomtray.kernel.process_table import ProcessTable
        def start(pid):
            open("/proc/sys/kernel/ns_last_pid", "w").write(str(pid - 1))
            child = os.fork()
            if not child:
                time.sleep(600)
            assert child == pid, child
            return child
        table = ProcessTable()
        first = start(4000)
        time.sleep(0.02)  # a start time's grain is 10 ms
        before = next(p for p in table.scan(0) if p.pid == first)
        os.kill(first, signal.SIGKILL); os.waitpid(first, 0)
        time.sleep(0.02)
        second = start(4000)
        after = next(p for p in table.scan(1) if p.pid == second)
        print(before.start_time < after.start_time, len([p for p in table.scan(2) if p.pid == second]))
        os.kill(second, signal.SIGKILL)
    """
    answer = subprocess.run(
        in_own_pids(sys.executable, "-c", textwrap.dedent(code)),
        env={**os.environ, "TREE": TREE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout == "True 1\n", answer.stderr


@pytest.mark.parametrize("mode", ["0", "1", "2", "4"])
def test_hidepid_makes_the_answer_incomplete(mode):
    need_root()
    code = """
        import os, sys
        sys.path.insert(0, os.environ["TREE"])
        from oomtray.kernel.reader import SystemReader
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        reader = SystemReader()
        snapshot = reader.snapshot()
        print(snapshot.complete, os.getpid() in {p.pid for p in snapshot.processes})
    """
    script = f'mount -t proc -o hidepid={mode} proc /proc && exec "$0" -c "$1"'
    answer = subprocess.run(
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            script,
            sys.executable,
            "import oomtray.kernel.reader;" + textwrap.dedent(code),
        ],
        env={**os.environ, "TREE": TREE, "PYTHONPATH": TREE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout == f"{mode == '0'} True\n", answer.stderr


def test_a_zombie_leader_whose_threads_live_can_be_killed(reader):
    program = child("""
        import ctypes, threading, time
        hold = bytearray(32 << 20)
        threading.Thread(target=time.sleep, args=(600,)).start()
        print("READY", flush=True)
        ctypes.CDLL(None).syscall(60, 0)  # exit(2): this thread alone
    """)
    try:
        assert program.stdout.readline() == "READY\n"
        wait_for(
            lambda: state_of(program.pid) == "Z",
            "the leader's end",
        )
        snapshot = reader.snapshot(full=True)
        process = snapshot_row(snapshot, program.pid)
        assert process.state == "Z"
        assert process.rss > 32 * MIB
        assert why_not(process, scale_of(snapshot)) is None
    finally:
        os.kill(program.pid, signal.SIGKILL)
        program.communicate()


def test_the_limit_on_open_files_is_raised_and_children_get_the_old_one():
    code = """
        import resource, subprocess, sys
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        from oomtray.kernel import fd_limit
        from oomtray.kernel.reader import SystemReader
        SystemReader()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
        with fd_limit.original_limit():
            inner = subprocess.run(["sh", "-c", "ulimit -Sn"], capture_output=True, text=True).stdout
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
        print(int(inner) == soft, soft)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 4000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout == "True 256\n", answer.stderr


@pytest.mark.parametrize("limit", [90, 90 + MOST_DESCRIPTORS], ids=["for-none", "for-some"])
def test_few_descriptors_and_many_processes(limit):
    code = """
        import os, resource, sys
        from oomtray.kernel.reader import SystemReader
        limit = int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        children = []
        for _ in range(120):
            pid = os.fork()
            if not pid:
                import signal; signal.pause()
            children.append(pid)
        reader = SystemReader()
        reader.snapshot()
        for watch in (), children, children[:30], children:
            seen = {p.pid for p in reader.snapshot(watch).processes}
            assert set(children) <= seen, len(seen)
        print("all of them")
        for pid in children:
            os.kill(pid, 9)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(limit)], capture_output=True, text=True, check=False
    )
    assert answer.stdout == "all of them\n", answer.stderr


def test_the_pressure_trigger_is_granted_where_the_kernel_has_psi():
    if not os.path.exists("/proc/pressure/memory"):
        assert psi.arm() is None
        return
    trigger = psi.arm()
    assert trigger is not None
    trigger.close()


def test_memory_pressure_wakes_the_monitor():
    """What thrashes in a small cgroup stalls, and a scan comes that no pace would have brought: its clock stands still."""
    if psi.arm() is None:
        pytest.skip("this kernel grants no pressure trigger")
    began = time.monotonic()
    monitor = Monitor(clock=lambda: began)
    try:
        assert monitor.step() is not None
        assert monitor.step() is None, "the next scan is not due yet"
        with MemoryCgroup(24 * MIB) as group:
            # Reading files larger than the limit again and again reclaims and refaults: that is a stall.
            thrash = "while :; do cat /usr/lib/*-linux-gnu/*.so* >/dev/null 2>&1; done"
            thrashing = group.spawn(["sh", "-c", thrash])
            while monitor.step() is None:  # on a busy machine the stall takes longer than a tick
                monitor.wait()
            thrashing.kill()
            thrashing.wait()
    finally:
        monitor.close()


def test_opening_the_popup_ends_a_wait_at_once(reader):
    import threading

    monitor = Monitor()
    try:
        assert monitor.step() is not None
        assert monitor.step() is None, "nothing is due yet"
        opener = threading.Timer(0.1, monitor.attend, [Attention(open=True, apps=True, top=None)])
        opener.start()
        monitor.wait()
        assessment = monitor.step()
        assert assessment is not None
        assert assessment.apps
        opener.join()
    finally:
        monitor.close()


@pytest.mark.parametrize(
    ("hogs", "first"),
    [
        pytest.param([(36, 0), (18, 0), (4, 0)], 0, id="the-largest"),
        pytest.param([(34, 0), (20, 400), (4, 0)], 1, id="the-raised"),
        pytest.param([(26, 100), (26, 150), (4, 700)], 2, id="small-but-raised-most"),
    ],
)
def test_in_a_cgroup_the_kernel_kills_whom_we_name(hogs, first):
    with MemoryCgroup(64 * MIB) as group:
        running = [group.hog(size, adj=adj) for size, adj in hogs]
        asking = group.hog(1, name="asking")
        reader = SystemReader(scope_path=group.path)
        try:
            ranking = rank(reader.snapshot(full=True))
        finally:
            reader.close()
        assert {row.process.pid for row in ranking.first} == {hog.pid for hog in [*running, asking]}
        named = ranking.first[0].process.pid
        assert named == running[first].pid
        assert group.kill_by(asking, grow=12).pid == named
