"""One process in full: stat, status, oom_score_adj, cgroup and exe of proc(5) as a `Process`."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
from functools import lru_cache
from typing import NamedTuple

from oomtray.kernel.files import READ, read_at_most, read_bytes, read_or_empty
from oomtray.kernel.snapshot import Process

_PF_KTHREAD = 0x00200000  # include/linux/sched.h
SCORE_BYTES = 4
"""Longest oom_score, at most 2000; a longer buffer would make Python shrink every answer."""

_WHO = re.compile(
    rb"Name:\t(.*)\n(?:.*\n)*?State:\t(.).*\n(?:.*\n)*?PPid:\t(\d+)\n(?:.*\n)*?Uid:\t\d+\t(\d+)\t"
)
"""The head of status. The kernel escapes newlines in Name, so no hostile name can add a line."""
_SIZES = re.compile(
    rb"\nVmRSS:\s*(\d+) kB\n"
    rb"(?:RssAnon:\s*(\d+) kB\n)?"  # Linux 4.5
    rb"(?:.*\n)*?VmPTE:\s*(\d+) kB\n"
    rb"(?:VmPMD:.*\n)?"  # until Linux 4.14
    rb"(?:VmSwap:\s*(\d+) kB\n)?"
)
_REMOVED = " (deleted)"
"""Ends the path of a cgroup that was removed after its last process had ended."""
_ESCAPE = re.compile(rb"\\(\\|n)")
_LONGEST_COMMAND = 16 * 1024


class Unreadable(OSError):
    """The process is gone, or hidepid hides its files."""


def decode(raw: bytes) -> str:
    r"""Decode bytes from the kernel; what is not UTF-8 becomes \xNN, so the result always encodes again."""
    return raw.decode("utf-8", "backslashreplace")


def unescaped(name: bytes) -> str:
    """Decode comm from the `Name:` line of status, in which the kernel escapes newline and backslash."""
    return decode(_ESCAPE.sub(lambda m: b"\n" if m[1] == b"n" else b"\\", name) if b"\\" in name else name)


class Status(NamedTuple):
    """The fields of /proc/PID/status that the process table needs. Sizes are bytes."""

    name: str
    state: str
    ppid: int
    uid: int
    rss: int | None = None
    rss_anon: int | None = None
    swap: int | None = None
    page_tables: int | None = None


def read_process(
    directory: str, pid: int, score_fd: int, now: float, known: Process | None = None
) -> Process:
    """Read /proc/PID; with `known` (the same process, read before) only what an exec or its memory changes.

    `score_fd` is a descriptor on its oom_score, opened before this call and read last: its answer proves that
    everything came from one process and not from the next with this PID. `now` is monotonic seconds. Raises
    Unreadable.
    """
    try:
        status, _ = parse_status(read_bytes(f"{directory}/status"), directory)
        adj = int(read_bytes(f"{directory}/oom_score_adj"))
        if known is None:
            start_time, session, kernel_thread = _stat(read_bytes(f"{directory}/stat"))
            cgroup, unit_cgroup = _cgroups(directory)
        else:
            start_time, session, kernel_thread = known.start_time, known.session, known.kernel_thread
            cgroup, unit_cgroup = known.cgroup, known.unit_cgroup
        exe = None if kernel_thread else executable(directory)
        score = int(os.pread(score_fd, SCORE_BYTES, 0))
    except (OSError, ValueError, IndexError) as error:
        raise Unreadable(pid) from error
    return Process(
        pid,
        start_time,
        status.name,
        status.state,
        status.ppid,
        session,
        status.uid,
        kernel_thread,
        score,
        adj,
        status.rss,
        status.rss_anon,
        status.swap,
        status.page_tables,
        cgroup,
        unit_cgroup,
        exe,
        now,
    )


def read_ended(pid: int, now: float, proc: str = "/proc") -> Process | None:
    """Read a process that has ended and wasn't reaped yet; None if it is gone, runs, or may not be read.

    Its memory is gone. Its cgroup is the one that it ended in, but unknown on v1, which moves it to the root.
    """
    directory = f"{proc}/{pid}"
    try:
        score = os.open(f"{directory}/oom_score", READ)
        try:
            content = read_bytes(f"{directory}/cgroup")
            ended = read_process(directory, pid, score, now)
        finally:
            os.close(score)
    except OSError:
        return None
    lines = content.split(b"\n")
    unified = next((decode(line[3:]).removesuffix(_REMOVED) for line in lines if line.startswith(b"0::")), None)
    by_v1 = any(b"memory" in line.split(b":", 2)[1].split(b",") for line in lines if line)
    return ended._replace(cgroup=None if by_v1 else unified, unit_cgroup=unified) if ended.state in "ZX" else None


def parse_status(text: bytes, directory: str) -> tuple[Status, int]:
    """Parse /proc/PID/status; also return where its last used part ends in the text, 0 if the sizes are missing.

    `directory` is the process's. Raise ValueError if the text is no status.
    """
    head, sizes = _WHO.match(text), _SIZES.search(text)
    if head is None:
        raise ValueError("this is no status of a process")
    name, state, ppid, uid = head.groups()
    end = sizes.end() if sizes else 0
    if sizes is None and state == b"Z":
        sizes = _sizes_of_a_thread(directory)
    rss, rss_anon, page_tables, swap = map(_bytes, sizes.groups()) if sizes else (None, None, None, None)
    # many processes share a name, and a reread row keeps its own
    shared = sys.intern(unescaped(name))
    return Status(shared, state.decode("ascii"), int(ppid), int(uid), rss, rss_anon, swap, page_tables), end


def _bytes(kib: bytes | None) -> int | None:
    return None if kib is None else int(kib) * 1024


def _stat(stat: bytes) -> tuple[int, int, bool]:
    """Return start time, session and whether it is a kernel thread; comm may hold any byte, even `)`."""
    fields = stat[stat.rindex(b")") + 2 :].split()
    return int(fields[19]), int(fields[3]), bool(int(fields[6]) & _PF_KTHREAD)


def start_time(directory: str) -> int:
    """Return a process's start time in clock ticks after boot.

    Raise OSError, and ValueError if the text is no stat.
    """
    try:
        return _stat(read_bytes(f"{directory}/stat"))[0]
    except IndexError as error:
        raise ValueError("this is no stat of a process") from error


def _sizes_of_a_thread(directory: str) -> re.Match[bytes] | None:
    """Find the sizes of a process whose leader has exited while threads live; any thread shows them."""
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"{directory}/task"):
            if sizes := _SIZES.search(read_bytes(f"{directory}/task/{thread}/status")):
                return sizes
    return None


def _cgroups(directory: str) -> tuple[str | None, str | None]:
    """Read the paths in the memory hierarchy and in systemd's (cgroups(7)); None if they are too long for the kernel."""
    try:
        return cgroup_paths(read_bytes(f"{directory}/cgroup"))
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        return None, None


