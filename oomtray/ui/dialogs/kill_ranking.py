"""The kernel's ranking at the moment of a kill, as a table: what each held, what its setting added, what that made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from oomtray.messages.i18n import tr
from oomtray.messages.names import process_name
from oomtray.systemd.unit_names import unit_of
from oomtray.text import UNKNOWN, size
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.controllers.ended_apps import Ended
from oomtray.ui.dialogs.kill_list import ended
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.fonts import grown, scaled
from oomtray.ui.qt.hatch import paint_hatch
from oomtray.ui.qt.labels import side_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QIcon, QResizeEvent

    from oomtray.risk.judged import Risk
    from oomtray.risk.kill_event import KillEvent
    from oomtray.risk.postmortem import Ranked

MOST_ROWS = 5
_BAR, _BAR_WIDTH, _LEAST_BAR = 8, 120, 44
_MARGIN = 10
_ICON, _ICON_GAP = 20, 8
_NAME, _PICTURE, _ADDED = 1, 2, 4
_LONGEST_NAME = 0.45
"""Of the table's width, that is kept for names before a column of figures goes."""
_START = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Row(NamedTuple):
    """A place in the ranking; bytes."""

    place: int
    name: str
    note: str
    held: int
    added: int
    counted: int
    killed: bool
    of: Ended
    """What its icon is of."""
    pid: int


def rows(event: KillEvent) -> list[Row]:
    """The first of the ranking, with whom it cost and who held most among them; empty where it isn't known."""
    ranking, page = event.ranking, event.page_size
    if not ranking or page is None:
        return []
    killed = {victim.pid for victim in event.victims}
    known = {victim.pid: ended(victim) for victim in event.victims}
    largest = max(ranking, key=_held)
    places = {one.pid: place for place, one in enumerate(ranking, start=1)}
    wanted = [one for one in ranking if one.pid in killed or one is largest][: MOST_ROWS - 1]
    wanted += [one for one in ranking if one not in wanted][: MOST_ROWS - len(wanted)]
    within = unit_of(event.scope.path) if event.scope is not None and event.scope.kind == "cgroup" else None  # one has them all
    unit = 0 if event.scope is None or event.scope.total_pages is None else event.scope.total_pages // 1000 * page
    return [
        Row(
            places[one.pid],
            process_name(one.name, one.pid),
            tr("killed") if one.pid in killed else tr("the largest") if one is largest else "",
            _held(one),
            one.oom_score_adj * unit,
            one.badness * page,
            one.pid in killed,
            known.get(one.pid) or Ended(one.name, unit=None if within is None else within.name),
            one.pid,
        )
        for one in sorted(wanted, key=lambda one: places[one.pid])
    ]


def _held(one: Ranked) -> int:
    return one.rss + one.swap


