"""Keep status and oom_score_adj open for the processes that every scan rereads, and parse only what has changed.

Opening and closing costs as much as reading, and most of these processes sleep. Like the descriptor on
oom_score, these are bound to the process: once it is gone they answer ESRCH.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.kernel.files import CHUNK, READ, read_bytes
from oomtray.kernel.process import SCORE_BYTES, Unreadable, executable, parse_status, read_process

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from oomtray.kernel.oom_scores import OomScores
    from oomtray.kernel.snapshot import Process

_ADJ_BYTES = 8
_MOST = 64
"""How many processes a tall popup shows; those beyond are read by path."""
MOST_DESCRIPTORS = 2 * _MOST


class OpenFiles:
    """The files of the processes followed now, by PID. Not thread-safe: the table drives it."""

    def __init__(self, proc: str) -> None:
        self._proc = proc
        self._files: dict[int, _ProcessFiles] = {}
        self._wanted: AbstractSet[int] = frozenset()

    def follow(self, pids: AbstractSet[int]) -> None:
        """Keep exactly these processes' files open."""
        if pids == self._wanted:
            return
        self._wanted = pids
        for pid in self._files.keys() - pids:
            self.drop(pid)

    def drop(self, pid: int) -> None:
        """Close the files of a process that is gone, as its PID may be reused."""
        if files := self._files.pop(pid, None):
            files.close()

    def read_again(self, pids: AbstractSet[int], table: OomScores, now: float) -> set[int]:
        """Put a row read `now` into the table for each process whose files say the same as before.

        Returns the other ones of `pids`, which `reread` reads.
        """
        rows, place, kept, pread, others = table.rows, table.place, self._files, os.pread, set()
        for pid in pids:
            files, at = kept.get(pid), place.get(pid, -1)
            if files is None or files.row is None or files.row is not rows[at]:
                others.add(pid)
                continue
            try:
                if pread(files.adj_fd, _ADJ_BYTES, 0) == files.adj and pread(files.status_fd, CHUNK, 0).startswith(
                    files.status
                ):
                    files.row = rows[at] = files.row.read_again(now)
                    continue
            except OSError:
                pass
            others.add(pid)
        return others

    def reread(self, known: Process, score_fd: int, now: float) -> Process:
        """Reread a process, followed or not; `known` is its last row. Raises Unreadable.

        `score_fd` and `now` are as in `read_process`.
        """
        pid = known.pid
        files = self._files.get(pid)
        if files is None:
            directory = f"{self._proc}/{pid}"
            if pid not in self._wanted or len(self._files) >= _MOST:
                return read_process(directory, pid, score_fd, now, known)
            try:
                files = self._files[pid] = _ProcessFiles(directory, score_fd)
            except OSError as error:
                raise Unreadable(pid) from error
        return files.reread(known, now)

    def close(self) -> None:
        self.follow(frozenset())


class _ProcessFiles:
    """The open files of one living process."""

    __slots__ = ("_directory", "_score_fd", "adj", "adj_fd", "row", "status", "status_fd")

    def __init__(self, directory: str, score_fd: int) -> None:
        """Open the files; `score_fd` is the table's descriptor on its oom_score. Raises OSError."""
        self._directory = directory
        self._score_fd = score_fd
        self.status_fd = os.open(f"{directory}/status", READ)
        try:
            self.adj_fd = os.open(f"{directory}/oom_score_adj", READ)
        except OSError:
            os.close(self.status_fd)
            raise
        self.row: Process | None = None
        self.status = self.adj = b""
        """Contents from which `row` was made; of status only the used part."""

    def reread(self, known: Process, now: float) -> Process:
        try:
            text = os.pread(self.status_fd, CHUNK, 0)
            adj = os.pread(self.adj_fd, _ADJ_BYTES, 0)
            row = self._parsed(known, text, adj).read_again(now)
        except (OSError, ValueError) as error:
            raise Unreadable(known.pid) from error
        self.row = row if self.status else None
        return row

    def close(self) -> None:
        os.close(self.status_fd)
        os.close(self.adj_fd)

    def _parsed(self, known: Process, text: bytes, adj: bytes) -> Process:
        if len(text) == CHUNK:  # a process in a thousand groups
            text = read_bytes(f"{self._directory}/status")
        status, end = parse_status(text, self._directory)
        exe = None if known.kernel_thread else executable(self._directory)
        # as in `read_process`: it still lives, so what was opened and read by path is its own
        score = int(os.pread(self._score_fd, SCORE_BYTES, 0))
        self.status, self.adj = text[:end], adj
        return known._replace(**status._asdict(), oom_score=score, oom_score_adj=int(adj), exe=exe)
