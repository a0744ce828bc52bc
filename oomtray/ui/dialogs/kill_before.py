"""How full memory was in the minutes before a kill, as a picture, and who held it then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.messages.i18n import tr
from oomtray.text import printable, round_size, size
from oomtray.ui.dialogs.curve import paint_curve
from oomtray.ui.dialogs.kill_parts import Piece
from oomtray.ui.qt import contrast, moments
from oomtray.ui.qt.fonts import small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from oomtray.risk.before_kill import Moment
    from oomtray.risk.kill_event import KillEvent

_SECONDS = 1800.0
"""Before the kill that are drawn."""
_EXACT = 60.0
"""Seconds within which the moment of a kill must be known."""
_LATE = 2.0
"""Seconds after a kill at which a reading may still be of before it: a kill is noticed a little later than it was."""
_LEAST = 3
"""Readings that make a line."""
_HIGH = 150


def moment_of(event: KillEvent) -> float | None:
    """When it was, as exactly as readings before it call for; None where it may have been much earlier."""
    if event.time is None or event.not_before is None or event.time - event.not_before <= _EXACT:
        return event.time
    return None


def drawn(before: Sequence[Moment], at: float | None) -> list[tuple[float, int, int]]:
    """Time, memory used and its whole, of the last half hour; empty where there are too few readings for a line."""
    found = [(one.time, one.total - one.available, one.total) for one in before if one.available is not None and _is_before(one, at)]
    return found if len(found) >= _LEAST else []


def held_before(before: Sequence[Moment], at: float | None, most: int) -> tuple[list[Piece], int]:
    """The largest apps when they were last looked at, and the whole that they are parts of, in bytes; none where that is long ago."""
    last = next((one for one in reversed(before) if one.apps and _is_before(one, at)), None)
    if last is None:
        return [], 0
    return [Piece(printable(name), held) for name, held in sorted(last.apps, key=lambda app: -app[1])[:most]], last.total


def _is_before(one: Moment, at: float | None) -> bool:
    return at is not None and -_LATE <= at - one.time <= _SECONDS


class MemoryBefore(QWidget):
    """The kill is the dot at the end; the top is all of memory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[tuple[float, int, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HIGH)

    def show_points(self, points: Sequence[tuple[float, int, int]]) -> None:
        """Draw these points, which `drawn` has made."""
        self._points = list(points)
        if points:
            first, last = points[0], points[-1]
            self.setAccessibleName(
                tr(
                    "Memory used: {from} at {begin}, {to} at {end}",
                    **{"from": size(first[1]), "begin": moments.clock(first[0]), "to": size(last[1]), "end": moments.clock(last[0])},
                )
            )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, _HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if len(self._points) < _LEAST:
            return
        found = contrast.of(self.palette(), on_base=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        metrics = QFontMetricsF(painter.font())
        top = round_size(self._points[-1][2])
        beside = max(metrics.horizontalAdvance(top), metrics.horizontalAdvance("0")) + 8
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        plot = QRectF(0 if mirrored else beside, metrics.height() / 2, self.width() - beside - 4, self.height() - 2 * metrics.height())
        painter.setPen(found.muted)
        side = Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
        for text, y in ((top, plot.top()), ("0", plot.bottom())):
            x = plot.right() + 8 if mirrored else 0.0
            box = QRectF(x, y - metrics.height() / 2, beside - 8, metrics.height())
            painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute), text)
        ends = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        for point, end in zip((self._points[0], self._points[-1]), reversed(ends) if mirrored else ends, strict=True):
            below = QRectF(plot.left(), plot.bottom() + 3, plot.width(), metrics.height())
            painter.drawText(below, int(end | Qt.AlignmentFlag.AlignAbsolute), moments.clock(point[0]))
        painter.setPen(QPen(found.line, 1))
        for y in (plot.top(), plot.center().y(), plot.bottom()):
            painter.drawLine(QPointF(plot.left(), round(y) + 0.5), QPointF(plot.right(), round(y) + 0.5))
        shares = [(at, used / max(total, 1)) for at, used, total in self._points]
        paint_curve(painter, plot, shares, 1.0, found, mirrored=mirrored)
        painter.end()
