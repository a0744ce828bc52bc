"""The popup's header: the state of memory at a glance and in words, and how long it lasts."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from oomtray.messages import memory as words
from oomtray.messages import outlook
from oomtray.messages.i18n import mark, tr
from oomtray.text import size
from oomtray.ui.popup.fitting_label import Fitting
from oomtray.ui.popup.gauges import Gauges
from oomtray.ui.qt import colors, moments
from oomtray.ui.qt.buttons import GlyphButton
from oomtray.ui.qt.fonts import SMALL, grown, scaled, small
from oomtray.ui.qt.icons import State, state_pixmap
from oomtray.ui.qt.labels import Elided, Line
from oomtray.ui.qt.layout import fill, grid

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QHideEvent, QResizeEvent

    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.outlook import LevelName

_ICON, _ICON_SHARE = 32, 0.1
"""Icon size in pixels at a 10-point font, and the share of the width that it may take with larger ones."""
_GAP = 12
_SLACK = 4
"""Pixels by which texts may be wider than their metrics."""
_HEADLINES = (1.3, 1.15, 1.0, 0.9, 0.8, 0.72, 0.65, 0.6)
"""Font scales of the headline and the amount: the first that fits is used."""
_SHORTEN_BELOW = 0.9
"""Scale below which the headline justifies a shorter text beside it."""
_LINES_BELOW = (SMALL, 0.78, 0.7, 0.65, 0.6)
"""Font scales of the two lines below: the first that fits and isn't larger than the headline is used."""
_READABLE = 8.0
"""Points below which they are elided rather than reduced."""
_STATES: dict[LevelName, State] = {"normal": "calm", "warning": "warning", "critical": "critical"}
_STATE_NAMES: dict[State, str] = {
    "calm": mark("Normal"),
    "warning": mark("Warning"),
    "critical": mark("Critical"),
    "paused": mark("Paused"),
    "unreadable": mark("Unknown"),
}


