"""Parts of a kill's page: sections and boxes, its mark, pills, and the bar of what filled memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oomtray.ui.qt import app_colors, colors
from oomtray.ui.qt.empty import Sign
from oomtray.ui.qt.flow_layout import HeadingLayout
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.icons import outline
from oomtray.ui.qt.labels import Plain, paragraph
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import (
    Panel,
    begin_painting,
    clip_round,
    paint_box,
    paint_round,
    start_at_leading_side,
)
from oomtray.ui.qt.screen_reader import give_tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.ui.qt.colors import Colors

_BAR = 16
_GAP = 1.5
_MARK, _MARK_LINES = 44, 2.6
"""Size of an octagon: pixels, and lines of larger text."""
_OCTAGON = "M0.29 0 H0.71 L1 0.29 V0.71 L0.71 1 H0.29 L0 0.71 V0.29 Z"
"""On a grid of 1."""
_REST = 0.42
"""Share of the text color in the gray of unnamed pieces."""


class Mark(QWidget):
    """An octagon with a cross in one color."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        side = max(_MARK, round(_MARK_LINES * self.fontMetrics().height()))
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        paint_mark(painter, QRectF(self.rect()), found)


def paint_mark(painter: QPainter, box: QRectF, found: Colors) -> None:
    side = box.width()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(found.text))
    painter.drawPath(QTransform(side - 2, 0, 0, side - 2, box.left() + 1, box.top() + 1).map(outline(_OCTAGON)))
    painter.setPen(round_pen(found.ground, side / 9))
    inner, outer = side * 0.34, side * 0.66
    for begin, end in ((inner, outer), (outer, inner)):
        painter.drawLine(box.topLeft() + QPointF(inner, begin), box.topLeft() + QPointF(outer, end))


class Placeholder(Panel):
    """A sentence about what isn't known, after a question mark in a ring, and below it what can be done about that."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.says = paragraph(self, faint=True)
        self.sign = Sign(self)
        self.sign.show_letter("?")
        self._column = fill(QVBoxLayout(), None, self.says, None, spacing=8)
        sign = (self.sign, 0, Qt.AlignmentFlag.AlignTop)
        fill(QHBoxLayout(self), sign, (self._column, 1), margins=(12, 12, 12, 12), spacing=12)

    def add_action(self, button: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, button, 0, Qt.AlignmentFlag.AlignLeading)

    def show_text(self, text: str) -> None:
        """Show a text, or hide if it is empty."""
        self.says.setText(text)
        self.setVisible(bool(text))


class Pill(Plain):
    """A few words with a rounded outline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setFont(small(self.font()))
        self.setContentsMargins(11, 4, 11, 4)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, hint: str = "") -> None:
        """Show a text, or hide if it is empty; `hint` explains it in a sentence."""
        self.setText(text)
        give_tooltip(self, hint)
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, found = begin_painting(self, on_base=True)
        paint_box(painter, self.rect(), found.line, found.ground, (self.height() - 1) / 2)
        painter.end()
        super().paintEvent(event)


class Piece(NamedTuple):
    """A part of the whole."""

    name: str
    amount: int
    """Bytes."""
    strong: bool = False
    """What was killed."""
    rest: bool = False
    """Everything without a name of its own here."""


class PiecesBar(QWidget):
    """A bar of what filled memory, the largest first; the remainder stays empty, with an outline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: list[tuple[int, Piece]] = []
        self._whole = 0
        self.setFixedHeight(_BAR)

    def show_pieces(self, pieces: Sequence[Piece], whole: int) -> None:
        self._pieces, self._whole = placed(pieces), max(whole, sum(piece.amount for piece in pieces), 1)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self, on_base=True)
        start_at_leading_side(painter, self)
        clip_round(painter, QRectF(self.rect()), 4)
        painter.fillRect(self.rect(), found.track)
        at = 0.0
        for place, piece in self._pieces:
            width = piece.amount * self.width() / self._whole
            painter.fillRect(QRectF(at, 0, max(width - _GAP, 1.0), _BAR), piece_brush(found, place, piece))
            at += width
        painter.setClipRect(self.rect() if found.stark else QRectF(at, 0, self.width() - at, _BAR))
        paint_round(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, edge=QPen(_edge(found), 1))


def placed(pieces: Sequence[Piece]) -> list[tuple[int, Piece]]:
    """Return each piece with its color index among the apps, 0 for those that have a color of another meaning."""
    places = iter(app_colors.places.of([piece.name for piece in pieces if _is_plain(piece)]))
    return [(next(places) if _is_plain(piece) else 0, piece) for piece in pieces]


def _is_plain(piece: Piece) -> bool:
    return not piece.strong and not piece.rest


def piece_brush(found: Colors, place: int, piece: Piece) -> QBrush:
    """Return a piece's fill: each app has a color of its own, what was killed is red, the rest gray."""
    if piece.strong:
        return QBrush(found.red)
    if piece.rest:
        return QBrush(colors.blend(found.text, found.ground, _REST))
    return app_colors.app_brush(place, found)


def _edge(found: Colors) -> QColor:
    """Return the color of the outline by which the empty remainder is seen."""
    return found.line if found.stark else colors.seen_on(found.line, found.ground, found.track)


class Swatch(QWidget):
    """The color sample of a piece beside its name; None for the empty remainder."""

    def __init__(self, place: int, piece: Piece | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._place, self._piece = place, piece
        side = max(self.fontMetrics().capHeight() + 2, 11)
        self.setFixedSize(side + 1, side + 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self, on_base=True)
        outlined = self._piece is None or found.stark
        edge = QPen(_edge(found), 1) if outlined else None
        ground = QBrush(found.track) if self._piece is None else piece_brush(found, self._place, self._piece)
        paint_round(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, edge=edge, ground=ground)


class Section(QWidget):
    """A section: a heading with an optional widget at its end, and its content below."""

    def __init__(self, heading: str, parent: QWidget, aside: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = fill(QVBoxLayout(self), margins=(0, 8, 0, 0), spacing=6)
        self.heading = Plain(heading, self, wraps=True, bold=True)
        self._rows.addLayout(fill(HeadingLayout(), self.heading, *([] if aside is None else [aside])))

    def fill(self, *parts: QWidget) -> None:
        fill(self._rows, *parts)


def boxed(part: QWidget, parent: QWidget) -> Panel:
    box = Panel(parent)
    fill(QVBoxLayout(box), part, margins=(1, 4, 1, 4))  # within the round corners
    return box


def boxed_column(parts: Sequence[QWidget], parent: QWidget) -> Panel:
    box = Panel(parent)
    fill(QVBoxLayout(box), *parts, margins=(12, 12, 12, 12), spacing=10)
    return box


def boxed_row(picture: QWidget, texts: Sequence[QWidget], parent: QWidget) -> Panel:
    box = Panel(parent)
    column = fill(QVBoxLayout(), None, *texts, None, spacing=4)
    fill(QHBoxLayout(box), picture, (column, 1), margins=(12, 12, 12, 12), spacing=16)
    return box
