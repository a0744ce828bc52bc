"""Find processes that share their memory, as clone with CLONE_VM and without CLONE_THREAD makes them.

The kernel kills them together (mm/oom_kill.c: __oom_kill_process), and setting the oom_score_adj of one sets
that of all (fs/proc/base.c: __set_oom_adj).
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    Compare: TypeAlias = Callable[[int, int], int]
    """Compares the memory of two processes, as kcmp(2) with KCMP_VM: 0 if it is the same, negative if unknown."""

_KCMP = {"x86_64": 312, "ppc64le": 354, "s390x": 343, "aarch64": 272, "riscv64": 272, "loongarch64": 272}
_KCMP_32 = (re.compile("i[3-6]86|x86_64"), 349), (re.compile("armv[6-8].*|aarch64"), 378)
"""A 32-bit program has the numbers of its own kind on a 64-bit kernel too, as on a Raspberry Pi."""
_VM = 1  # include/uapi/linux/kcmp.h


def one_memory(pids: Iterable[int], *, compare: Compare | None = None) -> dict[int, tuple[int, ...]]:
    """Return the processes that share memory with these, in order of PID, for each that does so.

    Processes that this user may not trace are left out, and everything if the kernel was built without kcmp
    (CONFIG_KCMP). Takes about 1 us for each pair of these and all processes.
    """
    compared = _kcmp() if compare is None else compare
    every = [pid for pid in sorted(map(int, filter(str.isdigit, os.listdir(PROC)))) if compared(pid, pid) == 0]
    found = {}
    for pid in pids:
        others = tuple(other for other in every if other != pid and compared(pid, other) == 0)
        if others and _has_memory(pid):
            found[pid] = others
    return found


@cache
def _kcmp() -> Compare:
    """Return kcmp(2), loaded once, because each CDLL is a reference cycle: one per opened menu would be left to collect."""
    try:
        import ctypes  # here alone: it is asked when a person asks
    except ImportError:  # a Python built without libffi
        return lambda _one, _other: -1
    libc = ctypes.CDLL(None)
    number = number_of(os.uname().machine, wide=sys.maxsize > 1 << 32)
    if number is None:
        return lambda _one, _other: -1
    return lambda one, other: int(libc.syscall(number, one, other, _VM, 0, 0))


def number_of(machine: str, *, wide: bool) -> int | None:
    """Return kcmp's number for a `wide`, 64-bit program or a 32-bit one; None if unknown: it would be another call's."""
    if wide:
        return _KCMP.get(machine)
    return next((number for kind, number in _KCMP_32 if kind.fullmatch(machine)), None)


def _has_memory(pid: int) -> bool:
    """Whether it has memory: kernel threads and zombies don't, and would compare as equal."""
    try:
        with open(f"{PROC}/{pid}/statm", "rb") as file:
            return not file.read(2).startswith(b"0 ")
    except OSError:
        return False
