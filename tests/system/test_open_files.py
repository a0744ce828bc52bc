"""Rows whose files stay open, held against the kernel's own word on processes that really change."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.kernel.files import CHUNK
from oomtray.kernel.oom_scores import NO_DESCRIPTOR, OomScores
from oomtray.kernel.open_files import MOST_DESCRIPTORS, OpenFiles
from oomtray.kernel.process import Unreadable, read_process
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.snapshot import Process
from tests.rigs.processes.proc import state_of
from tests.rigs.processes.programs import wait_for
from tests.rigs.processes.users import need_root

pytestmark = pytest.mark.system

OBEYS = "import sys\nfor line in sys.stdin:\n    exec(line)\n    print(flush=True)"


class Obedient:
    """A process that does as told, one line of Python after the other."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-c", OBEYS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._program.pid
        self.does("pass")
        self.score = os.open(f"/proc/{self.pid}/oom_score", os.O_RDONLY)

    def does(self, line: str) -> None:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(line + "\n")
        self._program.stdin.flush()
        self._program.stdout.readline()
        # it has answered, and is idle once it waits for the next line
        wait_for(lambda: state_of(self.pid) == "S", "its rest")

    def end(self) -> None:
        self._program.kill()
        self._program.communicate()

    def read(self, now: float) -> Process:
        """Anew, by path."""
        return read_process(f"/proc/{self.pid}", self.pid, self.score, now)


@pytest.fixture
def other() -> Iterator[Obedient]:
    obedient = Obedient()
    yield obedient
    obedient.end()
    os.close(obedient.score)


@pytest.fixture
def files(other: Obedient) -> Iterator[OpenFiles]:
    rows = OpenFiles("/proc")
    rows.follow({other.pid})
    yield rows
    rows.close()


def again(files: OpenFiles, row: Process, score_fd: int, now: float) -> Process:
    """Read a row again as the table does: what has changed is read anew."""
    table = OomScores()
    table.add(row, NO_DESCRIPTOR)
    return files.reread(row, score_fd, now) if files.read_again({row.pid}, table, now) else table.rows[0]


def descriptors() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.add(f"{entry.name} {entry.readlink()}")
        except OSError:  # the listing's own
            continue
    return found


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param("held = bytearray(b'x') * (24 << 20)", "rss", id="memory"),
        pytest.param("open('/proc/self/oom_score_adj', 'w').write('7')", "oom_score_adj", id="adj"),
        pytest.param("open('/proc/self/comm', 'w').write('Korean 한')", "name", id="name"),
        pytest.param("import os; os.seteuid(65534)", "uid", id="uid"),
        pytest.param("import os; os.setgroups(range(70000, 130000, 30))", None, id="a-status-longer-than-one-read"),
    ],
)
def test_what_is_kept_says_what_the_files_say(
    files: OpenFiles, other: Obedient, change: str, field: str | None
) -> None:
    if "os.set" in change:
        need_root()
    row = other.read(0.0)
    for now in (1.0, 2.0, 3.0):
        row = again(files, row, other.score, now)
        assert row == other.read(now)
    before = row
    other.does(change)
    for now in (4.0, 5.0):
        row = again(files, row, other.score, now)
        assert row == other.read(now)
    if field is not None:
        assert getattr(row, field) != getattr(before, field)
    else:
        assert Path(f"/proc/{other.pid}/status").read_bytes().index(b"VmRSS") > CHUNK


def test_a_row_read_anew_meanwhile_is_not_taken_for_the_one_before(files: OpenFiles, other: Obedient) -> None:
    calm = again(files, other.read(0.0), other.score, 1.0)
    other.does("open('/proc/self/oom_score_adj', 'w').write('9')")
    raised = other.read(2.0)
    other.does("open('/proc/self/oom_score_adj', 'w').write('0')")
    assert (calm.oom_score_adj, raised.oom_score_adj) == (0, 9)
    assert again(files, raised, other.score, 3.0).oom_score_adj == 0


def test_an_exec_shows_at_once_in_all_that_it_changes(files: OpenFiles, other: Obedient) -> None:
    row = again(files, other.read(0.0), other.score, 1.0)
    other.does("import os; os.execvp('sh', ['sh', '-c', 'echo; read line'])")
    later = again(files, row, other.score, 2.0)
    assert later.name == "sh"
    assert later.exe == os.path.realpath("/bin/sh")
    assert later.start_time == row.start_time


