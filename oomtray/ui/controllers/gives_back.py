"""Reads what ending an app or a process would give back, when somebody asks, in a thread of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.kernel.files import PROC
from oomtray.ui.qt.background_task import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oomtray.kernel.snapshot import Process
    from oomtray.ui.controllers.row_actions import Subject


def _read(processes: Iterable[Process]) -> int | None:
    from oomtray.kernel.rollup import given_back

    return given_back(processes, PROC)


class GivesBack(QObject):
    """`told` carries the subject and bytes; it does not come where they can't be told."""

    told = Signal(object, object)

    def __init__(
        self, parent: QObject | None = None, *, read: Callable[[Iterable[Process]], int | None] = _read
    ) -> None:
        """`read` takes up to 5 ms a process."""
        super().__init__(parent)
        self.read = read
        self._asking = False
        self._next: Subject | None = None

    def ask(self, subject: Subject) -> None:
        """One reading at a time; of those that are asked for meanwhile the last."""
        if self._asking:
            self._next = subject
            return
        self._asking = True
        task = BackgroundTask(partial(self.read, subject.processes), self)
        task.done.connect(partial(self._take, subject))
        task.done.connect(task.deleteLater)
        task.start()

    def _take(self, subject: Subject, answer: object) -> None:
        self._asking = False
        if isinstance(answer, int):
            self.told.emit(subject, answer)
        if self._next is not None:
            following, self._next = self._next, None
            self.ask(following)
