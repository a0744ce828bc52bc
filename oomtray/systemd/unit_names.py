"""The systemd unit that a control group's path names. Source: systemd.unit(5), also for the escapes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_ESCAPE = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_USER_MANAGER = re.compile(r"user@([0-9]{1,10})\.service")


class Unit(NamedTuple):
    name: str
    """As systemd writes it, escapes included: app-firefox-1234.scope."""
    root: str
    """Path of the unit's own control group."""
    uid: int | None
    """Whose user manager runs it; None for the system's."""

    @property
    def named_by_root(self) -> bool:
        """Whether root's manager runs what is in it.

        A user calls the units of the user manager, and a container those of its own, whatever they like; what runs
        right in `user@UID.service` is the user's as well.
        """
        return self.uid is None and not _USER_MANAGER.fullmatch(self.name)


@lru_cache(maxsize=4096)
def unit_of(path: str | None) -> Unit | None:
    """The service or scope that a manager of this machine runs at a path of systemd's hierarchy; None outside of any.

    That is the first one below the slices, and in `user@UID.service` the first one below the slices again (systemd,
    src/basic/cgroup-util.c: cg_path_get_unit, cg_path_get_user_unit). What lies deeper was delegated: names there were
    given by a container's own manager, a terminal or a tool, and stand for no unit that could be asked for by name.
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


def _first_below_slices(parts: list[str], start: int) -> tuple[str, int] | None:
    """The name of the first unit below the slices, and how many parts its path has; None where something else comes first."""
    for at in range(start, len(parts)):
        # a leading underscore keeps a unit's name apart from the kernel's files (cg_escape)
        name = parts[at].removeprefix("_")
        if name.endswith(".slice"):
            continue
        return (name, at + 1) if name.endswith((".service", ".scope")) else None
    return None


def unescape(name: str) -> str:
    """Undo systemd's \\xNN; bytes that are no UTF-8 stay escaped."""
    return _ESCAPE.sub(_decoded, name) if "\\" in name else name


def _decoded(match: re.Match[str]) -> str:
    raw = bytes.fromhex(match[0].replace("\\x", ""))
    return raw.decode("utf-8", "backslashreplace")
