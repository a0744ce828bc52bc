"""The painted parts of the page of a kill: its mark, boxes, pills, and what memory was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.ui.qt import colours, contrast
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.plain_text import as_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QPaintEvent

    from oomtray.ui.qt.colours import Colours

_CORNER = 6.0
_BAR = 16
_GAP = 1.5


class Mark(QWidget):
    """An octagon with a cross, in one ink."""

    def __init__(self, parent: QWidget | None = None, *, side: int = 44) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = float(self.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(found.text))
        painter.drawPath(_octagon(QRectF(1, 1, side - 2, side - 2)))
        pen = QPen(found.ground, side / 9)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        inner, outer = side * 0.34, side * 0.66
        painter.drawLine(QPointF(inner, inner), QPointF(outer, outer))
        painter.drawLine(QPointF(inner, outer), QPointF(outer, inner))
        painter.end()


def _octagon(box: QRectF) -> QPainterPath:
    cut = box.width() * 0.29
    path = QPainterPath()
    path.moveTo(box.left() + cut, box.top())
    for x, y in (
        (box.right() - cut, box.top()), (box.right(), box.top() + cut), (box.right(), box.bottom() - cut),
        (box.right() - cut, box.bottom()), (box.left() + cut, box.bottom()), (box.left(), box.bottom() - cut),
        (box.left(), box.top() + cut),
    ):  # fmt: skip
        path.lineTo(x, y)
    path.closeSubpath()
    return path


class Box(QWidget):
    """A ground for a section, in the colour of lists, with a hairline around it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette(), on_base=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(found.line))
        painter.setBrush(QBrush(found.ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
        painter.end()


class Pill(Plain):
    """A few words with a rounded line around them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setFont(small(self.font()))
        self.setContentsMargins(11, 4, 11, 4)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, hint: str = "") -> None:
        """Nothing: it is hidden. `hint`: what that means, a sentence."""
        self.setText(text)
        self.setToolTip(as_html(hint))
        self.setAccessibleDescription(hint)
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        found = contrast.of(self.palette(), on_base=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(found.line))
        painter.setBrush(QBrush(found.ground))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.end()
        super().paintEvent(event)


class Piece(NamedTuple):
    """A part of the whole."""

    name: str
    amount: int
    """Bytes."""
    strong: bool = False
    """What was killed."""


class PiecesBar(QWidget):
    """What memory was made of, the largest first; the rest is left empty. Each piece's name stands below it where it fits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: tuple[Piece, ...] = ()
        self._whole = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_BAR)

    def show_pieces(self, pieces: Sequence[Piece], whole: int) -> None:
        self._pieces, self._whole = tuple(pieces), max(whole, sum(piece.amount for piece in pieces), 1)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, _BAR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette(), on_base=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), found.track)
        at = 0.0
        for place, piece in enumerate(self._pieces):
            width = piece.amount * self.width() / self._whole
            painter.fillRect(QRectF(at, 0, max(width - _GAP, 1.0), _BAR), shade(found, place, strong=piece.strong))
            at += width
        painter.setClipping(False)
        if found.track == found.ground:  # high contrast
            painter.setPen(QPen(found.line, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()


def shade(found: Colours, place: int, *, strong: bool = False) -> QColor:
    """Of the piece at a place: the killed one stands out, the others fade."""
    if strong:
        return found.red
    return colours.blend(found.calm, found.ground, max(1.0 - 0.17 * place, 0.3))


class Swatch(QWidget):
    """The colour of a piece, beside its name."""

    def __init__(self, place: int, parent: QWidget, *, strong: bool = False, empty: bool = False) -> None:
        super().__init__(parent)
        self._place, self._strong, self._empty = place, strong, empty
        self.setFixedSize(12, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette(), on_base=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(found.track if self._empty else shade(found, self._place, strong=self._strong)))
        if self._empty and found.track == found.ground:  # high contrast
            painter.setPen(QPen(found.line, 1))
        painter.drawRoundedRect(QRectF(0.5, 1.5, 10, 9), 2, 2)
        painter.end()
