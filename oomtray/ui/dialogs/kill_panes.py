"""The list of past kills beside the page of one, or above it in a narrow window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from oomtray.messages import kill_page as words
from oomtray.messages.i18n import tr
from oomtray.risk.repeated_kills import what_of
from oomtray.ui.dialogs.kill_delegate import ENDED, KillDelegate, ended_of
from oomtray.ui.qt import moments
from oomtray.ui.qt.dialog import MARGIN
from oomtray.ui.qt.fonts import mean_letter
from oomtray.ui.qt.layout import NO_LIMIT, fill
from oomtray.ui.qt.painting import Panel, margins_from_start
from oomtray.ui.qt.thin_scroll_bar import use_whole_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from oomtray.risk.kill_event import KillEvent
    from oomtray.ui.controllers.app_labels import AppLabels
    from oomtray.ui.dialogs.kill_loading import Entry

_BESIDE = 98
"""Window width in letters from which list and page are side by side."""
_LEAST, _MOST, _SHARE = 24, 40, 0.3
"""Least and most width of the list in letters, and its share of the window in between."""
_LONG_SHARE = 0.37
"""What the list may have of a window where its names need more."""
_ROWS_ABOVE, _LEAST_ABOVE = 2.5, 1.5
"""Visible rows of the list above the page, and in a low window; half a row shows that there are more."""
_SHARE_ABOVE = 0.35
"""Share of a low window's height that the list gets."""
_LEAST_PAGE = 3
"""Least lines of the page below the list; if one row leaves fewer, the list and what is above it are hidden."""
_BESIDE_ROWS = 26
"""Pixels of margins above the list, around its rows and below its header."""
_ROUND = 3
"""Pixels of the frame around the list, for round corners."""


class KillPanes(QWidget):
    def __init__(self, head: Sequence[QWidget], rows: KillList, page: QWidget, parent: QWidget) -> None:
        """`head` are the widgets above the list; the last one takes the spare room."""
        super().__init__(parent)
        self._rows = rows
        self._head = top = QHBoxLayout()
        for place, part in enumerate(head):
            top.addWidget(part, int(place == len(head) - 1))
        self._side = QWidget(self)
        self._left = fill(QVBoxLayout(self._side), top, spacing=8)
        self._box = Panel(self._side)
        fill(QVBoxLayout(self._box), rows, margins=(_ROUND, _ROUND, _ROUND, _ROUND))
        self._left.addWidget(self._box, 1)
        self._both = fill(QHBoxLayout(self), self._side, (page, 1), margins=(0, 0, 0, 0), spacing=0)
        self.share()

    def share(self) -> None:
        """Share the room; to be called when the list's rows change or it is hidden because it is empty."""
        letter = mean_letter(self.fontMetrics())
        self._box.setVisible(not self._rows.isHidden())
        above = self._rows.isHidden() or self.width() < _BESIDE * letter
        self._both.setDirection(QBoxLayout.Direction.TopToBottom if above else QBoxLayout.Direction.LeftToRight)
        self._left.setContentsMargins(margins_from_start(self, MARGIN, 12, MARGIN if above else 0, 0 if above else 12))
        if above:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(NO_LIMIT)
            row = self._rows.sizeHintForRow(0) if self._rows.count() else 3 * self.fontMetrics().height()
            shown = min(max(_SHARE_ABOVE * self.height() / row, _LEAST_ABOVE), _ROWS_ABOVE, self._rows.count())
            most = (self.height() - self._head.sizeHint().height() - _BESIDE_ROWS - _LEAST_PAGE * self.fontMetrics().lineSpacing()) / row
            self._side.setVisible(most >= 1 or self._rows.isHidden() or not self.isVisible())
            self._rows.setFixedHeight(round(min(shown, max(most, 1.0)) * row))
        else:
            self._side.show()
            self._rows.setMinimumHeight(0)
            self._rows.setMaximumHeight(NO_LIMIT)
            names = min(self._rows.wanted + 2 * _ROUND, self.width() * _LONG_SHARE - MARGIN)
            rows = min(max(self.width() * _SHARE, _LEAST * letter, names), _MOST * letter)
            self._side.setFixedWidth(round(rows) + MARGIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share()


class KillList(QListWidget):
    def __init__(self, labels: AppLabels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        use_whole_width(self)
        self._entries: Sequence[Entry] = ()
        self.setAccessibleName(tr("Kills, the newest first"))
        self._delegate = KillDelegate(self, labels)
        self.setItemDelegate(self._delegate)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)

    def show_entries(self, entries: Sequence[Entry], now: float) -> None:
        """List entries, newest first, none of them selected; `now` is in seconds since 1970."""
        self._entries = entries
        with QSignalBlocker(self):
            self.clear()
            for entry in entries:
                item = QListWidgetItem(words.short(entry.event, entry.kills))
                line = words.list_line(entry.event, now, moments)
                item.setData(Qt.ItemDataRole.UserRole, line)
                item.setData(ENDED, ended_of(entry.event))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{words.title(entry.event, entry.kills)}, {line}")
                self.addItem(item)

    @property
    def wanted(self) -> int:
        """Width in pixels at which no name is cut."""
        names = {self.item(row).text() for row in range(self.count())}
        return max(map(self._delegate.wide, names), default=0) + self.verticalScrollBar().sizeHint().width()

    def choose(self, number: int | None) -> None:
        """Select the entry with this id in the record, else the newest."""
        self.setCurrentRow(next((place for place, entry in enumerate(self._entries) if number in entry.numbers), 0))

    @property
    def entry(self) -> Entry | None:
        row = self.currentRow()
        return self._entries[row] if 0 <= row < len(self._entries) else None

    @property
    def same_before(self) -> list[KillEvent]:
        """The kills of the same app or process before the selected one, newest first."""
        event = None if self.entry is None else self.entry.event
        if event is None or not event.victims or event.outcome not in ("killed", "likely") or event.is_drill:
            return []
        return [one.event for one in self._entries[self.currentRow() + 1 :] if what_of(one.event) == what_of(event)]
