"""The app or service that a control group's path stands for, as people call it.

Sources: systemd's "Desktop Environments" (app[-launcher]-ApplicationID-RANDOM.scope,
app[-launcher]-ApplicationID[@RANDOM].service) and the names that snapd, dbus-broker, container runtimes, terminals and
logind give their scopes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from oomtray.systemd.unit_names import unescape

if TYPE_CHECKING:
    from oomtray.risk.assessment import AppKind

_CONTAINER = re.compile(r"(?:([a-z][a-z-]*?)-)?([0-9a-f]{64})(?:\.scope)?")
_DBUS = re.compile(r"dbus-:[0-9.]+-(.+)")
_GENERIC = frozenset({"desktop", "app", "application", "client"})
"""Last parts of an application id that name nothing: org.telegram.desktop."""


class Named(NamedTuple):
    """What people call the processes of a unit."""

    key: str
    name: str
    kind: AppKind


@lru_cache(maxsize=4096)
def named_by(path: str | None) -> Named | None:
    """The app or service that a path names; None where it says only "a login" or "a terminal"."""
    if not path:
        return None
    parts = [part.removeprefix("_") for part in path.split("/") if part]
    contained = _container(parts)
    if contained is not None:
        return contained
    for part in reversed(parts):
        if part.endswith(".service"):
            return _service(part)
        if part.endswith(".scope") and part != "main.scope":  # a terminal's own part of its scope
            return _scope(part)
    return None


def _container(parts: list[str]) -> Named | None:
    """The innermost container; what a service manager inside it names is known outside by the container."""
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        container = _CONTAINER.fullmatch(part)
        if container:
            runtime = container[1] or (parts[at - 1] if at else "container")
            short = container[2][:12]
            return Named(f"{runtime}-{short}", f"{runtime} {short}", "service")
        if part.startswith("lxc.payload."):
            return Named(part, f"lxc {part.removeprefix('lxc.payload.')}", "service")
    return None


def _service(unit: str) -> Named:
    body = unit.removesuffix(".service")
    if body.startswith("app-"):
        return _application(body.partition("@")[0].split("-")[-1])
    activated = _DBUS.fullmatch(body.partition("@")[0])
    if activated:
        return _application(activated[1])
    return Named(unit, unescape(body), "service")


def _scope(unit: str) -> Named | None:
    body = unit.removesuffix(".scope")
    if body == "init":
        return Named(unit, "systemd", "service")
    if body.startswith("app-"):
        parts = body.split("-")[1:]
        return _application(parts[-2] if len(parts) > 1 else parts[-1])
    if body.startswith("snap."):
        name = body.split(".")[1]
        return Named(name.lower(), name, "app") if name else None
    if body.startswith("machine-"):
        return Named(unit, unescape(body.removeprefix("machine-")), "service")
    return None


def _application(escaped: str) -> Named:
    """The last part of a reverse-DNS id that names something; any other id as it stands."""
    name = unescape(escaped)
    parts = name.split(".")
    if len(parts) > 2 and all(parts) and not parts[-1].isdigit():
        name = parts[-2] if parts[-1].lower() in _GENERIC else parts[-1]
    elif len(parts) == 2:
        name = name.removesuffix(".desktop")
    return Named(name.lower(), name, "app")