class RankingTable(QTableWidget):
    """Reads as a table to a screen reader; the bars say the same to the eye.

    `bars_shown` says whether there is something for a legend to tell.
    """

    bars_shown = Signal(bool)

    def __init__(self, parent: QWidget | None = None, labels: AppLabels | None = None) -> None:
        super().__init__(0, 6, parent)
        self._shown: list[Row] = []
        self._labels = labels or AppLabels(self)
        self._labels.changed.connect(self.viewport().update)
        self._running: dict[tuple[int, str], Risk] = {}
        self.setAccessibleName(tr("The kernel's ranking"))
        for column, head in enumerate(("#", tr("Process"), "", tr("Held"), tr("Added"), tr("Counted"))):
            item = QTableWidgetItem(head)
            item.setTextAlignment(_START if column == _NAME else _RIGHT)
            self.setHorizontalHeaderItem(column, item)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        header = _Header(self)
        self.setHorizontalHeader(header)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_PICTURE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(_PICTURE, _BAR_WIDTH + 16)
        self.setItemDelegate(_RowDelegate(self))

    def show_rows(self, shown: Sequence[Row]) -> None:
        self._shown = list(shown)
        self.setRowCount(len(self._shown))
        for number, row in enumerate(self._shown):
            added = UNKNOWN if not row.added else f"{'+' if row.added > 0 else '−'}{size(abs(row.added))}"
            name = f"{row.name}  {row.note}" if row.note else row.name
            for column, text in enumerate((str(row.place), name, "", size(row.held), added, size(row.counted))):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_RIGHT if column not in (_NAME, _PICTURE) else Qt.AlignmentFlag.AlignVCenter)
                self.setItem(number, column, item)
        self._fit()
        self._share_out()

    def show_running(self, risks: Iterable[Risk]) -> None:
        """What runs now: of those that still do it is known which app they are a part of."""
        self._running = {(one.process.pid, one.process.name): one for one in risks}
        self.viewport().update()

    def icon_at(self, number: int) -> QIcon | None:
        row = self._shown[number]
        lives = self._running.get((row.pid, row.of.name))
        return (self._labels.of_ended(row.of) if lives is None else self._labels.of_process(lives)).icon

    def row_at(self, number: int) -> Row:
        return self._shown[number]

    @property
    def most(self) -> int:
        """Bytes that a full bar stands for."""
        return max((max(row.held, row.held + row.added) for row in self._shown), default=1) or 1

    def _fit(self) -> None:
        high = max(self.fontMetrics().height() + 14, 32)
        self.verticalHeader().setDefaultSectionSize(high)
        self.setFixedHeight(self.horizontalHeader().height() + high * len(self._shown) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        """Names come first; then what was added, without which the order can't be understood, the bars, and notes beside names."""
        header = self.horizontalHeader()

        def wide(column: int) -> int:
            if column == _PICTURE:
                return _LEAST_BAR + 16
            return max(self.sizeHintForColumn(column), header.sectionSizeHint(column))

        room = self.width() - sum(
            wide(column) for column in range(self.columnCount()) if column not in (_NAME, _PICTURE, _ADDED)
        )
        longest = round(self.width() * _LONGEST_NAME)
        names = min(self._names_width(), longest)
        notes = min(wide(_NAME), longest) - names
        room -= names
        for column in (_ADDED, _PICTURE):
            shown = wide(column) <= room and (column != _ADDED or any(row.added for row in self._shown))
            self.setColumnHidden(column, not shown)
            room -= wide(column) if shown else 0
        bars = not self.isColumnHidden(_PICTURE)
        if bars:
            header.resizeSection(_PICTURE, min(wide(_PICTURE) + max(room - notes, 0), _BAR_WIDTH + 16))
        self.bars_shown.emit(bars and any(row.added for row in self._shown))

    def _names_width(self) -> int:
        """Pixels for names with their icons alone."""
        metrics = {killed: QFontMetrics(scaled(self.font(), 1.0, bold=killed)) for killed in (False, True)}
        names = max((metrics[row.killed].horizontalAdvance(row.name) for row in self._shown), default=0)
        return names + grown(_ICON, self.font()) + _ICON_GAP + 2 * _MARGIN + 2

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.height())


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, table: RankingTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        row = self._table.row_at(index.row())
        found = contrast.of(self._table.palette(), on_base=True)
        box = QRectF(option.rect)
        painter.save()
        painter.fillRect(box, found.selected if row.killed else found.ground)
        if index.row():
            painter.fillRect(QRectF(box.left(), box.top(), box.width(), 1), found.line)
        if index.column() == _PICTURE:
            self._paint_bar(painter, box, row, found)
        else:
            self._paint_text(painter, box, row, index, found)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        row = self._table.row_at(index.row())
        metrics = QFontMetrics(scaled(self._table.font(), 1.0, bold=row.killed))
        beside = grown(_ICON, self._table.font()) + _ICON_GAP if index.column() == _NAME else 0
        return QSize(metrics.horizontalAdvance(str(index.data())) + beside + 2 * _MARGIN + 2, super().sizeHint(option, index).height())

    def _paint_text(
        self, painter: QPainter, box: QRectF, row: Row, index: QModelIndex | QPersistentModelIndex, found: colors.Colors
    ) -> None:
        inner = box.adjusted(_MARGIN, 0, -_MARGIN, 0)
        strong = row.killed and index.column() in (_NAME, 5)
        font = scaled(self._table.font(), 1.0, bold=strong)
        painter.setFont(font)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # "6.1 GiB" stays in its order
        middle = Qt.AlignmentFlag.AlignVCenter
        begin, end = side_of(self._table) | middle, side_of(self._table, at_end=True) | middle
        if index.column() != _NAME:
            painter.setPen(found.muted if index.column() == 0 else found.text)
            painter.drawText(inner, int(end), index.data())
            return
        mirrored = self._table.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = grown(_ICON, self._table.font())
        icon = self._table.icon_at(index.row())
        if icon is not None:
            left = round(inner.right() - side if mirrored else inner.left())
            icon.paint(painter, QRect(left, round(inner.center().y() - side / 2), side, side))
        inner.adjust(0 if mirrored else side + _ICON_GAP, 0, -side - _ICON_GAP if mirrored else 0, 0)
        metrics = painter.fontMetrics()
        plain = scaled(self._table.font(), 0.92)
        note, gap = note_beside(row, metrics, inner.width()), metrics.horizontalAdvance("  ")
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, int(inner.width()))
        painter.setPen(found.text)
        painter.drawText(inner, int(begin), name)
        if note:
            beside = metrics.horizontalAdvance(name) + gap
            painter.setFont(plain)
            painter.setPen(found.muted)
            painter.drawText(inner.adjusted(0, 0, -beside, 0) if mirrored else inner.adjusted(beside, 0, 0, 0), int(begin), note)

    def _paint_bar(self, painter: QPainter, box: QRectF, row: Row, found: colors.Colors) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(box.left() + 8, box.center().y() - _BAR / 2, box.width() - 16, _BAR)
        if self._table.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(track.left() + track.right(), 0)
            painter.scale(-1, 1)
        outline = QPainterPath()
        outline.addRoundedRect(track, _BAR / 2, _BAR / 2)
        painter.setClipPath(outline)
        painter.fillRect(track, found.track)
        if found.track == found.ground:  # high contrast
            painter.setPen(QPen(found.line, 1))
            painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), _BAR / 2, _BAR / 2)
        scale = track.width() / self._table.most
        held = max(row.held * scale, 2.0)
        painter.fillRect(QRectF(track.left(), track.top(), held, _BAR), found.calm)
        if row.added > 0:
            hatched = QRectF(track.left() + held, track.top(), row.added * scale, _BAR)
            paint_hatch(painter, hatched, found.calm, found.ground)
        elif row.added < 0:
            cut = max(held + row.added * scale, 0.0)
            taken = QRectF(track.left() + cut, track.top(), held - cut, _BAR)
            paint_hatch(painter, taken, found.muted, found.ground)


def note_beside(row: Row, metrics: QFontMetrics, room: float) -> str:
    """Nothing where the name would be cut for it: that tells more."""
    return row.note if metrics.horizontalAdvance(f"{row.name}  {row.note}") <= room else ""


class _Header(QHeaderView):
    """Flat, on the ground of the rows."""

    def __init__(self, table: RankingTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self.setFixedHeight(table.fontMetrics().height() + 12)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        found = contrast.of(self.palette(), on_base=True)
        painter.fillRect(rect, found.ground)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), found.line)
        painter.setFont(scaled(self.font(), 0.92))
        painter.setPen(found.muted)
        painter.setLayoutDirection(self.layoutDirection())
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        side = _START if section == _NAME else _RIGHT
        painter.drawText(rect.adjusted(_MARGIN, 0, -_MARGIN, 0), int(side), text)

    def sectionSizeFromContents(self, section: int) -> QSize:
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        return QSize(self.fontMetrics().horizontalAdvance(text) + 2 * _MARGIN, self.height())
