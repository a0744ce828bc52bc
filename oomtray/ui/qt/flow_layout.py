"""A layout that wraps widgets like words of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QLayout, QLayoutItem

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class FlowLayout(QLayout):
    """A wrapping layout; `gap` is the distance of widgets and of lines in pixels.

    With an alignment in the layout around it, it is as wide as its widgets on one line, if there is room.
    """

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        if not 0 <= index < len(self._items):
            return None
        self.invalidate()
        return self._items.pop(index)

    def clear(self) -> None:
        """Take out all widgets; they are hidden at once, as they must not be used any more."""
        while (item := self.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return max((place.bottom() + 1 for _, place in places), default=0)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        wide = sum(size.width() for size in sizes) + self._gap * max(len(sizes) - 1, 0)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        least = QSize()
        for item in self._items:
            if not item.isEmpty():
                least = least.expandedTo(item.minimumSize())
        return least

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        parent = self.parentWidget()
        mirrored = parent is not None and parent.isRightToLeft()
        box = self.alignmentRect(rect)
        for item, place in self._places(box.width()):
            if mirrored:
                place.moveLeft(box.width() - place.x() - place.width())
            item.setGeometry(place.translated(box.topLeft()))

    def _places(self, width: int) -> list[tuple[QLayoutItem, QRect]]:
        """Place items from the corner where reading begins, centered vertically in their line."""
        places: list[tuple[QLayoutItem, QRect]] = []
        at, high, begins = QPoint(0, 0), 0, 0
        for item in self._items:
            if item.isEmpty():  # hidden
                continue
            size = _wanted(item, width)
            size.setWidth(max(min(size.width(), width), item.minimumSize().width()))
            if at.x() and at.x() + size.width() > width:
                _center(places[begins:], high)
                at, high, begins = QPoint(0, at.y() + high + self._gap), 0, len(places)
            places.append((item, QRect(at, size)))
            at.setX(at.x() + size.width() + self._gap)
            high = max(high, size.height())
        _center(places[begins:], high)
        return places


def _wanted(item: QLayoutItem, width: int) -> QSize:
    """Return an item's size; a label that wraps is one line high, or as high as this width makes it."""
    label = item.widget()
    if not isinstance(label, QLabel) or not label.wordWrap():
        return item.sizeHint()
    wide = min(label.fontMetrics().horizontalAdvance(label.text()) + 2, width)
    return QSize(wide, max(label.heightForWidth(wide), label.minimumHeight()))


def _center(line: list[tuple[QLayoutItem, QRect]], high: int) -> None:
    for _, place in line:
        place.translate(0, (high - place.height()) // 2)


class HeadingLayout(FlowLayout):
    """Places a heading, the first label, with its accessory at the end, or below it if both don't fit."""

    def _places(self, width: int) -> list[tuple[QLayoutItem, QRect]]:
        shown = [item for item in self._items if not item.isEmpty()]
        label = shown[0].widget() if shown else None
        if not isinstance(label, QLabel):
            return super()._places(width)
        aside = shown[1] if len(shown) > 1 else None
        size = QSize(0, 0) if aside is None else aside.sizeHint().boundedTo(QSize(width, 10_000))
        room = width if aside is None else width - self._gap - size.width()
        words = label.fontMetrics().horizontalAdvance(label.text()) + 2
        beside = words <= room
        high = label.heightForWidth(room if beside else width)
        if aside is None:
            return [(shown[0], QRect(0, 0, width, high))]
        if not beside:
            return [(shown[0], QRect(0, 0, width, high)), (aside, QRect(QPoint(0, high + 2), size))]
        line = max(high, size.height())
        return [
            (shown[0], QRect(0, (line - high) // 2, room, high)),
            (aside, QRect(QPoint(width - size.width(), (line - size.height()) // 2), size)),
        ]
