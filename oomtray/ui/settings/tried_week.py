"""Tries the settings against the last week in a background thread, and shows the result as a line and a graph."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QTimer, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from oomtray.messages import history as history_words
from oomtray.messages import week as words
from oomtray.messages.i18n import tr
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.labels import Plain, side_of
from oomtray.ui.qt.layout import fill
from oomtray.ui.settings.defaults import DEFAULTS
from oomtray.ui.settings.page import Card, Surroundings
from oomtray.ui.settings.week import Readings, Told, Week, read_week, tried
from oomtray.ui.settings.week_graph import WeekGraph

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from oomtray.config import Settings


_LEAST = 900.0
"""Least seconds of readings: fewer are hardly a pixel of a week."""
_RECHECK_MS = 30_000
"""Milliseconds until the record is checked again if it had too little."""
_BESIDE, _BELOW = 12, 2
"""Pixels between the heading and the result, beside and below it."""


class TriedWeek(QWidget):
    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._readings: Readings | None = None
        """Kept with the page: each change is tried on the same readings."""
        self._shown: tuple[object, ...] | None = None
        self.busy = False
        self._again = False
        self.week: Week | None = None
        self.again = QTimer(self, singleShot=True, interval=_RECHECK_MS)
        self.again.timeout.connect(self.look_again)
        heading = Plain(tr("Tried against the last week"), self, bold=True)
        self.says = Plain("", self, faint=True, at_end=True, wraps=True)
        self.graph = WeekGraph(self)
        self.note = Plain(words.coarse(), self, faint=True, wraps=True)
        self._head = head = fill(QHBoxLayout(), heading, (self.says, 1), spacing=_BESIDE)
        self._heading = heading
        card = Card(self)
        card.add(self.graph)
        fill(QVBoxLayout(self), head, card, self.note, margins=(0, 8, 0, 0), spacing=8)
        self.note.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.says_nothing and not self.again.isActive():
            self.look_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the result beside its heading if it fits, else below."""
        wide = self.says.fontMetrics().horizontalAdvance(self.says.text())
        # by the wanted width, not the current one: otherwise the two arrangements could trigger each other
        # endlessly
        beside = self._heading.sizeHint().width() + _BESIDE + wide <= self.width()
        direction = QBoxLayout.Direction
        self._head.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        self._head.setSpacing(_BESIDE if beside else _BELOW)
        self.says.setAlignment(side_of(self, at_end=beside) | Qt.AlignmentFlag.AlignVCenter)

    @property
    def says_nothing(self) -> bool:
        """Whether there is no graph, because too little is recorded or it could not be read."""
        return self._shown is not None and not self.busy and not self.says.text()

    @Slot()
    def look_again(self) -> None:
        """Check, while visible, if there is enough to try by now."""
        if self.isVisible():
            self._readings = self._shown = None
            self.take()

    def take(self) -> None:
        """Try the current settings, if levels or notifications differ from those tried last."""
        settings = self._around.file.settings
        asked = settings.levels, settings.notifications
        if asked == self._shown:
            return
        self._shown = asked
        if self.busy:
            self._again = True
        else:
            self._start(settings)

    def _start(self, settings: Settings) -> None:
        self.busy = True
        if self.week is None:
            self._say_nothing(words.reading())
        run_in_background(partial(_try, self._around, self._readings, settings, time.time()), self._take, self)

    @Slot(object)
    def _take(self, result: object) -> None:
        self.busy = False
        if self._again:
            self._again = False
            self._start(self._around.file.settings)
            return
        if isinstance(result, Week):
            self._readings = result.readings or None
            self.week = result
            self._show(result)
        else:
            assert isinstance(result, Exception)
            self._say_nothing(history_words.not_read(result))

    def _say_nothing(self, why: str) -> None:
        if not self.busy:
            self.again.start()
        self.says.setText("")
        self.note.hide()
        self.graph.show_week(Week(0, 1, ()), why)

    def _show(self, week: Week) -> None:
        settings = self._around.file.settings
        if not week.readings:
            self._say_nothing(words.nothing(recording=settings.history.record))
            return
        if week.readings[-1][0] - week.readings[0][0] < _LEAST:
            self._say_nothing(words.nothing(recording=settings.history.record, begun=True))
            return
        same = (settings.levels, settings.notifications) == (DEFAULTS.levels, DEFAULTS.notifications)
        also, missing = _days(week.only_by_default), _days(week.not_by_default)
        says = words.told(len(week.told), also, missing, defaults=same)
        self.says.setText(says)
        self._arrange()
        self.note.setVisible(week.until - week.readings[0][0] > 86_400)
        self.graph.show_week(week, says)


def _try(around: Surroundings, readings: Readings | None, settings: Settings, now: float) -> Week:
    """Try settings in a background thread. Raises FileError."""
    return tried(read_week(around.database(), now) if readings is None else readings, settings, now)


def _days(told: tuple[Told, ...]) -> list[str]:
    """Return the name of each day once."""
    names = (QLocale().dayName(time.localtime(one.at).tm_wday + 1, QLocale.FormatType.LongFormat) for one in told)
    return list(dict.fromkeys(names))
