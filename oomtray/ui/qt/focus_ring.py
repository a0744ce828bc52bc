"""A frame around what scrolls, while the keyboard has come there: Qt draws none around a scroll area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from oomtray.ui.qt import contrast

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QAbstractScrollArea

_WIDE, _CORNER = 2.0, 3.0
_BY_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_AWAY = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""The keyboard goes to another window or a menu, and comes back to where it was."""


class FocusRing(QWidget):
    """Lies on the area and lets the pointer through."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._area = area
        self._by_keys = False
        self.hide()
        area.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            self.setGeometry(self._area.rect())
            if event.gotFocus() and event.reason() not in _AWAY:
                self._by_keys = event.reason() in _BY_KEYS
            self.setVisible(event.gotFocus() and self._by_keys)
            self.raise_()
        elif event.type() == QEvent.Type.Resize:
            self.setGeometry(self._area.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(contrast.of(self.palette()).calm, _WIDE))
        edge = _WIDE / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), _CORNER, _CORNER)
        painter.end()
