"""What the settings window says of mistakes and changes: bars at its top and bottom, and complaints in its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Slot
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oomtray.messages import settings as words
from oomtray.messages.i18n import tr
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.buttons import GlyphButton, PushButton, push_button
from oomtray.ui.qt.focus import FocusReturn
from oomtray.ui.qt.icons import state_pixmap
from oomtray.ui.qt.labels import Plain, paragraph
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.screen_reader import announce

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.ui.settings.settings_file import SettingsFile


class WarningSign(Plain):
    """The sign beside mistakes, `share` lines of text high: it follows the desktop's tone and text size."""

    def __init__(self, parent: QWidget | None, *, share: float = 1.0, least: int = 16) -> None:
        super().__init__("", parent)
        self._share, self._least = share, least
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_least"):
            self._draw()

    def _draw(self) -> None:
        side = max(round(self._share * self.fontMetrics().height()), self._least)
        self.setPixmap(state_pixmap("warning", contrast.of(self.palette()).dark, side, self.devicePixelRatioF()))


class Complaint(Plain):
    """Hidden without a text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, wraps=True)
        self._tint()
        self.hide()

    def say(self, refused: str) -> None:
        self.show_text(f"▲ {refused}" if refused else "")

    @property
    def said(self) -> str:
        return self.text().removeprefix("▲ ")

    def _ink(self) -> QColor:
        return colors.of(self.palette(), on_base=True).red_text


class ProblemBar(QWidget):
    """Shows mistakes, and is hidden without any; `open_button` is for its owner to open the file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sign = WarningSign(self, share=1.4, least=22)
        self.text = paragraph(self)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.open_button = PushButton(tr("Open the file"), self)
        fill(QHBoxLayout(self), self.sign, (self.text, 1), self.open_button, margins=(12, 8, 12, 8), spacing=12)
        self.hide()

    def take(self, file: SettingsFile) -> None:
        if not file.problems:
            self.hide()
            return
        says = words.problems(file.name, file.problems)
        if not file.readable:
            says = tr("{problem} The last good settings stay in force.", problem=says)
        news = self.isHidden() or says != self.text.text()
        self.text.setText(says)
        self.setAccessibleName(says)
        self.show()
        if news:
            announce(self, says)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette())
        _paint(self, found.amber_wash, found.amber, self.rect().bottom())


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
        self.text = Plain("", self, wraps=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.undo_button = push_button(tr("Undo"), self._undo, self)
        self.dismiss_button = GlyphButton("close", tr("Dismiss"), parent=self)
        self.dismiss_button.clicked.connect(self.clear)
        fill(
            QHBoxLayout(self), (self.text, 1), self.undo_button, self.dismiss_button, margins=(16, 6, 12, 6),
            spacing=8,
        )
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

    @Slot()
    def clear_without_undo(self) -> None:
        """Clear what may be true no longer, such as why an undo failed."""
        if self._back is None:
            self.clear()

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
        if self._back is None:
            return
        refused = self._back()
        self._back = None
        if refused:
            self._say(refused)
            announce(self, refused)
        else:
            self.clear()
        self._undone()

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette())
        _paint(self, found.selected, found.line, self.rect().top())


def _paint(bar: QWidget, ground: QColor, edge: QColor, y: int) -> None:
    painter = QPainter(bar)
    colors.fill(painter, bar.rect(), ground)
    colors.fill(painter, QRect(0, y, bar.width(), 1), edge)
