"""Bounded reads of a killer's command line, configuration and program."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from oomtray.file_access import FileError, read_whosoever
from oomtray.kernel.files import READ, read_bytes, read_in_time
from oomtray.kernel.process import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_CONFIG = 1 << 20
_LONGEST_COMMAND = 64 * 1024
_TIMEOUT = 0.2
"""Timeout for a command line in seconds: it is in the process's own memory, which may be swapped out."""


def arguments(pid: int, proc: str) -> list[str] | None:
    """Return a process's command line; None if it can't be read in time."""
    try:
        raw = read_in_time(os.open(f"{proc}/{pid}/cmdline", READ), _LONGEST_COMMAND, _TIMEOUT)
    except OSError:
        return None
    return [decode(one) for one in raw.removesuffix(b"\0").split(b"\0")] if raw else None


def process_group(pid: int, proc: str) -> int | None:
    """Return field 5 of /proc/PID/stat; comm may hold any byte, so count from its last `)`."""
    try:
        stat = read_bytes(f"{proc}/{pid}/stat")
        return int(stat[stat.rindex(b")") + 2 :].split(None, 3)[2])
    except (OSError, ValueError, IndexError):
        return None


def read_whole(path: str, limit: int = LARGEST_CONFIG) -> bytes | None:
    """Read a regular file; None if it is missing, unreadable or larger than `limit` bytes."""
    with suppress(FileError, OSError, ValueError):
        data = read_whosoever(path, links=True, limit=limit + 1)
        return None if data is None or len(data) > limit else data
    return None


def read_config(path: str) -> str | None:
    """Read a configuration file as text, whatever bytes are in it."""
    data = read_whole(path)
    return None if data is None else decode(data)


def assignments(text: str, section: str) -> Iterator[tuple[str, str]]:
    """Yield the assignments of one section (systemd.syntax(7))."""
    inside = False
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped == f"[{section}]"
        elif inside and stripped[:1] not in ("", "#", ";"):
            key, equals, value = stripped.partition("=")
            if equals:
                yield key.strip(), value.strip()
