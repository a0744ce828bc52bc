"""The list of expendable apps, each with a button that removes it, and a field to add running or other apps."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from oomtray.messages import setting_labels as labels
from oomtray.messages.i18n import tr, tr_n
from oomtray.text import printable
from oomtray.ui.qt.buttons import push_button
from oomtray.ui.qt.labels import Elided, Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.screen_reader import announce
from oomtray.ui.settings.controls import SuggestionField, high
from oomtray.ui.settings.defaults import default as default_of
from oomtray.ui.settings.defaults import said
from oomtray.ui.settings.reset_button import ResetButton

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.settings.page import Surroundings

_SETTING = "step_in.expendable"


class ExpendableList(QWidget):
    """Edits the marks.

    `undoable` carries a sentence and what undoes the change, which returns why it failed or "".
    """

    undoable = Signal(str, object)

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._shown: tuple[str, ...] | None = None
        self.rows: dict[str, QWidget] = {}
        self.remove_buttons: dict[str, QPushButton] = {}
        self._marks = fill(QVBoxLayout(), spacing=4)
        self._build_head()
        self._build_field()
        self.refused = Plain("", self, wraps=True)
        self.refused.hide()
        self.name.setMinimumHeight(high(self))
        self.add_button.setMinimumHeight(high(self))
        below = fill(QHBoxLayout(), (self.name, 1), self.add_button, spacing=8)
        above = fill(QHBoxLayout(), (self.count, 1), self.default_label, self.reset, spacing=12)
        fill(QVBoxLayout(self), above, self._marks, below, self.refused, margins=(12, 10, 12, 10), spacing=8)

    def _build_head(self) -> None:
        self.count = Plain(_counted(0), self, faint=True)
        self.default_label = Plain(said(_SETTING), self, faint=True)
        self.reset = ResetButton(labels.name(_SETTING), labels.value(_SETTING, default_of(_SETTING)), self)
        self.reset.clicked.connect(self._reset)

    def _build_field(self) -> None:
        self.name = SuggestionField(tr("App to mark as expendable"), self)
        self.name.editTextChanged.connect(self._typed)
        self.name.line.setPlaceholderText(tr("Type an app's name, or choose one that runs"))
        self.name.line.returnPressed.connect(self._add)
        self.add_button = push_button(tr("Add"), self._add, self)

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(self._around.file.value(_SETTING))

    def take(self) -> None:
        """Show what the file says, and suggest what runs now."""
        marks = self.marks
        if marks != self._shown:
            self._shown = marks
            for mark in [one for one in self.rows if one not in marks]:
                row = self.rows.pop(mark)
                row.hide()  # at once: it must not be used any more
                row.deleteLater()
                del self.remove_buttons[mark]
            for mark in marks:
                if mark not in self.rows:
                    self._add_row(mark)
            self.count.setText(_counted(len(marks)))
            self.reset.setVisible(marks != default_of(_SETTING))
        self._offer(marks)
        self._typed()

    def _add_row(self, mark: str) -> None:
        row = QWidget(self)
        name = printable(mark)
        button = push_button(tr("Remove"), lambda: self._remove(mark), row)
        button.setAccessibleName(tr("Remove {name}", name=name))
        fill(QHBoxLayout(row), (Elided(name, row), 1), button, margins=(0, 0, 0, 0), spacing=8)
        self._marks.addWidget(row)
        self.rows[mark], self.remove_buttons[mark] = row, button

    def _offer(self, marks: tuple[str, ...]) -> None:
        typed = self.name.currentText()
        offered = [name for name in running(self._around.assessment()) if name not in marks]
        if offered != [self.name.itemText(n) for n in range(self.name.count())]:
            self.name.blockSignals(True)
            self.name.clear()
            self.name.addItems(offered)
            self.name.setEditText(typed)
            self.name.blockSignals(False)

    @Slot()
    def _typed(self) -> None:
        self.add_button.setEnabled(bool(self.name.currentText().strip()))

    @Slot()
    def _add(self) -> None:
        name = self.name.currentText().strip()
        if name:
            if self.add_button.hasFocus():  # without a name it is disabled
                self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.name.setEditText("")
            self._change((*(one for one in self.marks if one != name), name))

    def _remove(self, mark: str) -> None:
        place = self.marks.index(mark) if mark in self.marks else 0
        self._change(tuple(one for one in self.marks if one != mark))
        # the focus stays at this position, or goes to the field
        left = [self.remove_buttons[one] for one in self.marks]
        (left[min(place, len(left) - 1)] if left else self.name).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _reset(self) -> None:
        self._change(())
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def line_up(self, defaults: int) -> None:
        """Align the default with those of the rows above."""
        self.default_label.setMinimumWidth(defaults)

    def _change(self, marks: tuple[str, ...]) -> None:
        before = self.marks
        refused = self._around.file.change({_SETTING: marks or None})
        self.refused.show_text(refused)
        announce(self, refused)
        self.take()
        if not refused and marks != before:
            self._record(before, marks)

    def _record(self, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        """Record a change like one from a row's menu: it can be undone elsewhere, and is shown in the history."""
        from oomtray.actions.file_edits import changed, record_marks
        from oomtray.actions.journal import Journal
        from oomtray.config.writing import change
        from oomtray.messages.step_in import marks_changed

        file = self._around.file
        added, gone = [mark for mark in after if mark not in before], [mark for mark in before if mark not in after]
        journal = Journal()
        batch = record_marks(journal, file.path, added, gone)
        unrecorded = partial(change, file.path, _SETTING, lambda marks: changed(marks, gone, added))
        did = marks_changed(added, gone, on=file.settings.step_in.enabled)
        self.undoable.emit(did, partial(file.undo, journal, batch, unrecorded))
        announce(self, did)


def running(assessment: Assessment | None) -> list[str]:
    """Return the names of running apps that may be marked."""
    if assessment is None:
        return []
    from oomtray.actions.expendable import may_be_marked

    table = {process.pid: process for process in assessment.snapshot.processes}
    uid, pid = os.getuid(), os.getpid()
    found = {
        app.key
        for app in assessment.apps
        if may_be_marked([member.process for member in app.members], table, uid=uid, own_pid=pid) is not None
    }
    return sorted((name for name in found if name.isprintable()), key=str.casefold)


def _counted(apps: int) -> str:
    return tr_n("{count} app", "{count} apps", apps) if apps else tr("None yet.")
