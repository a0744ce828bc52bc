"""What a process has open, by the links in its fd directory: no file is accessed by its path."""

from __future__ import annotations

import os

from oomtray.kernel.files import READ
from oomtray.kernel.process import decode
from oomtray.records import dataclass

MOST_DESCRIPTORS = 4096
"""How many are examined: a desktop's largest process has some hundreds, a hostile one a million."""
_IN_MEMORY = (b"/memfd:", b"/proc/", b"/sys/")


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Open files and sockets of a process; both are None if only their number may be read."""

    count: int | None
    """None if there are more than are examined, and the kernel doesn't count them."""
    looked_through: bool
    """Whether all were examined; else `files` and `sockets` cover the first `MOST_DESCRIPTORS`."""
    files: tuple[str, ...] | None
    """Each path once, as seen from the process's own root, without devices and in-memory files."""
    sockets: int | None


def read_descriptors(process: int) -> Descriptors:
    """Read the descriptors; `process` is a descriptor on the process's directory.

    Raise OSError: PermissionError if not even their number may be read.
    """
    directory = os.open("fd", READ | os.O_DIRECTORY, dir_fd=process)
    try:
        return _look_through(directory)
    finally:
        os.close(directory)


def _look_through(directory: int) -> Descriptors:
    count, sockets, files = 0, 0, dict[str, None]()
    refused = False
    with os.scandir(directory) as entries:
        for entry in entries:
            count += 1
            if count > MOST_DESCRIPTORS:
                break
            if refused:
                continue
            try:
                target = os.fsencode(os.readlink(entry.name, dir_fd=directory))
            except PermissionError:  # counting them takes the same user, following them permission to trace the process
                refused = True
            except OSError:  # closed meanwhile
                count -= 1
            else:
                sockets += target.startswith(b"socket:")
                if _is_file(target):
                    files[decode(target)] = None
    all_of_them = count <= MOST_DESCRIPTORS
    return Descriptors(
        # from Linux 6.2 on the directory's size is their number, before it is 0 (fs/proc/fd.c,
        # proc_fd_getattr)
        count if all_of_them else os.stat(directory).st_size or None,
        all_of_them,
        None if refused else tuple(files),
        None if refused else sockets,
    )


def _is_file(target: bytes) -> bool:
    if not target.startswith(b"/") or target.startswith(_IN_MEMORY):
        return False
    return not target.startswith(b"/dev/") or target.startswith(b"/dev/shm/")