class Header(QWidget):
    """Shows level, free memory, bars, trail and clocks; `pin` is the switch that keeps the window open."""

    fitted = Signal(float)
    """Carries the headline's font scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State = "calm"
        self._shown: Assessment | None = None
        self._outdated: tuple[str, ...] | None = None
        """Replaces the level while the reading is outdated: the headline, and the wordings of the line below."""
        self._has_place = False
        self._drawn: tuple[State, bool, float, int] | None = None
        self._sub_when_fresh: tuple[str, ...] = ("",)
        self._read_at, self._fresh_for = math.inf, math.inf
        """When the shown values were read, in monotonic seconds, and for how long in seconds no age is shown."""
        self._older = QTimer(self, singleShot=True)
        self._older.timeout.connect(self._say_age)
        self._icon = QLabel(self)
        self._side = _ICON
        self._icon.setFixedSize(_ICON, _ICON)
        self._title = Elided(words.waiting(), self)
        self._sub = Fitting(self, faint=True)
        self._amount = Line("", self, at_end=True)
        self._of = Line("", self, faint=True, at_end=True)
        self._of_texts: tuple[str, ...] = ("",)
        self._left = ""
        """The amount and what it is, in one text."""
        self._is_alone = self._is_dimmed = False
        """Whether the headline has its line to itself, for lack of width, and whether the values are outdated."""
        self.pin = GlyphButton("pin", tr("Keep open"), tr("Keep this window open when you turn to another"), self)
        self.pin.setCheckable(True)
        self.gauges = Gauges(self)
        self._top = top = grid(None, stretch=1, spacing=(_GAP, 0), margins=(0, 0, 0, 0))
        top.addWidget(self._icon, 0, 0, 2, 1)
        top.addWidget(self._title, 0, 1)
        top.addWidget(self._amount, 0, 2)
        top.addWidget(self._sub, 1, 1)
        top.addWidget(self._of, 1, 2)
        top.addWidget(self.pin, 0, 3, 2, 1)
        fill(QVBoxLayout(self), top, self.gauges, margins=(0, 0, 0, 0), spacing=8)
        self.restyle()

    def show_assessment(
        self,
        assessment: Assessment,
        thresholds: Thresholds,
        *,
        paused: bool,
        read_at: float = math.inf,
        fresh_for: float = math.inf,
    ) -> None:
        """Show an assessment.

        `read_at` is when it was read, in monotonic seconds; after `fresh_for` seconds its age is shown.
        """
        if assessment is not self._shown:
            self._shown, self._outdated = assessment, None
        memory = assessment.snapshot.memory
        self._read_at, self._fresh_for = (math.inf, math.inf) if paused else (read_at, fresh_for)
        until = moments.clock(assessment.snapshot.time) if paused else ""
        if paused:
            self._say("paused", tr("Paused"), *outlook.numbers_from(until))
        elif self._outdated is not None:
            self._say("unreadable", *self._outdated)
        else:
            self._say(_STATES[assessment.level.name], words.headline(assessment), *outlook.drives(assessment))
        self._amount.setText(size(memory.left))
        self._of_texts, self._left = outlook.left_of(memory), words.left(memory)
        self._fit_headline()
        self.gauges.show_assessment(assessment, thresholds, until=until)
        self._dim(dimmed=paused or self._outdated is not None)
        self._say_age()

    @Slot()
    def _say_age(self) -> None:
        """Show the age of the numbers if scans are delayed on a thrashing machine."""
        self._older.stop()
        if self._shown is None or self._outdated is not None or not math.isfinite(self._fresh_for - self._read_at):
            return
        age = time.monotonic() - self._read_at
        old = age >= self._fresh_for
        self._sub.set_texts((words.stale(age),) if old else self._sub_when_fresh)
        if self.isVisible():
            self._older.start(math.ceil(1000 * (1 - age % 1 if old else self._fresh_for - age)))

    def hideEvent(self, event: QHideEvent) -> None:
        self._older.stop()
        super().hideEvent(event)

    def say(self, title: str, sub: str = "", *, paused: bool = False) -> None:
        """Show a title while there is no assessment."""
        if self._outdated is not None and not paused:
            self._say("unreadable", *self._outdated)
        else:
            self._say("paused" if paused else "calm", title, sub)

    def cannot_read(self, error: str) -> None:
        """Mark the last assessment as outdated until there is another one."""
        says: tuple[str, ...]
        if self._shown is None:
            says = tr("Nothing is known yet. {error}", error=error), tr("Nothing is known yet")
        else:
            says = tr("The numbers below are old. {error}", error=error), tr("The numbers below are old"), tr("Numbers are old")
        self._mark_outdated(words.unreadable(), *says)

    def show_stale(self, age: float | None) -> None:
        """Mark it as outdated, too; `age` is in seconds, None if there never was a reading."""
        self._mark_outdated(words.no_new_readings(), words.stale(age))

    def _mark_outdated(self, title: str, *sub: str) -> None:
        self._outdated = title, *sub
        self._older.stop()
        self._say("unreadable", title, *sub)
        self._dim(dimmed=True)

    def _dim(self, *, dimmed: bool) -> None:
        self._is_dimmed = dimmed
        self.gauges.dim(dimmed=dimmed)
        self._tint_amount()

    def _tint_amount(self) -> None:
        self._amount.set_faint(faint=self._is_dimmed)
        self._of.set_faint(faint=self._is_dimmed or not self._is_alone)

    def _say(self, state: State, title: str, *sub: str) -> None:
        self._sub_when_fresh = sub
        self._title.setText(title)
        self._sub.set_texts(sub)
        self._fit_headline()
        self._set_state(state)

    def restyle(self) -> None:
        """Update fonts and colors from the desktop."""
        large = QFontMetrics(scaled(self.font(), _HEADLINES[0], bold=True))
        # of fixed height, so that nothing below moves when the size or script changes
        for part in (self._title, self._amount):
            part.setFixedHeight(large.height())
        for part in (self._sub, self._of):
            part.setFixedHeight(QFontMetrics(small(self.font())).height())
        self._fit_icon()
        self._fit_headline()
        self.gauges.restyle()
        self._set_state(self._state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._has_place = True
        self._fit_icon()
        self._fit_headline()

    def _fit_icon(self) -> None:
        """Enlarge the icon with the text if that leaves enough room for it."""
        side = max(min(grown(_ICON, self.font()), round(self.width() * _ICON_SHARE)), _ICON)
        if side != self._side:
            self._side = side
            self._icon.setFixedSize(side, side)
            self._set_state(self._state)

    def _fit_headline(self) -> None:
        """Reduce fonts rather than elide text: this line tells the state of memory.

        The lines below are reduced before the headline is; then the amount joins them.
        """
        if not self._has_place:
            return  # each font size that is tried loads a font
        of = self._of_texts[0]
        head, below = self._sizes(of)
        if head < _SHORTEN_BELOW:
            for shorter in self._of_texts[1:]:
                found = self._sizes(shorter)
                if found[0] > head:
                    of, (head, below) = shorter, found
        alone = False
        if head < _SHORTEN_BELOW and self._amount.text():
            found = self._sizes(self._left, alone=True)
            alone = found[0] > head
            if alone:
                of, (head, below) = self._left, found
        self._place_amount(alone=alone)
        self.gauges.keep_to(head)
        self.fitted.emit(head)
        if of != self._of.text():
            self._of.setText(of)
        if (told := of if alone else self._of_texts[0]) != self._of.accessibleName():
            self._of.setAccessibleName(told)
        for part in (self._title, self._amount):
            if part.font() != (font := scaled(self.font(), head, bold=True)):
                part.setFont(font)
        for part in (self._sub, self._of):
            if part.font() != (font := scaled(self.font(), below)):
                part.setFont(font)

    def _place_amount(self, *, alone: bool) -> None:
        """Show the amount beside the headline, or within the line below it."""
        if alone != self._is_alone:
            self._is_alone = alone
            self._amount.setVisible(not alone)
            self._top.removeWidget(self._title)
            self._top.addWidget(self._title, 0, 1, 1, 2 if alone else 1)
            self._tint_amount()

    def _sizes(self, of: str, *, alone: bool = False) -> tuple[float, float]:
        """Return the scales of the headline and the lines below, with `of` below the amount or, if `alone`, in its place.

        The smallest scales if none fit.
        """
        room = self.width() - self._side - self.pin.sizeHint().width() - 3 * _GAP - _SLACK
        lines = [(by, scaled(self.font(), by)) for by in _LINES_BELOW]
        lines = [line for line in lines if line[1].pointSizeF() >= _READABLE] or lines[:1]
        widths = [(by, _wide(font, of), _wide(font, self._sub.shortest)) for by, font in lines]
        widths = [line for line in widths if line[1] + line[2] <= room] or widths[:1]
        title, amount = self._title.text(), "" if alone else self._amount.text()
        for head in _HEADLINES:
            bold = scaled(self.font(), head, bold=True)
            beside = room - _wide(bold, title)
            for by, wide, _ in widths:
                needs = 0 if alone else max(_wide(bold, amount), wide)
                if needs <= beside and (by <= head or by == widths[-1][0]):
                    return head, by
        return _HEADLINES[-1], widths[-1][0]

    def _set_state(self, state: State) -> None:
        self._state = state
        # of the window, whose parts get a new palette after it
        drawn = (state, colors.of(self.window().palette()).dark, self.devicePixelRatioF(), self._side)
        if drawn != self._drawn:
            self._drawn = drawn
            self._icon.setPixmap(state_pixmap(state, drawn[1], self._side, drawn[2]))
            self._icon.setAccessibleName(tr(_STATE_NAMES[state]))


def _wide(font: QFont, text: str) -> int:
    return QFontMetrics(font).horizontalAdvance(text)
