"""The line above the history chart: the moment or range shown, and the numbers with samples of their series."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from oomtray.messages.history import figures, raised
from oomtray.messages.i18n import tr
from oomtray.messages.numbers import percent
from oomtray.text import UNKNOWN, size
from oomtray.ui.history.choices import SeriesSwitch
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.labels import Elided, Plain
from oomtray.ui.qt.layout import fill

if TYPE_CHECKING:
    from oomtray.history.chart_columns import Column
    from oomtray.risk.outlook import LevelName


class Readout(QWidget):
    """Shows the numbers; `toggled` carries a series' id and whether it is drawn."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.when = Elided("", self)
        self.when.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._level: LevelName = "normal"
        self.level = Plain("", self)
        """The level that was raised then, or "Peak" for the maxima of a range."""
        self.switches = {
            "memory": SeriesSwitch("memory", tr("Memory"), size(88.8 * 2**30), self),
            "swap": SeriesSwitch("swap", tr("Swap"), size(888 * 2**20), self),
            "stall": SeriesSwitch("stall", tr("Stall"), percent(88), self),
        }
        moment = fill(QHBoxLayout(), (self.when, 1), self.level, spacing=12)
        self._series = QWidget(self)
        series = fill(QHBoxLayout(self._series), margins=(0, 0, 0, 0), spacing=4)
        for kind, switch in self.switches.items():
            series.addWidget(switch)
            switch.toggled.connect(partial(self.toggled.emit, kind))
        self._longest = ""
        """The longest possible text for the time."""
        self._row = fill(
            QBoxLayout(QBoxLayout.Direction.LeftToRight, self), (moment, 1), self._series, margins=(0, 0, 0, 0)
        )
        self._restyle()

    def show_period(self, text: str) -> None:
        """Set the visible range as text; no moment within it has a longer one."""
        self._longest = text
        self._arrange()

    def show_series(self, *, shown: bool) -> None:
        """Show or hide the series; a table has its own numbers, and nothing to draw."""
        self._series.setVisible(shown)

    def _arrange(self) -> None:
        """Put the series beside the time, or below it if both don't fit, wherever the pointer is."""
        plain, bold = (QFontMetrics(scaled(self.font(), 1.0, bold=one)) for one in (False, True))
        longest = max(
            *map(bold.horizontalAdvance, (raised("warning"), raised("critical"))),
            *map(plain.horizontalAdvance, (tr("Peak"), tr("Not recorded"))),
        )
        needed = bold.horizontalAdvance(self._longest) + longest + 2 * 12 + self._series.sizeHint().width()
        beside, direction = needed <= self.width(), QBoxLayout.Direction
        self._row.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        self._row.setAlignment(self._series, Qt.AlignmentFlag(0) if beside else Qt.AlignmentFlag.AlignLeading)
        self._row.setSpacing(12 if beside else 2)
        self.setMinimumHeight(self._series.sizeHint().height() if beside else 0)  # keeps the time in place without the series

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def show_numbers(self, when: str, column: Column | None, *, most: bool) -> None:
        """Show the numbers of a moment, or the maxima of a range if `most`; None if nothing was recorded."""
        self.when.setText(when)
        told = {} if column is None else figures(column)
        for kind, switch in self.switches.items():
            switch.show_value(told.get(kind, UNKNOWN))
        self._level = "normal" if column is None or most else column.level
        said = raised(self._level)
        if column is None:
            said = "" if most else tr("Not recorded")
        elif most:
            said = tr("Peak")
        if said != self.level.text():
            self.level.setText(said)
            self._restyle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange) and hasattr(self, "switches"):
            self._restyle()

    def _restyle(self) -> None:
        self.when.setFont(scaled(self.font(), 1.0, bold=True))
        found = colors.of(self.palette(), on_base=True)
        palette = self.level.palette()
        colors_of = {"critical": found.red_text, "warning": found.amber_text, "normal": contrast.of(self.palette(), on_base=True).muted}
        palette.setColor(self.level.foregroundRole(), colors_of[self._level])
        self.level.setPalette(palette)
        self.level.setFont(scaled(self.font(), 1.0, bold=self._level != "normal"))
