"""Runs work that may wait for another program in a thread, and brings its result to the main thread."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable


class BackgroundTask(QObject):
    """`done` carries what `work` returned, or the exception that it ended by. The app's end does not wait for it."""

    done = Signal(object)

    def __init__(self, work: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work

    def start(self) -> None:
        threading.Thread(target=self._run, name="background task", daemon=True).start()

    def _run(self) -> None:
        try:
            result: object = self._work()
        except Exception as error:  # whoever asked is told
            result = error
        with suppress(RuntimeError):  # whoever asked is gone
            self.done.emit(result)
