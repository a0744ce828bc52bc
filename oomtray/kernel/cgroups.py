"""Memory cgroups, v1 and v2: limits as the OOM killer sees them, members, charged memory, oom groups.

Paths are those of /proc/PID/cgroup, absolute in the hierarchy (`/user.slice/...`). In a container, which has a cgroup
namespace of its own, `/` is the container's cgroup, with its limit; the machine's own root has no such files.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING, Literal

from oomtray.kernel.cgroup_paths import upwards
from oomtray.kernel.files import read_bytes, read_int, read_or_empty
from oomtray.kernel.snapshot import PAGE_SIZE, CgroupMemory, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

_V1_UNLIMITED = (1 << 63) - (1 << 20)
"""What v1 writes for "no limit": PAGE_COUNTER_MAX pages in bytes, just below 2^63."""
_V1_UNLIMITED_32 = ((1 << 31) - 1) * PAGE_SIZE
"""The same of a 32-bit kernel, which has LONG_MAX pages for it (include/linux/page_counter.h)."""
_STAT = re.compile(rb"^(anon|shmem|total_rss|total_shmem|total_swap) (\d+)$", re.MULTILINE)

_OOM_KILL = re.compile(rb"^oom_kill (\d+)$", re.MULTILINE)
_OOM_KILL_DISABLE = re.compile(rb"^oom_kill_disable 1$", re.MULTILINE)
_MOUNT = re.compile(rb"^(?:\S+ ){4}(\S+) .* - (cgroup2?) \S+ (\S*)$", re.MULTILINE)
"""Mount point, kind and the hierarchy's own options in a line of mountinfo (proc_pid_mountinfo(5))."""
_ESCAPED = re.compile(rb"\\([0-7]{3})")


class NoMemoryCgroup(Exception):
    """The cgroup at `path` can't be judged: it doesn't exist, or neither it nor an ancestor has a memory limit."""

    def __init__(self, why: Literal["not-mounted", "no-cgroup", "no-limit"], path: str) -> None:
        super().__init__(why, path)
        self.why, self.path = why, path


class MemoryCgroups:
    """The cgroup hierarchy that accounts for memory, found under one root."""

    def __init__(self, root: str = "/sys/fs/cgroup", proc: str = "/proc") -> None:
        self.version: int | None
        self.version, self._base = memory_mount(root, proc) or (None, root)
        self.tells_systemd = self.version == 2 and self._base == root
        """Whether systemd learns of OOM kills in units: only where v2 is alone (src/core/cgroup.c, unit_watch_cgroup_memory)."""

    def normalize(self, path: str) -> str:
        """Return `path` as written in /proc/PID/cgroup; accepts also the directory under the mount point."""
        if path == self._base or path.startswith(self._base + "/"):
            path = path[len(self._base) :]
        return posixpath.normpath("/" + path.strip("/"))

    def exists(self, path: str) -> bool:
        return self.version is not None and os.path.isdir(self.directory(path))

    def scope(self, path: str, swap_total: int, swappiness: int | None) -> Scope:
        """Return the scope of an OOM condition of the tasks in `path` (mm/memcontrol.c: mem_cgroup_get_max).

        The OOM killer acts in the cgroup with the limit: `path`, or its nearest ancestor that has one.
        `swap_total` is in bytes, `swappiness` is vm.swappiness (v2 has no other). Raises NoMemoryCgroup.
        """
        if self.version is None:
            raise NoMemoryCgroup("not-mounted", path)
        if ".." in path.split("/"):  # outside, as /proc/PID/cgroup has it for others than this cgroup namespace's
            raise NoMemoryCgroup("no-cgroup", path)
        path = self.normalize(path)
        if not self.exists(path):
            raise NoMemoryCgroup("no-cgroup", path)
        for above in upwards(path):
            limit = self._limit(above)
            if limit is not None:
                swap = self._swap(above, limit, swap_total, swappiness)
                total = limit // PAGE_SIZE + swap // PAGE_SIZE
                return Scope("cgroup", total_pages=max(total, 1), path=above, limit=limit, waits=self._waits(above))
        raise NoMemoryCgroup("no-limit", path)

    def pids(self, path: str) -> list[int]:
        """Return every process in the cgroup and below it."""
        return [pid for directory in _subtree(self.directory(path)) for pid in _procs(directory)]

    def oom_group(self, path: str, top: str = "/") -> str | None:
        """Return the topmost cgroup from `path` up to `top` with memory.oom.group set.

        Source: mm/memcontrol.c, mem_cgroup_get_oom_group.
        """
        if self.version != 2:
            return None
        found = None
        for above in upwards(path):
            if read_int(self.directory(above) + "/memory.oom.group"):
                found = above
            if above == top:
                break
        return found

    def counts_kills(self, path: str) -> bool:
        """Whether there is the file from which systemd learns of OOM kills: not without memory accounting."""
        return self.tells_systemd and os.path.exists(f"{self.directory(path)}/memory.events")

    def oom_kills(self, path: str) -> int | None:
        """How many of the cgroup's own processes the kernel has OOM-killed since its creation; None if unknown."""
        names = ("memory.events.local", "memory.events") if self.version == 2 else ("memory.oom_control",)
        for name in names:  # without `.local`, before Linux 5.2, kills in descendants count too
            if told := read_or_empty(f"{self.directory(path)}/{name}"):
                return kills_told(told)
        return None

    def inode_and_kills(self, path: str) -> tuple[int | None, int] | None:
        """Return `inode`, read first because the cgroup may be made anew in between, and `oom_kills`; None if these are unknown."""
        inode, kills = self.inode(path), self.oom_kills(path)
        return None if kills is None else (inode, kills)

    def inode(self, path: str) -> int | None:
        """Inode of the cgroup's directory, which another one made later at the same path doesn't have; None if it is gone."""
        try:
            return os.stat(self.directory(path)).st_ino
        except OSError:
            return None

    def charged(self, path: str, now: float) -> CgroupMemory | None:
        """Read the anonymous, shared and swapped memory of the cgroup and all below it; None if unknown."""
        directory = self.directory(path)
        stat = {key: int(value) for key, value in _STAT.findall(read_or_empty(f"{directory}/memory.stat"))}
        if self.version == 2:
            if b"anon" not in stat:
                return None
            swap = read_int(f"{directory}/memory.swap.current") or 0
            return CgroupMemory(stat[b"anon"] + stat.get(b"shmem", 0) + swap, now)
        if b"total_rss" not in stat:
            return None
        memory = stat[b"total_rss"] + stat.get(b"total_shmem", 0) + stat.get(b"total_swap", 0)
        return CgroupMemory(memory, now)

    def _limit(self, path: str) -> int | None:
        name = "memory.max" if self.version == 2 else "memory.limit_in_bytes"
        limit = read_int(f"{self.directory(path)}/{name}")
        return limit if self.version == 2 else v1_limit(limit)

    def _swap(self, path: str, limit: int, swap_total: int, swappiness: int | None) -> int:
        directory = self.directory(path)
        if self.version == 2:
            if swappiness == 0:
                return 0
            own = read_int(f"{directory}/memory.swap.max")
            return swap_total if own is None else min(own, swap_total)
        if read_int(f"{directory}/memory.swappiness") == 0:
            return 0
        both = read_int(f"{directory}/memory.memsw.limit_in_bytes")
        # without swap accounting there is no such limit, and the kernel adds all swap
        return swap_total if both is None else min(max(both - limit, 0), swap_total)

    def _waits(self, path: str) -> bool:
        """Whether nobody is killed at this limit (mm/memcontrol-v1.c, memcg1_oom_prepare); v2 always kills."""
        return self.version == 1 and kills_nobody(read_or_empty(f"{self.directory(path)}/memory.oom_control"))

    def directory(self, path: str) -> str:
        """Directory of the cgroup's files."""
        return self._base if path == "/" else self._base + path