@lru_cache(maxsize=256)
def cgroup_paths(content: bytes) -> tuple[str | None, str | None]:
    """Parse a `cgroup` file into paths; cached, as most processes share theirs and v1 writes a dozen lines."""
    memory = systemd = unified = None
    for line in content.split(b"\n"):
        number, _, rest = line.partition(b":")
        controllers, _, path = rest.partition(b":")
        if number == b"0" and not controllers:
            unified = decode(path)
        elif controllers == b"name=systemd":
            systemd = decode(path)
        elif b"memory" in controllers.split(b","):
            memory = decode(path)
    return memory if memory is not None else unified, systemd if systemd is not None else unified


def executable(directory: str) -> str | None:
    """Return the program's path from a process's directory; None if there is none or it may not be read."""
    try:
        return sys.intern(decode(os.readlink(os.fsencode(f"{directory}/exe"))))  # shared, like names
    except OSError:
        return None


def command_line(pid: int, proc: str = "/proc") -> str | None:
    """Return a process's arguments joined by spaces, at most 16 KiB; None if unreadable or empty."""
    try:
        raw = read_at_most(f"{proc}/{pid}/cmdline", _LONGEST_COMMAND)
    except OSError:
        return None
    return decode(raw.rstrip(b"\0").replace(b"\0", b" ")) or None


def children(pid: int, proc: str = "/proc") -> tuple[int, ...]:
    """Return PIDs of the children of a process's first thread.

    Empty also without CONFIG_PROC_CHILDREN, or if the process has ended.
    """
    try:
        return tuple(int(word) for word in read_bytes(f"{proc}/{pid:d}/task/{pid:d}/children").split())
    except (OSError, ValueError):
        return ()


def unit_cgroup(pid: int, proc: str = "/proc") -> str | None:
    """Return a process's path in systemd's cgroup hierarchy; None if it can't be read."""
    return cgroup_paths(read_or_empty(f"{proc}/{pid:d}/cgroup"))[1]
