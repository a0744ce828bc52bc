"""The window that explains in sentences why a process has its badness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette, QTextCursor
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from oomtray.messages.explanation import tell
from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.names import called, full_name
from oomtray.risk.explain import explain
from oomtray.ui.qt.fonts import large
from oomtray.ui.qt.labels import Elided, take_side

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.row_actions import Subject


class ExplainWindow(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Explanation"))
        self.setModal(False)
        self._subject: Subject | None = None
        self._title = Elided("", self)
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setAccessibleName(tr("Explanation"))
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
        self._subject = subject
        self._title.setText(full_name(assessment, subject.first) if not subject.app else subject.name)
        take_side(self._text)
        self._text.setPlainText(sentences(assessment, subject))
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    def show_assessment(self, assessment: Assessment) -> None:
        """Explain by the numbers of a newer scan; not while somebody selects text, nor once the process has ended."""
        subject = None if self._subject is None else self._subject.within(assessment)
        if subject is None or self._text.textCursor().hasSelection():
            return
        self._subject = subject
        text = sentences(assessment, subject)
        if text != self.text:
            bar = self._text.verticalScrollBar()
            place = bar.value()
            self._text.setPlainText(text)
            bar.setValue(place)

    @Slot()
    def _close(self) -> None:
        self.close()


def sentences(assessment: Assessment, subject: Subject) -> str:
    """Paragraphs; of an app, those of the member that would die first."""
    try:
        paragraphs = list(tell(assessment, explain(assessment, subject.first.process.pid)))
    except KeyError:
        paragraphs = [tr("{name} has ended.", name=called(subject.first))]
    if subject.app:
        whose = tr_n(
            "The kernel kills processes, not apps. Of this {count} process, {name} is the first to be killed.",
            "The kernel kills processes, not apps. Of these {count} processes, {name} is the first to be killed.",
            len(subject.risks),
            name=called(subject.first),
        )
        paragraphs.insert(0, whose)
    return "\n\n".join(paragraphs)
