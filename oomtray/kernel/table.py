"""The process table: one cached descriptor per process, details only where something can have changed.

A descriptor on /proc/PID/oom_score is the process's identity: once the process is gone it answers ESRCH, also after
the pid was given to another. A steady scan is one pread per process; the expensive files are read for new and changed
processes, for those that are watched, and for a few others in rotation so that no row grows old unseen.
"""

from __future__ import annotations

import heapq
import os
import resource
import time
from array import array
from itertools import repeat
from typing import TYPE_CHECKING, Any

from oomtray.kernel.details import SCORE_BYTES, read_process
from oomtray.kernel.files import READ, RereadFile
from oomtray.kernel.kept import MOST_DESCRIPTORS, KeptRows

if TYPE_CHECKING:
    from collections.abc import Collection

    from oomtray.kernel.snapshot import Process

_ROTATE = 2
"""Rows reread per scan though nothing points to them: a new name, a move to another cgroup and a change of memory
smaller than one oom_score show in no cheaper way. Each is five files that were not opened for long, a fortieth of a scan."""
_LEADERS = 16
"""At most so many rows that tie for the highest oom_score are reread."""
_NO_DESCRIPTOR = -1
_YOUNG = 2.0
"""Seconds within which a new process execs: until then it shows its parent's name and program, so it is read twice."""
_TICKS = os.sysconf("SC_CLK_TCK")
_SPARE = 64
"""Descriptors left to everybody else in this program."""


