"""Tells whether a service starts sessions or jobs of users, which inherit the value that the unit is given.

oom_score_adj goes from parent to child. What logind moves to a session's scope keeps it, though it is the unit's no more.
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
"""Their unit files say nothing of it, and while nobody is logged in their processes don't either; also as name@instance."""
_SESSION = re.compile(r"session-[^/]+\.scope")
"""Sessions, as logind names their scopes."""


def starts_sessions(status: ServiceStatus, pids: Iterable[int], proc: str) -> bool:
    """By what its unit says (systemd.exec(5)), by what its processes have started, else by its name."""
    if status.pam_name or status.utmp_identifier or "display-manager.service" in status.names:
        return True
    if any(name.partition("@")[0].removesuffix(".service") in _NAMES for name in (status.name, *status.names)):
        return True
    main = () if status.main_pid is None else (status.main_pid,)  # a getty's becomes the session's own login
    return any(_in_session(pid, proc) for pid in main) or any(
        _in_session(child, proc) for pid in pids for child in children(pid, proc)
    )


def _in_session(pid: int, proc: str) -> bool:
    unit = unit_of(unit_cgroup(pid, proc))
    return unit is not None and _SESSION.fullmatch(unit.name) is not None
