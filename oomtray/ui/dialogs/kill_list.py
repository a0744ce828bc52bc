"""The list of past kills, newest first: its entries, and which one is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from oomtray.messages import kill_page as words
from oomtray.messages.i18n import tr
from oomtray.risk.repeated_kills import what_of
from oomtray.ui.dialogs.kill_delegate import ENDED, KillDelegate, ended_of
from oomtray.ui.qt import moments
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from oomtray.risk.kill_event import KillEvent
    from oomtray.ui.controllers.app_labels import AppLabels
    from oomtray.ui.dialogs.kill_loading import Entry


class KillList(QListWidget):
    def __init__(self, labels: AppLabels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        use_thin_scroll_bars(self)
        self._entries: Sequence[Entry] = ()
        self.setAccessibleName(tr("Kills, the newest first"))
        self.setItemDelegate(KillDelegate(self, labels))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

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
