"""One process in full: stat, status, oom_score_adj, cgroup and exe of proc(5) as a `Process`."""

from __future__ import annotations

import os
import re

from oomtray.kernel.files import read_bytes
from oomtray.kernel.snapshot import Process

_PF_KTHREAD = 0x00200000  # include/linux/sched.h

# The kernel escapes newline and backslash in Name, so a hostile name can't add a line of its own.
_STATUS = re.compile(
    rb"Name:\t([^\n]*)\n(?:Umask:[^\n]*\n)?State:\t(.).*?\nPPid:\t(\d+)\n.*?\nUid:\t\d+\t(\d+)\t"
    rb"(?:.*?\nVmRSS:\s*(\d+) kB)?(?:\nRssAnon:\s*(\d+) kB)?(?:.*?\nVmPTE:\s*(\d+) kB)?(?:.*?\nVmSwap:\s*(\d+) kB)?",
    re.DOTALL,
)
_MEMORY = re.compile(
    rb"\nVmRSS:\s*(\d+) kB(?:\nRssAnon:\s*(\d+) kB)?(?:.*?\nVmPTE:\s*(\d+) kB)?(?:.*?\nVmSwap:\s*(\d+) kB)?", re.DOTALL
)
_ESCAPE = re.compile(rb"\\(\\|n)")


class Unreadable(OSError):
    """The process vanished, or hidepid keeps its files from us."""


def decode(raw: bytes) -> str:
    r"""Bytes of the kernel as text; what is not UTF-8 is written as \xNN, so the result always encodes again."""
    return raw.decode("utf-8", "backslashreplace")


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
    match = _STATUS.match(status)
    if match is None:
        raise Unreadable(pid)
    name, state, ppid, uid, rss, anon, tables, swap = match.groups()
    if state == b"Z" and rss is None:
        rss, anon, tables, swap = _memory_of_threads(directory, status)
    if b"\\" in name:
        name = _ESCAPE.sub(lambda m: b"\n" if m[1] == b"n" else b"\\", name)
    return Process(
        pid=pid,
        start_time=start_time,
        name=decode(name),
        state=chr(state[0]),
        ppid=int(ppid),
        session=session,
        uid=int(uid),
        kernel_thread=kernel_thread,
        oom_score=oom_score,
        oom_score_adj=adj,
        rss=_kib(rss),
        rss_anon=_kib(anon),
        swap=_kib(swap),
        page_tables=_kib(tables),
        cgroup=cgroup,
        unit_cgroup=unit_cgroup,
        exe=exe,
        read_at=now,
    )


def _kib(text: bytes | None) -> int | None:
    return None if text is None else int(text) * 1024


def _stat(stat: bytes) -> tuple[int, int, bool]:
    """Start time, session and whether it is a kernel thread; comm may hold any byte, so count from its last `)`."""
    fields = stat[stat.rindex(b")") + 2 :].split()
    return int(fields[19]), int(fields[3]), bool(int(fields[6]) & _PF_KTHREAD)


def _memory_of_threads(directory: str, status: bytes) -> tuple[bytes | None, bytes | None, bytes | None, bytes | None]:
    """A leader that has exited while its threads live: the kernel finds the memory through any of them and kills it."""
    if b"\nThreads:\t1\n" in status or b"\nThreads:\t0\n" in status:
        return None, None, None, None
    try:
        for thread in os.listdir(f"{directory}/task"):
            match = _MEMORY.search(read_bytes(f"{directory}/task/{thread}/status"))
            if match:
                rss, anon, tables, swap = match.groups()
                return rss, anon, tables, swap
    except OSError:
        pass
    return None, None, None, None


def _cgroups(directory: str) -> tuple[str | None, str | None]:
    """Paths in the hierarchy that accounts memory and in systemd's (cgroups(7))."""
    memory = systemd = unified = None
    for line in read_bytes(f"{directory}/cgroup").split(b"\n"):
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
