"""The graph of the last week: memory used, where the levels begin, and a mark for each notification."""

from __future__ import annotations

import time
from bisect import bisect_left
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPolygonF, QTransform
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from oomtray.messages.i18n import tr
from oomtray.messages.numbers import percent
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.icons import outline
from oomtray.ui.qt.labels import side_of
from oomtray.ui.qt.painting import begin_painting
from oomtray.ui.qt.spread import spread
from oomtray.ui.settings.week import SECONDS, Told, Week

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oomtray.ui.qt import colors

_HIGH, _PAD = 160, 12
_SILENCE = 900.0
"""Seconds without a reading that break the line: the computer was off or asleep."""
_MARK, _LEAST_MARK = 0.43, 6.5
"""Half the size of a mark: share of a text line's height, and least pixels."""
_TRIANGLE = "M0 -1 L1 0.8 H-1 Z"
_OCTAGON = "M0.42 -1 L1 -0.42 V0.42 L0.42 1 H-0.42 L-1 0.42 V-0.42 L-0.42 -1 Z"
"""Marks of half-size 1 around their centers."""
_MARKS_APART = 2
"""Pixels between the marks of two levels."""
_DAY_PAD = 4
"""Pixels on either side of a day's name; today's may extend beyond the last moment, where nothing follows."""
_WHOLE = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip)
_LABELS_APART = 1
"""Pixels between two labels, which have some padding of their own."""


