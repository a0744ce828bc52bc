"""The parts of a process's badness, as a bar and as a legend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QWidget

from oomtray.messages.details import Part, parts
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import grown, small
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import grid
from oomtray.ui.qt.painting import begin_painting, clip_round, paint_hatch, start_at_leading_side
from oomtray.ui.qt.swatch import Swatch

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter, QPaintEvent

    from oomtray.risk.explain import Explanation
    from oomtray.ui.qt.colors import Colors

_BAR, _SWATCH = 16, 12
_GAP = 1
"""Pixels between two parts."""


class PartsBar(QWidget):
    """The bar: what the process holds is solid, what its adjustment adds or subtracts hatched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held: tuple[tuple[str, int], ...] = ()
        self._adjustment = 0
        self.setFixedHeight(_BAR)

    def show_parts(self, explained: Explanation) -> None:
        told = explained.parts
        held = (("rss", told.rss), ("swap", told.swap), ("page_tables", told.page_tables))
        self._held = tuple((name, pages) for name, pages in held if pages)
        self._adjustment = told.adjustment or 0
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        start_at_leading_side(painter, self)
        whole = QRectF(self.rect())
        clip_round(painter, whole, 3)
        painter.fillRect(whole, found.track)
        for name, begins, ends in self._spans():
            span = QRectF(begins, 0, max(ends - begins - _GAP, 1.0), _BAR)
            _paint(painter, span, name, found)

    def _spans(self) -> list[tuple[str, float, float]]:
        """Return name, start and end in pixels of each part.

        A tiny part remains visible; what is subtracted is at the end of what is held.
        """
        held = sum(pages for _, pages in self._held)
        total = max(held + max(self._adjustment, 0), 1)
        scale = self.width() / total
        spans, at = [], 0.0
        for name, pages in self._held:
            spans.append((name, at, at + pages * scale))
            at += pages * scale
        if self._adjustment > 0:
            spans.append(("adjustment", at, float(self.width())))
        elif self._adjustment < 0:
            spans.append(("taken", max(at + self._adjustment * scale, 0.0), at + _GAP))
        return spans


class PartsLegend(QWidget):
    """The legend: a swatch, name, note and size for each part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Swatch, Plain, Plain, Plain]] = []
        self._grid = grid(self, stretch=2, spacing=(8, 4), margins=(0, 0, 0, 0))

    def show_parts(self, explained: Explanation) -> None:
        told = parts(explained)
        taken = (explained.parts.adjustment or 0) < 0
        for number, part in enumerate(told):
            if number == len(self._rows):
                side = grown(_SWATCH, self.font())
                swatch, aside = Swatch(QSize(side, side), partial(_paint_sample, part.what), self), Plain("", self, faint=True)
                aside.setFont(small(self.font()))
                aside.setWordWrap(True)
                row = swatch, Plain("", self), aside, Plain("", self, at_end=True)
                for column, widget in enumerate(row):
                    self._grid.addWidget(widget, number, column)
                self._rows.append(row)
            self._show(self._rows[number], part, taken=taken)

    def _show(self, row: tuple[Swatch, Plain, Plain, Plain], part: Part, *, taken: bool) -> None:
        swatch, label, aside, value = row
        swatch.paint = partial(_paint_sample, "taken" if taken and part.what == "adjustment" else part.what)
        swatch.update()
        label.setText(part.label)
        aside.setText(part.aside)
        value.setText(part.text)


def _paint_sample(part: str, painter: QPainter, box: QRectF, found: Colors) -> None:
    whole = QRectF(0, box.height() / 6, box.width(), box.height() * 2 / 3)
    clip_round(painter, whole, 2)
    _paint(painter, whole, part, found)


def _paint(painter: QPainter, span: QRectF, part: str, found: Colors) -> None:
    if part in ("adjustment", "taken"):
        paint_hatch(painter, span, found.calm if part == "adjustment" else found.muted, found.ground)
        return
    painter.fillRect(span, _solid(part, found))


def _solid(part: str, found: Colors) -> QColor:
    """Return a part's color; in high contrast shades of one, distinct from each other and the background."""
    if part == "swap":
        return colors.blend(found.calm, found.ground, 0.7 if found.stark else 0.55)
    if part == "page_tables":
        return colors.blend(found.calm, found.ground, 0.45) if found.stark else found.muted
    return found.calm
