"""Some apps in the order in which they would go, each with a bar of what it holds and what its adjustment adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.messages import queue as words
from oomtray.messages.i18n import tr, tr_c
from oomtray.messages.names import process_name
from oomtray.records import dataclass
from oomtray.text import size
from oomtray.ui.qt.fonts import grown, scaled, small
from oomtray.ui.qt.labels import side_of
from oomtray.ui.qt.painting import (
    CORNER,
    begin_painting,
    clip_round,
    from_start,
    paint_hatch,
    paint_panel,
    paint_round,
    start_at_leading_side,
)
from oomtray.ui.qt.swatch import LegendLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.queue import Place, Queue
    from oomtray.ui.controllers.app_labels import AppLabels
    from oomtray.ui.qt.colors import Colors

_BAR = 8
_LEAST_BAR = 32
"""Least width in pixels that names leave to the bars."""
_USUAL_NAME = 100
"""Width in pixels at a 10-point font of a name that isn't elided for the sake of the bars."""
_ICON = 16
_PAD, _RIM = 10, 4
"""Pixels beside the texts of a line, and above the first and below the last line."""
_BEFORE_NAME, _BEFORE_BAR = 8, 12


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line; one that represents several apps has no bar."""

    number: str
    name: str
    icon: QIcon | None = None
    held: int = 0
    """Pages."""
    added: int = 0
    """Pages; negative if the adjustment subtracts."""
    has_bar: bool = True
    ours: bool = False

    @property
    def counts(self) -> str:
        if not self.has_bar:
            return ""
        pages = max(self.held + self.added, 0)
        return size(pages * PAGE_SIZE) if pages else tr_c("an amount", "nothing")


def rows_of(assessment: Assessment, found: Queue, name: str, labels: AppLabels) -> list[QueueRow]:
    """Return the lines of a queue; `name` is that of the app in question, empty for its usual one."""
    rows = [_row(assessment, place, name, labels) for place in found.first]
    if found.others:
        rows.append(QueueRow("", words.others(found.others), has_bar=False))
    if found.ours is not None:
        rows.append(_row(assessment, found.ours, name, labels))
    return rows


def _row(assessment: Assessment, place: Place, name: str, labels: AppLabels) -> QueueRow:
    named, icon = process_name(place.process.name, place.process.pid), None
    risk = next((one for one in assessment.risks if one.process.pid == place.process.pid), None)
    if place.app is not None:
        label = labels.of_app(place.app)
        named, icon = label.name, label.icon
    elif risk is not None:
        label = labels.of_process(risk)
        named, icon = label.name, (labels.of_owner(assessment, risk) or label).icon  # the same as above the bars
    number = "" if place.number is None else str(place.number)
    return QueueRow(number, name if place.ours and name else named, icon, place.held, place.added, ours=place.ours)


class QueueBars(QWidget):
    """Paints the lines, one text to a screen reader; with `sizes`, each ends with what it counts as."""

    def __init__(self, caption: str, parent: QWidget | None = None, *, sizes: bool = True) -> None:
        super().__init__(parent)
        self._caption, self._sizes = caption, sizes
        self.rows: list[QueueRow] = []
        self._scale = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(150)
        self.setAccessibleName(caption)

    def show_rows(self, rows: Sequence[QueueRow], scale: int | None = None) -> None:
        """Show these lines; `scale` is the pages that a full bar represents."""
        scale = scale or highest(rows)
        if list(rows) == self.rows and scale == self._scale:
            return
        taller = len(rows) != len(self.rows)
        self.rows, self._scale = list(rows), scale
        told = ", ".join(words.line(row.number, row.name, row.counts) for row in rows)
        self.setAccessibleName(tr("{caption}: {rows}", caption=self._caption, rows=told))
        if taller:
            self.updateGeometry()
        self.update()

    @property
    def _row_height(self) -> int:
        return max(self.fontMetrics().height() + 10, 28)

    def sizeHint(self) -> QSize:
        return QSize(220, self._row_height * len(self.rows) + 2 * _RIM)

    @property
    def least_width(self) -> int:
        """The width in pixels below which usual names are elided."""
        name = min(self._widest(QFontMetrics(scaled(self.font(), 1.0, bold=True))), grown(_USUAL_NAME, self.font()))
        return sum(self._columns()) + name + _BEFORE_BAR + _LEAST_BAR + 2 * _PAD + 2

    def _columns(self) -> tuple[int, int]:
        """Return the widths of numbers and icons in pixels, with what is between them and the next column."""
        wide = QFontMetrics(scaled(self.font(), 1.0, bold=True)).horizontalAdvance
        numbers = [one.number for one in self.rows if one.number]
        number = max(map(wide, ("00", *numbers))) + _BEFORE_NAME if numbers else 0
        return number, grown(_ICON, self.font()) + _BEFORE_NAME if any(one.icon is not None for one in self.rows) else 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_panel(self)
        painter, found = begin_painting(self, on_base=True)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # mirrored explicitly below
        for n, row in enumerate(self.rows):
            self._paint(painter, QRect(1, _RIM + n * self._row_height, self.width() - 2, self._row_height), row, found)

    def _paint(self, painter: QPainter, line: QRect, row: QueueRow, found: Colors) -> None:
        if row.ours:
            self._paint_ground(painter, line, found)
            if found.stark:
                painter.setPen(QPen(found.line))
                painter.drawRect(QRectF(line).adjusted(3.5, 0.5, -3.5, -1.5))
        bold, fine = scaled(self.font(), 1.0, bold=True), small(self.font())
        own = bold if row.ours else self.font()
        metrics = QFontMetrics(bold)
        left, right = line.left() + _PAD, line.right() + 1 - _PAD
        number, icon = self._columns()
        if number:
            painter.setFont(fine)
            painter.setPen(found.muted)
            self._text(painter, QRect(left, line.top(), number - _BEFORE_NAME, line.height()), row.number, end=True)
        left += number
        if row.icon is not None:
            side = icon - _BEFORE_NAME
            row.icon.paint(painter, from_start(self, QRect(left, line.top() + (line.height() - side) // 2, side, side)))
        left += icon
        painter.setFont(own)
        painter.setPen(found.text if row.has_bar else found.muted)
        if self._sizes:
            wide = max(metrics.horizontalAdvance(one.counts) for one in self.rows) + 4
            self._text(painter, QRect(right - wide, line.top(), wide, line.height()), row.counts, end=True)
            right -= wide + 10
        room = right - left
        beside_bar = room - _LEAST_BAR - _BEFORE_BAR
        usual = min(beside_bar, grown(_USUAL_NAME, self.font()))
        most = max(room * 46 // 100, usual) if self._sizes else max(beside_bar, 60)
        name = room if not row.has_bar else min(max(self._widest(metrics), 60), most)
        self._text(painter, QRect(left, line.top(), name, line.height()), row.name)
        if row.has_bar:
            bar = QRect(left + name + _BEFORE_BAR, line.center().y() - _BAR // 2 + 1, room - name - _BEFORE_BAR, _BAR)
            self._paint_bar(painter, bar, row, found)

    def _paint_ground(self, painter: QPainter, line: QRect, found: Colors) -> None:
        """Highlight a line, up to the box's edge if it is the first or the last."""
        band = QRectF(line)
        if line.top() <= _RIM:
            band.setTop(1)
        if line.bottom() >= self.height() - _RIM - 1:
            band.setBottom(self.height() - 1)
        painter.save()
        clip_round(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), CORNER - 1)
        painter.fillRect(band, found.selected)
        painter.restore()

    def _widest(self, metrics: QFontMetrics) -> int:
        return max((metrics.horizontalAdvance(row.name) for row in self.rows if row.has_bar), default=0) + 2

    def _text(self, painter: QPainter, box: QRect, text: str, *, end: bool = False) -> None:
        side = side_of(self, at_end=end)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(from_start(self, box), int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)

    def _paint_bar(self, painter: QPainter, bar: QRect, row: QueueRow, found: Colors) -> None:
        painter.save()
        start_at_leading_side(painter, self)
        counts = row.held + row.added
        whole = QRectF(bar)
        if counts <= 0:  # it counts as nothing
            paint_round(painter, whole.adjusted(0.5, 0.5, -0.5, -0.5), 3, edge=QPen(found.muted, 1, Qt.PenStyle.DashLine))
            painter.restore()
            return
        clip_round(painter, whole, 3)
        painter.fillRect(whole, found.track)
        if found.stark:
            paint_round(painter, whole.adjusted(0.5, 0.5, -0.5, -0.5), 3, edge=QPen(found.line))
        held = whole.width() * min(row.held, counts) / self._scale
        ends = whole.width() * counts / self._scale
        painter.fillRect(QRectF(whole.left(), whole.top(), max(held, 2.0), whole.height()), found.calm)
        if row.added > 0 and ends > held:
            added = QRectF(whole.left() + held, whole.top(), ends - held, whole.height())
            paint_hatch(painter, added, found.calm, found.ground)
        painter.restore()


def highest(*lists: Sequence[QueueRow]) -> int:
    """Return the pages of the longest bar in all of the lists."""
    return max([1, *(row.held + row.added for rows in lists for row in rows)])


def queue_legend(parent: QWidget) -> LegendLine:
    size = QSize(grown(18, parent.font()), grown(8, parent.font()))
    return LegendLine(parent, (size, _paint_held, tr("memory it holds")), (size, _paint_added, tr("added by its setting")))


def _paint_held(painter: QPainter, box: QRectF, found: Colors) -> None:
    clip_round(painter, box, 2)
    painter.fillRect(box, found.calm)


def _paint_added(painter: QPainter, box: QRectF, found: Colors) -> None:
    clip_round(painter, box, 2)
    paint_hatch(painter, box, found.calm, found.ground)
