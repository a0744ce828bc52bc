"""Which capabilities this program has that count for the whole machine (capabilities(7), user_namespaces(7))."""

from __future__ import annotations

import os
import re

from oomtray.kernel.files import PROC, read_or_empty

IPC_LOCK, SYS_ADMIN = 14, 21  # linux/capability.h
FIRST_NAMESPACE = "user:[4026531837]"
"""The user namespace of the machine itself (linux/proc_ns.h: PROC_USER_INIT_INO); a capability in another doesn't count."""
_EFFECTIVE = re.compile(rb"\nCapEff:\t([0-9a-f]+)\n")


def may(capability: int, proc: str = PROC) -> bool:
    """Whether this program has the capability with this number, as root usually does; False if that can't be read."""
    try:
        if os.readlink(f"{proc}/self/ns/user") != FIRST_NAMESPACE:
            return False
    except OSError:
        return False
    found = _EFFECTIVE.search(read_or_empty(f"{proc}/self/status"))
    return found is not None and bool(int(found[1], 16) >> capability & 1)