def kills_told(text: bytes) -> int | None:
    """Return the count of OOM kills in memory.events, or in v1's memory.oom_control; None if it has none."""
    found = _OOM_KILL.search(text)
    return int(found[1]) if found else None


def kills_nobody(control: bytes) -> bool:
    """Whether v1's memory.oom_control has processes wait at the limit instead of being killed."""
    return _OOM_KILL_DISABLE.search(control) is not None


def v1_limit(number: int | None) -> int | None:
    """Return what v1's limit_in_bytes limits to; None for "no limit"."""
    return None if number is None or number >= _V1_UNLIMITED or number == _V1_UNLIMITED_32 else number


def unit_pids(root: str, path: str) -> tuple[int, ...]:
    """Return the processes of the unit with cgroup `path` in systemd's hierarchy (v2, hybrid or v1 under `root`)."""
    for base in (root, f"{root}/systemd", f"{root}/unified"):
        if os.path.exists(f"{base}{path}/cgroup.procs"):
            return tuple(pid for directory in _subtree(base + path) for pid in _procs(directory))
    return ()


def _subtree(directory: str) -> Iterator[str]:
    """Yield the directory and all below it, without recursion: a hostile user may nest cgroups beyond Python's stack."""
    waiting = [directory]
    while waiting:
        directory = waiting.pop()
        yield directory
        try:
            with os.scandir(directory) as entries:
                waiting += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            continue


def _procs(directory: str) -> list[int]:
    """Return the PIDs in one cgroup, without those outside our PID namespace (0).

    Reading a threaded cgroup fails with EOPNOTSUPP, which counts as empty.
    """
    try:
        return [pid for line in read_bytes(f"{directory}/cgroup.procs").split() if (pid := int(line))]
    except (OSError, ValueError):
        return []


def memory_mount(root: str, proc: str = "/proc") -> tuple[int, str] | None:
    """Return the version of the hierarchy with the memory controller, and its mount point; None without any.

    A controller is in one hierarchy at a time: in one of version 1, which then has it among its mount options, or in that of
    version 2, whose root names it in cgroup.controllers. Both versions may be mounted side by side, with memory in either
    (cgroups(7), Documentation/admin-guide/cgroup-v2.rst).

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
