"""The last change with an undo button, at the bottom of the window, where it covers nothing that is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.qt import contrast
from oomtray.ui.qt.focus import FocusReturn
from oomtray.ui.qt.glyph_button import GlyphButton
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.push_button import push_button
from oomtray.ui.qt.screen_reader import announce

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent


class UndoBar(QWidget):
    """Stays until something else is changed, it is dismissed, or the window closes.

    There is no timeout, which could pass while somebody reads.
    """

    def __init__(self, undone: Callable[[], None], parent: QWidget | None = None) -> None:
        """`undone` is called after an undo, whether or not it succeeded."""
        super().__init__(parent)
        self._undone = undone
        self._back: Callable[[], str] | None = None
        self._focus = FocusReturn(self)
        self.text = Plain("", self)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.undo_button = push_button(tr("Undo"), self._undo, self)
        self.dismiss_button = GlyphButton("close", tr("Dismiss"), parent=self)
        self.dismiss_button.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.undo_button)
        row.addWidget(self.dismiss_button)
        self.hide()

    def offer(self, says: str, back: Callable[[], str]) -> None:
        """Show a change; `back` undoes it, and returns why that failed or ""."""
        self._back = back
        self._say(says)

    def tell(self, says: str) -> None:
        """Show a message without undo."""
        self._back = None
        self._say(says)

    @Slot()
    def clear(self) -> None:
        self._back = None
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        self._focus.give_back()
        super().hideEvent(event)

    def _say(self, says: str) -> None:
        self._focus.remember()
        self.text.setText(says)
        self.setAccessibleName(says)
        self.undo_button.setVisible(self._back is not None)
        self.undo_button.setAccessibleDescription(says)
        self.show()

    @Slot()
    def _undo(self) -> None:
        back, self._back = self._back, None
        if back is None:
            return
        refused = back()
        if refused:
            self._say(refused)
            announce(self, refused)
        else:
            self.clear()
        self._undone()

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette())
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(found.selected)
        painter.drawRect(QRectF(self.rect()))
        painter.setPen(QPen(found.line, 1))
        painter.drawLine(self.rect().topLeft(), self.rect().topRight())
        painter.end()
