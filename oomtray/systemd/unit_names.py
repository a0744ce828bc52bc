"""The systemd unit that a control group's path names. Source: systemd.unit(5), also for the escapes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_ESCAPE = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_USER_MANAGER = re.compile(r"user@(\d+)\.service")


class Unit(NamedTuple):
    name: str
    """As systemd writes it, escapes included: app-firefox-1234.scope."""
    root: str
    """Path of the unit's own control group."""
    uid: int | None
    """Whose user manager runs it; None for the system's."""


@lru_cache(maxsize=4096)
def unit_of(path: str | None) -> Unit | None:
    """The innermost service or scope on a path of systemd's hierarchy; None outside of any."""
    if not path:
        return None
    parts = path.split("/")
    uid: int | None = None
    found: Unit | None = None
    for at, part in enumerate(parts):
        if not part.endswith((".service", ".scope")):
            continue
        # A leading underscore keeps a unit's name apart from the kernel's files (cg_escape).
        found = Unit(part.removeprefix("_"), "/".join(parts[: at + 1]), uid)
        manager = _USER_MANAGER.fullmatch(part)
        if manager:
            uid = int(manager[1])
    return found


def unescape(name: str) -> str:
    """Undo systemd's \\xNN; bytes that are no UTF-8 stay escaped."""
    return _ESCAPE.sub(_decoded, name) if "\\" in name else name


def _decoded(match: re.Match[str]) -> str:
    raw = bytes.fromhex(match[0].replace("\\x", ""))
    return raw.decode("utf-8", "backslashreplace")
