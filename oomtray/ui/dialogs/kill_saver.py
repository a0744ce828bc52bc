"""Saves a recorded kill for a bug report, in a file that the user chooses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.file_access import FileError
from oomtray.messages.i18n import tr
from oomtray.ui.dialogs import kill_loading
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from oomtray.ui.controllers.file_dialog import FileDialog


class KillSaver(QObject):
    """Asks where to save, and saves in a thread; `told` carries the outcome as a sentence."""

    told = Signal(str)

    def __init__(self, files: FileDialog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files = files

    def ask(self, number: int) -> None:
        """Ask where to save the kill with this id in the record."""
        from oomtray.desktop.file_chooser import Wanted

        wanted = Wanted(tr("Save for a bug report"), save=True, name=f"oomtray-kill-{number}.json")
        self._files.ask(wanted, partial(self.save, number))

    def save(self, number: int, path: str) -> None:
        run_in_background(partial(kill_loading.save, number, path), self._saved, self)

    @Slot(object)
    def _saved(self, answer: object) -> None:
        from oomtray.messages.files import file_problem

        if isinstance(answer, FileError):
            self.told.emit(file_problem(answer.problem))
        elif answer is True:
            self.told.emit(tr("Saved, without the names of users, computers and files."))
