"""The oom_score of every process in columns: a descriptor on it, its last answer and the process's last row.

A descriptor on /proc/PID/oom_score identifies the process: once the process is gone it answers ESRCH, even
after the PID was given to another.
"""

from __future__ import annotations

import heapq
import os
from array import array
from itertools import repeat
from typing import TYPE_CHECKING, Any

from oomtray.kernel.process import SCORE_BYTES

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process

NO_DESCRIPTOR = -1
"""Marks a process that is read by path."""


class OomScores:
    """All processes by index into the columns. Not thread-safe.

    Columns, because a steady scan walks them a thousand times as often as it changes them.
    """

    def __init__(self) -> None:
        self.pids: list[int] = []
        self.fds = array("i")
        self.rows: list[Process] = []
        self.place: dict[int, int] = {}
        """Index in the columns, by PID."""
        self.by_path: set[int] = set()
        """PIDs without a descriptor."""
        self._scores: list[bytes] = []
        self._joined: dict[tuple[int, int], bytes] = {}
        """`_scores` joined, by the range of places that was read, to compare them at once; no range with a change.

        The joined text is unambiguous: each answer ends with a newline or has SCORE_BYTES digits.
        """
        self._part = 0
        """Number of the part that was read last."""

    def __len__(self) -> int:
        return len(self.pids)

    @property
    def descriptors(self) -> int:
        return len(self.pids) - len(self.by_path)

    def read_scores(self, parts: int = 1) -> tuple[set[int], list[int]]:
        """Read every oom_score; return the PIDs for which it changed, and those that are gone.

        With more than one of `parts`, read only the next of so many equal parts: as many calls read them all, except
        what takes the place of a process that ends meanwhile, which waits for its next turn.
        """
        size = -(-len(self.pids) // parts)
        self._part = (self._part + 1) % parts
        first, last = self._part * size, min((self._part + 1) * size, len(self.pids))
        dead: list[int] = []
        scores: list[bytes] = []
        # One system call per process and as little Python as possible: this line is the steady scan.
        read = map(os.pread, self.fds[first:last], repeat(SCORE_BYTES), repeat(0))
        while len(scores) < last - first:
            try:
                scores += read
            except OSError:  # the next one is gone or has no descriptor
                place = first + len(scores)
                scores.append(self._scores[place])
                if self.fds[place] != NO_DESCRIPTOR:
                    dead.append(self.pids[place])
        joined = b"".join(scores)
        if joined == self._joined.get((first, last)):
            return set(), dead
        before, self._scores[first:last] = self._scores[first:last], scores
        self._joined = {span: text for span, text in self._joined.items() if span[1] <= first or last <= span[0]}
        self._joined[first, last] = joined
        pids = self.pids[first:last]
        return {pid for pid, old, new in zip(pids, before, scores, strict=True) if old != new}, dead

    def score(self, place: int) -> int:
        """The oom_score last read."""
        return int(self._scores[place])

    def is_gone(self, place: int) -> bool:
        """Whether its descriptor shows that the process is gone; False also without one."""
        try:
            os.pread(self.fds[place], 1, 0)
        except OSError as error:
            return isinstance(error, ProcessLookupError)
        return False

    def add(self, row: Process, fd: int) -> None:
        """Add a process; this object closes `fd`, on its oom_score, from now on."""
        self.place[row.pid] = len(self.pids)
        if fd == NO_DESCRIPTOR:
            self.by_path.add(row.pid)
        self.pids.append(row.pid)
        self.fds.append(fd)
        self.rows.append(row)
        self._scores.append(_as_read(row))
        self._joined.clear()

    def replace(self, place: int, row: Process) -> None:
        """Store a newer row of a process whose oom_score has changed."""
        self.rows[place] = row
        self._scores[place] = _as_read(row)
        self._joined.clear()

    def remove(self, pid: int) -> None:
        """Remove a process and close its descriptor; the last one takes its index."""
        place = self.place.pop(pid)
        fd, self.fds[place] = self.fds[place], NO_DESCRIPTOR  # close() may come next, after a signal
        if fd != NO_DESCRIPTOR:
            os.close(fd)
        self.by_path.discard(pid)
        columns: tuple[list[Any] | array[int], ...] = (self.pids, self.fds, self.rows, self._scores)
        for column in columns:
            column[place] = column[-1]
            column.pop()
        if place < len(self.pids):
            self.place[self.pids[place]] = place
        self._joined.clear()

    def highest(self, most: int) -> tuple[int, ...]:
        """Return PIDs within a step of the highest oom_score, too coarse to say who is first: the `most` largest."""
        scores = {text: int(text) for text in set(self._scores)}  # many have the same one
        bar = max(scores.values(), default=0) - 1
        high = {text for text, score in scores.items() if score >= bar}
        tied = [place for place, text in enumerate(self._scores) if text in high]
        if len(tied) > most:
            tied = heapq.nlargest(most, tied, key=lambda place: self.rows[place].pages or 0)
        return tuple(self.pids[place] for place in tied)

    def close(self) -> None:
        """Close every descriptor once, even if a signal has interrupted a removal."""
        for fd in {*self.fds} - {NO_DESCRIPTOR}:
            os.close(fd)
        self.fds = array("i")
        for column in (self.pids, self.rows, self._scores, self.place, self.by_path, self._joined):
            column.clear()


def _as_read(row: Process) -> bytes:
    """Format the row's oom_score as pread returns it."""
    return f"{row.oom_score}\n".encode()[:SCORE_BYTES]
