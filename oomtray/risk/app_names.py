"""Name the app or service that a cgroup path belongs to, as people call it.

Sources: systemd's "Desktop Environments" (app[-launcher]-ApplicationID-RANDOM.scope,
app[-launcher]-ApplicationID[@RANDOM].service) and the scope names used by snapd, dbus-broker, container
runtimes, terminals and logind.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from oomtray.systemd.unit_names import unescape, unit_of

if TYPE_CHECKING:
    from oomtray.risk.judged import AppKind

_CONTAINER = re.compile(r"(?:([a-z][a-z-]*?)-)?([0-9a-f]{64})(?:\.scope)?")
_DBUS = re.compile(r"dbus-:[0-9.]+-(.+)")
_GENERIC = frozenset({"desktop", "app", "application", "client"})
"""Last parts of an application ID that carry no name, as in org.telegram.desktop."""


class Named(NamedTuple):
    """The name people use for a unit's processes."""

    key: str
    name: str
    kind: AppKind


@lru_cache(maxsize=4096)
def named_by(path: str | None) -> Named | None:
    """Return the app or service that a path names, or None if it only says "a login" or "a terminal"."""
    if not path:
        return None
    contained = container_of(path)
    if contained is not None:
        return contained
    unit = unit_of(path)
    if unit is None:
        return None
    if unit.name.endswith(".service"):
        return _service(unit.name)
    inner = path[len(unit.root) :].split("/")
    if any(part.endswith(".scope") and part != "main.scope" for part in inner):
        return None  # a terminal's tab: its programs go by their own names, and the terminal itself is in main.scope
    return _scope(unit.name)


def container_of(path: str) -> Named | None:
    """Return the innermost container of a path; units of a service manager inside it count as the container."""
    parts = [part.removeprefix("_") for part in path.split("/") if part]
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        container = _CONTAINER.fullmatch(part)
        if container:
            runtime = container[1] or (parts[at - 1] if at else "container")
            short = container[2][:12]
            return Named(f"{runtime}-{short}", f"{runtime} {short}", "service")
        if part.startswith("lxc.payload."):
            return Named(part, f"lxc {part.removeprefix('lxc.payload.')}", "service")
        if part.startswith("machine-") and part.endswith(".scope"):
            return Named(part, unescape(part.removeprefix("machine-").removesuffix(".scope")), "service")
        if at == 1 and parts[0] == "lxc":  # before LXC 4.0
            return Named(f"lxc.{part}", f"lxc {part}", "service")
    return None


@lru_cache(maxsize=1024)
def application_id(unit: str) -> str | None:
    """Return the application ID of an app's unit as in its desktop entry (org.mozilla.firefox), or the snap's name.

    Return None if the unit doesn't belong to an app.
    """
    if unit.endswith(".service"):
        body = unit.removesuffix(".service").partition("@")[0]
        if body.startswith("app-"):
            return unescape(body.split("-")[-1])
        activated = _DBUS.fullmatch(body)
        return unescape(activated[1]) if activated else None
    body = unit.removesuffix(".scope")
    if body.startswith("app-"):
        parts = body.split("-")[1:]
        named = [part for part in (parts[:-1] or parts) if part != "transient"]  # Ghostty: app-ghostty-transient-77.scope
        return unescape(named[-1] if named else parts[-1])
    return body.split(".")[1] if body.startswith("snap.") else None


def _service(unit: str) -> Named:
    given = application_id(unit)
    return Named(unit, unescape(unit.removesuffix(".service")), "service") if given is None else _application(given)


def _scope(unit: str) -> Named | None:
    if unit == "init.scope":
        return Named(unit, "systemd", "service")
    given = application_id(unit)
    if unit.startswith("snap."):
        return Named(given.lower(), given, "app") if given else None
    return None if given is None else _application(given)


def _application(name: str) -> Named:
    """Name an app by the last meaningful part of its reverse-DNS ID, or by the ID itself if it is not reverse-DNS."""
    parts = name.split(".")
    if len(parts) > 2 and all(parts) and not parts[-1].isdigit():
        name = parts[-2] if parts[-1].lower() in _GENERIC else parts[-1]
    elif len(parts) == 2:
        name = name.removesuffix(".desktop")
    return Named(name.lower(), name, "app")
