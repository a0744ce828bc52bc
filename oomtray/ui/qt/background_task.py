"""Runs blocking work in a thread and delivers its result to the main thread."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable


def run_in_background(work: Callable[[], object], then: Callable[[Any], object], parent: QObject) -> None:
    """Run `work` in a thread, and then call `then` on the main thread with its result or exception.

    If `parent` is deleted, `work` continues and its result is dropped. The app exits without waiting for it.
    """
    task = _Task(parent)
    task.done.connect(then)
    task.done.connect(task.deleteLater)
    _answers().start(task, work)


def has_background_work() -> bool:
    """Whether the result of some work was not delivered yet."""
    return bool(_answers().waiting)


class OneAtATime(QObject):
    """Runs work in threads one at a time; of what is asked for meanwhile, only the newest is run next.

    `done` carries each result or exception. It is a signal because a function to call would keep the window that it belongs to.
    """

    done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.busy = False
        self._next: Callable[[], object] | None = None

    def run(self, work: Callable[[], object]) -> None:
        self._next = work
        if not self.busy:
            self._start()

    def _start(self) -> None:
        if self._next is not None:
            work, self._next = self._next, None
            self.busy = True
            run_in_background(work, self._take, self)

    @Slot(object)
    def _take(self, result: object) -> None:
        self.busy = False
        self._start()
        self.done.emit(result)  # a newer one may be on its way, but this is newer than what is known


class _Task(QObject):
    done = Signal(object)


class _Answers(QObject):
    """Delivers each result to its task.

    There is one for the whole program, never deleted, because threads emit on it: a task may be deleted with
    its window at that very moment.
    """

    arrived = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count()
        self.waiting: dict[int, tuple[_Task, Callable[[], object]]] = {}
        """Each task with its work: that may hold the last reference to a widget, to be freed on the main thread."""
        self.arrived.connect(self._hand_over)

    def start(self, task: _Task, work: Callable[[], object]) -> None:
        number = next(self._numbers)
        self.waiting[number] = task, work
        threading.Thread(target=self._run, args=(number,), name="background task", daemon=True).start()

    def _run(self, number: int) -> None:
        try:
            result: object = self.waiting[number][1]()
        except Exception as error:  # passed to the caller
            result = error
        self.arrived.emit(number, result)

    @Slot(int, object)
    def _hand_over(self, number: int, result: object) -> None:
        task, _work = self.waiting.pop(number)
        with suppress(RuntimeError):  # the task was deleted
            task.done.emit(result)


@cache
def _answers() -> _Answers:
    return _Answers()
