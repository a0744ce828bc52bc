"""The rows of the process list and their order.

Values update at once, but rows move only while the pointer isn't on the list. Sorting and filtering are done
here rather than in a proxy, because only this way can an order be held back and 2000 rows be updated in
milliseconds.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.messages.i18n import tr
from oomtray.messages.rows import nothing_found
from oomtray.risk.certainty import certainty, taken_instead
from oomtray.risk.following import certainty_of_apps
from oomtray.risk.growing_apps import rates_of_shown
from oomtray.text import fit, printable
from oomtray.ui.popup import row_words as words
from oomtray.ui.popup.listing import Listing, Sorting
from oomtray.ui.popup.process_row import (
    ALL_COLUMNS,
    COUNTS,
    NAME,
    STATUS,
    TITLES,
    Context,
    Row,
    Tail,
    absent,
    alike,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, Risk
    from oomtray.ui.controllers.app_labels import AppLabels

    Index = QModelIndex | QPersistentModelIndex
    Item = App | Risk | Tail

_ROOT = 0
_AT_START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_AT_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NOWHERE = QModelIndex()


class ProcessModel(QAbstractItemModel):
    """A tree of apps and processes or a flat list of processes, of all users or of this one."""

    settled = Signal()
    """All rows are up to date."""

    def __init__(self, labels: AppLabels, parent: QObject | None = None, *, uid: int | None = None) -> None:
        super().__init__(parent)
        self.labels = labels
        self._rows: list[Row] = []
        self._known: dict[int, Row] = {}
        self._serial = _ROOT
        self.assessment: Assessment | None = None
        self._context = Context(0, 0.0)
        self.scale = 0.0
        """Per mille of all memory that the highest row counts as, where bars are full."""
        self.held = False
        self._late: list[Row] = []
        """The first row of each level that isn't where the current order has it, and the first that has ended."""
        self.listing = Listing(os.getuid() if uid is None else uid, labels)
        """What has a row, and in which order."""
        self.left_alone: dict[tuple[int, int], str] = {}
        """A note that the value differs from what a rule gave, by process."""

    # what is shown

    @property
    def emptiness(self) -> str:
        """Why there are no rows; empty if there are some, or nothing is known yet."""
        if self._rows or self.assessment is None:
            return ""
        choice = self.listing.choice
        if not choice.text and not choice.mine:
            return ""
        return nothing_found(fit(printable(choice.typed), 40), mine=choice.mine, by_app=self.listing.by_app)

    @property
    def total_bytes(self) -> int:
        """RAM and swap in bytes."""
        return self._context.total * PAGE_SIZE

    def show_assessment(self, assessment: Assessment) -> None:
        self.assessment = assessment
        scope = assessment.snapshot.scope
        rates = rates_of_shown(assessment.growing, assessment.apps)
        order, of_apps = certainty(assessment), certainty_of_apps(assessment)
        self._context = Context(scope.total_pages, assessment.snapshot.at, order, of_apps, taken_instead(assessment), rates)
        first = assessment.risks[0].share if assessment.risks else None
        self.scale = first or 0.0
        self._bring_up_to_date(reorder=not self.held)

    def hold(self, held: bool) -> None:
        """Hold rows in place: new ones are appended, and ended ones stay, dimmed."""
        self.held = held
        if not held and self._late:
            self._bring_up_to_date(reorder=True)

    def take_order(self) -> None:
        """Apply the current order, even while rows are held."""
        self._bring_up_to_date(reorder=True)

    def out_of_place(self) -> list[QModelIndex]:
        """Return the first row of each level that is held where the current order hasn't got it, and the first that has ended."""
        found = []
        for row in self._late:
            serial = _ROOT if row.parent is None else row.parent.serial
            if row in self._siblings(serial):
                found.append(self.createIndex(row.at, 0, serial))
        return found

    def open_tail(self, opened: bool) -> None:
        """Show or hide the tail's apps below its row; nothing else moves."""
        tail = next((row for row in self._rows if row.tail is not None), None)
        if tail is None or tail.tail is None or self.assessment is None or opened == self.listing.tail_opened:
            return
        self.listing.tail_opened = opened
        if opened:
            fresh = [self._made(key, None, app) for key, app in self.listing.in_tail(self.assessment)]
            if fresh:
                self._insert(QModelIndex(), self._rows, tail.at + 1, self.listing.ordered_plainly(fresh))
        else:
            stays = {row.key: row for row in self._rows if not self.listing.is_quiet(row.key)}
            self._remove(QModelIndex(), self._rows, stays)
        tail.take(replace(tail.tail, opened=opened), self._context)
        self._announce(None, [(tail.at, ALL_COLUMNS)])
        self.settled.emit()

    def show_by_app(self, by_app: bool) -> None:
        if by_app == self.listing.by_app:
            return
        self.beginResetModel()
        self.listing.by_app = by_app
        self._rows, self._known = [], {}
        self.endResetModel()
        self._bring_up_to_date(reorder=True)

    def show_mine(self, mine: bool) -> None:
        self.listing.choice.mine = mine
        self._bring_up_to_date(reorder=True)

    def filter(self, text: str) -> None:
        self.listing.choice.typed = text.strip()
        self._bring_up_to_date(reorder=True)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.listing.sorting = Sorting(column, order == Qt.SortOrder.DescendingOrder)
        self._bring_up_to_date(reorder=True)

    def row_at(self, index: Index) -> Row:
        siblings = self._siblings(index.internalId())
        return siblings[index.row()]

    def row_or_none(self, index: Index) -> Row | None:
        return self.row_at(index) if index.isValid() else None

    def index_of(self, pid: int, start_time: int) -> QModelIndex:
        """Return the index of a process's row, or of its app's; invalid if not shown."""
        for at, row in enumerate(self._rows):
            found = row.members or ((row.risk,) if row.risk is not None else ())
            if any(risk.process.pid == pid and risk.process.start_time == start_time for risk in found):
                return self.createIndex(at, 0, _ROOT)
        return QModelIndex()

    # Qt model interface

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: ARG002
        return len(TITLES)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self._rows)
        if parent.column() != 0 or parent.internalId() != _ROOT:
            return 0
        row = self._rows[parent.row()]
        if row.children is None:
            self._look_into(row)
        return len(row.children or ())

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        if not parent.isValid():
            return bool(self._rows)
        if parent.column() != 0 or parent.internalId() != _ROOT:
            return False
        row = self._rows[parent.row()]
        return bool(row.members if row.children is None else row.children)

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        serial = _ROOT
        if parent.isValid():
            if parent.internalId() != _ROOT or parent.column() != 0:
                return QModelIndex()
            serial = self._rows[parent.row()].serial
        if not (0 <= row < len(self._siblings(serial)) and 0 <= column < len(TITLES)):
            return QModelIndex()
        return self.createIndex(row, column, serial)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        row = self._known.get(index.internalId()) if index.isValid() else None
        return QModelIndex() if row is None else self.createIndex(row.at, 0, _ROOT)

    def hint(self, index: Index, *, cut: bool = False, in_words: bool = False) -> str:
        """Return the tooltip; `cut`: the row's name is elided, `in_words`: its status is shown in words."""
        row = self.row_at(index)
        alone = "" if row.risk is None else self.left_alone.get(row.risk.process.identity, "")
        said = words.hint(
            row, index.column(), self.labels, total_bytes=self.total_bytes, cut=cut, in_words=in_words
        )
        return f"{said}\n{alone}" if alone and index.column() in (NAME, STATUS) else said

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            row = self.row_at(index)
            return words.cell(row, index.column(), self.labels)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.spoken(self.row_at(index), index.column(), self.labels)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _AT_START if index.column() in (NAME, COUNTS) else _AT_END
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr("Process") if section == NAME and not self.listing.by_app else tr(TITLES[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _AT_START if section in (NAME, COUNTS) else _AT_END
        return None

    # places

    def _siblings(self, serial: int) -> list[Row]:
        if serial == _ROOT:
            return self._rows
        row = self._known.get(serial)
        return row.children or [] if row is not None else []

    def _bring_up_to_date(self, *, reorder: bool) -> None:
        assessment = self.assessment
        if assessment is None:
            return
        self._late = []
        self._sync(None, self.listing.items(assessment, self._context.total, choose=reorder), reorder)
        for row in self._rows:
            if row.children is not None:
                self._sync(row, [] if row.gone else self.listing.below(row), reorder)
        self.settled.emit()

    def _look_into(self, row: Row) -> None:
        """Create a row's children when it is expanded; the view hasn't counted them, so no signal is needed."""
        made = [self._made(key, row, item) for key, item in self.listing.below(row)]
        row.children = self.listing.ordered(made)
        self._number(row.children)

    def _sync(self, parent: Row | None, items: list[tuple[Hashable, Item]], reorder: bool) -> None:
        place = QModelIndex() if parent is None else self.createIndex(parent.at, 0, _ROOT)
        siblings = self._rows if parent is None else parent.children
        assert siblings is not None
        present = dict(items)
        if len(present) < len(siblings) or any(row.key not in present for row in siblings):
            if reorder:
                self._remove(place, siblings, present)
            else:
                self._late.append(next(row for row in siblings if row.key not in present))
        changes: list[tuple[int, int]] = []
        for row in siblings:
            item = present.pop(row.key, None)
            if item is not None:
                alone = not row.members
                changed = row.take(item, self._context)
                if alone and row.members and row.children is None:
                    row.children = []  # so that the view learns that it can be expanded now
            else:
                changed = 0 if row.gone else ALL_COLUMNS
                row.gone = True
            if changed:
                changes.append((row.at, changed))
        if present:
            fresh = [self._made(key, parent, item) for key, item in present.items()]
            self._insert(place, siblings, len(siblings), fresh)
        self._announce(parent, changes)
        wanted = self.listing.ordered(siblings)
        moved = next((row for row, other in zip(siblings, wanted, strict=True) if row is not other), None)
        if moved is not None:
            if reorder:
                self._reorder(siblings, wanted)
            else:
                self._late.append(moved)

    def _insert(self, place: QModelIndex, siblings: list[Row], at: int, fresh: list[Row]) -> None:
        self.beginInsertRows(place, at, at + len(fresh) - 1)
        siblings[at:at] = fresh
        self._number(siblings)
        self.endInsertRows()

    def _remove(self, place: QModelIndex, siblings: list[Row], present: dict[Hashable, Any]) -> None:
        for first, last in absent(siblings, present):
            self.beginRemoveRows(place, first, last)
            for row in siblings[first : last + 1]:
                self._known.pop(row.serial, None)
            del siblings[first : last + 1]
            self._number(siblings)
            self.endRemoveRows()

    def _reorder(self, siblings: list[Row], wanted: list[Row]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = [
            index for index in self.persistentIndexList() if self._siblings(index.internalId()) is siblings
        ]
        held = [siblings[index.row()] for index in before]
        siblings[:] = wanted
        self._number(siblings)
        after = [
            self.createIndex(row.at, index.column(), index.internalId())
            for row, index in zip(held, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _announce(self, parent: Row | None, changes: list[tuple[int, int]]) -> None:
        """Emit one signal per run of adjacent rows that changed in the same columns."""
        serial = _ROOT if parent is None else parent.serial
        for first, last, columns in alike(changes):
            left, right = (columns & -columns).bit_length() - 1, columns.bit_length() - 1
            self.dataChanged.emit(
                self.createIndex(first, left, serial), self.createIndex(last, right, serial)
            )

    def _made(self, key: Hashable, parent: Row | None, item: Item) -> Row:
        self._serial += 1
        row = Row(key, self._serial, parent)
        if parent is None:
            self._known[row.serial] = row
        row.take(item, self._context)
        return row

    @staticmethod
    def _number(siblings: list[Row]) -> None:
        for at, row in enumerate(siblings):
            row.at = at
