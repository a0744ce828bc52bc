"""Sets how systemd-oomd treats a running service or scope (ManagedOOMPreference=) at once, and takes it back.

systemd-oomd reads nothing but a mark on the control group (`user.oomd_avoid`, `user.oomd_omit`), so it is looked at
whether systemd has set that too. For units of the user's own manager no permission is needed.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from oomtray.actions.journal import Journal
from oomtray.actions.journal_file import UnitChange
from oomtray.actions.units.settings import PREFERENCES, Refusal, UnitRefused, UnitSettings, completed
from oomtray.kernel.cgroups import unit_pids
from oomtray.kernel.killers.oomd_groups import preference_of
from oomtray.records import dataclass
from oomtray.systemd.manager import ManagerError, ServiceManager
from oomtray.systemd.units import manager_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from oomtray.actions.journal import JournalNote
    from oomtray.actions.journal_file import Batch
    from oomtray.actions.units.settings import Oomd
    from oomtray.systemd.manager import LoadedUnit

_KINDS = (".service", ".scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPreference:
    """How a running unit stands with systemd-oomd."""

    name: str
    user: bool
    """Whether the unit is one of the user's own manager."""
    control_group: str
    pids: tuple[int, ...]
    """All for which it holds."""
    preference: Oomd
    """What its manager has."""
    marked: Oomd | None
    """What systemd-oomd reads; None where the unit has no control group of version 2, without which that kills nothing."""


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
class PreferencesOutcome:
    """What became of one or more units, set or taken back together."""

    units: tuple[PreferenceOutcome, ...]
    """Never empty; one that has ended meanwhile is left out."""
    batch: Batch | None = None
    """What an undo takes back; None where nothing was changed, and after an undo."""
    undone: Batch | None = None
    """What an undo has set back, as the history has it."""
    note: JournalNote | None = None
    refused: tuple[tuple[UnitChange, UnitRefused], ...] = ()
    """What an undo didn't take back."""


class PreferenceChanger:
    """What it is asked may take as long as systemd does. What is done is in the journal."""

    def __init__(
        self,
        *,
        journal: Journal | None = None,
        addresses: Callable[[int | None], str | None] = manager_address,
        cgroups: str = "/sys/fs/cgroup",
    ) -> None:
        """`addresses` gives the bus of a manager by uid (None: the system's)."""
        self._journal = Journal() if journal is None else journal
        self._addresses = addresses
        self._cgroups = cgroups

    def look(self, name: str, *, user: bool) -> UnitPreference:
        """Raises UnitRefused, also where the manager can't be asked."""
        name = _checked(name)
        try:
            with self._manager(user) as manager:
                return self._read(manager.loaded(name), user=user)
        except ManagerError as error:
            raise UnitRefused(error.problem) from error

    def set(self, names: Iterable[str], preference: Oomd, *, user: bool) -> PreferencesOutcome:
        """The same for all of these units. Raises UnitRefused where none of them can be set."""
        done = _those_that_go([partial(self._set, name, preference, user=user) for name in names])
        moved = [_recorded(one) for one in done if one.changed]
        batch = self._journal.record("prefer", (), units=moved)
        return PreferencesOutcome(done, batch, note=self._journal.note)

    def undo(self, batch: Batch) -> PreferencesOutcome:
        """Back to what each of its units had. Raises UnitRefused where none of them can be set.

        What can never be taken back any more is forgotten, so that the next undo takes the change before it.
        """
        done: list[PreferenceOutcome] = []
        back: list[UnitChange] = []
        undone = None
        refused: list[tuple[UnitChange, UnitRefused]] = []
        for unit in batch.units:
            try:
                done.append(self._put_back(unit))
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
        """What `undo` would set, and how each unit stands now. Raises UnitRefused where one of them is another by now."""
        found = []
        for unit in batch.units:
            now = self.look(unit.name, user=unit.user)
            _check_unchanged(now, _preference(unit.after))
            found.append((now, _preference(unit.before)))
        return found

    def _put_back(self, unit: UnitChange) -> PreferenceOutcome:
        before, after = _preference(unit.before), _preference(unit.after)
        return self._set(unit.name, before, user=unit.user, expect=after)

    def _set(self, name: str, preference: Oomd, *, user: bool, expect: Oomd | None = None) -> PreferenceOutcome:
        """`expect`: only where this is what it has."""
        name = _checked(name)
        try:
            with self._manager(user) as manager:
                unit = manager.loaded(name)
                before = self._read(unit, user=user)
                if expect is not None:
                    _check_unchanged(before, expect)
                if before.preference != preference or before.marked not in (None, preference):
                    manager.set_oomd_preference(unit, preference)
                after = self._read(manager.loaded(name), user=user)
        except ManagerError as error:
            raise UnitRefused(error.problem) from error
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
        """Where version 2 is mounted: alone, or beside version 1."""
        for root in (self._cgroups, f"{self._cgroups}/unified"):
            if os.path.exists(f"{root}/cgroup.controllers") and os.path.isdir(root + control_group):
                return preference_of(root + control_group)
        return None

    def _manager(self, user: bool) -> ServiceManager:
        return ServiceManager(os.geteuid() if user else None, addresses=self._addresses)


def _check_unchanged(now: UnitPreference, expected: Oomd) -> None:
    """Another's later change is not taken back."""
    if now.preference != expected:
        raise UnitRefused(Refusal("preference-changed-since", now.name, now.preference, user=now.user))


def _is_final(error: UnitRefused) -> bool:
    """The unit is no more, or another's change stands."""
    return isinstance(error.why, Refusal) or error.why.id == "not-loaded"


def _recorded(done: PreferenceOutcome) -> UnitChange:
    before, after = (UnitSettings(oomd=one).directives for one in (done.before.preference, done.wanted))
    return UnitChange(name=done.before.name, user=done.before.user, live=True, before=before, after=after)


def _preference(directives: Mapping[str, int | str] | None) -> Oomd:
    return UnitSettings.of(directives or {}).oomd or "none"


def _those_that_go(works: Sequence[Callable[[], PreferenceOutcome]]) -> tuple[PreferenceOutcome, ...]:
    """One after another; a unit that is refused is left out. Raises UnitRefused where all are."""
    outcomes, refused = [], None
    for work in works:
        try:
            outcomes.append(work())
        except UnitRefused as error:
            refused = error
    if refused is not None and not outcomes:
        raise refused
    return tuple(outcomes)


def _checked(name: str) -> str:
    name = completed(name)
    if not name.endswith(_KINDS):
        raise UnitRefused(Refusal("no-process-group", name))
    if name.startswith("user@"):
        raise UnitRefused(Refusal("all-of-a-user", name))
    return name
