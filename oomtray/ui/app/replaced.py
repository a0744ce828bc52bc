"""Says once that the program's files were replaced while it runs, where that is why something fails.

Most code is imported when first needed. After an update, that is code of another version, and a click that needs it
would do nothing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

import oomtray

if TYPE_CHECKING:
    from types import TracebackType


class Replaced(QObject):
    """A hook for exceptions that nobody handles; it leaves them to the hook before it."""

    told = Signal()
    """Something has failed since the files were replaced; emitted once, in whichever thread failed."""

    def __init__(self, path: str = oomtray.__file__, parent: QObject | None = None) -> None:
        """`path` is a file that every update replaces."""
        super().__init__(parent)
        self._path = path
        self._began_with = self._stamp()
        self._is_told = False
        self._before = sys.excepthook

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._before(kind, error, trace)
        if not self._is_told and self._stamp() != self._began_with:
            self._is_told = True
            self.told.emit()

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None  # removed, or about to be replaced
        return found.st_ino, found.st_mtime_ns
