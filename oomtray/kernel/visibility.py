"""Whether this process can see all others: hidepid, PID namespaces and sandboxes hide some."""

from __future__ import annotations

import os
import re

from oomtray.kernel.files import read_or_empty

_INITIAL_PID_NAMESPACE = "pid:[4026531836]"  # include/linux/proc_ns.h: PROC_PID_INIT_INO


def sees_all(proc: str = "/proc") -> bool:
    """Return True if no process can be hidden from this one.

    In the initial PID namespace everything is visible exactly if PID 1 is: hidepid shows it only to those who
    see everything (its gid= group, CAP_SYS_PTRACE). Inside another namespace the outside is invisible.
    """
    try:
        if os.readlink(f"{proc}/self/ns/pid") != _INITIAL_PID_NAMESPACE:
            return False
    except OSError:
        pass  # no such link: an old kernel, or a test's tree
    return bool(read_or_empty(f"{proc}/1/oom_score"))


def kernel_release(proc: str = "/proc") -> tuple[int, int]:
    """Major and minor version of the running kernel; (0, 0) if unknown."""
    match = re.match(rb"(\d+)\.(\d+)", read_or_empty(f"{proc}/sys/kernel/osrelease"))
    return (int(match[1]), int(match[2])) if match else (0, 0)
