"""Paints the cells: two lines, the second smaller, and shapes for a row's status."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from oomtray.messages.numbers import share_percent
from oomtray.records import dataclass
from oomtray.ui.popup import row_layout as layout
from oomtray.ui.popup import row_shapes as shapes
from oomtray.ui.popup import row_words as words
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, STATUS, Row
from oomtray.ui.popup.row_layout import BUTTONS, ICON_GAP, PAD, ButtonName, Widths
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import growth, scaled
from oomtray.ui.qt.painting import paint_round, write_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.ui.popup.process_model import ProcessModel

_STATE: dict[str, ButtonName] = {"first": "first", "maybe": "first", "early": "first", "protected": "protect"}
_SHAPES: dict[ButtonName, shapes.Shape] = {"protect": "shield", "first": "arrow"}

_SECOND = 0.92
"""Font scale of the second line."""
_LEAST_HEIGHT = 40
_BEFORE_PID = 8
_OUT_OF_REACH = ("pid-1", "kernel-thread", "zombie")
_GONE = 0.45


class ProcessDelegate(QStyledItemDelegate):
    def __init__(self, model: ProcessModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.stretch = 0
        """Extra height of each row in pixels, so that the list ends with a whole one."""
        self.buttons_on: tuple[Row | None, ...] = ()
        """The rows that show their buttons: under the pointer, and under the keyboard."""
        self.hot: tuple[Row, ButtonName, bool] | None = None
        """The button under the pointer, and whether it is pressed."""
        self.cut: set[int] = set()
        """Serials of the rows whose name or second line was elided when last painted."""
        self.widths: Widths
        self.use_font(QFont())

    def use_font(self, font: QFont) -> None:
        fine = scaled(font, _SECOND)
        self._fonts = font, scaled(font, 1.0, bold=True), fine
        self._main, self._fine, self._by = QFontMetrics(font), QFontMetrics(fine), growth(font)
        self.fit(0, 0)

    def fit(self, list_width: int, head: int) -> None:
        """Compute the columns; `head` is the least width in pixels of a title over figures."""
        self.cut.clear()
        self.widths = layout.widths(list_width, self._main, self._fine, head, self._by)

    def row_height(self) -> int:
        return max(self._main.height() + self._fine.height() + 6, _LEAST_HEIGHT)

    @property
    def indentation(self) -> int:
        """The width before an app's icon: its rank and the expander arrow."""
        return max(self.widths.number, self._main.horizontalAdvance("000") + 1) + self.widths.arrow

    def offered(self, row: Row) -> tuple[ButtonName, ...]:
        """Return the row's buttons: none for what already applies or is refused, and none without pointer or keyboard on it."""
        if row not in self.buttons_on or row.gone or row.risk is None or row.risk.why_not in _OUT_OF_REACH:
            return ()
        without = {_STATE.get(row.cells.status.standing)}
        if os.getuid() not in (0, row.risk.process.uid):
            without.add("first")  # only its owner may raise it
        return tuple(which for which in BUTTONS if which not in without)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(40, self.row_height() + self.stretch)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = self._model.row_at(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # mirrored explicitly here
        if row.gone:
            painter.setOpacity(_GONE)
        brush = _Brush(
            painter,
            option.rect,
            option.direction == Qt.LayoutDirection.RightToLeft,
            colors.of(option.palette, on_base=True),
            *self._fonts,
            self._main,
            self._fine,
            self._model,
            self,
        )
        _CELLS[index.column()](brush, row)
        painter.restore()

    def paint_rank(self, painter: QPainter, box: QRect, row: Row, found: colors.Colors, *, mirrored: bool) -> None:
        """Draw the rank in `box`, which is left of the arrow in a left-to-right layout."""
        painter.setFont(self._fonts[0])
        painter.setPen(found.muted)
        side = Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
        where = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute  # mirrored explicitly here
        painter.drawText(box, int(where), words.rank(row))


@dataclass(slots=True)
class _Brush:
    """Draws within one cell, relative to its start or end in the layout's direction."""

    painter: QPainter
    cell: QRect
    mirrored: bool
    colors: colors.Colors
    plain: QFont
    bold: QFont
    fine: QFont
    main: QFontMetrics
    little: QFontMetrics
    model: ProcessModel
    delegate: ProcessDelegate

    def part(self, start: int, width: int) -> QRect:
        """Return a part of the cell, `start` pixels from its beginning."""
        left = self.cell.right() + 1 - start - width if self.mirrored else self.cell.left() + start
        return QRect(left, self.cell.top(), width, self.cell.height())

    def lines(self, box: QRect, *, two: bool) -> tuple[QRect, QRect]:
        """Return both lines as a vertically centered block; a single line has the whole box."""
        if not two:
            return box, box
        first, second = self.main.height(), self.little.height()
        top = box.top() + (box.height() - first - second) // 2
        return QRect(box.left(), top, box.width(), first), QRect(box.left(), top + first, box.width(), second)

    def text(self, box: QRect, text: str, color: QColor, font: QFont, *, end: bool = False) -> int:
        """Draw a text and return its width in pixels."""
        metrics = self.little if font is self.fine else QFontMetrics(font) if font is self.bold else self.main
        self.painter.setFont(font)
        self.painter.setPen(color)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        write_line(self.painter, box, shown, right=end != self.mirrored)
        return metrics.horizontalAdvance(shown)


def _paint_name(brush: _Brush, row: Row) -> None:
    start, found = 2, brush.colors
    label = words.label(row, brush.model.labels)
    name = words.name(row, brush.model.labels)
    widths = brush.delegate.widths
    note = words.note(row, brush.model.labels, with_memory=not widths.memory, with_status=not widths.wide)
    if row.parent is None:
        spot = brush.part(start, widths.icon)
        spot.setTop(brush.cell.top() + (brush.cell.height() - widths.icon) // 2)
        spot.setHeight(widths.icon)
        if row.tail is not None:
            shapes.draw_dots(brush.painter, spot, found)
        elif label is not None and label.icon is not None:
            shapes.draw_icon(brush.painter, label.icon, spot, brush.painter.device().devicePixelRatioF())
        else:
            shapes.draw_letter(brush.painter, name, spot, brush.plain, found)
        start += widths.icon + ICON_GAP
    # the tail's own bar would say nothing
    room = brush.cell.width() + (brush.delegate.widths.counts if row.tail is not None else 0)
    box = brush.part(start, max(room - start - 2, 0))
    font = brush.bold if words.is_next(row) else brush.plain
    pid = str(row.cells.name.pid) if words.shows_pid(row) else ""
    used = QFontMetrics(font).horizontalAdvance(name) + _BEFORE_PID
    if pid and brush.little.elidedText(pid, Qt.TextElideMode.ElideRight, box.width() - used) != pid:
        note, pid = words.BETWEEN.join(part for part in (pid, note) if part), ""  # below rather than cut off
    upper, lower = brush.lines(box, two=bool(note))
    quiet = row.tail is not None
    shown = _whole_parts(note, brush.little, lower.width()) if note else ""
    too_wide = QFontMetrics(font).horizontalAdvance(name) > upper.width() or brush.little.horizontalAdvance(note) > lower.width()
    (brush.delegate.cut.add if too_wide else brush.delegate.cut.discard)(row.serial)
    brush.text(upper, name, found.muted if quiet else found.text, font)
    if pid:
        left = upper.left() if brush.mirrored else upper.left() + used
        brush.text(QRect(left, upper.top(), upper.width() - used, upper.height()), pid, found.muted, brush.fine)
    if note:
        brush.text(lower, shown, found.muted, brush.fine)


def _whole_parts(note: str, metrics: QFontMetrics, room: int) -> str:
    """Drop later parts of a second line until it fits."""
    while words.BETWEEN in note and metrics.elidedText(note, Qt.TextElideMode.ElideRight, room) != note:
        note = note.rpartition(words.BETWEEN)[0]
    return note


def _paint_counts(brush: _Brush, row: Row) -> None:
    if row.tail is not None:
        return
    widths = brush.delegate.widths
    shapes.draw_bar(
        brush.painter, brush.part(PAD, widths.bar), _parts(row, brush.model.scale), brush.colors, mirrored=brush.mirrored
    )
    if widths.wide:
        box = brush.part(PAD + widths.bar + PAD, widths.figures)
        size, share = words.counted(row, brush.model.total_bytes), row.cells.counts.share
        below = share_percent(share) if share is not None and share > 0 else ""
        upper, lower = brush.lines(box, two=bool(below))
        brush.text(upper, size, brush.colors.text if below else brush.colors.muted, brush.plain, end=True)
        if below:
            brush.text(lower, below, brush.colors.muted, brush.fine, end=True)


def _parts(row: Row, scale: float) -> tuple[float, float, float]:
    """Return the parts of a bar that is full at `scale` per mille: held, added, and held without counting."""
    cell = row.cells.counts
    if cell.held is None or scale <= 0:
        return 0.0, 0.0, 0.0
    share = cell.share if cell.share is not None and cell.rank is not None else 0.0
    counts = min(max(share, 0.0), scale)
    held = min(cell.held, counts)
    return held / scale, (counts - held) / scale, max(cell.held - max(share, 0.0), 0.0) / scale


def _paint_memory(brush: _Brush, row: Row) -> None:
    box = brush.part(0, brush.cell.width() - PAD)
    told = "" if brush.delegate.widths.wide else words.change(row)
    upper, lower = brush.lines(box, two=bool(told))
    quiet = row.tail is not None or row.cells.memory[0] is None
    brush.text(upper, words.memory(row), brush.colors.muted if quiet else brush.colors.text, brush.plain, end=True)
    if told:
        brush.text(lower, told, brush.colors.muted, brush.fine, end=True)


def _paint_change(brush: _Brush, row: Row) -> None:
    box = brush.part(0, brush.cell.width() - PAD)
    brush.text(box, words.change(row), brush.colors.muted, brush.plain, end=True)


def _paint_status(brush: _Brush, row: Row) -> None:
    if row.tail is not None:
        return
    found, standing, widths = brush.colors, row.cells.status.standing, brush.delegate.widths
    state = None if row.gone else _STATE.get(standing)
    ink = found.text if standing in ("first", "protected") else found.muted
    if widths.wide:
        if state is not None:
            shapes.draw(brush.painter, _SHAPES[state], brush.part(0, widths.slot), ink, full=True, by=widths.by)
        box = brush.part(widths.slot, widths.words - widths.slot)
        adj = words.adjustment(row)
        upper, lower = brush.lines(box, two=bool(adj))
        quiet = standing in ("normal", "never")
        brush.text(upper, words.status(row), found.muted if quiet else found.text, brush.plain)
        brush.text(lower, adj, found.muted, brush.fine)
    elif state is not None:
        spot = layout.button(brush.cell, state, widths.slot, mirrored=brush.mirrored)
        shapes.draw(brush.painter, _SHAPES[state], spot, ink, full=True, by=widths.by)
    for which in brush.delegate.offered(row):
        spot, hot = layout.button(brush.cell, which, widths.slot, mirrored=brush.mirrored), brush.delegate.hot
        under = hot is not None and hot[0] is row and hot[1] == which
        if hot is not None and under:
            paint_round(brush.painter, QRectF(spot), 4, ground=found.line if hot[2] else found.track)
        shapes.draw(brush.painter, _SHAPES[which], spot, found.text if under else found.muted, full=False, by=widths.by)


_CELLS: dict[int, Callable[[_Brush, Row], None]] = {
    NAME: _paint_name,
    COUNTS: _paint_counts,
    MEMORY: _paint_memory,
    CHANGE: _paint_change,
    STATUS: _paint_status,
}
