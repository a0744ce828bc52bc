"""The bar that shows how much memory is used, and from where on it warns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.messages import memory as words
from oomtray.messages.i18n import tr
from oomtray.risk.thresholds import marks
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.readable_bar import ReadableBar

if TYPE_CHECKING:
    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.thresholds import Mark

_BAR = 12
_GAP = 3
_AIR = 6
"""Pixels between two texts; a mark whose number would stand closer to another text goes without."""


class MemoryBar(ReadableBar):
    """The bar; below it swap and stall at its start, and the thresholds' numbers under their marks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assessment: Assessment | None = None
        self._marks: tuple[Mark, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Memory used"))

    def show_assessment(self, assessment: Assessment | None, thresholds: Thresholds) -> None:
        self._assessment = assessment
        self._marks = ()
        if assessment is not None:
            memory = assessment.snapshot.memory
            self._marks = marks(thresholds, memory).shown
            self.setAccessibleDescription(tr(", ").join((words.used(memory), words.swap_and_stall(memory))))
            self.tell(memory.used_percent)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _BAR + _GAP + self._small().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _small(self) -> QFontMetrics:
        return QFontMetrics(small(self.font()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colours.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        width, radius = float(self.width()), _BAR / 2
        painter.setBrush(found.track)
        painter.drawRoundedRect(QRectF(0, 0, width, _BAR), radius, radius)
        memory = None if self._assessment is None else self._assessment.snapshot.memory
        below = "" if memory is None else words.swap_and_stall(memory)
        share = None if memory is None else memory.used_percent
        if share is not None and self._assessment is not None:
            filled = max(width * min(share, 100.0) / 100, float(_BAR))
            painter.setBrush(found.level(self._assessment.level.name))
            painter.drawRoundedRect(
                QRectF(width - filled if mirrored else 0, 0, filled, _BAR), radius, radius
            )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(small(self.font()))
        metrics = self._small()
        begin = metrics.horizontalAdvance(below) + _AIR if below else 0
        taken = width
        for mark in reversed(self._marks):
            x = round(width * mark.used / 100)
            # a gap rather than a line: seen on the empty and on the filled part alike
            colours.fill(painter, QRect((self.width() - x if mirrored else x) - 1, 0, 2, _BAR), found.ground)
            text = words.mark_of(mark)
            wide = metrics.horizontalAdvance(text)
            start = min(max(x - wide // 2, 0), self.width() - wide)
            if start + wide + _AIR > taken or start < begin:
                continue
            painter.setPen(found.muted)
            left = self.width() - start - wide if mirrored else start
            painter.drawText(left, _BAR + _GAP + metrics.ascent(), text)
            taken = start
        if below:
            painter.setPen(found.muted)
            box = self.rect().adjusted(0, _BAR + _GAP, 0, 0)
            side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
            painter.drawText(box, int(Qt.AlignmentFlag.AlignTop | side), below)
        painter.end()
