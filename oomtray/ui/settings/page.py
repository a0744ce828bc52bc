"""A page of the settings, and what it needs of the app: a title and cards of rows, which scroll if needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from oomtray.records import dataclass
from oomtray.ui.qt.fonts import large
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import begin_painting, paint_box
from oomtray.ui.qt.steady_scroll import SteadyScroll
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars
from oomtray.ui.settings.controls import number_column
from oomtray.ui.settings.defaults import column

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.desktop.autostart import Autostart
    from oomtray.history.database import Database
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.rules import RuleController
    from oomtray.ui.controllers.shortcut import ShortcutController
    from oomtray.ui.settings.setting_row import SettingRow
    from oomtray.ui.settings.settings_file import SettingsFile

_MARGIN, _APART, _BELOW_HEADING = 16, 16, 4


class Card(QWidget):
    """A frame with the background of lists around rows that hairlines separate."""

    def __init__(self, parent: QWidget | None = None, *, ends: int = 1) -> None:
        """`ends` is the padding above and below in pixels: 3 if the content would paint over the corners."""
        super().__init__(parent)
        self._column = fill(QVBoxLayout(self), margins=(1, ends, 1, ends), spacing=1)
        self._parts: list[QWidget] = []

    def add(self, part: QWidget) -> None:
        self._parts.append(part)
        self._column.addWidget(part)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        paint_box(painter, self.rect(), found.line, self.palette().color(QPalette.ColorRole.Base))
        for part in [part for part in self._parts if part.isVisible()][1:]:
            top = part.geometry().top() - 0.5  # between two pixels, so that the line is sharp
            painter.drawLine(QLineF(1, top, self.width() - 1, top))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Access to other parts."""

    file: SettingsFile
    autostart: Callable[[], Autostart]
    database: Callable[[], Database]
    """Called when the record is read."""
    assessment: Callable[[], Assessment | None]
    """Returns the latest one."""
    rules: RuleController
    shortcut: ShortcutController
    show_help: Callable[..., object]
    """Called with a topic, or without one for where the help was left."""
    show_history: Callable[[], object]


class Page(QScrollArea):
    """A page, created when first shown; `take` is called whenever the file has changed.

    `undoable` follows a change of a file, with a sentence and what undoes it, which returns why it failed or
    "". `unsaid` means that the last one can't be undone any more.
    """

    undoable = Signal(str, object)
    unsaid = Signal()

    def __init__(self, title: str, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        use_thin_scroll_bars(self, on_base=False)
        self.around = around
        self.rows: list[SettingRow] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget(self)
        self.column = fill(QVBoxLayout(inside), margins=(_MARGIN, _MARGIN, _MARGIN, _MARGIN), spacing=8)
        heading = Plain(title, inside)
        heading.setFont(large(self.font()))
        self.column.addWidget(heading)
        self.column.addSpacing(_BELOW_HEADING)
        self.setWidget(inside)
        SteadyScroll(self, inside, self.column, _MARGIN)
        self.setAccessibleName(title)
        self.build()
        self._finish()

    def build(self) -> None:
        """Add the rows and the other parts below the title."""

    def add_card(self, *parts: QWidget, caption: str = "", note: str = "", ends: int = 1) -> Card:
        """Add rows, or other parts, in one frame, with a `caption` above and a `note` below."""
        if caption:
            self._add_caption(caption)
        card = Card(self.widget(), ends=ends)
        for part in parts:
            card.add(part)
        self.column.addWidget(card)
        if note:
            self.add_note(note)
        return card

    def add_setting(self, *rows: SettingRow, caption: str = "", note: str = "") -> Card:
        self.rows += rows
        for row in rows:
            row.undoable.connect(self.undoable)
            row.unsaid.connect(self.unsaid)
        return self.add_card(*rows, caption=caption, note=note)

    def add_note(self, text: str) -> Plain:
        note = Plain(text, self.widget(), faint=True, wraps=True)
        self.column.addWidget(note)
        return note

    def _add_caption(self, text: str) -> None:
        if self.column.count() > 2:  # not directly below the heading
            self.column.addSpacing(_APART - 8)
        caption = Plain(text, self.widget(), bold=True)
        self.column.addWidget(caption)

    def _finish(self) -> None:
        """Align the rows, now complete, and show what the file says."""
        self.column.addStretch(1)
        controls = max((number_column(self.font()), *(row.control_width for row in self.rows)))
        defaults = column(self.fontMetrics())
        for row in self.rows:
            row.line_up(controls, defaults)
        self.line_up(defaults)
        self.take()

    def line_up(self, defaults: int) -> None:
        """Align parts that aren't rows but show a default, for which this many pixels are kept everywhere."""

    def take(self) -> None:
        """Show what the file says now."""
        for row in self.rows:
            row.take()

    def leave(self) -> None:
        """Commit what was typed, because another page is shown or the window closes."""
        for row in self.rows:
            row.commit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < 2 * _MARGIN + max((row.wide_width for row in self.rows), default=0)
        for row in self.rows:
            row.set_narrow(narrow)
