"""A bar that shows how full something is, with marks where somebody acts, and a caption below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.readable_bar import ReadableBar

if TYPE_CHECKING:
    from oomtray.risk.assessment import LevelName
    from oomtray.ui.qt.colours import Colours

_BAR = 12
_GAP = 3
_AIR = 6
"""Pixels between two texts; a mark whose number would stand closer to another text goes without."""
_BETWEEN = 4
"""Pixels between the numbers of two marks."""
_CORNER = 3.0


class TankMark(NamedTuple):
    """Where somebody acts."""

    percent: float
    text: str
    short: str = ""
    """The number without its unit, for where the next mark is near."""


class Tank(ReadableBar):
    """`fill` sets what it shows; a caption has several wordings, the longest first, of which the first that fits is drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._percent: float | None = None
        self._level: LevelName = "normal"
        self._captions: tuple[str, ...] = ()
        self._marks: tuple[TankMark, ...] = ()
        self._absent = False
        self._dimmed = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fill(
        self,
        percent: float | None,
        level: LevelName,
        captions: tuple[str, ...],
        marks: tuple[TankMark, ...] = (),
        *,
        absent: bool = False,
    ) -> None:
        """`percent` is None where it is unknown; `absent`: there is no such tank."""
        self._percent, self._level, self._captions, self._marks = percent, level, captions, marks
        self._absent = absent
        self.tell(percent)
        self.setToolTip("" if not captions or self._caption(self.width()) == captions[0] else captions[0])
        self.update()

    def dim(self, *, dimmed: bool) -> None:
        """What it shows is out of date."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _BAR + _GAP + self._small().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def _small(self) -> QFontMetrics:
        return QFontMetrics(small(self.font()))

    def _caption(self, room: int) -> str:
        metrics = self._small()
        fitting = (text for text in self._captions if metrics.horizontalAdvance(text) <= room)
        shortest = self._captions[-1] if self._captions else ""
        return next(fitting, metrics.elidedText(shortest, Qt.TextElideMode.ElideRight, room))

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colours.of(self.palette())
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._paint_bar(painter, found, mirrored=mirrored)
        self._paint_below(painter, found, mirrored=mirrored)
        painter.end()

    def _paint_bar(self, painter: QPainter, found: Colours, *, mirrored: bool) -> None:
        width = float(self.width())
        whole = QRectF(0.5, 0.5, width - 1, _BAR - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._absent:
            painter.setPen(QPen(found.muted, 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(whole, _CORNER, _CORNER)
            return
        painter.setPen(QPen(found.text if found.stark else found.track, 1))
        painter.setBrush(found.ground if found.stark else found.track)
        painter.drawRoundedRect(whole, _CORNER, _CORNER)
        if self._percent is not None:
            filled = max(width * min(self._percent, 100.0) / 100, 2 * _CORNER if self._percent > 0 else 0.0)
            inner, edge = found.fill(self._level)
            if self._dimmed:
                inner, edge = (colours.blend(colour, found.track, 0.45) for colour in (inner, edge))
            painter.setPen(QPen(edge, 1))
            painter.setBrush(inner)
            if filled:
                left = width - filled if mirrored else 0.0
                painter.drawRoundedRect(QRectF(left + 0.5, 0.5, filled - 1, _BAR - 1), _CORNER, _CORNER)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for mark in self._marks:
            x = round(width * mark.percent / 100)
            # a gap rather than a line: seen on the empty and on the filled part alike
            colours.fill(painter, QRect((self.width() - x if mirrored else x) - 1, 0, 2, _BAR), found.ground)

    def _paint_below(self, painter: QPainter, found: Colours, *, mirrored: bool) -> None:
        painter.setFont(small(self.font()))
        painter.setPen(found.muted)
        metrics = self._small()
        caption = self._caption(self.width())
        begin = metrics.horizontalAdvance(caption) + _AIR if caption else 0
        taken = self.width()
        base = _BAR + _GAP + metrics.ascent()
        for mark in reversed(self._marks):
            x = round(self.width() * mark.percent / 100)
            for text in (mark.text, mark.short):
                wide = metrics.horizontalAdvance(text)
                start = min(max(x - wide // 2, 0), self.width() - wide)
                if text and start >= begin and start + wide + (_BETWEEN if taken < self.width() else 0) <= taken:
                    painter.drawText(self.width() - start - wide if mirrored else start, base, text)
                    taken = start
                    break
        if caption:
            wide = metrics.horizontalAdvance(caption)
            painter.drawText(self.width() - wide if mirrored else 0, base, caption)
