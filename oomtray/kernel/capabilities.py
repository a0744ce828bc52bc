"""Which capabilities this program has that count for the whole machine, and a block of code without one (capabilities(7), user_namespaces(7))."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC, read_or_empty

if TYPE_CHECKING:
    from collections.abc import Iterator

IPC_LOCK, SYS_ADMIN, SYS_RESOURCE = 14, 21, 24  # linux/capability.h
_VERSION_3 = 0x20080522
_FIRST_NAMESPACE = "user:[4026531837]"
"""The user namespace of the machine itself (linux/proc_ns.h: PROC_USER_INIT_INO); a capability in another doesn't count."""
_SET = re.compile(rb"\nCap(Eff|Bnd):\t([0-9a-f]+)(?=\n)")


def may(capability: int, proc: str = PROC, *, bounding: bool = False) -> bool | None:
    """Whether this program has the capability with this number, as root usually does; None if that can't be read.

    With `bounding`, whether a program that it starts can get it.
    """
    try:
        if os.readlink(f"{proc}/self/ns/user") != _FIRST_NAMESPACE:
            return False
    except OSError:
        return None
    found = dict(_SET.findall(read_or_empty(f"{proc}/self/status"))).get(b"Bnd" if bounding else b"Eff")
    return None if found is None else bool(int(found, 16) >> capability & 1)


@contextmanager
def without(capability: int) -> Iterator[None]:
    """Drop a capability (its number below 32) from this thread's effective set during the block; no effect unless root.

    If the sets can't be read or written (a seccomp filter), the block runs with the capability.
    """
    if os.geteuid() != 0:
        yield
        return
    import ctypes  # imported here because only root needs it

    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the same for capabilities from 32
    bit = 1 << capability
    if libc.capget(header, sets) != 0 or not sets[0] & bit:
        yield
        return
    sets[0] &= ~bit
    lowered = libc.capset(header, sets) == 0
    try:
        yield
    finally:
        if lowered:
            sets[0] |= bit
            libc.capset(header, sets)
