"""The process table: one pread per process, or per third process, and details only if something may have changed.

The expensive files are read for new and changed processes, for watched ones, for those with the highest
oom_score, and for a few others in turn so that no row grows too old.
"""

from __future__ import annotations

import os
import resource
import time
from typing import TYPE_CHECKING

from oomtray.kernel.files import READ, RereadFile, number, read_or_empty
from oomtray.kernel.oom_scores import NO_DESCRIPTOR, OomScores
from oomtray.kernel.open_files import MOST_DESCRIPTORS, OpenFiles
from oomtray.kernel.process import read_process

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from oomtray.kernel.snapshot import Process

_TURN_SECONDS, _QUIET_TURN_SECONDS = 2.5, 7.5
_ROTATE = 2, 8
"""How many unchanged rows a scan rereads, one every `_TURN_SECONDS`: at least, and at most.

A move to another cgroup, a new name and a change of memory below one step of oom_score can't be noticed in a
cheaper way. Each row takes five files that were not opened for a while, a tenth of a quiet scan. These read one
every `_QUIET_TURN_SECONDS`: what comes to be shown is read whole then, and the sizes of all others have hardly moved.
"""
QUIET_SCANS = 3
"""In how many quiet scans each oom_score is read once."""
_LEADERS = 16
"""How many rows tied for the highest oom_score are reread, at most."""
_YOUNG = 2.0
"""Seconds within which a new process execs: until then it has its parent's name and program, so it is read twice."""
_TICKS = os.sysconf("SC_CLK_TCK")
_QUIET_SECONDS, _UNLISTED_SECONDS, _UNCOUNTED_SECONDS = 60.0, 20.0, 5.0
"""Longest time without listing /proc, which takes some 0.3 to 2 ms for 1000 processes: in quiet scans, in others,
and if the kernel doesn't count processes.
"""
_FEW = 64
"""How many PIDs are looked up one by one instead: as many as take half as long."""
_SPARE = 64
"""Descriptors left for the rest of this program."""


