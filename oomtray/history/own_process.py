"""Has the record opened in a process of its own, which loads SQLite and gives the 3 MB back: for the tray, which is idle."""

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
"""How long it may take on a busy machine; it takes a tenth of a second on an idle one."""


class Before(NamedTuple):
    """What the record knows of the time before somebody watched, as `history.kills` tells it."""

    kills: int | None
    """The kernel's count of kills up to which this boot's are recorded."""
    last: float | None
    """When the last thing was recorded, in seconds since 1970."""
    untold: int
    """Kills of which the user was not told."""


def merge() -> None:
    """Put what waits into the record. Where that fails it waits on."""
    _run("merge")


def look_back(boot: str, booted: float, since: float) -> Before | None:
    """What was before, once what waits is in the record; None where there is no answer.

    Times in seconds since 1970, `since` for `untold`.
    """
    said = _run("look-back", boot, str(booted), str(since))
    return Before(*json.loads(said)) if said else None


def _run(*arguments: str) -> bytes | None:
    """What it says; None where it fails. Without the module `subprocess`, which would stay in the tray's memory."""
    inner, outer = os.pipe2(os.O_CLOEXEC)
    with os.fdopen(inner, "rb", buffering=0) as answer:
        package = os.path.dirname(os.path.dirname(os.path.abspath(oomtray.__file__)))
        path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
        nothing = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 2)]
        try:
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-m", "oomtray.history", *arguments],
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
    """What is written until the other end is closed; None where that takes too long."""
    end, said, poll = time.monotonic() + SECONDS, b"", select.poll()
    poll.register(fd, select.POLLIN)
    while (left := end - time.monotonic()) > 0 and poll.poll(left * 1000):
        more = os.read(fd, 4096)
        if not more:
            return said
        said += more
    return None
