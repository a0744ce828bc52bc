"""The head of the popup: how the memory stands, at a glance and in words."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from oomtray.messages import memory as words
from oomtray.messages.i18n import mark, tr
from oomtray.ui.popup.memory_bar import MemoryBar
from oomtray.ui.popup.sparkline import Sparkline
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import large, scaled
from oomtray.ui.qt.icons import state_pixmap
from oomtray.ui.qt.labels import Elided, Plain

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent

    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment, LevelName
    from oomtray.ui.qt.icons import State

_ICON = 32
_STATES: dict[LevelName, State] = {"normal": "calm", "warning": "warning", "critical": "critical"}
_STATE_NAMES: dict[State, str] = {
    "calm": mark("Normal"),
    "warning": mark("Warning"),
    "critical": mark("Critical"),
    "paused": mark("Paused"),
    "unreadable": mark("Unknown"),
}


class Header(QWidget):
    """Level, numbers, bar and history of the memory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State = "calm"
        self._shown: Assessment | None = None
        self._outdated: tuple[str, str] | None = None
        """What is said instead of the level while nothing newer is known."""
        self._drawn: tuple[State, bool, float] | None = None
        self._read_at, self._fresh_for = math.inf, math.inf
        """When what is shown was read, in monotonic seconds, and for how many seconds it needs no age."""
        self._older = QTimer(self)
        self._older.setSingleShot(True)
        self._older.timeout.connect(self._say_left)
        self._icon = QLabel(self)
        self._icon.setFixedSize(_ICON, _ICON)
        self._title = Elided(words.waiting(), self)
        self._sub = Elided("", self, faint=True)
        self._used = Plain("", self, at_end=True)
        self._left = Plain("", self, faint=True, at_end=True)
        self._bar = MemoryBar(self)
        self._line = Sparkline(self)
        top = QGridLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setHorizontalSpacing(10)
        top.setVerticalSpacing(0)
        top.addWidget(self._icon, 0, 0, 2, 1)
        top.addWidget(self._title, 0, 1)
        top.addWidget(self._used, 0, 2)
        top.addWidget(self._sub, 1, 1)
        top.addWidget(self._left, 1, 2)
        top.setColumnStretch(1, 1)
        trail = QHBoxLayout()
        trail.setContentsMargins(0, 0, 0, 0)
        trail.addWidget(self._line)
        whole = QGridLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setVerticalSpacing(8)
        whole.addLayout(top, 0, 0)
        whole.addWidget(self._bar, 1, 0)
        whole.addLayout(trail, 2, 0)
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
        """`read_at`: when it was read, in monotonic seconds; once it is older than `fresh_for` its age is said."""
        if assessment is not self._shown:
            self._shown, self._outdated = assessment, None
        memory = assessment.snapshot.memory
        if paused:
            self._say("paused", tr("Paused"), tr("The numbers below are not being updated"))
        elif self._outdated is not None:
            self._say("unreadable", *self._outdated)
        else:
            sub = words.lasts(assessment) or words.of_total(memory)
            self._say(_STATES[assessment.level.name], words.headline(assessment), sub)
        self._used.setText(words.used(memory))
        self._used.setEnabled(self._outdated is None)
        self._read_at, self._fresh_for = (math.inf, math.inf) if paused else (read_at, fresh_for)
        self._say_left()
        self._bar.show_assessment(assessment, thresholds)
        self._line.show_assessment(assessment, thresholds)

    @Slot()
    def _say_left(self) -> None:
        """How much is left, and where scans give way to a machine that thrashes: how long ago that was."""
        self._older.stop()
        if self._shown is None:
            return
        memory, age = self._shown.snapshot.memory, time.monotonic() - self._read_at
        old = age >= self._fresh_for and self._outdated is None
        self._left.setText(words.left_then(memory, age) if old else words.left(memory))
        if self._outdated is None and self.isVisible() and math.isfinite(self._fresh_for - age):
            self._older.start(math.ceil(1000 * (1 - age % 1 if old else self._fresh_for - age)))

    def hideEvent(self, event: QHideEvent) -> None:
        self._older.stop()
        super().hideEvent(event)

    def say(self, title: str, sub: str = "", *, paused: bool = False) -> None:
        """Where there is nothing to show."""
        if self._outdated is not None and not paused:
            self._say("unreadable", *self._outdated)
        else:
            self._say("paused" if paused else "calm", title, sub)

    def cannot_read(self, error: str) -> None:
        """Holds until there is another assessment: the numbers of the last one stay, and are called old."""
        if self._shown is None:
            says = tr("Nothing is known yet. {error}", error=error)
        else:
            says = tr("The numbers below are old. {error}", error=error)
        self._mark_outdated(words.unreadable(), says)

    def show_stale(self, age: float | None) -> None:
        """Holds as well; `age` is the seconds since the last reading, None where there was none."""
        self._mark_outdated(words.no_new_readings(), words.stale(age))

    def _mark_outdated(self, title: str, sub: str) -> None:
        self._outdated = title, sub
        self._say("unreadable", title, sub)
        self._used.setEnabled(False)
        self._say_left()

    def _say(self, state: State, title: str, sub: str) -> None:
        self._title.setText(title)
        self._sub.setText(sub)
        self._set_state(state)

    def restyle(self) -> None:
        """Fonts and colours out of what the desktop gives now."""
        self._title.setFont(large(self.font()))
        self._used.setFont(scaled(self.font(), 1.18, bold=True))
        for label in (self._sub, self._left):
            label.tint()
        self._set_state(self._state)

    def _set_state(self, state: State) -> None:
        self._state = state
        drawn = (state, colours.of(self.palette()).dark, self.devicePixelRatioF())
        if drawn != self._drawn:
            self._drawn = drawn
            self._icon.setPixmap(state_pixmap(state, drawn[1], _ICON, drawn[2]))
            self._icon.setAccessibleName(tr(_STATE_NAMES[state]))
