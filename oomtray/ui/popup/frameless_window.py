"""A window without a title bar: moved by its body, resized by its edges, placed beside the tray icon.

It has the size that the user gave it; if a message or note needs more room, it grows for as long as that is
shown.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QScreen,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.ui.qt import colors

_EDGE = 7
"""Pixels at the edge that resize the window, all within the margin, which has no child widgets."""
_LEAST = QSize(440, 380)
_GAP = 6
"""Pixels to the screen's edges, but none to the panel: the pointer would cross other windows on its way."""
_WAYLAND_PANELS = 48
"""Pixels reserved for the panels of a Wayland compositor, which doesn't report them."""
_PANEL_MS = 300
"""Milliseconds that a panel gets to take its place on a screen whose size has changed."""
FLAGS = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint
_TITLE_BAR = 36
"""Approximate height of a title bar in pixels, which is unknown before the window is shown."""
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
    """A frameless window; if `standalone`, without a tray icon, it has the window manager's frame."""

    def __init__(self) -> None:
        super().__init__(None, FLAGS)
        self.standalone = False
        self._anchor: QRect | None = None
        self._is_placed = False
        """Whether it was placed and not painted since."""
        self._needed = 0
        self._grown: tuple[QRect, QRect] | None = None
        """The geometry before it had to grow, and since."""
        self._fitted: tuple[QSize, QSize] | None = None
        """The size that the user chose, and the part of it that fits on the screen."""
        self._pressed: tuple[QPoint, Qt.Edge] | None = None
        """The screen position of a press and its window edges; a drag may follow."""
        self.setMinimumSize(_LEAST)
        self.setMouseTracking(True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        screen = screen_at(self._stands().center())
        # one that was unplugged is another one when it is back, of the same name
        screen.availableGeometryChanged.connect(self._screen_changed, Qt.ConnectionType.UniqueConnection)

    @Slot()
    def _screen_changed(self) -> None:
        QTimer.singleShot(_PANEL_MS, self.come_back_in)

    @Slot()
    def come_back_in(self) -> None:
        """Move into the free area, because the screen has changed; not every window manager does."""
        if not self.isVisible() or self.standalone or QGuiApplication.platformName() == "wayland":
            return
        self.fit()
        free = self._free()
        x = max(free.left(), min(self.x(), free.right() + 1 - self.width()))
        y = max(free.top(), min(self.y(), free.bottom() + 1 - self.height()))
        if (x, y) != (self.x(), self.y()):
            self.move(x, y)

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        done = super().event(event)
        if kind == QEvent.Type.LayoutRequest:
            self._mind_room()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._mind_room()  # texts wrap differently now

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
            self._pressed = event.globalPosition().toPoint(), self._edges(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            edges = self._edges(event.position().toPoint())
            self.setCursor(_CURSORS.get(edges, Qt.CursorShape.ArrowCursor))
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event.globalPosition().toPoint())
        else:
            self._pressed = None
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        super().mouseReleaseEvent(event)

    def _drag(self, to: QPoint) -> None:
        """Begin a move or resize once the pointer has moved.

        The window manager then grabs pointer and keyboard, which a mere click must not cause.
        """
        assert self._pressed is not None
        began, edges = self._pressed
        window = self.windowHandle()
        if window is None or (to - began).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        if edges:
            window.startSystemResize(edges)
        else:
            window.startSystemMove()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.standalone:
            painter.setPen(colors.of(self.palette()).line)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        if self._is_placed:  # i3 moves it by the title bar that it takes away only then
            self._is_placed = False
            QTimer.singleShot(0, self._take_place)

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

    # size and position

    @property
    def chosen_size(self) -> QSize:
        """The user's size, before growing or being reduced to the screen."""
        size = self._ungrown().size()
        return self._fitted[0] if self._fitted is not None and size == self._fitted[1] else size

    def stand_beside(self, anchor: QRect) -> None:
        self._anchor = anchor
        self.move(self._place(self.size()))  # to the anchor's screen first
        self.fit()
        self._take_place()
        self._is_placed = True

    @Slot()
    def _take_place(self) -> None:
        self.move(self._place(self.size()))
        if self._grown is not None:
            before = self._grown[0].size()
            self._grown = QRect(self._place(before), before), self._stands()

    def fit(self) -> None:
        """Limit the size to the free screen area, and enlarge it to what the parts need."""
        chosen, room = self.chosen_size, self._room()
        self._grown = None
        self._needed = 0  # another screen may have more room
        self.setMinimumSize(_LEAST.boundedTo(room))
        self.resize(chosen.boundedTo(room))
        self._mind_room()
        if self._grown is None:
            self._fitted = chosen, self.size()

    def _stands(self) -> QRect:
        return QRect(self.pos(), self.size())

    def _ungrown(self) -> QRect:
        now = self._stands()
        if self._grown is None or now.size() != self._grown[1].size():
            return now
        before, since = self._grown
        return before if now == since else QRect(now.topLeft(), before.size())

    def _mind_room(self) -> None:
        """Grow if the parts don't fit, and shrink to the user's size when they do again."""
        layout = self.layout()
        if layout is None or self.minimumSize() == self.maximumSize():
            return
        needed = max(
            layout.totalMinimumHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0,
            layout.totalMinimumSize().height(),
        )
        needed = max(self._shed(needed, self._room().height()), _LEAST.height())
        if needed == self._needed:
            return
        self._needed = needed
        free = self._free()
        least = min(needed, self._room().height())
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
        """Return the screen area without panels."""
        screen = screen_at(self._stands().center())
        if QGuiApplication.platformName() == "wayland":
            return screen.geometry().adjusted(0, _WAYLAND_PANELS, 0, -_WAYLAND_PANELS)
        if self._anchor is None or screen_at(self._anchor.center()) is not screen:
            return screen.availableGeometry()
        return free_beside(self._anchor, screen.geometry(), screen.availableGeometry())

    def _shed(self, needed: int, _room: int) -> int:
        """Hide optional parts if `needed` exceeds the room, and return the height then needed."""
        return needed

    def _room(self) -> QSize:
        title = _TITLE_BAR if self.standalone else 0
        return self._free().size() - QSize(2 * _GAP, _GAP + title)

    def _place(self, size: QSize) -> QPoint:
        assert self._anchor is not None
        screen = screen_at(self._anchor.center())
        return beside(self._anchor, size, screen.geometry(), screen.availableGeometry())


def screen_at(point: QPoint) -> QScreen:
    return QGuiApplication.screenAt(point) or QGuiApplication.primaryScreen()


def free_beside(anchor: QRect, screen: QRect, free: QRect) -> QRect:
    """Return the free area above or below the icon; with several screens Qt doesn't know of panels."""
    found = QRect(free)
    if anchor.center().y() > screen.center().y():
        found.setBottom(min(free.bottom(), anchor.top() - 1))
    else:
        found.setTop(max(free.top(), anchor.bottom() + 1))
    return found


def beside(anchor: QRect, size: QSize, screen: QRect, free: QRect) -> QPoint:
    """Return the position next to the icon, away from the panel's edge and within the free area."""
    found = free_beside(anchor, screen, free)
    below = anchor.center().y() > screen.center().y()
    y = found.bottom() + 1 - size.height() if below else found.top()
    x = anchor.center().x() - size.width() // 2
    x = max(free.left() + _GAP, min(x, free.right() - _GAP - size.width() + 1))
    return QPoint(x, max(y, free.top()))