class ProcessTable:
    """Reads the processes under a procfs. Not thread-safe: one thread drives it."""

    def __init__(self, proc: str = "/proc", *, keep_descriptors: bool = True) -> None:
        """`keep_descriptors=False` is for a single scan, as in the text commands."""
        self._proc = proc
        self._keep_descriptors = keep_descriptors
        self._budget = 0
        self._loadavg = RereadFile(f"{proc}/loadavg")
        self._last_pid = 0
        self._unlisted = 0
        """How many the kernel counts beyond the table."""
        self._loadavg_reliable = _of_one_file_system(proc, f"{proc}/loadavg")
        self._listed = 0.0
        self._scores = OomScores()
        self._open_files = OpenFiles(proc)
        self._young: set[int] = set()
        self._leaders: tuple[int, ...] = ()
        self._reordered = False
        """Whether a row has got another oom_score, or is gone, since the leaders were chosen."""
        self._turn = 0
        self._turned = 0.0
        self._followed: set[int] = set()
        """Those whose details the last scan that wasn't sparing reread; who is new among them is read whole."""
        self.unreadable = 0
        """How many listed PIDs could not be read last time."""

    def scan(
        self,
        now: float,
        watch: Collection[int] = (),
        *,
        full: bool = False,
        sparing: bool = False,
        quiet: bool = False,
    ) -> tuple[Process, ...]:
        """Read every process, in no order; `watch` names PIDs whose details are reread, `full` rereads all.

        `sparing` is for a machine on which reading itself waits for memory: besides `watch`, only new rows
        and those with another oom_score are reread. `quiet` is for a machine on which hardly any memory moves:
        besides `watch`, new rows and those that lead, a part of the processes is read, and `QUIET_SCANS` such
        scans read them all, but for some that moved up for others that ended: until then a process that ended
        may still be listed. `now` is monotonic seconds. Raises OSError only if procfs itself can't be listed.
        """
        again, self._young = self._young, set()
        changed, dead = self._scores.read_scores(QUIET_SCANS if quiet else 1)
        changed |= self._scores.by_path  # read in full by path, which also notices a reused PID
        for pid in dead:
            if pid == self._last_pid:
                self._last_pid -= 1  # it can be the newest again: another process with the same PID
            self._remove(pid)
        new = self._find_new(now, quiet=quiet)
        if changed or dead or new or self._reordered:
            self._leaders, self._reordered = self._scores.highest(_LEADERS), False
        followed = set(() if sparing else self._leaders).union(watch)
        self._open_files.follow(followed if self._budget else set())
        if sparing:
            anew = again
        else:
            anew = set(self._scores.pids) if full else again | (followed - self._followed)
            self._followed = followed
            anew |= self._rotation(now, quiet=quiet)
        unsure = self._open_files.read_again(followed - anew - changed - new, self._scores, now)
        for pid in (anew | changed | unsure) - new:
            self._reread(pid, now, anew=pid in anew)
        return tuple(self._scores.rows)

    def close(self) -> None:
        self._loadavg.close()
        self._open_files.close()
        self._scores.close()
        self._last_pid = 0
        self._leaders = ()

    def _find_new(self, now: float, *, quiet: bool) -> set[int]:
        """Add the processes that may be new, and return their PIDs.

        Two hints show them: the last field of loadavg is the newest PID, and the kernel counts the
        processes in the links of /proc (fs/proc/root.c, proc_root_getattr). The few between two newest PIDs are looked
        up one by one; after many, or if there are more by the count, /proc is listed. Under lxcfs the first is another
        number, or never changes, and an end that no scan has noticed yet hides a start from the second. So
        /proc is listed from time to time regardless, and in every scan there, and once the hints have missed a process.
        """
        before, self._last_pid = self._last_pid, self._newest_pid()
        last_pid, count = self._last_pid, self._process_count()
        hinted = not last_pid or last_pid != before or count > self._unlisted + len(self._scores)
        counted = _QUIET_SECONDS if quiet else _UNLISTED_SECONDS
        longest = counted if count else _UNCOUNTED_SECONDS
        few = 0 < before <= last_pid <= before + _FEW
        new: set[int] = set()
        if few and self._loadavg_reliable and 0 <= now - self._listed < longest:
            new = self._add_new(filter(self._is_process, range(before + 1, last_pid + 1)), now)
            if count <= self._unlisted + len(self._scores):
                return new
        self._listed = now
        listed = self._list_new(now)
        # what starts meanwhile may be in the table, what ends is not
        self._unlisted = min(count, self._process_count()) - len(self._scores)
        if listed and not hinted and (self._newest_pid(), self._process_count()) == (last_pid, count):
            self._loadavg_reliable = False
        return new | listed

    def _process_count(self) -> int:
        """All processes and a few more; 0 if unknown: file systems that don't count report 1."""
        try:
            links = os.stat(self._proc).st_nlink
        except OSError:
            return 0
        return links if links > 1 else 0

    def _newest_pid(self) -> int:
        """The PID given last; 0 if unknown."""
        return number(self._loadavg.read().rpartition(b" ")[2]) or 0

    def _is_process(self, pid: int) -> bool:
        """Whether there is a process with this PID; that of a thread has a directory too, which no listing shows."""
        return b"\nTgid:\t%d\n" % pid in read_or_empty(f"{self._proc}/{pid}/status")

    def _list_new(self, now: float) -> set[int]:
        """List /proc, which shows too who is gone; return the PIDs of the new processes."""
        self.unreadable = 0
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._budget = max(0, limit - _SPARE - MOST_DESCRIPTORS) if self._keep_descriptors else 0
        listed = set(map(int, filter(str.isdecimal, os.listdir(self._proc))))
        for pid in self._scores.place.keys() - listed:
            self._remove(pid)
        return self._add_new(listed, now)

    def _add_new(self, pids: Iterable[int], now: float) -> set[int]:
        """Add those that are not in the table yet, and return their PIDs."""
        youngest = (time.clock_gettime(time.CLOCK_BOOTTIME) - _YOUNG) * _TICKS
        new: set[int] = set()
        for pid in pids:
            if pid in self._scores.place:
                continue
            if row := self._add(pid, now):
                new.add(pid)
                if row.start_time > youngest:
                    self._young.add(pid)
            else:
                self.unreadable += os.path.exists(f"{self._proc}/{pid}")
        return new

    def _add(self, pid: int, now: float) -> Process | None:
        directory = f"{self._proc}/{pid}"
        fd = NO_DESCRIPTOR
        try:
            fd = _open_score(directory)
            row = read_process(directory, pid, fd, now)
        except OSError:
            if fd != NO_DESCRIPTOR:
                os.close(fd)
            return None
        if self._scores.descriptors >= self._budget:
            os.close(fd)
            fd = NO_DESCRIPTOR
        self._scores.add(row, fd)
        return row

    def _reread(self, pid: int, now: float, *, anew: bool) -> None:
        place = self._scores.place.get(pid)
        if place is None:
            return
        fd, known = self._scores.fds[place], self._scores.rows[place]
        try:
            if fd == NO_DESCRIPTOR:
                row = _read_by_path(f"{self._proc}/{pid}", pid, now)
            elif anew:
                row = read_process(f"{self._proc}/{pid}", pid, fd, now)
            else:
                row = self._open_files.reread(known, fd, now)
        except OSError:
            if not self._scores.is_gone(place):
                self._last_pid = 0  # no descriptor was left for its files, perhaps: the listing finds it again
            self._remove(pid)
            return
        if row.oom_score == self._scores.score(place):
            self._scores.rows[place] = row
        else:
            self._scores.replace(place, row)
            self._reordered = True

    def _remove(self, pid: int) -> None:
        self._open_files.drop(pid)
        self._scores.remove(pid)
        self._reordered = True

    def _rotation(self, now: float, *, quiet: bool) -> set[int]:
        """Return the PIDs of the rows whose turn it is."""
        pids = self._scores.pids
        least, most = (0, 1) if quiet else _ROTATE
        turn = _QUIET_TURN_SECONDS if quiet else _TURN_SECONDS
        count = min(max(least, int((now - self._turned) / turn)), most)
        if not count or not pids:
            return set()
        self._turned = now
        start = self._turn % len(pids)
        self._turn = start + count
        return set(pids[start : self._turn])


def _open_score(directory: str) -> int:
    return os.open(f"{directory}/oom_score", READ)


def _read_by_path(directory: str, pid: int, now: float) -> Process:
    fd = _open_score(directory)
    try:
        return read_process(directory, pid, fd, now)
    finally:
        os.close(fd)


def _of_one_file_system(proc: str, file: str) -> bool:
    """Whether a file of procfs is its own; lxcfs puts its files over some."""
    try:
        return os.stat(file).st_dev == os.stat(proc).st_dev
    except OSError:
        return True
