"""Read what a unit's files set without our drop-in, which is what its processes go back to."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

from oomtray.actions.units.dropin import FILE
from oomtray.file_access import FileError, FileProblem, read_whosoever
from oomtray.kernel.killers.files import assignments

if TYPE_CHECKING:
    from oomtray.systemd.manager import ServiceStatus

_LARGEST = 1 << 20
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


def original_adjust(status: ServiceStatus) -> int | None:
    """Return OOMScoreAdjust= without our drop-in; None if a file can't be read or the manager's default is unknown."""
    value = status.default_adjust
    for path in (status.fragment_path, *status.drop_in_paths):
        if path is None or os.path.basename(path) == FILE:
            continue
        try:
            found = assigned(path, "OOMScoreAdjust")
        except FileError:
            return None
        if found == "":
            value = status.default_adjust  # an empty value resets earlier ones
        elif found is not None and _NUMBER.fullmatch(found):
            value = int(found)
    return value


def deciding_file(status: ServiceStatus, key: str) -> str | None:
    """Return the file whose value for `key` is in effect; None if no file sets it."""
    for path in reversed((status.fragment_path or "", *status.drop_in_paths)):
        try:
            if path and assigned(path, key) is not None:
                return path
        except FileError:
            continue
    return None


def deciding_after_ours(status: ServiceStatus, key: str) -> tuple[str, str] | None:
    """Return the file that overrides our drop-in, and its value; None if ours is in effect.

    systemd applies drop-ins in the order of their names, whichever directory they are in (systemd.unit(5)).
    """
    later = sorted((path for path in status.drop_in_paths if os.path.basename(path) > FILE), key=os.path.basename)
    for path in reversed(later):
        try:
            value = assigned(path, key)
        except FileError:
            continue
        if value is not None:
            return path, value
    return None


def assigned(path: str, key: str) -> str | None:
    """Return the last value for `key` in a unit file's [Service] section (systemd.syntax(7)). Raises FileError."""
    if os.path.realpath(path) == os.devnull:  # masked
        return None
    content = read_whosoever(path, links=True, limit=_LARGEST)
    if content is None:
        raise FileError(FileProblem("unreadable", path, errno.ENOENT))
    return dict(assignments(content.decode("utf-8", "replace"), "Service")).get(key)
