"""The process table: one pread a process, details only where something can have changed.

The expensive files are read for new and changed processes, for those that are watched, for those that lead, and for a few
others in rotation so that no row grows old unseen.
"""

from __future__ import annotations

import os
import resource
import time
from typing import TYPE_CHECKING

from oomtray.kernel.files import READ, RereadFile
from oomtray.kernel.oom_scores import NO_DESCRIPTOR, Roster
from oomtray.kernel.open_files import MOST_DESCRIPTORS, KeptRows
from oomtray.kernel.process import read_process

if TYPE_CHECKING:
    from collections.abc import Collection

    from oomtray.kernel.snapshot import Process

_TURN_SECONDS = 2.5
_ROTATE = 2, 8
"""Every so many seconds one row is reread though nothing points to it, at least and at most so many in one scan: a move to
another cgroup, a new name and a change of memory smaller than one oom_score show in no cheaper way, and each row is five
files that were not opened for long, a fortieth of a scan."""
_LEADERS = 16
"""At most so many rows that tie for the highest oom_score are reread."""
_YOUNG = 2.0
"""Seconds within which a new process execs: until then it shows its parent's name and program, so it is read twice."""
_TICKS = os.sysconf("SC_CLK_TCK")
_UNLISTED_SECONDS = 5.0
"""For no longer does a scan go without listing /proc, which takes some 0.3 ms for 1000 processes."""
_SPARE = 64
"""Descriptors left to everybody else in this program."""


class ProcessTable:
    """Reads the processes under a procfs. Not thread-safe: one thread drives it."""

    def __init__(self, proc: str = "/proc", *, keep_descriptors: bool = True) -> None:
        """`keep_descriptors=False` suits one single reading, as the text commands make it."""
        self._proc = proc
        self._keep = keep_descriptors
        self._budget = 0
        self._loadavg = RereadFile(f"{proc}/loadavg")
        self._last_pid: bytes | None = None
        self._loadavg_tells = True
        self._listed = 0.0
        self._roster = Roster()
        self._followed = KeptRows(proc)
        self._young: set[int] = set()
        self._leaders: tuple[int, ...] = ()
        self._turn = 0
        self._scanned = 0.0
        self.unreadable = 0
        """Pids that the last look listed without letting us read them."""

    def __len__(self) -> int:
        return len(self._roster)

    def scan(self, now: float, watch: Collection[int] = (), *, full: bool = False) -> tuple[Process, ...]:
        """Every process now, in no order. `watch` names pids whose details are reread; `full` rereads all.

        `now` is monotonic seconds. Raises OSError only where the procfs itself can't be listed.
        """
        again, self._young = self._young, set()
        changed, dead = self._roster.read_scores()
        changed |= self._roster.by_path  # read by path, whole, which also notices a reused pid
        for pid in dead:
            if b"%d" % pid == self._last_pid:
                self._last_pid = None  # it can be the newest again: another process with the same pid
            self._remove(pid)
        new = self._find_new(now)
        if changed or dead or new:
            self._leaders = self._roster.highest(_LEADERS)
        anew = set(self._roster.pids) if full else again | self._rotation(now - self._scanned)
        self._scanned = now
        followed = set(self._leaders).union(watch)
        self._followed.follow(followed if self._budget else set())
        for pid in (anew | changed | followed) - new:
            self._reread(pid, now, anew=pid in anew)
        return tuple(self._roster.rows)

    def close(self) -> None:
        self._loadavg.close()
        self._followed.close()
        self._roster.close()
        self._last_pid = None
        self._leaders = ()

    def _find_new(self, now: float) -> set[int]:
        """Lists /proc where a process may have come: the last field of loadavg names the newest pid.

        Under lxcfs that field is another number, or stands still. So /proc is listed every few seconds whatever it says,
        and in every scan from when it was found to have kept silent about a process.
        """
        last_pid = self._newest_pid()
        hinted = last_pid is None or last_pid != self._last_pid
        if not hinted and self._loadavg_tells and 0 <= now - self._listed < _UNLISTED_SECONDS:
            return set()
        self._last_pid, self._listed = last_pid, now
        new = self._list_new(now)
        if new and not hinted and self._newest_pid() == last_pid:
            self._loadavg_tells = False
        return new

    def _newest_pid(self) -> bytes | None:
        text = self._loadavg.read()
        return text.rsplit(None, 1)[-1] if text else None

    def _list_new(self, now: float) -> set[int]:
        """Adds what has come, and gives its pids."""
        self.unreadable = 0
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._budget = max(0, limit - _SPARE - MOST_DESCRIPTORS) if self._keep else 0
        youngest = (time.clock_gettime(time.CLOCK_BOOTTIME) - _YOUNG) * _TICKS
        new: set[int] = set()
        for entry in os.listdir(self._proc):
            if entry[0] in "123456789" and entry.isdecimal():
                pid = int(entry)
                if pid in self._roster.place:
                    continue
                if row := self._add(pid, now):
                    new.add(pid)
                    if row.start_time > youngest:
                        self._young.add(pid)
                else:
                    self.unreadable += os.path.exists(f"{self._proc}/{entry}")
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
        if self._roster.descriptors >= self._budget:
            os.close(fd)
            fd = NO_DESCRIPTOR
        self._roster.add(row, fd)
        return row

    def _reread(self, pid: int, now: float, *, anew: bool) -> None:
        place = self._roster.place.get(pid)
        if place is None:
            return
        fd, known = self._roster.fds[place], self._roster.rows[place]
        try:
            if fd == NO_DESCRIPTOR:
                row = _read_by_path(f"{self._proc}/{pid}", pid, now)
            elif anew:
                row = read_process(f"{self._proc}/{pid}", pid, fd, now)
            else:
                row = self._followed.reread(known, self._roster.score(place), fd, now)
        except OSError:
            self._remove(pid)
            self._last_pid = None  # if it lives after all (no descriptor was left for its files), it is found again
            return
        self._roster.replace(place, row)

    def _remove(self, pid: int) -> None:
        self._followed.drop(pid)
        self._roster.remove(pid)

    def _rotation(self, seconds: float) -> set[int]:
        pids = self._roster.pids
        if not pids:
            return set()
        least, most = _ROTATE
        start = self._turn % len(pids)
        self._turn = start + min(max(least, round(seconds / _TURN_SECONDS)), most)
        return set(pids[start : self._turn])


def _open_score(directory: str) -> int:
    return os.open(f"{directory}/oom_score", READ)


def _read_by_path(directory: str, pid: int, now: float) -> Process:
    fd = _open_score(directory)
    try:
        return read_process(directory, pid, fd, now)
    finally:
        os.close(fd)
