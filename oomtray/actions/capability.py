"""Doing one thing without CAP_SYS_RESOURCE, so that root writes as an owner does and leaves the floor where it is."""

from __future__ import annotations

import ctypes
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION_3 = 0x20080522  # linux/capability.h
_SYS_RESOURCE = 1 << 24


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Set(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def without_resource_capability() -> Iterator[None]:
    """Takes CAP_SYS_RESOURCE from this thread's effective set for the time of the block; nothing for others than root.

    Where the sets can't be read or written (a seccomp filter), the block runs with what there is.
    """
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = _Header(_VERSION_3, 0)
    sets = (_Set * 2)()
    if libc.capget(ctypes.byref(header), sets) != 0 or not sets[0].effective & _SYS_RESOURCE:
        yield
        return
    sets[0].effective &= ~_SYS_RESOURCE
    lowered = libc.capset(ctypes.byref(header), sets) == 0
    try:
        yield
    finally:
        if lowered:
            sets[0].effective |= _SYS_RESOURCE
            libc.capset(ctypes.byref(header), sets)
