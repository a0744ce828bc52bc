"""The rows of the process list and their order.

Numbers change at once; rows move only while the pointer isn't on the list. Sorting and filtering are done here and not by a
proxy, because only so can an order be held back and 2000 rows be updated in milliseconds.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from oomtray.messages.i18n import tr
from oomtray.messages.rows import nothing_found
from oomtray.risk.assessment import App
from oomtray.risk.certainty import certainty
from oomtray.text import fit, printable
from oomtray.ui.popup import process_row as rows
from oomtray.ui.popup.process_row import ALL_COLUMNS, CHANGE, MEMORY, NAME, PROTECTION, RISK, TITLES, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from oomtray.risk.assessment import Assessment, Risk
    from oomtray.risk.certainty import Certainty

    Index = QModelIndex | QPersistentModelIndex

_ROOT = 0
_NOWHERE = QModelIndex()


class ProcessModel(QAbstractItemModel):
    """Apps with their processes, or a flat list of processes; all of them, or only this user's."""

    settled = Signal()
    """All rows are up to date."""

    def __init__(self, parent: QObject | None = None, *, uid: int | None = None) -> None:
        super().__init__(parent)
        self._uid = os.getuid() if uid is None else uid
        self._rows: list[Row] = []
        self._known: dict[int, Row] = {}
        self._serial = _ROOT
        self._assessment: Assessment | None = None
        self._order: Certainty = "sure"
        self.held = False
        self._late = False
        self._column: int = RISK
        self._descending = False
        self._typed = self._text = ""
        self._by_app = True
        self._mine = False
        self.left_alone: dict[tuple[int, int], str] = {}
        """By process: that it has another value than a rule gave it."""

    # what is shown

    @property
    def assessment(self) -> Assessment | None:
        return self._assessment

    @property
    def by_app(self) -> bool:
        return self._by_app

    @property
    def mine(self) -> bool:
        return self._mine

    @property
    def sorting(self) -> tuple[int, bool]:
        """The column, and whether the largest comes first."""
        return self._column, self._descending

    @property
    def filtered_by(self) -> str:
        return self._text

    @property
    def emptiness(self) -> str:
        """Why there is no row; nothing where there is one, or nothing is known yet."""
        if self._rows or self._assessment is None:
            return ""
        if not self._text and not self._mine:
            return ""
        return nothing_found(fit(printable(self._typed), 40), mine=self._mine, by_app=self._by_app)

    def show_assessment(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._order = certainty(assessment)
        self._bring_up_to_date(reorder=not self.held)

    def hold(self, held: bool) -> None:
        """While held no row moves: what is new comes at the end, and what has ended stays, dimmed."""
        self.held = held
        if not held and self._late:
            self._bring_up_to_date(reorder=True)

    def show_by_app(self, by_app: bool) -> None:
        if by_app == self._by_app:
            return
        self.beginResetModel()
        self._by_app = by_app
        self._rows, self._known = [], {}
        self.endResetModel()
        self._bring_up_to_date(reorder=True)

    def show_mine(self, mine: bool) -> None:
        self._mine = mine
        self._bring_up_to_date(reorder=True)

    def filter(self, text: str) -> None:
        self._typed = text.strip()
        self._text = self._typed.casefold()
        self._bring_up_to_date(reorder=True)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._bring_up_to_date(reorder=True)

    def row_at(self, index: Index) -> Row:
        siblings = self._siblings(index.internalId())
        return siblings[index.row()]

    def index_of(self, pid: int, start_time: int) -> QModelIndex:
        """Where this process stands: its own row, or its app's; invalid where it is not shown."""
        for at, row in enumerate(self._rows):
            found = row.members or ((row.risk,) if row.risk is not None else ())
            if any(risk.process.pid == pid and risk.process.start_time == start_time for risk in found):
                return self.createIndex(at, 0, _ROOT)
        return QModelIndex()

    # Qt's questions

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

    def hint(self, index: Index) -> str:
        """What the pointer is told."""
        row = self.row_at(index)
        alone = "" if row.risk is None else self.left_alone.get(row.risk.process.identity, "")
        said = rows.hint(row, index.column())
        return f"{said}\n{alone}" if alone and index.column() in (NAME, PROTECTION) else said

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return rows.CELL[index.column()](self.row_at(index))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return rows.spoken(self.row_at(index), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignLeft if index.column() in (NAME, RISK) else Qt.AlignmentFlag.AlignRight
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr("Process") if section == NAME and not self._by_app else tr(TITLES[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section in (NAME, RISK) else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    # places

    def _siblings(self, serial: int) -> list[Row]:
        if serial == _ROOT:
            return self._rows
        row = self._known.get(serial)
        return row.children or [] if row is not None else []

    def _bring_up_to_date(self, *, reorder: bool) -> None:
        assessment = self._assessment
        if assessment is None:
            return
        items: Sequence[App | Risk] = assessment.apps if self._by_app else assessment.risks
        self._late = False
        self._sync(None, [(key_of(item), item) for item in items if self._wanted(item)], reorder)
        for row in self._rows:
            if row.children is not None:
                self._sync(row, self._below(row), reorder)
        self.settled.emit()

    def _below(self, row: Row) -> list[tuple[Hashable, App | Risk]]:
        if row.app is None:
            return []
        whole = not self._text or rows.matches(row.app, self._text)
        return [
            (key_of(risk), risk)
            for risk in row.members
            if (whole or rows.matches(risk, self._text)) and self._mine_or_all(risk)
        ]

    def _look_into(self, row: Row) -> None:
        """Somebody opens it: nobody has asked before, so nobody need be told of new rows."""
        made = []
        for key, item in self._below(row):
            child = self._make(key, row)
            child.take(item, self._order)
            made.append(child)
        row.children = self._ordered(made)
        self._number(row.children)

    def _sync(self, parent: Row | None, items: list[tuple[Hashable, App | Risk]], reorder: bool) -> None:
        place = QModelIndex() if parent is None else self.createIndex(parent.at, 0, _ROOT)
        siblings = self._rows if parent is None else parent.children
        assert siblings is not None
        present = dict(items)
        if len(present) < len(siblings) or any(row.key not in present for row in siblings):
            if reorder:
                self._remove(place, siblings, present)
            else:
                self._late = True
        changes: list[tuple[int, int]] = []
        for row in siblings:
            item = present.pop(row.key, None)
            if item is not None:
                alone = not row.members
                changed = row.take(item, self._order)
                if alone and row.members and row.children is None:
                    row.children = []  # so that the view is told that there is something to open now
            else:
                changed = 0 if row.gone else ALL_COLUMNS
                row.gone = True
            if changed:
                changes.append((row.at, changed))
        if present:
            fresh = []
            for key, item in present.items():
                row = self._make(key, parent)
                row.take(item, self._order)
                fresh.append(row)
            first = len(siblings)
            self.beginInsertRows(place, first, first + len(fresh) - 1)
            siblings.extend(fresh)
            self._number(siblings)
            self.endInsertRows()
        self._announce(parent, changes)
        wanted = self._ordered(siblings)
        if any(row is not other for row, other in zip(siblings, wanted, strict=True)):
            if reorder:
                self._reorder(siblings, wanted)
            else:
                self._late = True

    def _remove(self, place: QModelIndex, siblings: list[Row], present: dict[Hashable, Any]) -> None:
        last = len(siblings) - 1
        while last >= 0:
            if siblings[last].key in present:
                last -= 1
                continue
            first = last
            while first > 0 and siblings[first - 1].key not in present:
                first -= 1
            self.beginRemoveRows(place, first, last)
            for row in siblings[first : last + 1]:
                self._forget(row)
            del siblings[first : last + 1]
            self._number(siblings)
            self.endRemoveRows()
            last = first - 1

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
        """One signal for rows that stand together and changed in the same columns."""
        serial = _ROOT if parent is None else parent.serial
        at = 0
        while at < len(changes):
            first, columns = changes[at]
            last = first
            while at + 1 < len(changes) and changes[at + 1] == (last + 1, columns):
                at += 1
                last += 1
            left, right = (columns & -columns).bit_length() - 1, columns.bit_length() - 1
            self.dataChanged.emit(
                self.createIndex(first, left, serial), self.createIndex(last, right, serial)
            )
            at += 1

    def _make(self, key: Hashable, parent: Row | None) -> Row:
        self._serial += 1
        row = Row(key, self._serial, parent)
        if parent is None:
            self._known[row.serial] = row
        return row

    def _forget(self, row: Row) -> None:
        self._known.pop(row.serial, None)

    @staticmethod
    def _number(siblings: list[Row]) -> None:
        for at, row in enumerate(siblings):
            row.at = at

    # order and choice

    def _ordered(self, siblings: list[Row]) -> list[Row]:
        """What has no value for the column comes last, either way; equals by rank, then as they stand."""
        value = _VALUES[self._column]
        known = [row for row in siblings if value(row) is not None]
        known.sort(key=_by_rank)
        known.sort(key=value, reverse=self._descending)
        return known + [row for row in siblings if value(row) is None]

    def _wanted(self, item: App | Risk) -> bool:
        if not isinstance(item, App):
            return self._mine_or_all(item) and (not self._text or rows.matches(item, self._text))
        members = [risk for risk in item.members if self._mine_or_all(risk)]
        if not members:
            return False
        return (
            not self._text
            or rows.matches(item, self._text)
            or any(rows.matches(risk, self._text) for risk in members)
        )

    def _mine_or_all(self, risk: Risk) -> bool:
        return not self._mine or risk.process.uid == self._uid


def key_of(item: App | Risk) -> Hashable:
    return (item.key, item.uid) if isinstance(item, App) else item.process.identity


def _by_rank(row: Row) -> int:
    place: int | None = row.cells.risk.rank
    return 1 << 40 if place is None else place


_VALUES: dict[int, Callable[[Row], Any]] = {
    NAME: lambda row: row.cells.name.name.casefold(),
    RISK: lambda row: row.cells.risk.rank,
    MEMORY: lambda row: row.cells.memory,
    CHANGE: lambda row: row.cells.change,
    PROTECTION: lambda row: None if row.cells.protection is None else row.cells.protection[1],
}
