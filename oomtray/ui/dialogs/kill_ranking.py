"""The kernel's ranking at the time of a kill, as a table: what each process held, its adjustment, and the sum."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF

from oomtray.messages.i18n import tr
from oomtray.messages.names import process_name
from oomtray.systemd.unit_names import unit_of
from oomtray.text import UNKNOWN, size
from oomtray.ui.controllers.installed_apps import Ended
from oomtray.ui.dialogs.figure_table import BAR, BESIDE_BAR, Figure, FigureTable, paint_track
from oomtray.ui.dialogs.kill_delegate import ended
from oomtray.ui.qt.painting import paint_hatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QIcon, QPainter
    from PySide6.QtWidgets import QWidget

    from oomtray.risk.judged import Risk
    from oomtray.risk.kill_event import KillEvent
    from oomtray.risk.postmortem import Ranked
    from oomtray.ui.controllers.app_labels import AppLabels
    from oomtray.ui.qt.colors import Colors

MOST_ROWS = 5
_BAR_WIDTH, _LEAST_BAR = 120, 44
_PLACE, _NAME, _PICTURE, _HELD, _ADDED, _COUNTED = range(6)
_LONGEST_NAME = 0.45
"""Share of the table's width kept for names before a column of figures is hidden."""


class Row(NamedTuple):
    """A place in the ranking; sizes in bytes."""

    place: int
    name: str
    note: str
    held: int
    added: int
    counted: int
    killed: bool
    of: Ended
    """The ended process whose icon is shown."""
    pid: int


def rows(event: KillEvent) -> list[Row]:
    """Return the top of the ranking, including what was killed and the largest; empty if unknown."""
    ranking, page = event.ranking, event.page_size
    if not ranking or page is None:
        return []
    killed = {victim.pid for victim in event.victims}
    known = {victim.pid: ended(victim) for victim in event.victims}
    largest = max(ranking, key=_held)
    places = {one.pid: place for place, one in enumerate(ranking, start=1)}
    wanted = [one for one in ranking if one.pid in killed or one is largest][: MOST_ROWS - 1]
    wanted += [one for one in ranking if one not in wanted][: MOST_ROWS - len(wanted)]
    within = unit_of(event.scope.path) if event.scope is not None and event.scope.kind == "cgroup" else None  # all processes have it
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


class RankingTable(FigureTable):
    """Shows the rows of `rows`; those that were killed are highlighted."""

    name_column, bar_column = _NAME, _PICTURE
    has_icons = True
    faint_columns = frozenset({_PLACE})

    def __init__(self, parent: QWidget, labels: AppLabels) -> None:
        super().__init__(("#", tr("Process"), "", tr("Held"), tr("Added"), tr("Counted")), parent)
        self._shown: list[Row] = []
        self._labels = labels
        self._labels.changed.connect(self.viewport().update)
        self._running: dict[tuple[int, str], Risk] = {}
        self.setAccessibleName(tr("The kernel's ranking"))

    def show_rows(self, shown: Sequence[Row]) -> None:
        self._shown = list(shown)
        self.fill([
            Figure(row.name, row.note, _texts(row), row.killed, partial(self._paint_bar, row), partial(self._icon, row))
            for row in self._shown
        ])

    def show_running(self, risks: Iterable[Risk]) -> None:
        """Take what runs now: the app of a process that still runs is known."""
        self._running = {(one.process.pid, one.process.name): one for one in risks}
        self.viewport().update()

    def _icon(self, row: Row) -> QIcon | None:
        lives = self._running.get((row.pid, row.of.name))
        return (self._labels.of_ended(row.of) if lives is None else self._labels.of_process(lives)).icon

    @property
    def most(self) -> int:
        """The bytes that a full bar represents."""
        return max((max(row.held, row.held + row.added) for row in self._shown), default=1) or 1

    def share_out(self) -> None:
        """Give room to names, then adjustments, which explain the order, then bars, then notes beside names."""
        longest = round(self.width() * _LONGEST_NAME)
        names = min(max((self.width_of(n, row.name) for n, row in enumerate(self._shown)), default=0) + self.icon_room(), longest)
        notes = min(self.wide(_NAME), longest) - names
        room = self.width() - names - sum(map(self.wide, (_PLACE, _HELD, _COUNTED)))
        least = _LEAST_BAR + BESIDE_BAR
        adds = any(row.added for row in self._shown)
        added = adds and self.wide(_ADDED) <= room
        room -= self.wide(_ADDED) if added else 0
        bars = least <= room
        self.setColumnHidden(_ADDED, not added)
        self.setColumnHidden(_PICTURE, not bars)
        if bars:
            self.horizontalHeader().resizeSection(_PICTURE, min(max(room - notes, least), _BAR_WIDTH + BESIDE_BAR))
        self.bars_shown.emit(bars and adds)

    def _paint_bar(self, row: Row, painter: QPainter, track: QRectF, found: Colors) -> None:
        paint_track(painter, track, found)
        scale = track.width() / self.most
        held = max(row.held * scale, 2.0)
        painter.fillRect(QRectF(track.left(), track.top(), held, BAR), found.calm)
        if row.added > 0:
            hatched = QRectF(track.left() + held, track.top(), row.added * scale, BAR)
            paint_hatch(painter, hatched, found.calm, found.ground)
        elif row.added < 0:
            cut = max(held + row.added * scale, 0.0)
            taken = QRectF(track.left() + cut, track.top(), held - cut, BAR)
            paint_hatch(painter, taken, found.muted, found.ground)


def _texts(row: Row) -> tuple[str, ...]:
    added = UNKNOWN if not row.added else f"{'+' if row.added > 0 else '−'}{size(abs(row.added))}"
    name = f"{row.name}  {row.note}" if row.note else row.name
    return str(row.place), name, "", size(row.held), added, size(row.counted)
