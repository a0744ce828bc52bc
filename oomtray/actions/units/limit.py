"""Raise the memory limit of a unit (MemoryMax=) permanently and at once, and undo that.

Changes go into the journal.

    outcome = changer.set(wanted)    for a unit of the system manager, systemd has polkit ask for a password
    outcome = changer.undo(batch)    also of another run's change

systemd keeps the value in a drop-in of its own, so neither a file of ours nor a reload is needed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.actions.journal import Journal, Journaled
from oomtray.actions.journal_file import Batch, UnitChange
from oomtray.actions.units.managers import asked
from oomtray.actions.units.settings import Refusal, UnitRefused
from oomtray.records import dataclass
from oomtray.systemd.unit_names import unit_of
from oomtray.systemd.units import manager_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.actions.units.managers import Addresses
    from oomtray.risk.kill_event import KillScope
    from oomtray.systemd.manager import ServiceManager

ACTION = "limit"
_KEY = "MemoryMax"
_STEP = 64 << 20
_TYPES = (".service", ".scope", ".slice")


@dataclass(frozen=True, slots=True)
class UnitLimit:
    name: str
    user: bool
    """Whether it is a unit of the user manager."""
    limit: int | None
    """Bytes; None: unlimited."""


@dataclass(frozen=True, slots=True)
class LimitOutcome(Journaled):
    after: UnitLimit
    wanted: int | None

    @property
    def done(self) -> bool:
        return self.after.limit == self.wanted


class LimitChanger:
    """Set memory limits. A call may wait for a password: don't use it from the main thread."""

    def __init__(self, *, journal: Journal | None = None, addresses: Addresses = manager_address) -> None:
        self._journal = Journal() if journal is None else journal
        self._addresses = addresses

    def set(self, wanted: MemoryMax) -> LimitOutcome:
        """Set a limit. Raises UnitRefused, also if the unit may already use that much."""
        with asked(self._addresses, user=wanted.user) as manager:
            before = _read(manager, wanted.unit, user=wanted.user)
            if before.limit is None or before.limit >= wanted.limit:
                raise UnitRefused(Refusal("limit-not-lower", before.name, _limit_text(before.limit)))
            outcome = _set(manager, before, wanted.limit)
        done = UnitChange(
            name=before.name, user=before.user, live=True, before=_directives(before.limit), after=_directives(wanted.limit)
        )
        batch = self._journal.record(ACTION, (), units=[done])
        return replace(outcome, batch=batch, note=self._journal.note)

    def undo(self, batch: Batch) -> LimitOutcome:
        """Restore the unit's earlier limit. Raises UnitRefused.

        A change that can never be undone any more is forgotten, so that the next undo takes the one before
        it.
        """
        (done,) = batch.units
        try:
            with asked(self._addresses, user=done.user) as manager:
                outcome = _set(manager, _read_unchanged(manager, done), limit_of(done.before))
        except UnitRefused as error:
            if isinstance(error.why, Refusal):
                self._journal.take_back(batch)
            raise
        undone = self._journal.take_back(batch, units_back=[done])
        return replace(outcome, undone=undone, note=self._journal.note)

    def foretell(self, batch: Batch) -> UnitLimit:
        """Return what `undo` would set. Raises UnitRefused if somebody else has changed the limit since."""
        (done,) = batch.units
        with asked(self._addresses, user=done.user) as manager:
            now = _read_unchanged(manager, done)
        return UnitLimit(now.name, now.user, limit_of(done.before))


def limit_of(directives: Mapping[str, int | str] | None) -> int | None:
    """Return the limit in bytes from directives in the journal, or None."""
    value = (directives or {}).get(_KEY)
    return value if isinstance(value, int) else None


def _directives(limit: int | None) -> dict[str, int | str]:
    return {} if limit is None else {_KEY: limit}


def _limit_text(limit: int | None) -> str:
    return "infinity" if limit is None else str(limit)


def _read_unchanged(manager: ServiceManager, done: UnitChange) -> UnitLimit:
    """Read the unit and check that our value is still set: later changes by others are not undone.

    Raises UnitRefused.
    """
    now = _read(manager, done.name, user=done.user)
    if now.limit != limit_of(done.after):
        raise UnitRefused(Refusal("limit-changed-since", now.name, _limit_text(now.limit)))
    return now


def _set(manager: ServiceManager, before: UnitLimit, limit: int | None) -> LimitOutcome:
    manager.set_memory_max(before.name, limit)
    return LimitOutcome(_read(manager, before.name, user=before.user), limit)


def _read(manager: ServiceManager, name: str, *, user: bool) -> UnitLimit:
    unit = manager.loaded(name, load=True)
    if not unit.found:
        raise UnitRefused(Refusal("no-unit", name, user=user))
    return UnitLimit(unit.name, user, unit.memory_max)


@dataclass(frozen=True, slots=True)
class MemoryMax:
    """A unit and the limit to set for it, in bytes."""

    unit: str
    user: bool
    """Whether it is a unit of the user manager."""
    limit: int


def raised(scope: KillScope | None, uid: int, *, cgroups: str = "/sys/fs/cgroup") -> MemoryMax | None:
    """Propose 1.5 times the limit, rounded up to 64 MiB; None if the limit belongs to no unit or the unit is gone."""
    if scope is None or scope.kind != "cgroup" or scope.path is None or not scope.limit:
        return None
    unit = unit_of(scope.path)
    if unit is None or unit.root != scope.path.rstrip("/") or not unit.name.endswith(_TYPES) or unit.uid not in (None, uid):
        return None
    places = (cgroups, os.path.join(cgroups, "memory"), os.path.join(cgroups, "unified"))
    if ".." in scope.path or not any(os.path.isdir(place + scope.path) for place in places):
        return None
    limit = -(-scope.limit * 3 // (2 * _STEP)) * _STEP
    return MemoryMax(unit.name, unit.uid is not None, limit)
