"""Decides which apps and processes have rows, and in which order: the choice, the quiet tail and the sorting. Without Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.risk.certainty import taken_instead
from oomtray.risk.judged import App, Reason, Risk
from oomtray.risk.set_here import ORIGINS
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, STATUS, Row, Tail
from oomtray.ui.popup.row_words import matches, name

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.app_labels import AppLabels

    Item = App | Risk | Tail

_ALWAYS_SHOWN = 5
"""How many of the first apps always have rows of their own."""
_LEAST_SUMMARIZED = 4
"""Least number of apps that are summarized."""
_PART, _OF_ALL = 20, 100
"""Small is less than a 20th of the largest, and less than a 100th of all memory."""
_NOTABLE: frozenset[Reason] = ORIGINS | {"next-victim", "near-victim"}
_LEAST_GROWTH = 256 * 1024
"""Growth in bytes per second from which an app isn't quiet."""
_TAIL = ("tail",)
"""The key of the row that summarizes the quiet tail."""


class Sorting(NamedTuple):
    column: int = COUNTS
    descending: bool = False
    """Whether the largest comes first."""

    @property
    def ends_quietly(self) -> bool:
        """Whether this order keeps small and late apps together."""
        return self in ((COUNTS, False), (MEMORY, True))


class Listing:
    def __init__(self, uid: int, labels: AppLabels) -> None:
        """Processes of `uid` are "mine"."""
        self.choice = Choice(uid, labels)
        self.sorting = Sorting()
        self.by_app = True
        """Whether there are apps with their processes below them; otherwise it is a flat list of processes."""
        self.tail_opened = False
        self._labels = labels
        self._quiet: frozenset[Hashable] = frozenset()
        """Keys of the apps in the tail."""

    def items(self, assessment: Assessment, total: int, *, choose: bool) -> list[tuple[Hashable, Item]]:
        """Return what has a row, by key; with `choose`, the tail's apps may change. `total` is all memory in pages."""
        if not self.by_app:
            return [(key_of(risk), risk) for risk in assessment.risks if self.choice.wants(risk)]
        apps = [(key_of(app), app) for app in assessment.apps if self.choice.wants(app)]
        if choose:
            has_tail = not self.choice.text and self.sorting.ends_quietly
            found = quiet([app for _, app in apps], total, taken_instead(assessment)) if has_tail else ()
            self._quiet = frozenset(key_of(app) for app in found)
        summed = [app for key, app in apps if key in self._quiet]
        shown: list[tuple[Hashable, Item]] = [(k, app) for k, app in apps if self.tail_opened or k not in self._quiet]
        if summed:
            shown.append((_TAIL, tail(summed, opened=self.tail_opened)))
        return shown

    def below(self, row: Row) -> list[tuple[Hashable, Item]]:
        """Return the processes that have a row below an app's."""
        return [(key_of(risk), risk) for risk in self.choice.within(row.app)] if row.app is not None and row.members else []

    def in_tail(self, assessment: Assessment) -> list[tuple[Hashable, Item]]:
        return [(key_of(app), app) for app in assessment.apps if self.is_quiet(key_of(app)) and self.choice.wants(app)]

    def is_quiet(self, key: Hashable) -> bool:
        return key in self._quiet

    def ordered(self, rows: list[Row]) -> list[Row]:
        """Return these rows of one level in the current order, with the tail before protected ones, since those die last."""
        tail = [row for row in rows if row.tail is not None]
        others = self.ordered_plainly([row for row in rows if row.tail is None])
        if not tail:
            return others
        after = [row for row in others if row.key in self._quiet]
        last = [row for row in others if row.key not in self._quiet and self._comes_last(row)]
        front = [row for row in others if row.key not in self._quiet and not self._comes_last(row)]
        return [*front, *tail, *after, *last]

    def ordered_plainly(self, rows: list[Row]) -> list[Row]:
        """Return rows in the current order without regard to the tail; ties go by rank, and rows without a value always come last."""
        column, descending = self.sorting
        value = _VALUES[column] if column != NAME else lambda row: name(row, self._labels).casefold()
        known = [row for row in rows if value(row) is not None]
        known.sort(key=_by_rank)
        known.sort(key=value, reverse=descending)
        return known + [row for row in rows if value(row) is None]

    def _comes_last(self, row: Row) -> bool:
        return self.sorting.column == COUNTS and row.cells.status.standing in ("protected", "never")


class Choice:
    """Filters apps and processes: all or only this user's, by name or pid."""

    def __init__(self, uid: int, labels: AppLabels) -> None:
        """Processes of `uid` are "mine"."""
        self._uid, self.labels = uid, labels
        self.mine = False
        self.typed = ""

    @property
    def text(self) -> str:
        """The filter text, casefolded for comparison."""
        return self.typed.casefold()

    def wants(self, item: App | Risk) -> bool:
        """Whether to show an item; an app is shown if it has anything to show."""
        text = self.text
        if not isinstance(item, App):
            return self._may_show(item) and (not text or matches(item, text, self.labels))
        members = [risk for risk in item.members if self._may_show(risk)]
        if not members:
            return False
        return not text or matches(item, text, self.labels) or any(matches(risk, text, self.labels) for risk in members)

    def within(self, app: App) -> list[Risk]:
        """Return the app's processes to show: all of them if the app itself matches."""
        text = self.text
        whole = not text or matches(app, text, self.labels)
        return [risk for risk in app.members if (whole or matches(risk, text, self.labels)) and self._may_show(risk)]

    def _may_show(self, risk: Risk) -> bool:
        return not self.mine or risk.process.uid == self._uid


def key_of(item: App | Risk) -> Hashable:
    """Return the key that identifies a row across scans."""
    return (item.key, item.uid) if isinstance(item, App) else item.process.identity


def quiet(apps: Sequence[App], total_pages: int, taken: frozenset[int]) -> tuple[App, ...]:
    """Return the apps to summarize, of `apps` sorted by rank; empty if too few. An app with a PID of `taken` isn't among them."""
    share = min(max((app.share or 0.0 for app in apps), default=0.0) / _PART, 1000 / _OF_ALL)
    most = max((app.memory or 0 for app in apps), default=0)
    memory = min(most / _PART, total_pages * PAGE_SIZE / _OF_ALL)
    found = tuple(app for app in apps[_ALWAYS_SHOWN:] if _is_quiet(app, share, memory, taken))
    return found if len(found) >= _LEAST_SUMMARIZED else ()


def tail(apps: Iterable[App], *, opened: bool) -> Tail:
    held = [(app.memory, app.memory_exact) for app in apps]
    known = [memory for memory, _ in held if memory is not None]
    return Tail(len(held), sum(known) if known else None, all(exact for _, exact in held), opened)


def _is_quiet(app: App, share: float, memory: float, taken: frozenset[int]) -> bool:
    if (app.share or 0.0) >= share or (app.memory or 0) >= memory or (app.change or 0.0) >= _LEAST_GROWTH:
        return False
    return not any(member.process.pid in taken or not _NOTABLE.isdisjoint(member.reasons) for member in app.members)


def _by_rank(row: Row) -> int:
    place = row.cells.counts.rank
    return 1 << 40 if place is None else place


_VALUES: dict[int, Callable[[Row], Any]] = {
    COUNTS: lambda row: row.cells.counts.rank,
    MEMORY: lambda row: row.cells.memory[0],
    CHANGE: lambda row: row.cells.change,
    STATUS: lambda row: None if row.cells.status.span is None else row.cells.status.span[1],
}
