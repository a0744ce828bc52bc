"""Sets how systemd-oomd treats a running service or scope (ManagedOOMPreference=) at once, and takes it back.

systemd-oomd reads nothing but a mark on the control group (`user.oomd_avoid`, `user.oomd_omit`), so it is looked at
whether systemd has set that too. For units of the user's own manager no permission is needed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oomtray.actions.units.settings import PREFERENCES, Refusal, UnitRefused, completed
from oomtray.kernel.cgroups import unit_pids
from oomtray.kernel.killers.oomd_groups import preference_of
from oomtray.systemd.manager import ManagerError, ServiceManager
from oomtray.systemd.units import manager_address

if TYPE_CHECKING:
    from collections.abc import Callable

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


class PreferenceChanger:
    """What it is asked may take as long as systemd does."""

    def __init__(
        self, *, addresses: Callable[[int | None], str | None] = manager_address, cgroups: str = "/sys/fs/cgroup"
    ) -> None:
        """`addresses` gives the bus of a manager by uid (None: the system's)."""
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

    def set(self, name: str, preference: Oomd, *, user: bool, expect: Oomd | None = None) -> PreferenceOutcome:
        """`expect`: only where this is what it has, because another's later change is not taken back. Raises UnitRefused."""
        name = _checked(name)
        try:
            with self._manager(user) as manager:
                unit = manager.loaded(name)
                before = self._read(unit, user=user)
                if expect is not None and before.preference != expect:
                    raise UnitRefused(Refusal("preference-changed-since", name, before.preference, user=user))
                if before.preference != preference or before.marked not in (None, preference):
                    manager.set_oomd_preference(unit, preference)
                after = self._read(manager.loaded(name), user=user)
        except ManagerError as error:
            raise UnitRefused(error.problem) from error
        return PreferenceOutcome(preference, before, after)

    def undo(self, outcome: PreferenceOutcome) -> PreferenceOutcome:
        """Back to what it had. Raises UnitRefused."""
        before = outcome.before
        return self.set(before.name, before.preference, user=before.user, expect=outcome.wanted)

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


def _checked(name: str) -> str:
    name = completed(name)
    if not name.endswith(_KINDS):
        raise UnitRefused(Refusal("no-process-group", name))
    if name.startswith("user@"):
        raise UnitRefused(Refusal("all-of-a-user", name))
    return name
