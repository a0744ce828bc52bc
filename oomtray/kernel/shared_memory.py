"""Finds processes that run in one memory, as clone with CLONE_VM and without CLONE_THREAD makes them.

The kernel kills them together (mm/oom_kill.c: __oom_kill_process), and whoever sets the oom_score_adj of one sets that of
all (fs/proc/base.c: __set_oom_adj).
"""

from __future__ import annotations

import os
from functools import cmp_to_key
from itertools import groupby
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    Compare: TypeAlias = Callable[[int, int], int]
    """As kcmp(2) with KCMP_VM: 0 the same memory, 1 or 2 before or after in some order, else it can't be told."""

_KCMP = {"x86_64": 312, "i686": 349, "armv7l": 378, "ppc64le": 354, "s390x": 343}
_KCMP_GENERIC = 272  # aarch64, riscv64, loongarch64 (include/uapi/asm-generic/unistd.h)
_VM = 1  # include/uapi/linux/kcmp.h


def one_memory(pids: Iterable[int] | None = None, *, compare: Compare | None = None) -> dict[int, tuple[int, ...]]:
    """For each process that shares its memory: the others, in the order of their pids.

    `pids` None: all that there are. Left out are those that this user may not trace, and everything where the kernel was
    built without kcmp (CONFIG_KCMP). Takes some 10 us a process.
    """
    compared = _kcmp() if compare is None else compare
    every = [int(name) for name in os.listdir(PROC) if name.isdigit()] if pids is None else list(pids)
    known = [pid for pid in every if compared(pid, pid) == 0]

    def order(one: int, other: int) -> int:
        return {0: 0, 1: -1}.get(compared(one, other), 1)

    key = cmp_to_key(order)
    groups = (sorted(members) for _, members in groupby(sorted(known, key=key), key=key))
    return {
        pid: tuple(other for other in group if other != pid)
        for group in groups
        if len(group) > 1 and _has_memory(group[0])
        for pid in group
    }


def _kcmp() -> Compare:
    import ctypes  # here alone: it is asked when a person asks

    libc = ctypes.CDLL(None)
    number = _KCMP.get(os.uname().machine, _KCMP_GENERIC)
    return lambda one, other: int(libc.syscall(number, one, other, _VM, 0, 0))


def _has_memory(pid: int) -> bool:
    """Not so kernel threads and zombies, which count as one memory: none."""
    try:
        with open(f"{PROC}/{pid}/statm", "rb") as file:
            return not file.read(2).startswith(b"0 ")
    except OSError:
        return False
