"""A warning above the history that says what keeps it from being read or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt

from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.icons import state_pixmap
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.painting import begin_painting, from_start, margins_from_start, paint_box

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

_SIGN, _MARGIN, _GAP = 22, 12, 10


class Notice(Plain):
    """A label on amber ground with a warning sign at its beginning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, wraps=True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._make_room()

    def _make_room(self) -> None:
        self._side = grown(_SIGN, self.font())
        self.setContentsMargins(margins_from_start(self, _MARGIN + self._side + _GAP, 8, _MARGIN, 8))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange):
            self._make_room()

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(0, self._side + 16))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        paint_box(painter, self.rect(), found.amber, found.amber_wash)
        place = from_start(self, QRect(_MARGIN, (self.height() - self._side) // 2, self._side, self._side))
        painter.drawPixmap(place.topLeft(), state_pixmap("warning", found.dark, self._side, self.devicePixelRatioF()))
        painter.end()
        super().paintEvent(event)
