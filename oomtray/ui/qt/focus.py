"""Where the keyboard is: a frame around what scrolls, and the way back when the part that has it disappears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPen
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from oomtray.ui.qt.painting import begin_painting, paint_round

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QAbstractScrollArea

_WIDE, _CORNER = 2.0, 3.0
_BY_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_AWAY = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""The keyboard goes to another window or a menu, and comes back to where it was."""


class FocusRing(QWidget):
    """Frames a scroll area that the keyboard has come to, as Qt doesn't; lets the pointer through.

    It is beside the scroll bar, which Qt puts on top whenever it likes.
    """

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._area = area
        self._by_keys = False
        self.hide()
        for part in (area, area.viewport()):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isValid(self._area):
            pass  # it loses the focus because it is being deleted
        elif isinstance(event, QFocusEvent):
            self.setGeometry(self._area.viewport().geometry())
            if event.gotFocus() and event.reason() not in _AWAY:
                self._by_keys = event.reason() in _BY_KEYS
            self.setVisible(event.gotFocus() and self._by_keys)
            self.raise_()
        elif event.type() == QEvent.Type.Resize:
            self.setGeometry(self._area.viewport().geometry())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        edge = _WIDE / 2
        paint_round(painter, QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), _CORNER, edge=QPen(found.calm, _WIDE))


class FocusReturn:
    """For a part that comes and goes: `remember` when it comes, `give_back` in its hideEvent.

    Qt by itself moves the keyboard to whatever comes next in the window.
    """

    def __init__(self, part: QWidget) -> None:
        self._part = part
        self._before: QWidget | None = None

    def remember(self) -> None:
        """Remember what of the window has the focus now, or will have it once the window is active."""
        now = self._part.window().focusWidget()
        if now is not None and not self._has(now):
            self._before = now

    def give_back(self) -> None:
        """If the part has the focus, give it to what had it before, unless that can't have it any more.

        The part stays where it is when only its window is hidden, or becomes an icon: then it keeps the focus.
        """
        before = self._before
        if not self._part.isHidden() or not self._has(self._part.window().focusWidget()):
            return
        if before is not None and isValid(before) and before.isVisible() and before.isEnabled():
            before.setFocus()

    def _has(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self._part or self._part.isAncestorOf(widget))
