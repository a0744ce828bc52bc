"""Read the state of a service: its manager's view, our drop-in, and the values that its processes really have."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from oomtray.actions.adjust import Target
from oomtray.actions.units import dropin
from oomtray.actions.units.settings import Refusal, UnitRefused, UnitSettings, check_name
from oomtray.kernel.cgroups import MemoryCgroups, unit_pids
from oomtray.kernel.process import children, unit_cgroup
from oomtray.kernel.process_handle import open_process
from oomtray.paths import default_config_home
from oomtray.records import dataclass
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.file_access import FileProblem
    from oomtray.systemd.manager import ManagerProblem, ServiceManager, ServiceStatus

_NAMES = frozenset({
    *("ssh", "sshd", "dropbear", "xrdp-sesman"),
    *("cron", "crond", "cronie", "fcron", "anacron", "atd"),
    *("gdm", "gdm3", "sddm", "lightdm", "lxdm", "xdm", "greetd", "ly", "plasmalogin"),
})  # fmt: skip
"""Services, also as name@instance, that neither their unit file nor, with nobody logged in, their processes show."""
_SESSION = re.compile(r"session-[^/]+\.scope")
"""Names of logind's scopes for sessions."""


@dataclass(frozen=True, slots=True)
class Member:
    pid: int
    start_time: int
    name: str
    adj: int
    mine: bool
    """Whether all four of its uids are ours."""

    @property
    def target(self) -> Target:
        return Target(self.pid, self.start_time)


@dataclass(frozen=True, slots=True)
class UnitState:
    status: ServiceStatus
    user: bool
    """Whether the unit is one of the user manager."""
    units: str
    """Directory for units, in which our drop-in's directory lies, or would lie."""
    ours: UnitSettings | None
    """What our drop-in sets; None if there is none."""
    exact: bool
    """Whether that is all of it: nobody has edited the file, so the same text can be written again."""
    blocked: Refusal | FileProblem | ManagerProblem | None
    """Why the unit can't be given our drop-in. An existing one can still be removed."""
    members: tuple[Member, ...]
    policy_counts: bool
    """Whether OOMPolicy= works: systemd learns of OOM kills only through cgroup v2, where it counts the unit's memory."""
    floor: int | None
    """oom_score_adj of the user manager, the lowest that it can give; None for the system manager."""
    sessions: bool
    """Whether the unit starts sessions or jobs of users, in which everything inherits its value."""
    checksum: int | None = None
    """Checksum of our drop-in, 0 if there is none; None if it couldn't be read."""

    @property
    def name(self) -> str:
        return self.status.name

    @property
    def path(self) -> str:
        return dropin.path_of(self.units, self.name)

    @property
    def runs(self) -> bool:
        return bool(self.members)

    @property
    def dies_whole(self) -> bool:
        """Whether one OOM kill ends more than the one process."""
        return self.policy_counts and self.status.oom_policy in ("stop", "kill") and len(self.members) > 1


def look(manager: ServiceManager, name: str, *, user: bool, proc: str, cgroups: str, units: str) -> UnitState:
    """Read the state of a service. Raises ManagerError, and UnitRefused if neither it nor a drop-in of ours exists."""
    status = manager.status(check_name(name))
    check_name(status.name)  # an alias may resolve to a unit that is refused
    if user:
        units = _own_directory(status, units)
    text, checksum, blocked = None, None, None
    try:
        text, checksum = dropin.read(units, status.name)
    except UnitRefused as refused:
        blocked = refused.why
    ours = None if text is None else dropin.parse(text)
    unfit = _unfit(status, user=user)
    if unfit is not None and status.load_state != "loaded" and ours is None:
        raise UnitRefused(unfit)
    members, memory, group = _members(status.control_group, proc, cgroups), MemoryCgroups(cgroups, proc), status.control_group
    return UnitState(
        status=status,
        user=user,
        units=units,
        ours=ours,
        exact=ours is None or text == dropin.render(ours),
        blocked=unfit or blocked,
        members=members,
        policy_counts=memory.counts_kills(group) if group and memory.exists(group) else memory.tells_systemd,
        floor=adj_now(status.manager_pid, None, proc) if user and status.manager_pid is not None else None,
        sessions=starts_sessions(status, (member.pid for member in members), proc),
        checksum=checksum,
    )


def _unfit(status: ServiceStatus, *, user: bool) -> Refusal | None:
    """Return why no lasting value can be set, or None."""
    name = status.name
    if status.load_state == "not-found":
        return Refusal("no-unit", name, user=user)
    if status.load_state == "masked":
        return Refusal("masked", name)
    if status.load_state != "loaded":
        return Refusal("unloadable", name, status.load_state)
    return Refusal("transient", name) if status.transient else None


def adj_now(pid: int, start_time: int | None, proc: str) -> int | None:
    """Return a process's oom_score_adj now; None if it has ended."""
    try:
        with open_process(pid, start_time, proc) as process:
            return process.read_adj()
    except OSError:
        return None


def _own_directory(status: ServiceStatus, wanted: str) -> str:
    """Find the unit directory that the user manager reads: its XDG directories may differ from this program's."""
    read = {os.path.realpath(path) for path in status.unit_path}
    for path in (wanted, os.path.join(default_config_home(), "systemd", "user")):
        if not read or os.path.realpath(path) in read:
            return path
    raise UnitRefused(Refusal("unread-directory", status.name, wanted, user=True))


def _members(control_group: str | None, proc: str, cgroups: str) -> tuple[Member, ...]:
    found = []
    me = {os.geteuid()}
    for pid in unit_pids(cgroups, control_group) if control_group else ():
        try:
            with open_process(pid, None, proc) as process:
                if not process.zombie:
                    adj, mine = process.read_adj(), set(process.uids()) == me
                    found.append(Member(pid, process.start_time, process.name, adj, mine))
        except OSError:
            continue  # it has ended, or is hidden
    return tuple(found)


def starts_sessions(status: ServiceStatus, pids: Iterable[int], proc: str) -> bool:
    """Whether the unit starts sessions or jobs of users, whose processes inherit its value.

    Decided by the unit's settings (systemd.exec(5)), by its name, or by what its processes have started: a process
    that logind moves to a session's scope keeps the value, though it has left the unit.
    """
    if status.pam_name or status.utmp_identifier or "display-manager.service" in status.names:
        return True
    if any(name.partition("@")[0].removesuffix(".service") in _NAMES for name in (status.name, *status.names)):
        return True
    main = () if status.main_pid is None else (status.main_pid,)  # a getty's main process becomes the session's login
    return any(_in_session(pid, proc) for pid in main) or any(
        _in_session(child, proc) for pid in pids for child in children(pid, proc)
    )


def _in_session(pid: int, proc: str) -> bool:
    unit = unit_of(unit_cgroup(pid, proc))
    return unit is not None and _SESSION.fullmatch(unit.name) is not None
