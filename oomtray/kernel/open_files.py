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
        self._wanted = pids
        for pid in self._files.keys() - pids:
            self.drop(pid)

    def drop(self, pid: int) -> None:
        """Close the files of a process that is gone, as its PID may be reused."""
        if files := self._files.pop(pid, None):
            files.close()

    def reread(self, known: Process, score: int, score_fd: int, now: float) -> Process:
        """Reread a process, followed or not; `known` is its last row. Raises Unreadable.

        `score` is its oom_score, just read through `score_fd`; that and `now` are as in `read_process`.
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
        return files.reread(known, score, now)

    def close(self) -> None:
        self.follow(frozenset())


class _ProcessFiles:
    """The open files of one living process."""

    __slots__ = ("_adj", "_adj_fd", "_directory", "_row", "_score_fd", "_status", "_status_fd")

    def __init__(self, directory: str, score_fd: int) -> None:
        """Open the files; `score_fd` is the table's descriptor on its oom_score. Raises OSError."""
        self._directory = directory
        self._score_fd = score_fd
        self._status_fd = os.open(f"{directory}/status", READ)
        try:
            self._adj_fd = os.open(f"{directory}/oom_score_adj", READ)
        except OSError:
            os.close(self._status_fd)
            raise
        self._row: Process | None = None
        self._status = self._adj = b""
        """Contents from which `_row` was made; of status only the used part."""

    def reread(self, known: Process, score: int, now: float) -> Process:
        try:
            text = os.pread(self._status_fd, CHUNK, 0)
            adj = os.pread(self._adj_fd, _ADJ_BYTES, 0)
            if known is not self._row or adj != self._adj or not text.startswith(self._status):
                known = self._parsed(known, text, adj)
        except (OSError, ValueError) as error:
            raise Unreadable(known.pid) from error
        if score != known.oom_score:
            known = known._replace(oom_score=score)
        row = known.read_again(now)
        self._row = row if self._status else None
        return row

    def close(self) -> None:
        os.close(self._status_fd)
        os.close(self._adj_fd)

    def _parsed(self, known: Process, text: bytes, adj: bytes) -> Process:
        if len(text) == CHUNK:  # a process in a thousand groups
            text = read_bytes(f"{self._directory}/status")
        status, end = parse_status(text, self._directory)
        exe = None if known.kernel_thread else executable(self._directory)
        # as in `read_process`: it still lives, so what was opened and read by path is its own
        os.pread(self._score_fd, SCORE_BYTES, 0)
        self._status, self._adj = text[:end], adj
        return known._replace(**status._asdict(), oom_score_adj=int(adj), exe=exe)
