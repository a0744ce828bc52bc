"""Which capabilities this program has that count for the whole machine (capabilities(7), user_namespaces(7))."""

from __future__ import annotations

import os
import re

from oomtray.kernel.files import PROC, read_or_empty

IPC_LOCK, SYS_ADMIN, SYS_RESOURCE = 14, 21, 24  # linux/capability.h
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
