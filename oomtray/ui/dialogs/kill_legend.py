"""The legend below a bar of memory: names and sizes of its pieces."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QLayoutItem, QWidget

from oomtray.text import size
from oomtray.ui.dialogs.kill_parts import Piece, Swatch, placed
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.fonts import mean_letter
from oomtray.ui.qt.labels import Elided, Plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_COLUMNS = 3
_LONGEST_NAME = 26
"""Mean characters of a name that columns are wide enough for."""
_PARTS = 3
"""Parts of an entry: swatch, name, amount."""
_GAP, _BETWEEN, _LINES = 8, 20, 4
"""Pixels between the parts of an entry, between columns, and between lines."""


class PiecesLegend(QWidget):
    """Lists pieces in as many columns as fit; `text` is all of it for screen readers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = ""
        self._columns = _Columns(self)

    def show_pieces(self, pieces: Sequence[Piece], rest: Piece) -> None:
        """Show them and what remains of the whole, unless nothing is known to."""
        self._columns.clear()
        entries = [*pieces, *([rest] if pieces and rest.amount > 0 else [])]
        swatches = [Swatch(place, piece, self) for place, piece in placed(pieces)]
        for piece, swatch in zip_longest(entries, swatches):
            self._columns.addWidget(swatch or Swatch(0, None, self))
            self._columns.addWidget(Elided(piece.name, self))
            self._columns.addWidget(Plain(size(piece.amount), self, at_end=True))
        self._columns.invalidate()
        self.text = ", ".join(f"{piece.name} {size(piece.amount)}" for piece in entries)


class _Columns(FlowLayout):
    """Computes its height for a width at once; a grid refilled on resize takes several event-loop turns."""

    def _places(self, width: int) -> list[tuple[QLayoutItem, QRect]]:
        items = self._items[: len(self._items) // _PARTS * _PARTS]  # an entry may be incomplete
        columns = self._fitting(items, width)
        wide = (width - _BETWEEN * (columns - 1)) // columns
        high = max((item.sizeHint().height() for item in items), default=0)
        places = []
        for number, item in enumerate(items):
            entry, part = divmod(number, _PARTS)
            row, column = divmod(entry, columns)
            left, top = column * (wide + _BETWEEN), row * (high + _LINES)
            swatch = items[entry * _PARTS].sizeHint()
            amount = items[entry * _PARTS + _PARTS - 1].sizeHint().width()
            name = left + swatch.width() + _GAP
            end = left + wide - amount
            box = (
                QRect(left, top + (high - swatch.height()) // 2, swatch.width(), swatch.height()),
                QRect(name, top, max(end - _GAP - name, 0), high),
                QRect(end, top, amount, high),
            )[part]
            places.append((item, box))
        return places

    def _fitting(self, items: Sequence[QLayoutItem], width: int) -> int:
        """Return in how many columns names of usual length fit whole."""
        parent = self.parentWidget()
        if parent is None or not items:
            return 1
        names = max(parent.fontMetrics().horizontalAdvance(_text(item)) for item in items[1::_PARTS])
        amounts = max(item.sizeHint().width() for item in items[2::_PARTS])
        swatch = items[0].sizeHint().width()
        entry = min(names + 1, round(_LONGEST_NAME * mean_letter(parent.fontMetrics()))) + amounts + swatch + 2 * _GAP
        return min(max((width + _BETWEEN) // (entry + _BETWEEN), 1), _MOST_COLUMNS)


def _text(item: QLayoutItem) -> str:
    label = item.widget()
    return label.text() if isinstance(label, Plain) else ""
