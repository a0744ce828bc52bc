"""The popup's rim: no title bar, so it is moved by its body and resized by its edges, and set beside the icon."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from oomtray.ui import colours

_EDGE = 7
"""Pixels at the rim that resize the window; all within the margin, where no child is."""
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


class Frame(QWidget):
    """`homeless`: there is no icon to belong to, and the window manager gives it a frame of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, FLAGS)
        self.homeless = False
        self.setMouseTracking(True)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.homeless:
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
        if not self.homeless:
            painter.setPen(colours.of(self.palette()).line)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _edges(self, at: QPoint) -> Qt.Edge:
        edges = Qt.Edge(0)
        if self.homeless:
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

    def place(self, anchor: QRect) -> QPoint:
        """Where to stand for an icon there."""
        screen = QGuiApplication.screenAt(anchor.center()) or QGuiApplication.primaryScreen()
        return beside(anchor, self.size(), screen.geometry(), screen.availableGeometry())


def beside(anchor: QRect, size: QSize, screen: QRect, free: QRect) -> QPoint:
    """Next to the icon, on the side away from the panel's edge, and wholly on the screen's free part."""
    gap = 6
    centre = anchor.center()
    if centre.y() > screen.center().y():
        y = min(anchor.top(), free.bottom() + 1) - size.height() - gap
    else:
        y = max(anchor.bottom(), free.top()) + gap
    x = centre.x() - size.width() // 2
    x = max(free.left() + gap, min(x, free.right() - gap - size.width() + 1))
    y = max(free.top() + gap, min(y, free.bottom() - gap - size.height() + 1))
    return QPoint(x, y)
