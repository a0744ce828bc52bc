"""The dialog that says whether a program of the typed size would fit, and who would die until it does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from oomtray.messages import fits as words
from oomtray.messages.i18n import tr
from oomtray.risk.fits import Fit, deaths, fit, inherited_adj
from oomtray.text import parse_size, size
from oomtray.ui.dialogs.fits_bar import FitsBar, parts_of
from oomtray.ui.qt import contrast
from oomtray.ui.qt.dialog import Dialog
from oomtray.ui.qt.fold import Fold
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.painting import paint_panel, write_line
from oomtray.ui.qt.thin_scroll_bar import use_whole_width

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from oomtray.messages.fits import DeathRow
    from oomtray.risk.assessment import Assessment

_FIRST = "4G"
_MOST_ROWS = 100
_TOO_SMALL = 1 << 20
"""A number of bytes below this was most likely meant in a larger unit."""
_LINES = 7
"""How many lines the list shows without scrolling."""
_PAD, _BETWEEN, _TALL, _BEFORE_PID = 8, 16, 6, 6
_RIM = 4
"""Width in pixels of the frame around the lines."""
_ROW = Qt.ItemDataRole.UserRole


class FitsDialog(Dialog):
    def __init__(self, assessment: Assessment, parent: QWidget | None = None) -> None:
        super().__init__(tr("Will it fit?"), parent, width=480)
        self._assessment = assessment
        self._gist: tuple[str, Hashable] | None = None
        """The size, and what its answer says of it besides how much is left."""
        self.head_line(tr("Will it fit?"), tr("Whether there is room for a program of this size, such as 800M or 13G, and what would be killed otherwise."))
        self.size_field = QLineEdit(_FIRST, self)
        self.size_field.setAccessibleName(tr("Size"))
        self.size_field.setPlaceholderText(tr("such as 800M or 13G"))
        form = QFormLayout()
        form.addRow(tr("Size"), self.size_field)
        self.body.addLayout(form)
        self.answer = Plain("", self, wraps=True, bold=True)
        self.body.addWidget(self.answer)
        self.bar = FitsBar(self)
        self.bar.hide()
        self.body.addWidget(self.bar)
        self.notes = self.add_note(faint=True)
        self.caption = self.add_note()
        self.order = DeathList(self)
        self.body.addWidget(self.order)
        self.waterline = Fold("", self)
        self.freed = DeathList(self)
        self.waterline.content.addWidget(self.freed)
        self.waterline.toggled.connect(self.grow)
        self.body.addWidget(self.waterline)
        self.body.addStretch(1)
        self.close_button.setDefault(False)  # Enter finishes the size and must not close the dialog
        self.size_field.textChanged.connect(self._answer)
        self._tell()
        self.size_field.setFocus()
        self.size_field.selectAll()

    def show_assessment(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._answer()

    @Slot()
    def _answer(self) -> None:
        self._tell()
        self.keep_whole()

    def _tell(self) -> None:
        text = self.size_field.text().strip()
        wanted = parse_size(text)
        if wanted is None:
            negative = parse_size(text.removeprefix("-")) is not None
            self._show(tr("A size can't be negative.") if negative else tr("Type a size such as 800M or 13G."))
            return
        found = fit(self._assessment, wanted, adj=inherited_adj(self._assessment, os.getpid()))
        if found is None:
            self._show(tr("How much memory is left is unknown here."))
            return
        lines = words.notes(self._assessment, found, listed=True)
        if text[-1].isdigit() and 0 < wanted < _TOO_SMALL:
            lines.insert(0, words.counts_as_bytes(text))
        answer, notes = words.answer(self._assessment, found), "\n".join(lines)
        memory = self._assessment.snapshot.memory
        self._show(answer, notes, found)
        if found.askable is None:  # else what is in use doesn't matter
            self.bar.show_parts(parts_of(found, memory.total + (memory.swap_total or 0)))
            self._show_waterline(wanted)

    def _show(self, answer: str, notes: str = "", found: Fit | None = None) -> None:
        only_after = found if found is not None and found.fits == "after" else None
        self.answer.setText(answer)
        self._tell_reader(answer, None if found is None else _gist(found))
        self.bar.show_parts(())
        self.notes.show_text(notes)
        rows = () if only_after is None else words.order_rows(self._assessment, only_after.deaths, _MOST_ROWS)
        caption = "" if only_after is None else words.caption(only_after)
        self.caption.show_text(caption)
        self.order.show_rows(caption, rows)
        self.waterline.hide()

    def _tell_reader(self, answer: str, outcome: Hashable) -> None:
        """Describe the field by its answer, which a screen reader says whenever it changes.

        While the keyboard is there, a newer reading is told only where it changes more than a number: else the reader
        would speak every few seconds.
        """
        gist = self.size_field.text(), outcome
        if gist != self._gist or not self.size_field.hasFocus():
            self._gist = gist
            self.size_field.setAccessibleDescription(answer)

    def _show_waterline(self, wanted: int) -> None:
        """Show who would have to die to make room for all of it, regardless of what is free now."""
        order = deaths(self._assessment, wanted)
        if not wanted or not order.reached or not order.dead:
            return
        caption = tr("Whom the kernel would kill to free {size}", size=size(wanted))
        self.waterline.button.setText(caption)
        self.freed.show_rows(caption, words.order_rows(self._assessment, order, _MOST_ROWS))
        self.waterline.show()


def _gist(found: Fit) -> Hashable:
    """What the answer depends on, besides how much is left."""
    dead = tuple(one.process.identity for one in found.deaths.dead) if found.fits == "after" else ()
    return found.fits, found.stalls, found.askable is None, found.itself_after, dead


class DeathList(QListWidget):
    """Lists deaths; a line's text is a sentence for screen readers, and is drawn in columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.widths = 0, 0
        """Width in pixels of the columns of the freed amounts, and of the sums."""
        self.setUniformItemSizes(True)
        self.setItemDelegate(_Columns(self))
        use_whole_width(self, clear=True)
        self.viewport().setAutoFillBackground(False)  # the box around it has round corners
        self._fit()

    def show_rows(self, caption: str, rows: Sequence[DeathRow]) -> None:
        self.setVisible(bool(rows))
        self.setAccessibleName(caption)
        if [row.text for row in rows] == [self.item(n).text() for n in range(self.count())]:
            return  # don't disturb somebody who reads or scrolls
        place = self.currentRow()
        self.clear()
        for row in rows:
            item = QListWidgetItem(row.text, self)
            item.setData(_ROW, (row.name, row.pid, row.frees, row.total))
        self.setCurrentRow(min(place, len(rows) - 1))
        self._fit()

    def _fit(self) -> None:
        """Fit the columns and the height to the rows and the text size."""
        wide = self.fontMetrics().horizontalAdvance
        amounts = [words.column_heads(), *(self.item(n).data(_ROW)[2:] for n in range(self.count()))]
        # one pixel more: the width is rounded down, and the text would be elided
        self.widths = max(wide(frees) for frees, _ in amounts) + 1, max(wide(total) for _, total in amounts) + 1
        self.setViewportMargins(_RIM, _RIM + self.line_height(), _RIM, _RIM)
        self.setFixedHeight((min(max(self.count(), 1), _LINES) + 1) * self.line_height() + 2 * _RIM)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        if event.type() == QEvent.Type.Paint:
            paint_panel(self)
            painter = QPainter(self)
            painter.setPen(contrast.of(self.palette(), on_base=True).muted)
            row = self.visualRect(self.model().index(0, 0))  # not as wide as the viewport where a scroll bar has its place kept
            line = QRect(self.viewport().x() + row.left(), _RIM, row.width(), self.line_height())
            self.write_amounts(painter, line, *words.column_heads())
            painter.end()
        return super().event(event)

    def line_height(self) -> int:
        """Return the height in pixels of a line."""
        return self.fontMetrics().height() + _TALL

    def write_amounts(self, painter: QPainter, line: QRect, frees: str, total: str) -> int:
        """Write both amounts at the end of the line, and return where they begin, in pixels from its start."""
        end = line.width() - _PAD
        for text, wide in ((total, self.widths[1]), (frees, self.widths[0])):
            self.write(painter, line, end - wide, wide, text, end=True)
            end -= wide + _BETWEEN
        return end

    def write(self, painter: QPainter, line: QRect, start: int, wide: int, text: str, *, end: bool = False) -> None:
        """Write a text of at most `wide` pixels, `start` pixels from where the line starts."""
        mirrored = self.isRightToLeft()
        left = line.right() + 1 - start - wide if mirrored else line.left() + start
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, wide)
        write_line(painter, QRect(left, line.top(), wide, line.height()), shown, right=end != mirrored)


class _Columns(QStyledItemDelegate):
    def __init__(self, view: DeathList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, self._view.line_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found = contrast.of(self._view.palette(), on_base=True)
        line = QRect(option.rect)
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # mirrored explicitly below
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(line, found.selected)
        if index.row() == self._view.currentIndex().row() and self._view.hasFocus():
            painter.setPen(found.calm)
            painter.drawRect(line.adjusted(0, 0, -1, -1))
        painter.setFont(self._view.font())
        name, pid, frees, total = index.data(_ROW)
        painter.setPen(found.muted)
        end = self._view.write_amounts(painter, line, frees, total)
        painter.setPen(found.text)
        self._view.write(painter, line, _PAD, end - _PAD, name)
        after = _PAD + painter.fontMetrics().horizontalAdvance(name) + _BEFORE_PID
        painter.setFont(small(self._view.font()))
        if after + painter.fontMetrics().horizontalAdvance(pid) < end:  # else it is the least of what the line says
            painter.setPen(found.muted)
            self._view.write(painter, line, after, end - after, pid)
        painter.restore()
