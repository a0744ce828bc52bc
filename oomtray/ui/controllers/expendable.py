"""Marks an app as expendable in the settings file, or unmarks it, and offers to switch stepping in on or off."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from oomtray.actions.expendable import marks_of
from oomtray.actions.file_edits import MARKS, changed, record_marks, taken_back
from oomtray.actions.journal import Journal
from oomtray.messages import step_in as words
from oomtray.messages.names import app_name
from oomtray.messages.settings import not_written
from oomtray.ui.controllers.report import Offer, Report, Reporter, undo_offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from oomtray.actions.journal_file import Batch
    from oomtray.config import StepIn
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.row_actions import Subject


class ExpendableController(Reporter):
    """Edits the list of expendable apps in the settings."""

    def __init__(self, path: str, parent: QObject | None = None, *, uid: int | None = None) -> None:
        """`path` is that of the settings file."""
        super().__init__(parent)
        self._path = path
        self._uid = os.getuid() if uid is None else uid
        self._journal = Journal()

    def switch(self, subject: Subject, assessment: Assessment, settings: StepIn) -> None:
        """Mark the subject's app as expendable, or remove the marks that match it."""
        app = subject.markable(assessment, self._uid)
        if app is None:
            return
        name, mark = app_name(app), app.key
        found = marks_of(app, subject.processes, settings.expendable)
        if found:
            if self._mark((), found):
                back = undo_offer(partial(self._take_back, record_marks(self._journal, self._path, (), found), found, ()))
                self.reported.emit(Report("done", words.unmarked(name), (back,)))
        elif self._mark((mark,), ()):
            back = undo_offer(partial(self._take_back, record_marks(self._journal, self._path, (mark,)), (), (mark,)))
            says = words.marked(name, on=settings.enabled)
            self.reported.emit(Report("done", says, (self._switch_offer(on=not settings.enabled), back)))

    def _mark(self, add: tuple[str, ...], drop: tuple[str, ...]) -> bool:
        return self._change(MARKS, lambda marks: changed(marks, add, drop))

    def _take_back(self, batch: Batch | None, add: tuple[str, ...], drop: tuple[str, ...]) -> None:
        if self._mark(add, drop) and batch is not None:
            taken_back(self._journal, batch)

    def _switch_offer(self, *, on: bool) -> Offer:
        label = words.switch_on() if on else words.switch_off()
        return Offer(label, partial(self._enable, on=on), hint=words.what_it_does())

    def _enable(self, *, on: bool) -> None:
        if self._change("step_in.enabled", lambda _: on):
            self.reported.emit(Report("done", words.switched(on=on), (self._switch_offer(on=not on),)))

    def _change(self, setting: str, to: Callable[[Any], Any]) -> bool:
        """Change a setting and return whether it was written; report a failure."""
        from oomtray.config.toml_file import NotEdited
        from oomtray.config.writing import change

        try:
            change(self._path, setting, to)
        except NotEdited as error:
            self.reported.emit(Report("failed", not_written(error)))
            return False
        self.changed.emit()
        return True
