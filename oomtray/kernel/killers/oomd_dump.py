"""Fetch and parse systemd-oomd's own state: what oomctl(1) prints, over D-Bus, for every user.

    Swap Used Limit: 90.00%
    Swap Monitored CGroups:
            Path: /
                    Swap Usage: (see System Context)
    Memory Pressure Monitored CGroups:
            Path: /user.slice/user-1000.slice/user@1000.service
                    Memory Pressure Limit: 50.00%
                    Pressure: Avg10: 0.00, Avg60: 0.00, Avg300: 0.00, Total: 0
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace

from jeepney import DBusAddress, MessageFlag, new_method_call
from jeepney.fds import FileDescriptor

from oomtray.dbus.connection import Connection, error_of, signature_of
from oomtray.kernel.files import read_in_time
from oomtray.kernel.killer_facts import Watched
from oomtray.kernel.process import decode
from oomtray.records import dataclass

_OOMD = DBusAddress("/org/freedesktop/oom1", "org.freedesktop.oom1", "org.freedesktop.oom1.Manager")
_TIMEOUT = 1.0
_LARGEST = 1 << 20
_SECTION = re.compile(r"(\S.*CGroups):")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)([%‰‱])")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zµ]*)")
_SECONDS = {
    "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "": 1.0, "s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dump:
    """The parsed state; values are None if their line is missing."""

    swap: tuple[Watched, ...]
    pressure: tuple[Watched, ...]
    swap_limit: float | None = None
    pressure_limit: float | None = None
    duration: float | None = None
    dry_run: bool = False


def fetch(address: str) -> str | None:
    """Ask the daemon on this bus; None without an answer. Takes at most some seconds."""
    call = new_method_call(_OOMD, "DumpByFileDescriptor")
    call.header.flags = MessageFlag.no_auto_start
    try:
        with closing(Connection(address, _TIMEOUT, files=True)) as connection:
            answer = connection.call(call, _TIMEOUT)
            if error_of(answer) is not None or signature_of(answer) != "h":
                return None
            (file,) = answer.body
            if not isinstance(file, FileDescriptor):
                return None
            raw = read_in_time(file.to_raw_fd(), _LARGEST, _TIMEOUT)
    except OSError:
        return None
    return None if raw is None else decode(raw)


def parse(text: str) -> Dump | None:
    """Parse the text; None if it is something else."""
    limits: dict[str, str] = {}
    watched: dict[str, list[Watched]] = {}
    section: list[Watched] | None = None
    for line in text.splitlines():
        if opened := _SECTION.fullmatch(line):
            section = watched.setdefault(opened[1], [])
            continue
        key, colon, value = line.strip().partition(": ")
        if not colon:
            continue
        if section is None:
            limits[key] = value
        elif key == "Path":
            section.append(Watched(value))
        elif key == "Memory Pressure Limit" and section:
            section[-1] = replace(section[-1], limit=percent(value))
    if not watched:
        return None
    return Dump(
        swap=tuple(watched.get("Swap Monitored CGroups", ())),
        pressure=tuple(watched.get("Memory Pressure Monitored CGroups", ())),
        swap_limit=percent(limits.get("Swap Used Limit", "")),
        pressure_limit=percent(limits.get("Default Memory Pressure Limit", "")),
        duration=seconds(limits.get("Default Memory Pressure Duration", "")),
        dry_run=limits.get("Dry Run") == "yes",
    )


def percent(text: str) -> float | None:
    """Parse a share with its sign: percent, per mille or per ten thousand, as systemd accepts."""
    found = _PERCENT.fullmatch(text.strip())
    return None if found is None else float(found[1]) / {"%": 1, "‰": 10, "‱": 100}[found[2]]


def seconds(text: str) -> float | None:
    """Parse a time span such as `1min 30s` (systemd.time(7)); a bare number is seconds."""
    parts = _SPAN.findall(text)
    if not parts or _SPAN.sub("", text).strip() or any(unit not in _SECONDS for _, unit in parts):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
