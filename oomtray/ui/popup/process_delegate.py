"""How a cell is painted: two lines, the second in small; warnings by a shape and a word beside the colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from oomtray.messages.rows import adjustment_word, share_word
from oomtray.text import UNKNOWN
from oomtray.ui.popup import process_row as rows
from oomtray.ui.popup.process_row import CHANGE, MEMORY, NAME, PROTECTION, RISK
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import scaled, small

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.ui.popup.process_model import ProcessModel
    from oomtray.ui.popup.process_row import Row

PAD = 7
_BAR = 6
_GLYPH = 9
_SLACK = 5
"""Pixels by which a text may come out wider than its metrics say, where these are fractions."""
_SPEAKS = 13
"""Pixels from which a shape has room for its exclamation mark."""

Shape = Literal["triangle", "octagon", "shield"]


class ProcessDelegate(QStyledItemDelegate):
    def __init__(self, model: ProcessModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.stretch = 0
        """Pixels that each row is higher than it needs to be, so that the list ends with a whole one."""
        self._fonts: tuple[QFont, QFont, QFont] = (QFont(), QFont(), QFont())
        self._main = QFontMetrics(QFont())
        self._fine = QFontMetrics(QFont())

    def use_font(self, font: QFont) -> None:
        self._fonts = (font, scaled(font, 1.0, bold=True), small(font))
        self._main, self._fine = QFontMetrics(font), QFontMetrics(self._fonts[2])

    def row_height(self) -> int:
        return self._main.height() + self._fine.height() + 9

    def width_of(self, column: int) -> int:
        """Of the widest that a column should ever show: numbers come and go without moving it."""
        wide = self._main.horizontalAdvance
        widths = {
            RISK: wide("000") + 8 + max(self._fine.horizontalAdvance(share_word("elevated")) + 8, 54),
            MEMORY: wide("≤ 99.9 GiB") + _SLACK,
            CHANGE: wide("+99.9 MiB") + _SLACK,
            PROTECTION: max(wide("+1000") + 14, self._fine.horizontalAdvance(adjustment_word((-1000, 1000)))) + 4,
        }
        return widths.get(column, wide("0" * 16)) + 2 * PAD

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(40, self.row_height() + self.stretch)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = self._model.row_at(index)
        found = colours.of(option.palette, on_base=True)
        cell: QRect = option.rect
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        start = 2 if index.column() == NAME and self._model.by_app else PAD
        above = 4 + self.stretch // 2
        below = 4 + self.stretch - self.stretch // 2
        box = cell.adjusted(PAD if mirrored else start, above, -start if mirrored else -PAD, -below)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # sides are worked out here
        if row.gone:
            painter.setOpacity(0.45)
        brush = _Brush(painter, box, mirrored, found, *self._fonts, self._main, self._fine)
        paint_cell = _CELLS.get(index.column())
        if paint_cell is not None:
            paint_cell(brush, row)
        painter.restore()


@dataclass(slots=True)
class _Brush:
    """Draws text in one cell, from its start or its end, whichever side that is."""

    painter: QPainter
    box: QRect
    mirrored: bool
    colours: colours.Colours
    plain: QFont
    bold: QFont
    fine: QFont
    main: QFontMetrics
    little: QFontMetrics

    @property
    def upper(self) -> QRect:
        return QRect(self.box.left(), self.box.top(), self.box.width(), self.main.height())

    @property
    def lower(self) -> QRect:
        return QRect(
            self.box.left(),
            self.box.bottom() + 1 - self.little.height(),
            self.box.width(),
            self.little.height(),
        )

    def place(self, box: QRect, offset: int, width: int) -> QRect:
        """A part of `box`, `offset` from its start."""
        left = box.right() + 1 - offset - width if self.mirrored else box.left() + offset
        return QRect(left, box.top(), width, box.height())

    def text(self, box: QRect, text: str, colour: QColor, font: QFont, *, end: bool = False) -> None:
        metrics = self.little if font is self.fine else QFontMetrics(font) if font is self.bold else self.main
        self.painter.setFont(font)
        self.painter.setPen(colour)
        at_right = end != self.mirrored
        side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        self.painter.drawText(
            box, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown
        )

    def number(self, text: str, below: str) -> None:
        colour = self.colours.muted if text in (UNKNOWN, "0") else self.colours.text
        if below:
            self.text(self.upper, text, colour, self.plain, end=True)
            self.text(self.lower, below, self.colours.muted, self.fine, end=True)
        else:
            self.text(self.box, text, colour, self.plain, end=True)


def _paint_name(brush: _Brush, row: Row) -> None:
    bold = rows.is_next(row)
    brush.text(brush.upper, rows.name(row), brush.colours.text, brush.bold if bold else brush.plain)
    tone = brush.colours.mark_text(rows.warning(row)) if bold else brush.colours.muted
    brush.text(brush.lower, rows.note(row), tone, brush.fine)


def _paint_risk(brush: _Brush, row: Row) -> None:
    number = brush.main.horizontalAdvance("000")
    warning, share = rows.warning(row), rows.share(row)
    place = brush.place(brush.upper, 0, number)
    rank = rows.rank(row)
    brush.text(place, rank, brush.colours.text if rank != UNKNOWN else brush.colours.muted, brush.plain, end=True)
    rest = brush.box.width() - number - 8
    if rank != UNKNOWN:
        track = brush.place(brush.upper, number + 8, rest)
        bar = QRectF(track.left(), track.center().y() - _BAR / 2 + 1, track.width(), _BAR)
        paint = brush.painter
        paint.setPen(Qt.PenStyle.NoPen)
        paint.setBrush(brush.colours.track)
        paint.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        part = min(max((share or 0) / 1000, 0.0), 1.0)
        if part > 0:
            filled = max(bar.width() * part, float(_BAR))
            left = bar.right() - filled if brush.mirrored else bar.left()
            paint.setBrush(brush.colours.mark(warning))
            paint.drawRoundedRect(QRectF(left, bar.top(), filled, _BAR), _BAR / 2, _BAR / 2)
    if warning != "none":
        shape: Shape = "octagon" if warning == "high" else "triangle"
        spot = brush.place(brush.lower, number - _GLYPH, _GLYPH)
        draw_shape(brush.painter, shape, spot, brush.colours.mark(warning))
    words = brush.place(brush.lower, number + 8, rest)
    brush.text(words, rows.risk_words(row), brush.colours.mark_text(warning), brush.fine)


def _paint_memory(brush: _Brush, row: Row) -> None:
    brush.number(rows.memory(row), "")


def _paint_change(brush: _Brush, row: Row) -> None:
    brush.number(*rows.change_parts(row))


def _paint_adj(brush: _Brush, row: Row) -> None:
    value, words = rows.adj(row), rows.adj_words(row)
    brush.number(value, words)
    if rows.protected(row):
        wide = brush.main.horizontalAdvance(value)
        box = brush.upper if words else brush.box
        spot = brush.place(box, brush.box.width() - wide - 5 - 10, 10)
        draw_shape(brush.painter, "shield", spot, brush.colours.calm)


_CELLS: dict[int, Callable[[_Brush, Row], None]] = {
    NAME: _paint_name,
    RISK: _paint_risk,
    MEMORY: _paint_memory,
    CHANGE: _paint_change,
    PROTECTION: _paint_adj,
}


def draw_shape(painter: QPainter, shape: Shape, spot: QRect, colour: QColor) -> None:
    """A filled glyph, centred in `spot`."""
    side = float(spot.width())
    x, y = spot.center().x() + 0.5 - side / 2, spot.center().y() + 0.5 - side / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    path = QPainterPath()
    if shape == "triangle":
        path.addPolygon(
            QPolygonF([QPointF(x + side / 2, y), QPointF(x + side, y + side), QPointF(x, y + side)])
        )
    elif shape == "octagon":
        cut = side * 0.3
        path.addPolygon(
            QPolygonF(
                [
                    QPointF(x + cut, y),
                    QPointF(x + side - cut, y),
                    QPointF(x + side, y + cut),
                    QPointF(x + side, y + side - cut),
                    QPointF(x + side - cut, y + side),
                    QPointF(x + cut, y + side),
                    QPointF(x, y + side - cut),
                    QPointF(x, y + cut),
                ]
            )
        )
    else:
        path.moveTo(x + side / 2, y)
        path.cubicTo(
            x + side * 0.7, y + side * 0.16, x + side * 0.85, y + side * 0.18, x + side, y + side * 0.18
        )
        path.cubicTo(
            x + side, y + side * 0.62, x + side * 0.85, y + side * 0.86, x + side / 2, y + side * 1.08
        )
        path.cubicTo(x + side * 0.15, y + side * 0.86, x, y + side * 0.62, x, y + side * 0.18)
        path.cubicTo(x + side * 0.15, y + side * 0.18, x + side * 0.3, y + side * 0.16, x + side / 2, y)
    path.closeSubpath()
    painter.drawPath(path)
    if side >= _SPEAKS and shape != "shield":
        middle, top = x + side / 2, y + side * (0.36 if shape == "triangle" else 0.2)
        painter.setBrush(Qt.GlobalColor.white if colours.luminance(colour) < 0.4 else QColor("#2a1a00"))
        painter.drawRect(QRectF(middle - 1, top, 2, side * 0.34))
        painter.drawRect(QRectF(middle - 1, top + side * 0.34 + 1.5, 2, 2))
