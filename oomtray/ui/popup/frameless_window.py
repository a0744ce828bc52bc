"""A window without a title bar: moved by its body, resized by its edges, placed beside the icon.

It is as large as the user wants it; where a message or a note needs more room than that, it grows for as long as they stay.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from oomtray.ui.qt import colours

_EDGE = 7
"""Pixels at the rim that resize the window; all within the margin, where no child is."""
_LEAST = QSize(440, 360)
_GAP = 6
FLAGS = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint
_CURSORS = {
    Qt.Edge.LeftEdge: Qt.CursorShape.SizeHorCursor,
    Qt.Edge.RightEdge: Qt.CursorShape.SizeHorCursor,
    Qt.Edge.TopEdge: Qt.CursorShape.SizeVerCursor,
    Qt.Edge.BottomEdge: Qt.CursorShape.SizeVerCursor,
    Qt.Edge.TopEdge | Qt.Edge.LeftEdge: Qt.CursorShape.SizeFDiagCursor,
    Qt.Edge.BottomEdge | Qt.Edge.RightEdge: Qt.CursorShape.SizeFDiagCursor,
    Qt.Edge.TopEdge | Qt.Edge.RightEdge: Qt.CursorShape.SizeBDiagCursor,
    Qt.Edge.BottomEdge | Qt.Edge.LeftEdge: Qt.CursorShape.SizeBDiagCursor,
}


class FramelessWindow(QWidget):
    """`standalone`: there is no icon to belong to, and the window manager gives it a frame of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, FLAGS)
        self.standalone = False
        self._anchor: QRect | None = None
        self._needed = 0
        self._grown: tuple[QRect, QRect] | None = None
        """Where it stood before it had to grow, and since."""
        self.setMinimumSize(_LEAST)
        self.setMouseTracking(True)

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        done = super().event(event)
        if kind == QEvent.Type.LayoutRequest:
            self._mind_room()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._mind_room()  # texts wrap otherwise now

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.standalone:
            window, edges = self.windowHandle(), self._edges(event.position().toPoint())
            if window is not None and edges:
                window.startSystemResize(edges)
            elif window is not None:
                window.startSystemMove()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.setCursor(_CURSORS.get(self._edges(event.position().toPoint()), Qt.CursorShape.ArrowCursor))
        super().mouseMoveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.standalone:
            painter.setPen(colours.of(self.palette()).line)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _edges(self, at: QPoint) -> Qt.Edge:
        edges = Qt.Edge(0)
        if self.standalone:
            return edges
        if at.x() < _EDGE:
            edges |= Qt.Edge.LeftEdge
        elif at.x() >= self.width() - _EDGE:
            edges |= Qt.Edge.RightEdge
        if at.y() < _EDGE:
            edges |= Qt.Edge.TopEdge
        elif at.y() >= self.height() - _EDGE:
            edges |= Qt.Edge.BottomEdge
        return edges

    # size and place

    @property
    def chosen_size(self) -> QSize:
        """The user's: without what it has grown by."""
        return self._ungrown().size()

    def stand_beside(self, anchor: QRect) -> None:
        """`anchor`: where the icon is."""
        self._anchor = anchor
        self._needed = 0  # another screen may have more room
        self._mind_room()
        self.move(self._place(self.size()))
        if self._grown is not None:
            before = self._grown[0].size()
            self._grown = QRect(self._place(before), before), self._stands()

    def _stands(self) -> QRect:
        return QRect(self.pos(), self.size())

    def _ungrown(self) -> QRect:
        now = self._stands()
        if self._grown is None or now.size() != self._grown[1].size():
            return now
        before, since = self._grown
        return before if now == since else QRect(now.topLeft(), before.size())

    def _mind_room(self) -> None:
        """Grows where its parts would be crushed, and shrinks to what the user chose when there is room again."""
        layout = self.layout()
        if layout is None:
            return
        needed = max(
            layout.totalMinimumHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0,
            layout.totalMinimumSize().height(),
            _LEAST.height(),
        )
        if needed == self._needed:
            return
        self._needed = needed
        free = self._free()
        least = min(needed, free.height() - 2 * _GAP)
        before = self._ungrown()
        wanted = QRect(before.topLeft(), QSize(before.width(), max(before.height(), least)))
        if self._anchor is not None and before.topLeft() == self._place(before.size()):
            wanted.moveTopLeft(self._place(wanted.size()))
        elif wanted != before:
            over = wanted.bottom() + self.frameGeometry().height() - self.height() + _GAP - free.bottom()
            if over > 0:
                wanted.moveTop(max(wanted.top() - over, free.top()))
        self.setMinimumHeight(least)
        self.resize(wanted.size())
        self.move(wanted.topLeft())
        self._grown = None if wanted == before else (before, self._stands())

    def _free(self) -> QRect:
        """The part of the screen that panels leave."""
        screen = QGuiApplication.screenAt(self._stands().center()) or QGuiApplication.primaryScreen()
        return screen.availableGeometry()

    def _place(self, size: QSize) -> QPoint:
        assert self._anchor is not None
        screen = QGuiApplication.screenAt(self._anchor.center()) or QGuiApplication.primaryScreen()
        return beside(self._anchor, size, screen.geometry(), screen.availableGeometry())


def beside(anchor: QRect, size: QSize, screen: QRect, free: QRect) -> QPoint:
    """Next to the icon, on the side away from the panel's edge, and wholly on the screen's free part."""
    gap = _GAP
    center = anchor.center()
    if center.y() > screen.center().y():
        y = min(anchor.top(), free.bottom() + 1) - size.height() - gap
    else:
        y = max(anchor.bottom(), free.top()) + gap
    x = center.x() - size.width() // 2
    x = max(free.left() + gap, min(x, free.right() - gap - size.width() + 1))
    y = max(free.top() + gap, min(y, free.bottom() - gap - size.height() + 1))
    return QPoint(x, y)