def test_a_process_that_is_gone_is_told_by_its_open_files(files: OpenFiles, other: Obedient) -> None:
    row = again(files, other.read(0.0), other.score, 1.0)
    other.end()
    with pytest.raises(Unreadable):
        again(files, row, other.score, 2.0)


def test_what_took_the_pid_of_a_process_that_is_gone_is_not_taken_for_it(files: OpenFiles, other: Obedient) -> None:
    gone = Obedient()
    try:
        gone.end()
        with pytest.raises(Unreadable):
            again(files, other.read(0.0), gone.score, 1.0)
    finally:
        os.close(gone.score)


def test_a_leader_that_exited_before_its_threads_is_followed_through_them() -> None:
    code = f"""
        import ctypes, threading
        def obey():
            exec({OBEYS!r})
        threading.Thread(target=obey).start()
        ctypes.CDLL(None).pthread_exit(None)
    """
    leader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert leader.stdin is not None
    assert leader.stdout is not None
    table = ProcessTable()
    try:
        wait_for(lambda: "\nState:\tZ" in Path(f"/proc/{leader.pid}/status").read_text(), "its leader's end")
        sizes = []
        for now, line in enumerate(["pass"] * 4 + ["held = bytearray(b'x') * (24 << 20)", "pass"]):
            leader.stdin.write(line + "\n")
            leader.stdin.flush()
            leader.stdout.readline()
            row = next(p for p in table.scan(now, {leader.pid}) if p.pid == leader.pid)
            assert row.rss is not None
            sizes.append(row.rss)
        assert min(sizes[4:]) - max(sizes[:4]) > 20 << 20
    finally:
        table.close()
        leader.kill()
        leader.communicate()


def test_more_than_can_be_kept_are_followed_all_the_same() -> None:
    sleepers = [subprocess.Popen(["sleep", "600"]) for _ in range(MOST_DESCRIPTORS // 2 + 6)]
    pids = {sleeper.pid for sleeper in sleepers}
    table = ProcessTable()
    try:
        table.scan(0.0)
        for sleeper in sleepers:
            wait_for(lambda pid=sleeper.pid: Path(f"/proc/{pid}/comm").read_text() == "sleep\n", "its exec")
        table.scan(1.0)  # what is young is read whole once more
        table.scan(2.0, pids)  # and so is what is watched anew
        rows = [p for p in table.scan(3.0, pids) if p.pid in pids]
        assert {row.name for row in rows} == {"sleep"}
        assert {row.read_at for row in rows} == {3.0}
        assert sum("/status" in line for line in descriptors()) == MOST_DESCRIPTORS // 2
    finally:
        table.close()
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


def test_a_quiet_scan_notices_that_a_watched_process_has_ended() -> None:
    sleepers = [subprocess.Popen(["sleep", "600"]) for _ in range(6)]
    pids = {sleeper.pid for sleeper in sleepers}
    table = ProcessTable()
    try:
        for now in range(4):
            table.scan(now, pids)
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()
    assert pids.isdisjoint(process.pid for process in table.scan(4, pids, quiet=True))
    table.close()


def test_what_is_no_longer_followed_is_closed(files: OpenFiles, other: Obedient) -> None:
    before = descriptors()
    row = again(files, other.read(0.0), other.score, 1.0)
    mine = {line for line in descriptors() - before if f"/{other.pid}/" in line}
    assert {line.rpartition("/")[2] for line in mine} == {"status", "oom_score_adj"}
    files.follow(set())
    assert descriptors() == before
    again(files, row, other.score, 2.0)
    assert descriptors() == before, "read by path"


def test_a_table_follows_what_is_watched_and_lets_go_of_what_died(other: Obedient) -> None:
    table = ProcessTable()
    try:
        table.scan(0.0)
        table.scan(1.0, {other.pid})
        for now, line in [(2.0, "held = bytearray(b'x') * (9 << 20)"), (3.0, "pass"), (4.0, "del held")]:
            other.does(line)
            row = next(p for p in table.scan(now, {other.pid}) if p.pid == other.pid)
            assert row == other.read(now)
        other.end()
        assert other.pid not in {p.pid for p in table.scan(5.0, {other.pid})}
        assert not [line for line in descriptors() if f"/proc/{other.pid}/status" in line]
    finally:
        table.close()
    assert not [line for line in descriptors() if "/status" in line]
