"""The history chart: two graphs with a common time axis, and event marks between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from oomtray.messages.history import nothing
from oomtray.ui.history import apps_painter, chart_colors, chart_data, chart_layers, mark_icons
from oomtray.ui.history.chart_painter import Canvas, dot, line_of_time
from oomtray.ui.history.mark_groups import MarkGroup, grouped, without_overlap
from oomtray.ui.history.plot_layout import Layout, lay_out, per_cent_y
from oomtray.ui.qt import app_colors
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.painting import paint_round

if TYPE_CHECKING:
    from oomtray.history.chart_apps import Look
    from oomtray.history.chart_columns import Column
    from oomtray.history.period import Period
    from oomtray.ui.history.time_range import TimeRange

_MARKS_APART = 6
"""Least distance of two marks in pixels; closer ones are merged."""
_CURRENT_SHARE, _CURRENT_SECONDS = 0.02, 60.0
"""Share of the visible range, and seconds: how old the newest reading may be and still count as current."""


class ChartCanvas(QLabel):
    """Paints the chart; its subclass `chart_input.Chart` handles input.

    It is a label with a pixmap because Qt presents that to screen readers as an image.
    """

    def __init__(self, shown: TimeRange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPixmap(QPixmap(1, 1))
        self.shown = shown
        self.period: Period | None = None
        self.series = {"memory", "swap", "stall"}
        self.thresholds: tuple[float, ...] = ()
        """Percentages of used memory at which the levels begin."""
        self.line: float | None = None
        """The moment whose numbers are shown; None for the maximum of each series in the visible range."""
        self.print_ratio = 0.0
        """Pixel ratio while painting into a file; 0 while painting on the screen."""
        self.picked: int | None = None
        """Id of the selected event."""
        self._focused_mark: int | None = None
        self._by_key = False
        """Whether the focus came by keyboard and is therefore shown."""
        self._picture: QPixmap | None = None
        self._recorded: list[chart_data.Stretch] = []
        self._stacks: list[chart_data.Layers] = []
        self._places: list[int] = []
        """The color index of each app."""
        self._peaks: tuple[Column | None, Look | None] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(720, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 250)

    # what is shown

    def show_period(self, period: Period) -> None:
        self.period = period
        self._recorded = chart_data.stretches(period.columns)
        self._stacks = chart_data.layers(period.apps, self._recorded, period.columns)  # takes longer than to paint them
        self._places = app_colors.places.of(period.apps.names)
        self.redraw()

    def redraw(self) -> None:
        """Repaint, including what doesn't change with the pointer."""
        self._picture = self._peaks = None
        self.update()

    def column(self) -> Column | None:
        """Return the readings at the line or, without a line, the maximum of each visible series."""
        if self.period is None:
            return None
        if self.line is None:
            return self._most()[0]
        return chart_data.column_at(self.period.columns, self.line, self.period.width)

    def look(self) -> Look | None:
        """Return the apps' memory at the line or, without a line, the maximum of each."""
        if self.period is None:
            return None
        if self.line is None:
            return self._most()[1]
        return chart_data.look_at(self.period.apps, self.line, self.period.columns, self.period.width)

    def _most(self) -> tuple[Column | None, Look | None]:
        if self._peaks is None:
            self._peaks = None, None
            if self.period is not None:
                columns, apps, width, shown = self.period.columns, self.period.apps, self.period.width, self.shown
                look = chart_data.peak_look(apps, shown.since, shown.until)
                if look is None:  # apps were never sampled in this range
                    look = chart_data.look_at(apps, shown.at(0.5), columns, width)
                self._peaks = chart_data.peak(columns, shown, width), look
        return self._peaks

    def held(self) -> list[tuple[str, int | None]]:
        """Return each app with what it held then, the largest first; None if it was not among the largest."""
        look = self.look()
        if self.period is None or look is None:
            return []
        return sorted(zip(self.period.apps.names, look.held, strict=True), key=lambda one: -(one[1] or 0))

    def groups(self) -> tuple[MarkGroup, ...]:
        """Return the visible marks, oldest first."""
        if self.period is None:
            return ()
        layout = self.plot()
        shown = [event for event in self.period.events if self.shown.holds(event.time)]
        found = grouped(shown, lambda at: layout.x(at, self.shown), mark_icons.side(layout.line) + _MARKS_APART)
        return without_overlap(found, lambda group: chart_layers.mark_span(layout, group, small(self.font())))

    def mark_box(self, group: MarkGroup) -> QRectF:
        """Return the area where a mark is drawn and clicked."""
        return chart_layers.mark_box(self.plot(), group, small(self.font()))

    # geometry

    @property
    def ratio(self) -> float:
        """Device pixels per logical pixel."""
        return self.print_ratio or self.devicePixelRatioF()

    def plot(self) -> Layout:
        metrics = QFontMetricsF(small(self.font()))
        gutter, end = metrics.horizontalAdvance("888 GiB") + 10, metrics.horizontalAdvance("88 %") + 14
        rows = len(self._legend(self.width() - gutter))
        return lay_out(
            self.width(),
            self.height(),
            line=metrics.height(),
            gutter=gutter,
            end=end,
            legend_rows=rows,
            mirrored=self.isRightToLeft(),
        )

    def _legend(self, width: float) -> list[list[apps_painter.Entry]]:
        if self.period is None or not self.period.apps.names:
            return []
        apps, most = self.period.apps, self._most()[1]
        listed = apps_painter.entries(apps, self.look(), most, self._places, at_most=self.line is None)
        return apps_painter.legend_rows(listed, QFontMetricsF(small(self.font())), width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.redraw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.redraw()

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        found = chart_colors.of(self.palette())
        layout = self.plot()
        if self._picture is None or self._picture.devicePixelRatio() != self.ratio:
            self._picture = self._drawn(layout)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setFont(small(self.font()))
        canvas = Canvas(painter, layout, self.shown, found)
        if self.period is not None and self.period.columns:
            self._draw_line(canvas)
            line = QFontMetricsF(painter.font()).height()
            rows = self._legend(layout.legend.width)
            apps_painter.draw_legend(painter, rows, layout.legend, found, line, mirrored=layout.mirrored)
        chart_layers.marks(canvas, self.groups(), self.picked, self._focused_mark if self.hasFocus() else None)
        if self.hasFocus() and self._by_key:
            paint_round(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, edge=QPen(found.found.calm, 1.5))

    def _drawn(self, layout: Layout) -> QPixmap:
        """Paint everything that doesn't move with the pointer."""
        ratio = self.ratio
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        found = chart_colors.of(self.palette())
        picture.fill(found.found.ground)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        canvas = Canvas(painter, layout, self.shown, found)
        columns = () if self.period is None else chart_data.within(self.period.columns, self.shown)
        gaps = self._empty()
        chart_layers.empty(canvas, gaps)
        chart_layers.memory(canvas, columns, self.series, self.thresholds, self.period.width if self.period else 1.0)
        chart_layers.axes(canvas, self.thresholds)
        if self.period is not None and self.period.apps.looks:
            chart_layers.apps(canvas, self.period.apps, self._stacks, self._places)
        if self._most()[0] is None:
            chart_layers.note(canvas, QRectF(*layout.memory), nothing(), self.font())
        else:
            chart_layers.name_gap(canvas, gaps)
        painter.end()
        return picture

    def _empty(self) -> list[chart_data.Stretch]:
        """Return the unrecorded times within what was read."""
        if self.period is None or not self._recorded:
            return []
        last, until = self._recorded[-1].end, min(self.period.until, self.shown.until)
        if until - last < max(_CURRENT_SHARE * self.shown.span, _CURRENT_SECONDS):
            until = last
        return chart_data.gaps(self._recorded, self.period.since, until)

    def _draw_line(self, canvas: Canvas) -> None:
        if self.line is None or not self.shown.holds(self.line):
            return
        layout, found = canvas.layout, canvas.found
        x = layout.x(self.line, self.shown)
        boxes = [layout.memory, layout.apps] if layout.apps.height else [layout.memory]
        line_of_time(canvas.painter, boxes, x, found.found.muted)
        column = self.column()
        if column is None:
            return
        for name, value, color in (
            ("swap", column.swap_percent, found.swap),
            ("memory", column.used_percent, found.memory),
        ):
            if value is not None and name in self.series:
                dot(canvas.painter, x, per_cent_y(layout.memory, value), color, found.found.ground)
