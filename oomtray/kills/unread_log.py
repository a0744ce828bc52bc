"""Since when the log's kills aren't in the record: kept while the log is read, for the next watcher if this one ends before."""

from __future__ import annotations

import math
from contextlib import suppress

from oomtray.file_access import FileError
from oomtray.paths import state_file
from oomtray.private_file import PrivateFile

_NAME = "unread-log"


class UnreadLog:
    """The file with that time. Errors with the file are ignored: then nothing is read again."""

    def __init__(self, path: str | None = None) -> None:
        """`path` None: beside the record."""
        self.path = path or state_file(_NAME)
        self._file = PrivateFile(self.path, flush=False)

    def since(self) -> float | None:
        """Return the time in seconds since 1970; None if everything was read."""
        with suppress(FileError, ValueError):
            since = float(self._file.read() or b"nan")
            if math.isfinite(since):
                return since
        return None

    def keep(self, since: float) -> None:
        """Store this time, unless an earlier one is there."""
        before = self.since()
        with suppress(FileError):
            if before is None or since < before:
                self._file.write(repr(since).encode())

    def clear(self) -> None:
        with suppress(FileError):
            self._file.remove()