class WeekGraph(QLabel):
    """The graph; it is a label because screen readers then treat it as an image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPixmap(QPixmap(1, 1))
        self._week: Week | None = None
        self._says = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Memory used in the last week"))

    def show_week(self, week: Week, says: str) -> None:
        """Show a week; `says` describes it to screen readers, and replaces a graph with nothing to draw."""
        self._week, self._says = week, says
        self.setAccessibleDescription(says)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, max(_HIGH, 9 * self.fontMetrics().height()))

    # geometry

    @property
    def plot(self) -> QRectF:
        below = self.fontMetrics().height() + 2
        right = self.fontMetrics().horizontalAdvance(percent(100)) + round(self._beside) + 1
        mirrored = self.isRightToLeft()
        left, side = (right, 0) if mirrored else (0, right)
        return QRectF(self.rect()).adjusted(_PAD + left, _PAD, -_PAD - side, -_PAD - below)

    def _x(self, at: float, plot: QRectF) -> float:
        assert self._week is not None
        share = (at - self._week.since) / SECONDS
        if self.isRightToLeft():
            share = 1 - share
        return plot.left() + share * plot.width()

    @staticmethod
    def _y(percent: float, plot: QRectF) -> float:
        return plot.bottom() - min(percent, 100.0) / 100 * plot.height()

    @property
    def mark(self) -> float:
        return max(_MARK * self.fontMetrics().height(), _LEAST_MARK)

    @property
    def _beside(self) -> float:
        """Pixels from the plot to a line's label: half a mark may extend beyond the last moment."""
        return self.mark + 4

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self, on_base=True)
        week = self._week
        if week is None or not week.readings:
            painter.setPen(found.muted)
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(24, 0, -24, 0), flags, self._says)
            return
        painter.setFont(small(self.font()))
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # keeps "90 %" in order
        plot = self.plot
        self._draw_days(painter, plot, found)
        self._draw_line(painter, plot, found)
        painter.setPen(QPen(found.line, 1))
        foot = round(plot.bottom()) + 0.5
        painter.drawLine(QPointF(plot.left(), foot), QPointF(plot.right(), foot))
        self._draw_marks_of_levels(painter, plot, found)
        centers = self._centers(plot)
        for told in week.only_by_default:
            self._draw_told(painter, centers[told], told, found, filled=False)
        for told in week.told:
            self._draw_told(painter, centers[told], told, found, filled=True)

    def _draw_days(self, painter: QPainter, plot: QRectF, found: colors.Colors) -> None:
        assert self._week is not None
        days = [*_midnights(self._week.since, self._week.until), self._week.until]
        for begin, end in pairwise(days):
            x = round(self._x(begin, plot)) + 0.5
            painter.setPen(QPen(found.grid, 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            name = QLocale().standaloneDayName(time.localtime(begin + 1).tm_wday + 1, QLocale.FormatType.ShortFormat)
            width = painter.fontMetrics().horizontalAdvance(name)
            if end == self._week.until or width + 2 * _DAY_PAD <= abs(self._x(end, plot) - x):
                painter.setPen(found.muted)
                left = x - _DAY_PAD - width if self.isRightToLeft() else x + _DAY_PAD
                painter.drawText(QRectF(left, plot.bottom() + 2, width, self.fontMetrics().height()), _WHOLE, name)

    def _draw_line(self, painter: QPainter, plot: QRectF, found: colors.Colors) -> None:
        for run in self._runs(plot):
            area = QPolygonF([QPointF(run[0].x(), plot.bottom()), *run, QPointF(run[-1].x(), plot.bottom())])
            path = QPainterPath()
            path.addPolygon(area)
            painter.fillPath(path, found.calm_wash)
            painter.setPen(QPen(found.calm, 1.5))
            painter.drawPolyline(QPolygonF(run))

    def _runs(self, plot: QRectF) -> Iterator[list[QPointF]]:
        """Yield the highest reading per pixel, in runs separated by long gaps."""
        assert self._week is not None
        run: list[QPointF] = []
        last = None
        for at, memory in self._week.readings:
            used = memory.used_percent
            if used is None:
                continue
            if last is not None and at - last > _SILENCE and run:
                yield run
                run = []
            last = at
            point = QPointF(round(self._x(at, plot)), self._y(used, plot))
            if run and run[-1].x() == point.x():
                run[-1].setY(min(run[-1].y(), point.y()))
            else:
                run.append(point)
        if run:
            yield run

    def _draw_marks_of_levels(self, painter: QPainter, plot: QRectF, found: colors.Colors) -> None:
        assert self._week is not None
        if self._week.marks is None:
            return
        both = (
            (self._week.marks.warning.used, found.amber_text),
            (self._week.marks.critical.used, found.red_text),
        )
        lines = [line for line in both if line[0] <= 100]
        high = painter.fontMetrics().height()
        places = spread([self._y(used, plot) for used, _ in lines], high + _LABELS_APART, 0, plot.bottom())
        for (used, color), place in zip(lines, places, strict=True):
            y = self._y(used, plot)
            pen = QPen(color, 1)
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            mirrored = self.isRightToLeft()
            start = 0 if mirrored else plot.right() + self._beside
            end = plot.left() - self._beside if mirrored else self.width()
            painter.drawText(QRectF(start, place - high / 2, end - start, high), int(side_of(self) | Qt.AlignmentFlag.AlignVCenter), percent(used))

    def _centers(self, plot: QRectF) -> dict[Told, QPointF]:
        """Return where each notification was, moved so far up or down that no two levels' marks read as one figure."""
        assert self._week is not None
        readings, top, apart = self._week.readings, plot.top() + self.mark, 2 * self.mark + _MARKS_APART
        found: dict[Told, QPointF] = {}
        for told in {*self._week.told, *self._week.by_default}:
            place = bisect_left(readings, told.at, key=itemgetter(0))
            used = readings[place][1].used_percent if place < len(readings) else None
            found[told] = QPointF(self._x(told.at, plot), self._y(used or 0, plot))
        moved: dict[Told, float] = {}
        for one, other in self._overlapping(found, apart):
            upper, lower = sorted((one, other), key=lambda told: (found[told].y(), told.level != "critical"))
            middle = (found[upper].y() + found[lower].y()) / 2
            moved[upper] = max(middle - apart / 2, top)
            moved[lower] = moved[upper] + apart
        return {told: QPointF(at.x(), moved.get(told, max(at.y(), top))) for told, at in found.items()}

    @staticmethod
    def _overlapping(found: Mapping[Told, QPointF], apart: float) -> Iterator[tuple[Told, Told]]:
        """Yield the pairs of marks of two levels that are less than so many pixels apart."""
        in_time = sorted(found, key=lambda told: told.at)
        for place, one in enumerate(in_time):
            for other in in_time[place + 1 :]:
                way = found[other] - found[one]
                if abs(way.x()) >= apart:
                    break
                if one.level != other.level and abs(way.y()) < apart:
                    yield one, other

    def _draw_told(self, painter: QPainter, center: QPointF, told: Told, found: colors.Colors, *, filled: bool) -> None:
        critical = told.level == "critical"
        path = QTransform(self.mark, 0, 0, self.mark, center.x(), center.y()).map(outline(_OCTAGON if critical else _TRIANGLE))
        fill = QColor("#d32f45" if critical else "#f4a61d") if filled else found.ground
        edge = (found.red_text if critical else found.amber_text) if filled else found.text
        painter.fillPath(path, fill)
        painter.setPen(QPen(edge, 1.2))
        painter.drawPath(path)


def _midnights(since: float, until: float) -> Iterator[float]:
    local = time.localtime(since)
    day = local.tm_mday + 1
    while (at := time.mktime((local.tm_year, local.tm_mon, day, 0, 0, 0, 0, 0, -1))) < until:
        yield at
        day += 1
