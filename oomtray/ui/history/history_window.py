"""The history window: memory over time as a chart or a table, and a list of events."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QPalette, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from oomtray.messages import history as words
from oomtray.messages.i18n import tr
from oomtray.messages.names import recorded_app_name
from oomtray.ui.history import table_rows, time_labels
from oomtray.ui.history.chart_input import Chart
from oomtray.ui.history.choices import Segments
from oomtray.ui.history.event_list import EventList, row_height
from oomtray.ui.history.history_menu import HistoryMenu
from oomtray.ui.history.notice import Notice
from oomtray.ui.history.readings_table import ReadingsTable
from oomtray.ui.history.readout import Readout
from oomtray.ui.history.time_range import DAY, HOUR, TimeRange
from oomtray.ui.qt.background_task import OneAtATime
from oomtray.ui.qt.empty import Empty
from oomtray.ui.qt.fonts import by_text
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import Panel
from oomtray.ui.qt.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.history.period import Period

_SPANS = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
_SIZE, _LEAST = QSize(920, 720), QSize(560, 460)
_MARGIN = 16
_CLOSE_TO_NOW = 0.01
"""A range that ends within this share of its length before now keeps following the present."""
_CHART_HEIGHT, _ROW_AIR = 470, 4
"""Pixels that the chart gets before the list of events gets more than its minimum rows."""
_LEAST_INTERVAL, _MOST_INTERVAL = 5.0, 300.0
"""Bounds in seconds of the refresh interval while the range follows the present."""


class HistoryWindow(Window):
    """Shows the recorded history.

    `kill_report_requested` carries the number of a kill to explain; `more` is the menu, with signals of its own.
    """

    kill_report_requested = Signal(int)

    def __init__(
        self,
        read: Callable[[float, float, float], Period],
        thresholds: Sequence[float] = (),
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`read` is like `history.period.read_period`; levels begin at `thresholds`, in percent of memory used."""
        super().__init__(tr("History"))
        self._clock = clock
        self._first: float | None = None
        self._asked: tuple[TimeRange, float] | None = None
        """The range read last, and the width of a column in it."""
        self._goes_on = True
        self._trouble, self._recording = "", ""
        self._view, self._blank = "graph", False
        self._read_period, self._reader = read, OneAtATime(self)
        self._reader.done.connect(self._take)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._go_on)
        self.chart = Chart(TimeRange.ending(clock(), HOUR), self)
        self.chart.thresholds = tuple(thresholds)
        self._build()
        self._lay_out()
        self._connect()
        self.spans.show_chosen("hour")
        self.views.show_chosen("graph")
        self.give_size(_SIZE, _LEAST)
        self.chart.setFocus()

    def _build(self) -> None:
        self.notice = Notice(self)
        self.notice.hide()
        spans = (("hour", tr("Hour")), ("day", tr("Day")), ("week", tr("Week")), ("month", tr("Month")))
        self.spans = Segments(spans, tr("Time shown"), self)
        self.views = Segments((("graph", tr("Graph")), ("table", tr("Table"))), tr("Shown as"), self)
        self.more = HistoryMenu(self)
        self.readout = Readout(self)
        self.table = ReadingsTable(self)
        self.nothing = Empty(self)
        self.events = EventList(self)
        self.events.rearranged.connect(self._share_height)

    def _lay_out(self) -> None:
        bar = fill(QHBoxLayout(), self.spans, None, self.views, self.more, spacing=8)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.chart)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.nothing)
        self.sheet, self._below = Panel(self), Panel(self)
        fill(QVBoxLayout(self.sheet), self.readout, (self.pages, 1), margins=(12, 8, 12, 10), spacing=6)
        fill(QVBoxLayout(self._below), self.events, margins=(1, 4, 1, 4))  # within the round corners
        fill(
            QVBoxLayout(self), self.notice, bar, (self.sheet, 1), self._below,
            margins=(_MARGIN, _MARGIN, _MARGIN, _MARGIN), spacing=12,
        )
        self._below.hide()

    def _connect(self) -> None:
        self.spans.chosen.connect(self._span_chosen)
        self.views.chosen.connect(self._view_chosen)
        self.readout.toggled.connect(self._series_toggled)
        self.chart.range_wanted.connect(self.show_range)
        self.chart.line_moved.connect(self._show_numbers)
        self.chart.event_picked.connect(self._pick)
        self.chart.event_opened.connect(self.kill_report_requested)
        self.events.picked.connect(self._picked_in_list)
        self.events.opened.connect(self.kill_report_requested)

    # what is shown

    @property
    def period(self) -> Period | None:
        return self.chart.period

    @property
    def reading(self) -> bool:
        """Whether newer numbers are being read."""
        return self._reader.busy

    @property
    def shown(self) -> TimeRange:
        return self.chart.shown

    @Slot(object)
    def show_range(self, wanted: TimeRange) -> None:
        now = self._clock()
        shown = wanted.held(self._first, now)
        self._goes_on = now - shown.until < _CLOSE_TO_NOW * shown.span
        self.chart.shown = shown
        if self.chart.line is not None and not shown.holds(self.chart.line):
            self.chart.line = None  # else the numbers would be of a moment that isn't drawn
        same = (name for name, span in _SPANS.items() if abs(shown.span - span) < 1)
        self.spans.show_chosen(next(same, None))
        self.chart.redraw()
        self._read()
        self._show_rest()

    def show_recording_notice(self, says: str) -> None:
        """Set why nothing is recorded, or "" if recording works."""
        self._recording = says
        self._show_notice()

    def reload(self) -> None:
        """Read anew because the record was replaced."""
        self._asked = self._first = None
        self._read()

    def _read(self) -> None:
        shown = self.shown
        width = shown.span / max(self.chart.plot().memory.width, 1)
        if self._asked is not None:
            around, before = self._asked
            if shown.lies_in(around) and abs(width - before) < width / 100:
                return
        self._asked = shown.with_air(), width
        self._reader.run(partial(self._read_period, *table_rows.reading(shown, width)))

    @Slot(object)
    def _take(self, result: Period | Exception) -> None:
        if isinstance(result, Exception):
            self._trouble = words.not_read(result)
            self._asked = None
        else:
            self._trouble, self._first = "", result.first
            self._blank = result.first is None
            self.readout.setVisible(not self._blank)
            self.chart.show_period(_by_shown_names(result))
            self._show_page()
        self._show_notice()
        self._show_rest()

    def _show_rest(self) -> None:
        """Update what accompanies the chart."""
        period = self.period
        if period is None:
            return
        self.events.show_events(period.events, self.shown)
        self._below.setVisible(any(self.shown.holds(event.time) for event in period.events))
        if self._shows_table:
            self.table.show_period(period, self.shown)
        self._show_numbers()
        self.chart.setAccessibleName(tr("Memory, {period}", period=time_labels.period(self.shown)))

    @Slot()
    def _show_numbers(self) -> None:
        chart = self.chart
        column = chart.column()
        period = time_labels.period(self.shown)
        when = period if chart.line is None else time_labels.moment(chart.line, self.shown)
        self.readout.show_period(period)
        self.readout.show_series(shown=not self._shows_table and self._first is not None)
        if self._shows_table:
            self.readout.show_numbers(period, column, most=True)
        else:
            self.readout.show_numbers(when, column, most=chart.line is None)
        told = words.most if chart.line is None else words.numbers
        chart.setAccessibleDescription(told(when, column, chart.held()))

    def _show_notice(self) -> None:
        says = self._trouble or self._recording
        self.notice.show_text(says)
        self.nothing.show_text(words.nothing_yet(recording=not self._recording), tr("No history yet"))

    def picture(self) -> QPixmap:
        """Return an image of the graphs and the numbers of the whole range, at least at twice the resolution."""
        view, line = self._view, self.chart.line
        self.chart.line = None
        self._show_numbers()
        self._view_chosen("graph")
        ratio = max(2.0, self.devicePixelRatioF())
        made = QPixmap(self.sheet.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(self.palette().color(QPalette.ColorRole.Base))
        self.chart.print_ratio = ratio
        self.sheet.render(made)
        self.chart.print_ratio = 0.0
        self.chart.line = line
        self._show_numbers()
        if view != "graph":
            self._view_chosen(view)
        return made

    # input

    @Slot(str)
    def _span_chosen(self, name: str) -> None:
        self.show_range(TimeRange.ending(self._clock(), _SPANS[name]))

    @Slot(str)
    def _view_chosen(self, name: str) -> None:
        self._view = name
        if self.period is not None and self._shows_table:
            self.table.show_period(self.period, self.shown)
        self._show_page()
        self._show_numbers()

    def _show_page(self) -> None:
        self.pages.setCurrentWidget(self.nothing if self._blank else self.table if self._shows_table else self.chart)

    @property
    def _shows_table(self) -> bool:
        return self._view == "table" and not self._blank

    @Slot(str, bool)
    def _series_toggled(self, kind: str, on: bool) -> None:
        (self.chart.series.add if on else self.chart.series.discard)(kind)
        self.chart.redraw()

    @Slot(int)
    def _pick(self, number: int) -> None:
        self.chart.picked = number
        self.chart.update()
        self.events.pick(number)

    @Slot(int)
    def _picked_in_list(self, number: int) -> None:
        found = next((event for event in self.period.events if event.id == number), None) if self.period else None
        if found is not None:
            self.chart.picked = number
            self.chart.set_line(found.time)
            self.chart.update()

    # following the present

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()
        self._wait()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._again.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()
        if self.isVisible():
            self._read()

    @Slot()
    def _share_height(self) -> None:
        """Give the list of events the height that the chart doesn't need."""
        chart = by_text(QSize(0, _CHART_HEIGHT), self.font()).height()
        self.events.set_rows((self.height() - chart) // (row_height(self.events) + _ROW_AIR))

    def _wait(self) -> None:
        seconds = min(max(self.shown.span / 400, _LEAST_INTERVAL), _MOST_INTERVAL)
        self._again.start(round(seconds * 1000))

    @Slot()
    def _go_on(self) -> None:
        """Advance a range that ends at the present."""
        if self._goes_on and not self._shows_table:  # a moving table can't be read
            self._asked = None
            self.show_range(TimeRange.ending(self._clock(), self.shown.span))
        self._wait()


def _by_shown_names(period: Period) -> Period:
    """Call the apps as the other windows do; the record has their plain names."""
    apps = period.apps
    names = tuple(map(recorded_app_name, apps.keys, apps.names))
    return replace(period, apps=replace(apps, names=names))
