"""Find out whether a service starts sessions or jobs of users, which inherit the unit's value.

oom_score_adj is inherited by children. A process that logind moves to a session's scope keeps it, though it
has left the unit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oomtray.kernel.process import children, unit_cgroup
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.systemd.manager import ServiceStatus

_NAMES = frozenset({
    *("ssh", "sshd", "dropbear", "xrdp-sesman"),
    *("cron", "crond", "cronie", "fcron", "anacron", "atd"),
    *("gdm", "gdm3", "sddm", "lightdm", "lxdm", "xdm", "greetd", "ly", "plasmalogin"),
})  # fmt: skip
"""Services, also as name@instance, that neither their unit file nor, with nobody logged in, their processes show."""
_SESSION = re.compile(r"session-[^/]+\.scope")
"""Names of logind's scopes for sessions."""


def starts_sessions(status: ServiceStatus, pids: Iterable[int], proc: str) -> bool:
    """Decide by the unit's settings (systemd.exec(5)), by its name, or by what its processes have started."""
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
