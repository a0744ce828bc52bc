"""Paths of cgroups as in /proc/PID/cgroup, compared as text.

In a cgroup namespace of its own, as a container has, `/` is the cgroup in which it began, and one outside it is `/../...`
(cgroup_namespaces(7)).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_OPENED = 4000
"""Bytes of a path up to which a cgroup's files can be opened: PATH_MAX without the hierarchy's mount point and a file's name."""


def upwards(path: str) -> Iterator[str]:
    """Yield the cgroup and all above it, the root last; nothing for one outside our namespace."""
    if not is_below(path, "/"):
        return
    while path != "/":
        yield path
        path = path.rpartition("/")[0] or "/"
    yield path


def is_far_below(path: str | None, top: str) -> bool:
    """Whether a cgroup is so far below `top` that no file of it can be opened by its path, to list its processes.

    Of such a path the kernel shows the beginning (PATH_MAX), or before Linux 6.18 nothing.
    """
    return path is not None and len(os.fsencode(path)) > _OPENED and is_below(path, top)


def is_below(path: str | None, top: str) -> bool:
    """Whether a cgroup is `top` or below it; never for one outside our namespace."""
    if path is None or path == "/.." or path.startswith("/../"):
        return False
    return path == top or path.startswith(f"{top.rstrip('/')}/")
