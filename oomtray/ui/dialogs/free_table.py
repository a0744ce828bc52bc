"""The table of places with free memory when it was short elsewhere: what was free, what is reserved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize

from oomtray.messages.free_memory import finding, place_name
from oomtray.messages.i18n import tr
from oomtray.text import UNKNOWN, size
from oomtray.ui.dialogs.figure_table import BAR, Figure, FigureTable, paint_track
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.swatch import LegendLine

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget

    from oomtray.risk.free_memory import FreeMemory, FreePlace
    from oomtray.ui.qt.colors import Colors

_PLACE, _PICTURE, _FREE, _RESERVE = range(4)
_LEAST_BAR, _MOST_BAR = 60, 220
_TICK, _OVER = 2, 3
"""Width in pixels of the line at the reserve, and by how much it extends beyond the bar above and below."""


class FreeTable(FigureTable):
    """Lists places with free memory; those where memory was wanted are highlighted."""

    name_column, bar_column = _PLACE, _PICTURE

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((tr("Memory"), "", tr("Free"), tr("Kept back")), parent)
        self._places: tuple[FreePlace, ...] = ()

    def show_free(self, free: FreeMemory) -> None:
        self._places = free.places
        self.setAccessibleName(finding(free))
        self.fill([self._figure(place_name(free, place), place) for place in free.places])

    def _figure(self, name: str, place: FreePlace) -> Figure:
        note = tr("wanted here") if place.wanted else ""
        reserve = UNKNOWN if place.reserve is None else size(place.reserve)
        texts = (f"{name}  {note}" if note else name, "", size(place.free), reserve)
        return Figure(name, note, texts, place.wanted, partial(self._paint_bar, place))

    @property
    def most(self) -> int:
        """The bytes that a full bar represents."""
        return max((max(place.free, place.reserve or 0) for place in self._places), default=1) or 1

    def share_out(self) -> None:
        """Give room to names and free amounts first, then to the bars."""
        room = self.width() - self.wide(_PLACE) - self.wide(_FREE)
        kept = any(place.reserve for place in self._places)
        reserves = kept and self.wide(_RESERVE) <= room
        self.setColumnHidden(_RESERVE, not reserves)
        room -= self.wide(_RESERVE) if reserves else 0
        self.setColumnHidden(_PICTURE, room < _LEAST_BAR)
        self.horizontalHeader().resizeSection(_PICTURE, min(room, _MOST_BAR))
        self.bars_shown.emit(kept and room >= _LEAST_BAR)

    def _paint_bar(self, place: FreePlace, painter: QPainter, track: QRectF, found: Colors) -> None:
        paint_bar(painter, track, place.free / self.most, None if not place.reserve else place.reserve / self.most, found)


def paint_bar(painter: QPainter, track: QRectF, free: float, reserve: float | None, found: Colors) -> None:
    """Paint a bar; `free` and `reserve` are shares of its width."""
    paint_track(painter, track, found)
    painter.fillRect(QRectF(track.left(), track.top(), max(free * track.width(), 1.0 if free else 0.0), track.height()), found.calm)
    painter.setClipping(False)
    if reserve is not None:
        at = min(max(reserve * track.width() - _TICK / 2, 0.0), track.width() - _TICK)
        painter.fillRect(QRectF(track.left() + at, track.top() - _OVER, _TICK, track.height() + 2 * _OVER), found.text)


def free_legend(parent: QWidget) -> LegendLine:
    """Return the legend of the bar and of the line across it."""
    high = grown(14, parent.font())
    bar, tick = QSize(grown(18, parent.font()), high), QSize(grown(8, parent.font()), high)
    return LegendLine(parent, (bar, _paint_free, tr("free")), (tick, _paint_tick, tr("kept back by the kernel")))


def _paint_free(painter: QPainter, box: QRectF, found: Colors) -> None:
    paint_bar(painter, QRectF(0, (box.height() - BAR) / 2, box.width(), BAR), 1.0, None, found)


def _paint_tick(painter: QPainter, box: QRectF, found: Colors) -> None:
    painter.fillRect(QRectF((box.width() - _TICK) / 2, 0, _TICK, box.height()), found.text)
