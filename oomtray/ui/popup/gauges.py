"""The bars of memory and swap, and below them the trail and two forecasts, each below its bar; one alone has the room of both."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.messages import outlook as words
from oomtray.messages.i18n import tr
from oomtray.messages.ranges import longest_clock
from oomtray.ui.popup.clock import Clock
from oomtray.ui.popup.memory_bar import MemoryBar, SwapBar
from oomtray.ui.popup.sparkline import Sparkline
from oomtray.ui.qt import colors
from oomtray.ui.qt.painting import from_start

if TYPE_CHECKING:
    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment

_GAP, _ROWS = 16, 4
"""Pixels between two columns, and between the bars' captions and what is below."""
_SWAP_SHARE, _SLOW_SHARE = 0.28, 0.24
_LEAST_TRAIL = 96
_LEAST_CLOCK = 0.6
"""Share of its usual width below which a clock gets the room of the trail."""
_SWAP_MOST = 0.45
_INSET = 12
"""Pixels between a dividing line and the clock after it."""


class Gauges(QWidget):
    """Draws an assessment; `dim` marks it as outdated."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.memory = MemoryBar(self)
        self.swap = SwapBar(self)
        self.trail = Sparkline(self)
        self._slow = Clock("slow", self)
        self._kill = Clock("killed", self)
        self._instead = Clock(parent=self, upside_down=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(300)
        self._lines: tuple[tuple[int, int], int, int] = (0, 0), 0, 0
        """The x positions of the dividing lines, their top and height."""
        self._is_low = self._has_place = False
        self._most = math.inf
        self._told = words.Clocks()
        self._tell(self._told)

    @property
    def spare(self) -> int:
        """Height in pixels of the trail and the clocks."""
        return _ROWS + self._lower

    def set_low(self, *, low: bool) -> None:
        """Show only the bars, for lack of height."""
        if low != self._is_low:
            self._is_low = low
            self._tell(self._told)
            self.updateGeometry()

    def show_assessment(self, assessment: Assessment, thresholds: Thresholds, *, until: str) -> None:
        """`until` is the time of day at which watching was paused, or empty."""
        self.memory.show_assessment(assessment, thresholds)
        self.swap.show_assessment(assessment)
        self.trail.show_assessment(assessment, thresholds, until=until)
        slow_at = thresholds.warning_stall or math.inf
        self._tell(words.not_watching() if until else words.clocks_of(assessment, slow_at=slow_at))

    def dim(self, *, dimmed: bool) -> None:
        for drawn in (self.memory, self.swap, self.trail):
            drawn.dim(dimmed=dimmed)
        for clock in (self._slow, self._kill, self._instead):
            clock.set_faint(faint=dimmed)

    def keep_to(self, scale: float) -> None:
        """Limit the font scale of what the clocks say to that of the headline, which comes first."""
        if scale != self._most:
            self._most = scale
            self._place()

    def restyle(self) -> None:
        for clock in (self._slow, self._kill, self._instead):
            clock.restyle()
        self._place()
        self.updateGeometry()

    def _tell(self, told: words.Clocks) -> None:
        self._told = told
        self._instead.say(told.why, told.instead)
        self._slow.say(tr("Slow in"), told.slow)
        self._kill.say(tr("First kill in"), told.kill)
        self._instead.setVisible(bool(told.instead) and not self._is_low)
        self._slow.setVisible(bool(told.slow) and not self._is_low)
        self._kill.setVisible(bool(told.kill) and not self._is_low)
        self._place()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, self.memory.sizeHint().height() + (0 if self._is_low else self.spare))

    @property
    def _is_kill_alone(self) -> bool:
        return bool(self._told.kill) and not self._told.slow

    @property
    def _lower(self) -> int:
        """The height of the trail and the clocks."""
        return max(self._slow.sizeHint().height(), self.trail.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._has_place = True
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._place()

    def _place(self) -> None:
        if not self._has_place:
            return  # there is no width yet to fit anything to
        width, high = self.width(), self.memory.sizeHint().height()
        swap, slow, trail = self._columns(width)
        top, lower = high + _ROWS, self._lower
        self.trail.setVisible(trail > 0 and not self._is_low)
        begin = trail + _GAP + _INSET if trail else 0
        self._put(self.memory, 0, 0, width - swap - _GAP, high)
        self._put(self.swap, width - swap, 0, swap, high)
        self._put(self.trail, 0, top, trail, lower)
        self._put(self._instead, begin, top, width - begin, lower)
        self._put(self._slow, begin, top, slow - (_INSET if trail else 0), lower)
        kill = begin if self._is_kill_alone else width - swap + _INSET
        self._put(self._kill, kill, top, width - kill, lower)
        both = [clock.fitting for clock in (self._slow, self._kill)]
        for clock in (self._slow, self._kill):
            clock.keep_to((min(self._most, *(value for value, _ in both)), min(caption for _, caption in both)))
        value, caption = self._instead.fitting
        self._instead.keep_to((min(self._most, value), caption))
        self._lines = (begin - _INSET, width - swap), top, lower

    def _columns(self, width: int) -> tuple[int, int, int]:
        """Return the widths of the swap column, the other clock and the trail, whatever the clocks say.

        With large text in a narrow window there is no trail.
        """
        clock = self._kill.width_of(longest_clock()) + _INSET
        room = (width - 2 * _GAP - _LEAST_TRAIL) // 2
        if room < _LEAST_CLOCK * clock:
            swap = max(min(clock, round(width * _SWAP_MOST)), 0)
            return swap, max(width - swap - _GAP, 0), 0
        clock = min(clock, room)
        swap = max(round(width * _SWAP_SHARE), clock)
        slow = min(max(clock, round(width * _SLOW_SHARE)), swap)
        return swap, slow, max(width - swap - slow - 2 * _GAP, 0)

    def _put(self, part: QWidget, x: int, y: int, width: int, height: int) -> None:
        part.setGeometry(from_start(self, QRect(x, y, max(width, 0), height)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(colors.of(self.palette()).line)
        places, top, lower = self._lines
        second = self._kill.isVisibleTo(self)
        first = second or self._instead.isVisibleTo(self)
        shown = first, second and not self._is_kill_alone
        for x, wanted in zip(places, shown, strict=True):
            if wanted:
                at = self.width() - 1 - x if self.isRightToLeft() else x
                painter.drawLine(QPoint(at, top + 2), QPoint(at, top + lower - 2))
