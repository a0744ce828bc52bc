"""Find the cgroup hierarchy that has the memory controller (cgroups(7), Documentation/admin-guide/cgroup-v2.rst).

A controller is in one hierarchy at a time: in one of version 1, which then has it among its mount options, or in that of
version 2, whose root names it in cgroup.controllers. Both versions may be mounted side by side, with memory in either.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from oomtray.kernel.files import read_or_empty

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOUNT = re.compile(rb"^(?:\S+ ){4}(\S+) .* - (cgroup2?) \S+ (\S*)$", re.MULTILINE)
"""Mount point, kind and the hierarchy's own options in a line of mountinfo (proc_pid_mountinfo(5))."""
_ESCAPED = re.compile(rb"\\([0-7]{3})")


def memory_mount(root: str, proc: str = "/proc") -> tuple[int, str] | None:
    """Return the version of the hierarchy with the memory controller, and its mount point; None without any.

    Only what is mounted at or below `root` counts. Where the mounts can't be read, or none is there, the usual places are tried.
    """
    mounts = list(_mounts(root, proc)) or [(2, root, True), (2, f"{root}/unified", True), (1, f"{root}/memory", os.path.isdir(f"{root}/memory"))]
    found = ((version, place) for version, place, may in mounts if may and (version == 1 or _is_in(place)))
    return next(found, None)


def _mounts(root: str, proc: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the version and place of each hierarchy, and whether memory may be in it by its options."""
    for place, kind, options in _MOUNT.findall(read_or_empty(f"{proc}/self/mountinfo")):
        point = os.fsdecode(_ESCAPED.sub(lambda code: bytes([int(code[1], 8)]), place))
        if point == root or point.startswith(root + "/"):
            yield (2, point, True) if kind == b"cgroup2" else (1, point, b"memory" in options.split(b","))


def _is_in(place: str) -> bool:
    """Whether version 2, mounted there, has the memory controller."""
    return b"memory" in read_or_empty(f"{place}/cgroup.controllers").split()
