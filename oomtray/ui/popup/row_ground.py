"""Paints a row's background, its rank, and the arrow that expands it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPalette, QTransform

from oomtray.ui.qt import colors
from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.icons import outline

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from oomtray.ui.popup.process_delegate import ProcessDelegate
    from oomtray.ui.popup.process_row import Row
    from oomtray.ui.qt.colors import Colors

_ARM = 3.5
_OPENED, _CLOSED = "M-1 -0.5 L0 0.5 L1 -0.5", "M-0.5 -1 L0.5 0 L-0.5 1"
"""Of arms as long as 1, around the middle."""
_EDGE = 3
"""Width in pixels of the mark at the row with the focus."""


def draw_ground(painter: QPainter, rect: QRect, found: Colors, *, hovered: bool, chosen: bool, focused: bool, mirrored: bool) -> None:
    """Paint the background.

    `chosen` means selected, so that keys act on the row; `focused` that the arrow keys start from it. Either is seen
    at least as well as the row under the pointer.
    """
    if chosen or hovered or focused:
        colors.fill(painter, rect, found.selected if chosen else found.hover)
    if focused:
        edge = rect.right() + 1 - _EDGE if mirrored else rect.left()
        colors.fill(painter, QRect(edge, rect.top(), _EDGE, rect.height()), found.calm)


def draw_start(
    painter: QPainter, rect: QRect, row: Row, delegate: ProcessDelegate, found: Colors, *, opened: bool | None, mirrored: bool
) -> None:
    """Paint the rank and the arrow; `opened` is None if there is nothing to expand."""
    wide = delegate.widths.arrow
    numbers = QRect(rect.left() + (wide if mirrored else 0), rect.top(), rect.width() - wide, rect.height())
    delegate.paint_rank(painter, numbers, row, found, mirrored=mirrored)
    if opened is None:
        return
    x = rect.left() + wide / 2 if mirrored else rect.right() + 1 - wide / 2
    arm, y = _ARM * delegate.widths.by, rect.center().y() + 0.5
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(round_pen(found.muted, 1.6 * delegate.widths.by))
    painter.drawPath(QTransform(-arm if mirrored else arm, 0, 0, arm, x, y).map(outline(_OPENED if opened else _CLOSED)))
    painter.restore()


def draw_emptiness(on: QWidget, says: str, found: Colors) -> None:
    """Write, in place of rows, why there are none."""
    painter = QPainter(on)
    painter.setPen(found.muted)
    box = on.rect().adjusted(20, 0, -20, 0)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), says)


def for_rows(given: QPalette) -> QPalette:
    """Return the window's palette without a highlight behind text, since rows are tinted as a whole."""
    made = QPalette(given)
    accent = made.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
    accent.setAlpha(0)  # invisible, but still the source of the bars' color
    made.setColor(QPalette.ColorRole.Highlight, accent)
    made.setColor(QPalette.ColorRole.HighlightedText, made.color(QPalette.ColorRole.Text))
    return made
