"""Order apps by when the kernel would take their first process: as it is, and as it would be after a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.victim import foresee

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App
    from oomtray.risk.ranking import Ranked

_MOST = 4


@dataclass(frozen=True, slots=True)
class Place:
    """An app, or the selected processes. Sizes are pages."""

    number: int | None
    """1 goes first; None if the kernel never takes it."""
    process: Process
    """The one of its processes that would be killed first."""
    app: App | None
    """None if no app has it, and for a process selected on its own."""
    held: int
    """Memory, swap and page tables."""
    added: int
    """What oom_score_adj adds; negative if it takes off."""
    ours: bool

    @property
    def badness(self) -> int:
        return self.held + self.added


@dataclass(frozen=True, slots=True)
class Queue:
    """The places worth showing."""

    first: tuple[Place, ...]
    others: int
    """How many apps lie between the first places and `ours`, or behind the first if `ours` is among them."""
    ours: Place | None
    """The selected place, if it isn't among the first."""

    @property
    def shown(self) -> tuple[Place, ...]:
        return self.first if self.ours is None else (*self.first, self.ours)


def queue(
    assessment: Assessment,
    ours: Collection[int],
    *,
    whole_app: bool,
    adjusted: Mapping[int, int] | None = None,
) -> Queue:
    """Build the queue with at most four places.

    `ours` are the selected PIDs, shown as one place; `whole_app` says that they are all of an app.
    """
    places = line(assessment, ours, whole_app=whole_app, adjusted=adjusted)
    at = next((n for n, place in enumerate(places) if place.ours), None)
    if at is None or at < _MOST:
        first = tuple(places[:_MOST])
        return Queue(first, len(places) - len(first), None)
    first = tuple(places[: _MOST - 1])
    return Queue(first, at - len(first), places[at])


def line(
    assessment: Assessment,
    ours: Collection[int],
    *,
    whole_app: bool,
    adjusted: Mapping[int, int] | None = None,
) -> list[Place]:
    """Return all apps, first to go first; what is never taken appears only if it is `ours`."""
    ranking = foresee(assessment.snapshot, adjusted or {}, top=None)
    apps = {member.process.pid: app for app in assessment.apps for member in app.members}
    step = assessment.snapshot.scope.total_pages // 1000
    places: list[Place] = []
    seen: set[object] = set()
    for row in (*ranking.first, *ranking.rest):
        mine = row.process.pid in ours
        if row.rank is None and not mine:
            continue
        app = apps.get(row.process.pid)
        key: object = "ours" if mine else row.process.pid if app is None else (app.key, app.uid)
        if key in seen:
            continue
        seen.add(key)
        number = None if row.rank is None else len(places) + 1
        places.append(_place(row, app if whole_app or not mine else None, number, step, ours=mine))
    return places


def _place(row: Ranked, app: App | None, number: int | None, step: int, *, ours: bool) -> Place:
    process = row.process
    added = (process.oom_score_adj or 0) * step
    if row.badness is None:
        return Place(number, process, app, process.pages or 0, added, ours)
    # if the sizes can't be read, work them out from the estimated badness
    held = process.pages if process.pages is not None else max(row.badness - added, 0)
    return Place(number, process, app, held, row.badness - held, ours)
