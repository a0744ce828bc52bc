"""Reads what takes milliseconds per process in a background thread, for a row's menu or a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.kernel.files import PROC
from oomtray.ui.qt.background_task import OneAtATime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from oomtray.kernel.snapshot import Process
    from oomtray.ui.controllers.row_actions import Subject


def freed_bytes(processes: Iterable[Process]) -> int | None:
    """Return the bytes that ending these would free, which takes up to 5 ms per process to read."""
    from oomtray.kernel.rollup import given_back

    return given_back(processes, PROC)


def memory_sharers(processes: Iterable[Process]) -> Mapping[int, tuple[int, ...]] | None:
    """Return by pid the processes that share its memory, if any, which takes a few ms per process to read."""
    from oomtray.kernel.shared_memory import one_memory

    return one_memory(process.pid for process in processes) or None


class BackgroundReading(QObject):
    """Runs `read` in the background.

    `told` carries the subject and what `read` returned for its processes, unless that is None.
    """

    told = Signal(object, object)

    def __init__(self, read: Callable[[Iterable[Process]], object], parent: QObject) -> None:
        super().__init__(parent)
        self.read = read
        self._tasks = OneAtATime(self)
        self._tasks.done.connect(self._take)

    def ask(self, subject: Subject) -> None:
        read = self.read
        self._tasks.run(lambda: (subject, read(subject.processes)))

    @Slot(object)
    def _take(self, result: tuple[Subject, object] | Exception) -> None:
        if isinstance(result, tuple) and result[1] is not None:
            self.told.emit(*result)
