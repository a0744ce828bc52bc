"""Run a block without a capability, so that root writes as an owner does and leaves the floor where it is."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from oomtray.kernel.capabilities import SYS_RESOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION_3 = 0x20080522


@contextmanager
def without_capability(number: int = SYS_RESOURCE) -> Iterator[None]:
    """Drop a capability (number below 32) from this thread's effective set during the block; no effect unless root.

    If the sets can't be read or written (a seccomp filter), the block runs with the capability.
    """
    if os.geteuid() != 0:
        yield
        return
    import ctypes  # imported here because only root needs it

    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the same for capabilities from 32
    bit = 1 << number
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
