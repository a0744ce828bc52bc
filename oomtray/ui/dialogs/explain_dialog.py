"""A small window that tells in plain words how a process comes by its badness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette, QTextCursor
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from oomtray.messages.explanation import tell
from oomtray.messages.memory import called, full_name
from oomtray.risk.explain import explain
from oomtray.ui.qt.fonts import large
from oomtray.ui.qt.labels import Elided, take_side

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.row_actions import Subject


class ExplainWindow(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Why this badness")
        self.setModal(False)
        self._title = Elided("", self)
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setAccessibleName("Explanation")
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        palette = self._text.palette()
        palette.setColor(QPalette.ColorRole.Base, palette.color(QPalette.ColorRole.Window))
        self._text.setPalette(palette)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._text, 1)
        column.addWidget(buttons)
        self._title.setFont(large(self.font()))
        self.resize(480, 400)

    @property
    def text(self) -> str:
        return self._text.toPlainText()

    def tell(self, assessment: Assessment, subject: Subject) -> None:
        self._title.setText(full_name(assessment, subject.first) if not subject.app else subject.name)
        take_side(self._text)
        self._text.setPlainText(sentences(assessment, subject))
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    @Slot()
    def _close(self) -> None:
        self.close()


def sentences(assessment: Assessment, subject: Subject) -> str:
    """Paragraphs; of an app, those of the member that would die first."""
    try:
        told = list(tell(assessment, explain(assessment, subject.first.process.pid)))
    except KeyError:
        told = ["It has ended meanwhile."]
    if subject.app:
        count = len(subject.risks)
        told.insert(
            0,
            f"The kernel kills processes, not apps: of these {count}, {called(subject.first)} is first in its order.",
        )
    return "\n\n".join(told)
