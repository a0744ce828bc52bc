"""One process in full: stat, status, oom_score_adj, cgroup and exe of proc(5) as a `Process`."""

from __future__ import annotations

import contextlib
import os
import re
from functools import lru_cache

from oomtray.kernel.files import read_bytes
from oomtray.kernel.snapshot import Process

_PF_KTHREAD = 0x00200000  # include/linux/sched.h
_ZOMBIE = ord("Z")

_ESCAPE = re.compile(rb"\\(\\|n)")


class Unreadable(OSError):
    """The process vanished, or hidepid keeps its files from us."""


def decode(raw: bytes) -> str:
    r"""Bytes of the kernel as text; what is not UTF-8 is written as \xNN, so the result always encodes again."""
    return raw.decode("utf-8", "backslashreplace")


def unescaped(name: bytes) -> str:
    """comm as text from the `Name:` line of status, where the kernel escapes newline and backslash."""
    return decode(_ESCAPE.sub(lambda m: b"\n" if m[1] == b"n" else b"\\", name) if b"\\" in name else name)


def read_process(
    directory: str, pid: int, oom_score: int | None, now: float, known: Process | None = None
) -> Process:
    """Reads /proc/PID; with `known` (the same process, read before) only what changes while it lives.

    `now` is monotonic seconds. Raises Unreadable. The caller makes sure that the pid was not reused meanwhile.
    """
    try:
        status = read_bytes(f"{directory}/status")
        adj = int(read_bytes(f"{directory}/oom_score_adj"))
        if known is None:
            start_time, session, kernel_thread = _stat(read_bytes(f"{directory}/stat"))
            cgroup, unit_cgroup = _cgroups(directory)
            exe = None if kernel_thread else _exe(directory)
        else:
            start_time, session, kernel_thread = known.start_time, known.session, known.kernel_thread
            cgroup, unit_cgroup, exe = known.cgroup, known.unit_cgroup, known.exe
    except (OSError, ValueError, IndexError) as error:
        raise Unreadable(pid) from error
    try:
        name = status[6 : status.index(b"\n")]
        state = status[status.index(b"\nState:\t") + 8]
        ppid = _number(status, b"\nPPid:\t")
        uid = int(status[status.index(b"\nUid:\t") :].split(b"\t", 3)[2])
    except (ValueError, IndexError) as error:
        raise Unreadable(pid) from error
    memory = status
    if state == _ZOMBIE and b"\nVmRSS:" not in status:
        memory = _status_of_a_thread(directory, status)
    return Process(
        pid=pid,
        start_time=start_time,
        name=unescaped(name),
        state=chr(state),
        ppid=ppid,
        session=session,
        uid=uid,
        kernel_thread=kernel_thread,
        oom_score=oom_score,
        oom_score_adj=adj,
        rss=_kib(memory, b"\nVmRSS:"),
        rss_anon=_kib(memory, b"\nRssAnon:"),
        swap=_kib(memory, b"\nVmSwap:"),
        page_tables=_kib(memory, b"\nVmPTE:"),
        cgroup=cgroup,
        unit_cgroup=unit_cgroup,
        exe=exe,
        read_at=now,
    )


def _number(status: bytes, key: bytes) -> int:
    start = status.index(key) + len(key)
    return int(status[start : status.index(b"\n", start)])


def _kib(status: bytes, key: bytes) -> int | None:
    """A size of status in bytes. The kernel escapes newlines in Name, so no hostile name can add such a line."""
    start = status.find(key)
    if start < 0:
        return None
    start += len(key)
    return int(status[start : status.index(b" kB", start)]) * 1024


def _stat(stat: bytes) -> tuple[int, int, bool]:
    """Start time, session and whether it is a kernel thread; comm may hold any byte, so count from its last `)`."""
    fields = stat[stat.rindex(b")") + 2 :].split()
    return int(fields[19]), int(fields[3]), bool(int(fields[6]) & _PF_KTHREAD)


def _status_of_a_thread(directory: str, status: bytes) -> bytes:
    """A leader that has exited while its threads live: the kernel finds the memory through any of them and kills it."""
    if _number(status, b"\nThreads:\t") > 1:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"{directory}/task"):
                of_thread = read_bytes(f"{directory}/task/{thread}/status")
                if b"\nVmRSS:" in of_thread:
                    return of_thread
    return status


def _cgroups(directory: str) -> tuple[str | None, str | None]:
    """Paths in the hierarchy that accounts memory and in systemd's (cgroups(7))."""
    return _cgroup_paths(read_bytes(f"{directory}/cgroup"))


@lru_cache(maxsize=256)
def _cgroup_paths(content: bytes) -> tuple[str | None, str | None]:
    """Remembered, as most processes share theirs with others and v1 writes a dozen lines."""
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


def _exe(directory: str) -> str | None:
    try:
        return decode(os.readlink(os.fsencode(f"{directory}/exe")))
    except OSError:
        return None