class ProcessTable:
    """Reads the processes under a procfs. Not thread-safe: one thread drives it."""

    def __init__(self, proc: str = "/proc", *, keep_descriptors: bool = True) -> None:
        """`keep_descriptors=False` suits one single reading, as the text commands make it."""
        self._proc = proc
        self._keep = keep_descriptors
        self._kept = 0
        self._budget = 0
        self._by_path: set[int] = set()
        self._loadavg = RereadFile(f"{proc}/loadavg")
        self._last_pid: bytes | None = None
        # Parallel lists, because the steady scan walks them a thousand times as often as it changes them.
        self._pids: list[int] = []
        self._fds = array("i")
        self._scores: list[bytes] = []
        self._said: bytes | None = None
        """All of `_scores` in one piece, to be compared at once; None where one was changed since.

        No two lists make the same one: an answer ends with a newline or has SCORE_BYTES digits.
        """
        self._rows: list[Process] = []
        self._place: dict[int, int] = {}
        self._young: set[int] = set()
        self._leaders: tuple[int, ...] = ()
        self._followed = KeptRows(proc)
        self._turn = 0
        self.unreadable = 0
        """Pids that the last look listed without letting us read them."""

    def __len__(self) -> int:
        return len(self._pids)

    def scan(self, now: float, watch: Collection[int] = (), *, full: bool = False) -> tuple[Process, ...]:
        """Every process now, in no order. `watch` names pids whose details are reread; `full` rereads all.

        `now` is monotonic seconds. Raises OSError only where the procfs itself can't be listed.
        """
        again, self._young = self._young, set()
        changed, dead = self._read_scores()
        changed |= self._by_path  # read by path, whole, which also notices a reused pid
        if dead:
            if any(b"%d" % self._pids[place] == self._last_pid for place in dead):
                self._last_pid = None  # it can be the newest again: another process with the same pid
            self._remove(dead)
        new = self._look_for_new(now) if self._forked() else set()
        if changed or dead or new:
            self._leaders = self._lead()
        anew = set(self._pids) if full else again | self._rotation()
        followed = set(self._leaders).union(watch)
        self._followed.follow(followed if self._budget else set())
        for pid in (anew | changed | followed) - new:
            self._reread(pid, now, anew=pid in anew)
        return tuple(self._rows)

    def close(self) -> None:
        for fd in self._fds:
            if fd != _NO_DESCRIPTOR:
                os.close(fd)
        self._loadavg.close()
        self._followed.close()
        self._pids, self._fds, self._scores, self._rows = [], array("i"), [], []
        self._said = None
        self._place = {}
        self._kept = 0
        self._last_pid = None

    def _read_scores(self) -> tuple[set[int], list[int]]:
        """Pids whose oom_score changed, and the places of those that are gone."""
        dead: list[int] = []
        try:
            # One system call a process and as little Python as can be around it: this line is the steady scan.
            scores = list(map(os.pread, self._fds, repeat(SCORE_BYTES), repeat(0)))
        except OSError:
            scores, dead = self._read_scores_singly()
        said = b"".join(scores)
        if said == self._said:
            return set(), dead
        before, self._scores, self._said = self._scores, scores, said
        return {pid for pid, old, new in zip(self._pids, before, scores, strict=True) if old != new}, dead

    def _read_scores_singly(self) -> tuple[list[bytes], list[int]]:
        """The same where some process has gone or has no descriptor."""
        scores: list[bytes] = []
        dead: list[int] = []
        for place, fd in enumerate(self._fds):
            if fd == _NO_DESCRIPTOR:
                scores.append(self._scores[place])
                continue
            try:
                scores.append(os.pread(fd, SCORE_BYTES, 0))
            except OSError:
                scores.append(self._scores[place])
                dead.append(place)
        return scores, dead

    def _forked(self) -> bool:
        """Whether a process may have come: the last field of loadavg names the newest pid."""
        text = self._loadavg.read()
        last_pid = text.rsplit(None, 1)[-1] if text else None
        if last_pid is None or last_pid != self._last_pid:
            self._last_pid = last_pid
            return True
        return False

    def _look_for_new(self, now: float) -> set[int]:
        """Adds what has come, and gives its pids."""
        self.unreadable = 0
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._budget = max(0, limit - _SPARE - MOST_DESCRIPTORS) if self._keep else 0
        youngest = (time.clock_gettime(time.CLOCK_BOOTTIME) - _YOUNG) * _TICKS
        new: set[int] = set()
        for entry in os.listdir(self._proc):
            if entry[0] in "123456789" and entry.isdecimal():
                pid = int(entry)
                if pid in self._place:
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
        fd = _NO_DESCRIPTOR
        try:
            fd = _open_score(directory)
            row = read_process(directory, pid, fd, now)
        except OSError:
            if fd != _NO_DESCRIPTOR:
                os.close(fd)
            return None
        if self._kept < self._budget:
            self._kept += 1
        else:
            os.close(fd)
            fd = _NO_DESCRIPTOR
            self._by_path.add(pid)
        self._place[pid] = len(self._pids)
        self._pids.append(pid)
        self._fds.append(fd)
        self._scores.append(_as_read(row))
        self._said = None
        self._rows.append(row)
        return row

    def _reread(self, pid: int, now: float, *, anew: bool) -> None:
        place = self._place.get(pid)
        if place is None:
            return
        fd, known = self._fds[place], self._rows[place]
        try:
            if fd == _NO_DESCRIPTOR:
                row = _read_by_path(f"{self._proc}/{pid}", pid, now)
            elif anew:
                row = read_process(f"{self._proc}/{pid}", pid, fd, now)
            else:
                row = self._followed.reread(known, int(self._scores[place]), fd, now)
        except OSError:
            self._remove([place])
            return
        self._rows[place] = row
        if row.oom_score != known.oom_score:
            self._scores[place] = _as_read(row)
            self._said = None

    def _lead(self) -> tuple[int, ...]:
        """Those that share the highest oom_score, which is too coarse to say who is first: the largest of them."""
        scores = list(map(int, self._scores))
        bar = max(scores, default=0) - 1
        tied = [place for place, score in enumerate(scores) if score >= bar]
        if len(tied) > _LEADERS:
            tied = heapq.nlargest(_LEADERS, tied, key=lambda place: self._rows[place].pages or 0)
        return tuple(self._pids[place] for place in tied)

    def _rotation(self) -> set[int]:
        if not self._pids:
            return set()
        start = self._turn % len(self._pids)
        self._turn = start + _ROTATE
        return set(self._pids[start : start + _ROTATE])

    def _remove(self, places: list[int]) -> None:
        self._said = None
        for place in sorted(places, reverse=True):
            if self._fds[place] != _NO_DESCRIPTOR:
                os.close(self._fds[place])
                self._kept -= 1
            self._by_path.discard(self._pids[place])
            self._followed.drop(self._pids[place])
            del self._place[self._pids[place]]
            last = len(self._pids) - 1
            columns: tuple[list[Any] | array[int], ...] = (self._pids, self._fds, self._scores, self._rows)
            for column in columns:
                column[place] = column[last]
                column.pop()
            if place != last:
                self._place[self._pids[place]] = place


def _open_score(directory: str) -> int:
    return os.open(f"{directory}/oom_score", READ)


def _read_by_path(directory: str, pid: int, now: float) -> Process:
    fd = _open_score(directory)
    try:
        return read_process(directory, pid, fd, now)
    finally:
        os.close(fd)


def _as_read(row: Process) -> bytes:
    """The row's oom_score as pread gives it."""
    return f"{row.oom_score}\n".encode()[:SCORE_BYTES]
