"""The record opened in a process of its own, which loads SQLite and gives the 3 MB back: for the tray, which is idle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import NamedTuple

import oomtray

_SECONDS = 60.0
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
    """The same, and what was before; None where there is no answer. Times in seconds since 1970, `since` for `untold`."""
    said = _run("look-back", boot, str(booted), str(since))
    return None if said is None else Before(*json.loads(said))


def _run(*arguments: str) -> str | None:
    package = os.path.dirname(os.path.dirname(os.path.abspath(oomtray.__file__)))
    try:
        return subprocess.run(
            [sys.executable, "-m", "oomtray.history", *arguments],
            cwd=package,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
