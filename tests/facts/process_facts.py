"""Details of a process that tells all, and of ones that don't."""

from __future__ import annotations

import dataclasses
from typing import Any

from oomtray.kernel.process_facts import Command, Connection, Listing, ProcessFacts, Relative, Unread
from tests.facts import MIB

STARTED = 1795370000.0
"""Seconds since 1970."""
HOSTILE = "a\n\x1b[2J\x9b31m<b>\u202egnp"


def process_facts(**changes: Any) -> ProcessFacts:
    """Someone's training job, which reads a data set and serves its progress."""
    here = "127.0.0.1:6006"
    facts: dict[str, Any] = {
        "name": "python3",
        "command": Command(("/usr/bin/python3", "train.py", "--data", "/home/user/lab/set1", "--workers", "4")),
        "executable": "/usr/bin/python3.13",
        "directory": "/home/user/lab",
        "uid": 1000,
        "started": STARTED,
        "parent": Relative(4200, "bash"),
        "children": Listing(4, tuple(Relative(4243 + n, "python3") for n in range(4))),
        "shares_memory": Listing(0),
        "threads": 14,
        "descriptors": 42,
        "files": Listing(9, tuple(f"/home/user/lab/set1/part-{n}.npy" for n in range(9))),
        "connections": Listing(
            2, (Connection("tcp", here, None, "LISTEN"), Connection("tcp", here, "127.0.0.1:50312", "ESTABLISHED"))
        ),
        "cpu_seconds": 2712.4,
        "bytes_read": 5300 * MIB,
        "bytes_written": 12 * MIB,
    }
    return ProcessFacts(**(facts | changes))


def unread(why: Unread, **changes: Any) -> ProcessFacts:
    """One of which nothing but its name is known."""
    names = [one.name for one in dataclasses.fields(ProcessFacts) if one.name != "name"]
    return process_facts(**(dict.fromkeys(names, why) | changes))


def hostile() -> ProcessFacts:
    """One that puts control characters wherever it may."""
    return process_facts(
        name=HOSTILE,
        command=Command((HOSTILE, HOSTILE), whole=False),
        executable=f"/{HOSTILE} (deleted)",
        directory=f"/{HOSTILE}",
        parent=Relative(7, HOSTILE),
        children=Listing(1, (Relative(8, HOSTILE),)),
        files=Listing(1, (f"/{HOSTILE}",)),
    )
