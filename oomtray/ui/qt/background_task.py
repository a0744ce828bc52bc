"""Runs work that may wait for another program in a thread, and brings its result to the main thread."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable


class BackgroundTask(QObject):
    """`done` carries what `work` returned, or the exception that it ended by. The app's end does not wait for it."""

    done = Signal(object)

    def __init__(self, work: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work

    def start(self) -> None:
        """On the main thread. `work` goes on where this is deleted, and nobody is told."""
        _answers().start(self, self._work)


class _Answers(QObject):
    """Hands each answer to its task.

    One for the whole program and never deleted, as a thread emits on it: a task may be deleted with its window just then.
    """

    arrived = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count()
        self._waiting: dict[int, tuple[BackgroundTask, Callable[[], object]]] = {}
        """With the work, which may be the last to hold a widget: that has to go in the thread of the widgets."""
        self.arrived.connect(self._hand_over)

    def start(self, task: BackgroundTask, work: Callable[[], object]) -> None:
        number = next(self._numbers)
        self._waiting[number] = task, work
        threading.Thread(target=self._run, args=(number,), name="background task", daemon=True).start()

    def _run(self, number: int) -> None:
        try:
            result: object = self._waiting[number][1]()
        except Exception as error:  # whoever asked is told
            result = error
        self.arrived.emit(number, result)

    @Slot(int, object)
    def _hand_over(self, number: int, result: object) -> None:
        task, _work = self._waiting.pop(number)
        with suppress(RuntimeError):  # whoever asked is gone
            task.done.emit(result)


@cache
def _answers() -> _Answers:
    return _Answers()
