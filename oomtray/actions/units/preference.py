"""Set how systemd-oomd treats a running service or scope (ManagedOOMPreference=) at once, and undo that.

systemd-oomd only reads a mark on the control group (`user.oomd_avoid`, `user.oomd_omit`), so this checks that
systemd has set it. Units of the user manager need no permission.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.actions.journal import Journal, Journaled
from oomtray.actions.journal_file import Batch, UnitChange
from oomtray.actions.units.managers import asked
from oomtray.actions.units.settings import PREFERENCES, Oomd, Refusal, UnitRefused, UnitSettings, completed
from oomtray.kernel.cgroups import unit_pids
from oomtray.kernel.killers.oomd_groups import preference_of
from oomtray.records import dataclass
from oomtray.systemd.units import manager_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.actions.units.managers import Addresses
    from oomtray.systemd.manager import LoadedUnit

_KINDS = (".service", ".scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPreference:
    """How systemd-oomd treats a running unit."""

    name: str
    user: bool
    """Whether the unit is one of the user manager."""
    control_group: str
    pids: tuple[int, ...]
    """All processes of the unit."""
    preference: Oomd
    """The value its manager has."""
    marked: Oomd | None
    """The mark that systemd-oomd reads; None if the unit has no cgroup v2, the only kind that systemd-oomd acts on."""


@dataclass(frozen=True, slots=True)
class PreferenceOutcome:
    wanted: Oomd
    before: UnitPreference
    after: UnitPreference

    @property
    def done(self) -> bool:
        return self.after.preference == self.wanted and self.after.marked in (None, self.wanted)

    @property
    def changed(self) -> bool:
        return (self.before.preference, self.before.marked) != (self.after.preference, self.after.marked)


@dataclass(frozen=True, slots=True)
class PreferencesOutcome(Journaled):
    """The result for one or more units, set or restored together."""

    units: tuple[PreferenceOutcome, ...]
    """Never empty; omits units that have ended meanwhile."""
    refused: tuple[tuple[UnitChange, UnitRefused], ...] = ()
    """Units that an undo did not restore."""


class PreferenceChanger:
    """Set preferences of systemd-oomd. A call may take as long as systemd does. Changes go into the journal."""

    def __init__(
        self,
        *,
        journal: Journal | None = None,
        addresses: Addresses = manager_address,
        cgroups: str = "/sys/fs/cgroup",
    ) -> None:
        self._journal = Journal() if journal is None else journal
        self._addresses = addresses
        self._cgroups = cgroups

    def look(self, name: str, *, user: bool) -> UnitPreference:
        """Read a unit's preference. Raises UnitRefused, also if the manager can't be asked."""
        name = _checked(name)
        with asked(self._addresses, user=user) as manager:
            return self._read(manager.loaded(name), user=user)

    def set(self, names: Iterable[str], preference: Oomd, *, user: bool) -> PreferencesOutcome:
        """Set the preference of these units, leaving out those that are refused. Raises UnitRefused if all are."""
        done: list[PreferenceOutcome] = []
        refused = None
        for name in names:
            try:
                done.append(self._set(name, preference, user=user))
            except UnitRefused as error:
                refused = error
        if refused is not None and not done:
            raise refused
        moved = [_recorded(one) for one in done if one.changed]
        batch = self._journal.record("prefer", (), units=moved)
        return PreferencesOutcome(tuple(done), batch=batch, note=self._journal.note)

    def undo(self, batch: Batch) -> PreferencesOutcome:
        """Restore each unit's earlier preference. Raises UnitRefused if none can be set.

        A change that can never be undone any more is forgotten, so that the next undo takes the one before
        it.
        """
        done: list[PreferenceOutcome] = []
        back: list[UnitChange] = []
        undone = None
        refused: list[tuple[UnitChange, UnitRefused]] = []
        for unit in batch.units:
            try:
                before, after = _preference(unit.before), _preference(unit.after)
                done.append(self._set(unit.name, before, user=unit.user, expect=after))
                back.append(unit)
            except UnitRefused as error:
                refused.append((unit, error))
        left = [unit for unit, error in refused if not _is_final(error)]
        if len(left) < len(batch.units):
            undone = self._journal.take_back(batch, units=left, units_back=back)
        if not done:
            raise refused[-1][1]
        return PreferencesOutcome(tuple(done), undone=undone, note=self._journal.note, refused=tuple(refused))

    def foretell(self, batch: Batch) -> list[tuple[UnitPreference, Oomd]]:
        """Return what `undo` would set, with each unit's state.

        Raises UnitRefused if somebody else has changed one since.
        """
        found = []
        for unit in batch.units:
            now = self.look(unit.name, user=unit.user)
            _check_unchanged(now, _preference(unit.after))
            found.append((now, _preference(unit.before)))
        return found

    def _set(self, name: str, preference: Oomd, *, user: bool, expect: Oomd | None = None) -> PreferenceOutcome:
        """Set one unit's preference; `expect` requires its current value."""
        name = _checked(name)
        with asked(self._addresses, user=user) as manager:
            unit = manager.loaded(name)
            before = self._read(unit, user=user)
            if expect is not None:
                _check_unchanged(before, expect)
            if before.preference != preference or before.marked not in (None, preference):
                manager.set_oomd_preference(unit, preference)
            after = self._read(manager.loaded(name), user=user)
        return PreferenceOutcome(preference, before, after)

    def _read(self, unit: LoadedUnit, *, user: bool) -> UnitPreference:
        if not unit.active or unit.control_group is None:
            raise UnitRefused(Refusal("not-running", unit.name, user=user))
        return UnitPreference(
            name=unit.name,
            user=user,
            control_group=unit.control_group,
            pids=tuple(unit_pids(self._cgroups, unit.control_group)),
            preference=PREFERENCES.get(unit.oomd_preference or "", "none"),
            marked=self._mark(unit.control_group),
        )

    def _mark(self, control_group: str) -> Oomd | None:
        """Read the mark where cgroup v2 is mounted: alone, or beside version 1."""
        for root in (self._cgroups, f"{self._cgroups}/unified"):
            if os.path.exists(f"{root}/cgroup.controllers") and os.path.isdir(root + control_group):
                return preference_of(root + control_group)
        return None


def _check_unchanged(now: UnitPreference, expected: Oomd) -> None:
    """Refuse to undo if somebody else has changed the value since."""
    if now.preference != expected:
        raise UnitRefused(Refusal("preference-changed-since", now.name, now.preference, user=now.user))


def _is_final(error: UnitRefused) -> bool:
    """Whether retrying is pointless: the unit is gone, or somebody else has changed it."""
    return isinstance(error.why, Refusal) or error.why.id == "not-loaded"


def _recorded(done: PreferenceOutcome) -> UnitChange:
    before, after = (UnitSettings(oomd=one).directives for one in (done.before.preference, done.wanted))
    return UnitChange(name=done.before.name, user=done.before.user, live=True, before=before, after=after)


def _preference(directives: Mapping[str, int | str] | None) -> Oomd:
    return UnitSettings.of(directives or {}).oomd or "none"


def _checked(name: str) -> str:
    name = completed(name)
    if not name.endswith(_KINDS):
        raise UnitRefused(Refusal("no-process-group", name))
    if name.startswith("user@"):
        raise UnitRefused(Refusal("all-of-a-user", name))
    return name
