"""The next victim: the one thing that a person opens the popup for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from oomtray.messages import limits
from oomtray.messages.i18n import tr
from oomtray.messages.victim import next_victim
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import scaled, small
from oomtray.ui.qt.labels import Elided, Plain

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment, LevelName

_SHAPES = {"info": "•", "warning": "▲"}


class VictimCard(QWidget):
    """Who would be killed next, what that frees, and a button for its menu.

    `menu_wanted` carries the victim and where its menu should open; `picked` the victim, to be shown in the table.
    """

    menu_wanted = Signal(object, QPoint)
    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self._note_lines = 0
        self._shown: Assessment | None = None
        self._level: LevelName = "normal"
        self._lead = Elided("", self, faint=True)
        self._name = Elided("", self, middle=True)
        self._instead = Plain("", self)
        """In the name's place where the kernel would take nobody in particular."""
        self._instead.setWordWrap(True)
        self._instead.hide()
        self._frees = Plain("", self)
        self._notes = Plain("", self, faint=True)
        self._notes.setWordWrap(True)
        self._notes.hide()
        self._button = QPushButton(tr("Actions"), self)
        self._button.setAutoDefault(False)
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._button.setAccessibleName(tr("Actions for the next victim"))
        self._button.clicked.connect(self._open_menu)
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 9, 10, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._lead, 0, 0, 1, 2)
        grid.addWidget(self._name, 1, 0)
        grid.addWidget(self._instead, 1, 0, 1, 3)
        grid.addWidget(self._frees, 1, 1)
        grid.addWidget(self._button, 0, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._notes, 2, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        self.restyle()
        self.hide()  # until there is something to say

    def show_assessment(self, assessment: Assessment, *, rests: bool = False) -> None:
        """Show the next victim. `rests`: the pointer is on the rows below, so nothing that would move them is shown yet."""
        told = next_victim(assessment)
        notes = "\n".join(f"{_SHAPES[note.shape]} {note.text}" for note in told.notes + limits.notes(assessment))
        if rests and self._shown is not None and notes.count("\n") + bool(notes) != self._note_lines:
            return
        self._note_lines = notes.count("\n") + bool(notes)
        if assessment is not self._shown:
            self._shown = assessment
            self.setEnabled(True)
        victim = assessment.victim if told.name else None
        self._subject = None if victim is None else Subject.of_process(victim.risk)
        self._level = assessment.level.name
        for part in (self._lead, self._name):
            part.setVisible(bool(told.name))
        self._instead.setVisible(not told.name)
        self._instead.setText("" if told.name else told.lead)
        self._lead.setText(told.lead if told.name else "")
        self._name.setText(told.name)
        self._frees.setText(told.frees)
        self._frees.setVisible(bool(told.frees))
        self._button.setVisible(victim is not None)
        if notes != self._notes.text():
            self._notes.setText(notes)
            self._notes.setVisible(bool(notes))
        self.show()
        self.update()

    def mark_outdated(self) -> None:
        """Dim the card: what it says is out of date, and nothing newer is known."""
        self.setEnabled(False)

    def restyle(self) -> None:
        self._lead.setFont(small(self.font()))
        self._notes.setFont(small(self.font()))
        for part in (self._name, self._instead):
            part.setFont(scaled(self.font(), 1.1, bold=True))
        self._lead.tint()
        self._notes.tint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        found, level = colours.of(self.palette()), self._level if self.isEnabled() else "normal"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(found.wash(level))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, 7, 7)
        painter.setBrush(found.level(level))
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.drawRoundedRect(QRectF(box.right() - 3 if mirrored else 0, 8, 3, box.height() - 16), 1.5, 1.5)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._subject is not None:
            self.picked.emit(self._subject)
        super().mouseReleaseEvent(event)

    @Slot()
    def _open_menu(self) -> None:
        if self._subject is not None:
            self.menu_wanted.emit(self._subject, self._button.mapToGlobal(QPoint(0, self._button.height())))
