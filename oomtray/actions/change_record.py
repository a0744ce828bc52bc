"""Record changes by hand and by rules, each once: those of the tray, and those that commands make meanwhile."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from oomtray.history.events import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from oomtray.actions.adjust import Change
    from oomtray.actions.journal import Journal
    from oomtray.actions.journal_file import Batch
    from oomtray.actions.rules.engine import RulesStatus
    from oomtray.actions.rules.service import RulesService
    from oomtray.kernel.snapshot import Snapshot

_NAMED = 20
"""Most processes of one change that are named."""


class ChangeRecord:
    """Pass changes on from the journal and the rules, and record new ones. For the thread that drives the monitor."""

    def __init__(
        self, journal: Journal, rules: RulesService, note: Callable[[Event], None], *, wall: Callable[[], float]
    ) -> None:
        """`note` is called with each event; `wall` returns seconds since 1970."""
        self._journal, self._rules, self._note, self._wall = journal, rules, note, wall
        self._given: Mapping[tuple[int, int], int] = {}
        self._known: dict[tuple[int, float], Batch] | None = None
        """Recorded batches; at first all in the journal, because each command records its own."""
        self._known_undone: dict[str, Event] | None = None
        """Recorded undos, by the keys of their events."""
        self._moved: frozenset[tuple[int, int]] = frozenset()

    def last_given(self) -> Mapping[tuple[int, int], int]:
        """Return `Journal.last_given`, and record what is new in it."""
        given = self._journal.last_given()
        if given is not self._given:
            self._given = given
            batches = {(batch.number, batch.time): batch for batch in self._journal.batches()}
            known = batches if self._known is None else self._known
            for key, batch in batches.items():
                if known.get(key) != batch:
                    self._note(of_batch(batch))
            self._known = batches
            undone = {event.key: event for event in map(of_undone, self._journal.undone())}
            for event in undone.values():
                if self._known_undone is not None and self._known_undone.get(event.key) != event:
                    self._note(event)
            self._known_undone = undone
        return given

    def apply(self, snapshot: Snapshot) -> tuple[RulesStatus | None, bool]:
        """Apply the rules as `RulesService.apply` does, and record what a rule has just changed."""
        status, changed = self._rules.apply(snapshot)
        moved = {} if status is None else {
            one.process.identity: one for one in status.applied if one.change is not None and one.change.moved
        }  # fmt: skip
        new = [one for identity, one in moved.items() if identity not in self._moved]
        self._moved = frozenset(moved)
        if new:
            now = self._wall()
            changes = [one.change for one in new if one.change is not None]
            self._note(Event("change", f"rule/{now:.3f}", now, {"action": "rule", "by": "rule", "changes": _told(changes)}))
        return status, changed


def keep(event: Event) -> None:
    """Queue a command's event for the next program that opens the record, if there is to be one and it can be written."""
    from oomtray.config import default_file, load
    from oomtray.file_access import FileError
    from oomtray.history.pending import Pending, pending_path
    from oomtray.history.schema import default_path

    if load(default_file())[0].history.record:
        with suppress(FileError):  # problems with the directory are reported for the journal
            Pending(pending_path(default_path())).append([event])


def of_batch(batch: Batch) -> Event:
    """Build the event for the changes of one click or command."""
    return Event("change", f"hand/{batch.number}/{batch.time:.3f}", batch.time, _data(batch.action, batch))


def of_undone(undone: Batch) -> Event:
    """Build the event for what an undo restored, from the journal; `undid` is the action that was undone."""
    data = _data("undo", undone) | {"undid": undone.action}
    return Event("change", f"undo/{undone.number}/{undone.time:.3f}", undone.time, data)


def _data(action: str, batch: Batch) -> dict[str, Any]:
    data: dict[str, Any] = {"action": action, "by": "hand", "changes": _told(batch.changes)}
    if batch.units:
        data["units"] = [{"name": one.name, "from": one.before, "to": one.after} for one in batch.units[:_NAMED]]
    if batch.edit is not None:
        from oomtray.actions.file_edits import names_of

        data["named"] = names_of(batch.edit)[:_NAMED]
    return data


def _told(changes: Iterable[Change]) -> list[dict[str, object]]:
    return [
        {"pid": one.pid, "name": one.name, "from": one.before, "to": one.after} for one in [*changes][:_NAMED]
    ]
