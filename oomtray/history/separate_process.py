"""Open the record in a separate process, so that SQLite's 3 MB don't stay in the idle tray."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from typing import NamedTuple

import oomtray

SECONDS = 60.0
"""Longest duration on a busy machine; on an idle one it takes a tenth of a second."""


class Before(NamedTuple):
    """What the record knows about the time before watching began, from `history.kills`."""

    kills: int | None
    """The kernel's count of kills up to which this boot's are recorded."""
    last: float | None
    """Time of the last record, in seconds since 1970."""
    untold: int
    """Number of kills that the user was not told of."""


def merge() -> None:
    """Merge the pending lines into the record. If that fails they stay pending."""
    _run("merge")


def look_back(boot: str, booted: float, since: float) -> Before | None:
    """Merge the pending lines, then return what the record knows; None if there is no answer.

    Times in seconds since 1970, `since` for `untold`.
    """
    said = _run("look-back", boot, str(booted), str(since))
    return Before(*json.loads(said)) if said else None


def _run(*arguments: str) -> bytes | None:
    """Run the program and return its output, or None if it fails.

    Does without the module `subprocess`, which would stay in the tray's memory.
    """
    inner, outer = os.pipe2(os.O_CLOEXEC)
    with os.fdopen(inner, "rb", buffering=0) as answer:
        package = os.path.dirname(os.path.dirname(os.path.abspath(oomtray.__file__)))
        path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
        nothing = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 2)]
        try:
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-P", "-m", "oomtray.history", *arguments],
                {**os.environ, "PYTHONPATH": path},
                file_actions=[*nothing, (os.POSIX_SPAWN_DUP2, outer, 1)],
            )
        except OSError:
            return None
        finally:
            os.close(outer)
        said = _all_of(answer.fileno())
        if said is None:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    return said if status == 0 else None


def _all_of(fd: int) -> bytes | None:
    """Read until the other end is closed; None if that takes too long."""
    end, said, poll = time.monotonic() + SECONDS, b"", select.poll()
    poll.register(fd, select.POLLIN)
    while (left := end - time.monotonic()) > 0 and poll.poll(left * 1000):
        more = os.read(fd, 4096)
        if not more:
            return said
        said += more
    return None
