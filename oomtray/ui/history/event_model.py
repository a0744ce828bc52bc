"""The events of the visible time range as rows; several unnoticed kills share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from oomtray.messages.history_events import sentence_of
from oomtray.messages.i18n import tr
from oomtray.risk.unseen_kills import gathered
from oomtray.ui.history import time_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from oomtray.history.period import RecordedEvent
    from oomtray.ui.history.time_range import TimeRange

EVENT = Qt.ItemDataRole.UserRole
"""The role of the newest event of a row."""
TIME = Qt.ItemDataRole.UserRole + 1
LINK = Qt.ItemDataRole.UserRole + 2
"""The role of the text of a row's link, empty if it has none."""

_Index = QModelIndex | QPersistentModelIndex


class EventModel(QAbstractListModel):
    """Has a row per event, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[RecordedEvent, ...], ...] = ()
        """Each row's events: one, or several that are listed together."""
        self._shown: TimeRange | None = None

    def show_events(self, events: Sequence[RecordedEvent], shown: TimeRange) -> bool:
        """Show events, and return whether they differ from before."""
        seen = (event for event in events if shown.holds(event.time))
        wanted = tuple(reversed(gathered(seen, lambda event: event.unseen)))
        self._shown = shown
        if wanted == self._rows:
            return False
        self.beginResetModel()
        self._rows = wanted
        self.endResetModel()
        return True

    def row_of(self, number: int) -> int | None:
        return next((row for row, group in enumerate(self._rows) if any(event.id == number for event in group)), None)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        group = self._rows[index.row()]
        event = group[-1]
        if role == Qt.ItemDataRole.DisplayRole:
            return sentence_of(group, self._written(group))
        if role == EVENT:
            return event
        if role == TIME:
            return time_labels.moment(event.time, self._shown) if self._shown else ""
        if role == LINK:
            return tr("Why?") if event.kind == "kill" else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr("{time}: {event}", time=self.data(index, TIME), event=self.data(index))
        return None

    def _written(self, group: Sequence[RecordedEvent]) -> Callable[[float], str]:
        """Return a time formatter that omits the date if all times of the row are of one day."""
        first = group[0].unseen
        same = first is None or time_labels.day(first.begin) == time_labels.day(group[-1].time)
        return time_labels.clock if same else time_labels.day_and_clock
