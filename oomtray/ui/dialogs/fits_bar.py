"""A bar of RAM and swap: what is in use, a future program, and what would be left or missing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oomtray.messages.i18n import joined, tr
from oomtray.text import size
from oomtray.ui.qt import colors
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import begin_painting, clip_round, paint_hatch, paint_round, start_at_leading_side
from oomtray.ui.qt.swatch import LegendLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.fits import Fit
    from oomtray.ui.qt.colors import Colors

Kind = Literal["used", "new", "left", "missing"]
_BAR = 16
_SWATCH = QSize(14, 10)


class Part(NamedTuple):
    kind: Kind
    amount: int
    """Bytes."""


def parts_of(fit: Fit, total: int) -> list[Part]:
    """Return the parts of the bar; `total` is RAM and swap in bytes.

    Unavailable memory counts as used; what doesn't fit is missing.
    """
    room = fit.ram + fit.swap
    used = max(total - room, 0)
    fits = min(fit.size, room)
    found = [Part("used", used), Part("new", fits), Part("left", room - fits), Part("missing", fit.size - fits)]
    return [part for part in found if part.amount > 0]


class FitsBar(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: list[Part] = []
        self._bar = _Bar(self)
        self._legend = QWidget(self)
        self._entries = FlowLayout(self._legend, gap=12)
        fill(QVBoxLayout(self), self._bar, self._legend, margins=(0, 0, 0, 0), spacing=6)

    def show_parts(self, parts: Sequence[Part]) -> None:
        self.setVisible(bool(parts))
        if list(parts) == self.parts:
            return
        self.parts = list(parts)
        self._bar.parts = self.parts
        self._bar.update()
        self._entries.clear()
        whole = not any(part.kind == "missing" for part in self.parts)
        told = [_told(part, whole=whole) for part in self.parts]
        for part, text in zip(self.parts, told, strict=True):
            entry = LegendLine(self._legend, (_SWATCH, partial(_paint_sample, part.kind), text))
            self._entries.addWidget(entry)
            entry.show()
        self._bar.setAccessibleName(joined(told) if told else "")


def _told(part: Part, *, whole: bool) -> str:
    """Return a part's legend; `whole` means that all of the program fits."""
    amount = size(part.amount)
    if part.kind == "used":
        return tr("{size} in use", size=amount)
    if part.kind == "new":
        return tr("{size} for this program", size=amount) if whole else tr("{size} of it fits", size=amount)
    return tr("{size} left", size=amount) if part.kind == "left" else tr("{size} too much", size=amount)


class _Bar(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.parts: list[Part] = []
        self.setFixedHeight(_BAR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        start_at_leading_side(painter, self)
        clip_round(painter, QRectF(self.rect()), 4)
        scale = self.width() / max(sum(part.amount for part in self.parts), 1)
        at = 0.0
        for part in self.parts:
            _paint(painter, QRectF(at, 0, part.amount * scale, _BAR), part.kind, found)
            at += part.amount * scale
        if found.stark:
            painter.setClipping(False)
            paint_round(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, edge=QPen(found.line))


def _paint(painter: QPainter, span: QRectF, kind: Kind, found: Colors) -> None:
    """Paint a part; what is missing is also distinguished by a hatch."""
    if kind == "missing":
        paint_hatch(painter, span, found.red, found.ground)
        return
    used = colors.blend(found.text, found.ground, 0.38)
    painter.fillRect(span, {"used": used, "new": found.calm, "left": found.track}[kind])


def _paint_sample(kind: Kind, painter: QPainter, box: QRectF, found: Colors) -> None:
    _paint(painter, box, kind, found)
    if kind == "left" and found.stark:
        painter.setPen(QPen(found.line))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
