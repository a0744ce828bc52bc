"""The layers of the history chart, from bottom to top."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from oomtray.messages.i18n import tr
from oomtray.messages.numbers import percent
from oomtray.text import round_size
from oomtray.ui.history import mark_icons, time_labels
from oomtray.ui.history.apps_painter import AppsPainter
from oomtray.ui.history.chart_painter import Canvas, MemoryPainter, gaps
from oomtray.ui.history.plot_layout import Box, Layout, per_cent_y
from oomtray.ui.history.time_axis import ticks
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.painting import paint_box, paint_round
from oomtray.ui.qt.spread import spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from oomtray.history.chart_apps import Apps
    from oomtray.history.chart_columns import Column
    from oomtray.ui.history.chart_colors import ChartColors
    from oomtray.ui.history.chart_data import Layers, Stretch
    from oomtray.ui.history.mark_groups import MarkGroup

_TICK = 4
_LABELS_APART = 20
_HALF = 50.0
_AIR = 7
_MOST_COUNTED = 100
_BADGE_APART = 2
"""Pixels between the icon and its count."""


def memory(
    canvas: Canvas, columns: Sequence[Column], series: Collection[str], thresholds: Sequence[float], width: float
) -> None:
    with _clipped(canvas, canvas.layout.memory):
        drawn = MemoryPainter(canvas)
        drawn.levels(columns)
        if "memory" in series:
            drawn.memory_ground(columns)
        if "swap" in series:
            drawn.swap_ground(columns)
        drawn.grid(thresholds)
        if "memory" in series:
            drawn.memory(columns)
        if "swap" in series:
            drawn.swap(columns)
        if "stall" in series:
            drawn.stall(columns, width)


def axes(canvas: Canvas, thresholds: Sequence[float]) -> None:
    """Draw the labels of amounts beside the upper graph and the time axis below it."""
    painter, layout, shown, found = canvas
    painter.setPen(found.found.muted)
    for value in (0.0, _HALF, 100.0):
        _beside(canvas, layout.memory, per_cent_y(layout.memory, value), percent(value))
    metrics = QFontMetricsF(painter.font())
    wished = [per_cent_y(layout.memory, value) for value in thresholds]
    for value, y in zip(thresholds, spread(wished, metrics.height(), 0.0, layout.memory.bottom), strict=True):
        _behind(canvas, layout.memory, y, percent(value))
    widest = max(metrics.horizontalAdvance(text) for text in (time_labels.clock(shown.since), time_labels.day(shown.since)))
    most = int(layout.axis.width / (widest + _LABELS_APART))
    marked = ticks(shown.since, shown.until, most, first_weekday=time_labels.first_weekday())
    bold = QFont(painter.font())
    bold.setBold(True)
    plain = QFont(painter.font())
    mixed = len({mark.kind for mark in marked}) > 1
    for mark in marked:
        x = layout.x(mark.at, shown)
        painter.setPen(QPen(found.grid, 1))
        painter.drawLine(QPointF(round(x) + 0.5, layout.axis.y), QPointF(round(x) + 0.5, layout.axis.y + _TICK))
        painter.setPen(found.found.text if mixed and mark.kind == "day" else found.found.muted)
        painter.setFont(bold if mixed and mark.kind == "day" else plain)
        box = QRectF(x - 100, layout.axis.y + _TICK + 1, 200, metrics.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), time_labels.tick(mark))
    painter.setFont(plain)


def empty(canvas: Canvas, times: Sequence[Stretch]) -> None:
    """Mark the unrecorded times in both graphs."""
    for box in (canvas.layout.memory, canvas.layout.apps):
        with _clipped(canvas, box):
            gaps(canvas, box, times)


def name_gap(canvas: Canvas, times: Sequence[Stretch]) -> None:
    """Say in the widest of the unrecorded times what they are, if there is room, off the lines of the grid."""
    painter, layout, shown, found = canvas
    box, text = layout.memory, tr("Not recorded")
    seen = [(max(one.begin, shown.since), min(one.end, shown.until)) for one in times]
    begin, end = max(seen, key=lambda one: one[1] - one[0], default=(shown.since, shown.since))
    wide, middle = (end - begin) / shown.span * box.width, layout.x((begin + end) / 2, shown)
    if wide >= QFontMetricsF(painter.font()).horizontalAdvance(text) + 2 * _AIR:
        painter.setPen(found.found.muted)
        half = per_cent_y(box, _HALF)
        painter.drawText(QRectF(middle - wide / 2, half, wide, box.bottom - half), int(Qt.AlignmentFlag.AlignCenter), text)


def apps(canvas: Canvas, told: Apps, stacks: Sequence[Layers], places: Sequence[int]) -> None:
    painter, layout, _, found = canvas
    drawn = AppsPainter(canvas, told, stacks, places)
    with _clipped(canvas, layout.apps):
        drawn.areas()
        drawn.names(QFontMetricsF(painter.font()))
    painter.setPen(found.found.muted)
    _beside(canvas, layout.legend, layout.legend.y + QFontMetricsF(painter.font()).height() / 2, tr("Apps"))
    _beside(canvas, layout.apps, layout.apps.y, round_size(drawn.scale))
    _beside(canvas, layout.apps, layout.apps.bottom, round_size(0))


def marks(canvas: Canvas, groups: Sequence[MarkGroup], picked: int | None, focused: int | None) -> None:
    """Draw the event marks; `picked` and `focused` are event ids."""
    painter, layout, _, found = canvas
    lane = layout.marks
    paint_box(painter, QRectF(*lane).toRect(), found.found.text if found.found.stark else found.lane, found.lane, 4)
    painter.setPen(found.found.muted)
    _beside(canvas, lane, lane.y + lane.height / 2, tr("Events"))
    for group in groups:
        numbers = {event.id for event in group.events}
        box = mark_box(layout, group, painter.font())
        if picked in numbers or focused in numbers:
            ringed = focused in numbers or found.found.stark  # else the edge of the picked one looks like a second focus
            edge = QPen(found.found.calm, 2.0 if focused in numbers else 1.2) if ringed else None
            paint_round(painter, box.adjusted(1, 1, -1, -1), 4, edge=edge, ground=found.found.selected)
        side = mark_icons.side(layout.line)
        icon = QRectF(0, 0, side, side)
        icon.moveCenter(QPointF(box.x() + lane.height / 2, box.center().y()))
        mark_icons.draw(painter, mark_icons.shape_of(group.leading), icon, found.found)
        if group.count > 1:
            _count(painter, group.count, icon, found)


def mark_box(layout: Layout, group: MarkGroup, font: QFont) -> QRectF:
    """Return the clickable area of a mark within its lane: the icon, centered on the time, and the count beside it."""
    lane, side = layout.marks, mark_icons.side(layout.line)
    wide, inset = lane.height, (lane.height - side) / 2
    if group.count > 1:
        wide = max(wide, inset + side + _BADGE_APART + _badge_size(group.count, font).width() + 2)
    left = max(min(group.x - lane.height / 2, lane.right - wide), lane.x - inset + 2)  # the icon itself is inside
    return QRectF(left, lane.y, wide, lane.height)


def mark_span(layout: Layout, group: MarkGroup, font: QFont) -> tuple[float, float]:
    """Return the left and right edge of what is drawn of a mark, without the padding of `mark_box`."""
    box, side = mark_box(layout, group, font), mark_icons.side(layout.line)
    left = box.left() + (layout.marks.height - side) / 2
    return left, box.right() - 2 if group.count > 1 else left + side


def note(canvas: Canvas, box: QRectF, text: str, font: QFont) -> None:
    """Write a sentence where there is nothing to draw."""
    painter, _, _, found = canvas
    painter.setFont(scaled(font, 1.0))
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    ground = painter.boundingRect(box, flags, text).adjusted(-8, -4, 8, 4)
    painter.fillRect(ground, found.found.ground)  # keep grid lines out of the text
    painter.setPen(found.found.muted)
    painter.drawText(box, flags, text)


def _count(painter: QPainter, number: int, icon: QRectF, found: ChartColors) -> None:
    """Draw the count beside the icon, within the lane: fainter, as it is less important."""
    font = QFont(painter.font())
    size = _badge_size(number, font)
    high = size.height()
    badge = QRectF(QPointF(icon.right() + _BADGE_APART, icon.center().y() - high / 2), size)
    painter.setFont(_badge_font(font))
    paint_round(painter, badge, high / 2, edge=found.edge, ground=found.badge)
    painter.setPen(found.found.text)
    painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), _counted(number))
    painter.setFont(font)


def _badge_size(number: int, font: QFont) -> QSizeF:
    metrics = QFontMetricsF(_badge_font(font))
    high = metrics.capHeight() + 7
    return QSizeF(max(metrics.horizontalAdvance(_counted(number)) + 9, high), high)


def _badge_font(font: QFont) -> QFont:
    return scaled(font, 0.95, bold=True)


def _counted(number: int) -> str:
    return str(number) if number < _MOST_COUNTED else f"{_MOST_COUNTED - 1}+"


def _beside(canvas: Canvas, box: Box, y: float, text: str) -> None:
    """Label an amount on the side where lines of text begin."""
    _label(canvas, box, y, text, right=canvas.layout.mirrored)


def _behind(canvas: Canvas, box: Box, y: float, text: str) -> None:
    """Label an amount on the side where lines of text end."""
    _label(canvas, box, y, text, right=not canvas.layout.mirrored)


def _label(canvas: Canvas, box: Box, y: float, text: str, *, right: bool) -> None:
    painter = canvas.painter
    high = QFontMetricsF(painter.font()).height()
    if right:
        place, side = QRectF(box.right + _AIR, y - high / 2, 200, high), Qt.AlignmentFlag.AlignLeft
    else:
        place, side = QRectF(box.x - 200 - _AIR, y - high / 2, 200, high), Qt.AlignmentFlag.AlignRight
    painter.drawText(place, int(side | Qt.AlignmentFlag.AlignVCenter), text)


@contextmanager
def _clipped(canvas: Canvas, box: Box) -> Iterator[None]:
    canvas.painter.save()
    canvas.painter.setClipRect(QRectF(box.x, box.y - 1, box.width, box.height + 2))
    yield
    canvas.painter.restore()
