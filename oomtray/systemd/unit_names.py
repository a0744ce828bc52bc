"""The systemd unit that a control group's path belongs to. Source: systemd.unit(5), also for the escapes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_ESCAPE = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_USER_MANAGER = re.compile(r"user@([0-9]{1,10})\.service")


class Unit(NamedTuple):
    name: str
    """As systemd writes it, with escapes: app-firefox-1234.scope."""
    root: str
    """Path of the unit's own control group."""
    uid: int | None
    """User whose manager runs it; None for the system manager."""

    @property
    def named_by_root(self) -> bool:
        """Whether the system manager runs its processes, so that only root can have named it.

        Users name the units of their managers as they like, and so do containers; processes directly in
        `user@UID.service` are the user's as well.
        """
        return self.uid is None and not _USER_MANAGER.fullmatch(self.name)


@lru_cache(maxsize=4096)
def unit_of(path: str | None) -> Unit | None:
    """Return the service or scope that a manager of this machine runs at a path of systemd's hierarchy, or None.

    That is the first one below the slices, and in `user@UID.service` again the first one below the slices
    (systemd, src/basic/cgroup-util.c: cg_path_get_unit, cg_path_get_user_unit). Deeper levels were delegated:
    their names come from a container's own manager, a terminal or a tool, and can't be used to ask about a
    unit.
    """
    if not path:
        return None
    parts = path.split("/")
    found = _first_below_slices(parts, 1)
    if found is None:
        return None
    name, end = found
    manager = _USER_MANAGER.fullmatch(name)
    inner = _first_below_slices(parts, end) if manager else None
    if manager is None or inner is None:
        return Unit(name, "/".join(parts[:end]), None)
    return Unit(inner[0], "/".join(parts[: inner[1]]), int(manager[1]))


def unit_at(path: str | None) -> Unit | None:
    """Return the service or scope whose own control group is at this path, or None."""
    unit = unit_of(path)
    return unit if unit is not None and unit.root == path else None


def group_name(path: str) -> str:
    """Name a control group by its own unit, else by the last part of its path; decoded."""
    unit = unit_at(path)
    return unescape(path.rstrip("/").rpartition("/")[2] or path if unit is None else unit.name)


def manager_unit(unit: Unit) -> Unit | None:
    """Return the service whose main process is the user manager that is in this unit; None for every other unit."""
    if unit.uid is None or unit.name != "init.scope":
        return None
    return Unit(f"user@{unit.uid}.service", unit.root.rpartition("/")[0], None)


def _first_below_slices(parts: list[str], start: int) -> tuple[str, int] | None:
    """Return the first unit below the slices and how many parts its path has; None if something else is first."""
    for at in range(start, len(parts)):
        # a leading underscore distinguishes a unit from the kernel's files (cg_escape)
        name = parts[at].removeprefix("_")
        if name.endswith(".slice"):
            continue
        return (name, at + 1) if name.endswith((".service", ".scope")) else None
    return None


def unescape(name: str) -> str:
    """Decode systemd's \\xNN escapes; invalid UTF-8 stays escaped."""
    return _ESCAPE.sub(_decoded, name) if "\\" in name else name


def _decoded(match: re.Match[str]) -> str:
    raw = bytes.fromhex(match[0].replace("\\x", ""))
    return raw.decode("utf-8", "backslashreplace")
