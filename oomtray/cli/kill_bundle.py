"""`kills --bundle`: a kill for a bug report: one JSON object without names of users, computers and files."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from oomtray import __version__
from oomtray.cli.as_json import SCHEMA, dumps, kill, sample
from oomtray.config.loading import default_file, load
from oomtray.history.database import Database
from oomtray.history.kill_cause import with_cause
from oomtray.history.kills import read_kill, read_step_in
from oomtray.history.samples import Sample, read
from oomtray.kernel.cgroups import MemoryCgroups
from oomtray.kernel.users import accounts, hosts
from oomtray.scrub import Scrubber, person_names

if TYPE_CHECKING:
    from sqlite3 import Connection

    from oomtray.risk.kill_event import KillEvent

BEFORE, AFTER = 1800.0, 300.0
"""Seconds around the kill for which readings are included."""


def bundle(number: int) -> str | None:
    """Render the bundle in one line; None if no kill with this number is recorded. Raises FileError."""
    with Database().reading() as connection:
        found = None if connection is None else read_kill(connection, number) or read_step_in(connection, number)
        return None if found is None else _rendered(connection, found.event, str(found.id))


def bundle_of(event: KillEvent, name: str) -> str:
    """Render the bundle of a kill that isn't recorded, with what was recorded around it. Raises FileError."""
    with Database().reading() as connection:
        return _rendered(connection, event, name)


def _rendered(connection: Connection | None, event: KillEvent, name: str) -> str:
    samples: list[Sample] = []
    if connection is not None:
        if event.killer != "oomtray":
            event = with_cause(connection, event)
        if event.time is not None:
            samples = list(read(connection, event.time - BEFORE, event.time + AFTER))
    scrubber = Scrubber(person_names(accounts()), hosts())
    return dumps(scrubber.object(_whole(event, name, samples)))


def _whole(killed: KillEvent, name: str, samples: list[Sample]) -> dict[str, Any]:
    event = kill(killed, name)
    for victim in event["victims"]:
        if victim["command"]:
            victim["command"] = os.path.basename(victim["command"])
    settings, problems = load(default_file())
    return {
        "schema": SCHEMA,
        "event": event,
        "readings": [sample(one) for one in samples],
        "settings": asdict(settings),
        "settings_problems": len(problems),
        "versions": _versions(),
    }


def _versions() -> dict[str, str | None]:
    release = _os_release()
    return {
        "oomtray": __version__,
        "python": platform.python_version(),
        "kernel": os.uname().release,
        "machine": os.uname().machine,
        "system": " ".join(release.get(name, "") for name in ("ID", "VERSION_ID")).strip() or None,
        "cgroup": "2" if os.path.exists("/sys/fs/cgroup/cgroup.controllers") or MemoryCgroups().version == 2 else "1",
        "pyside": _installed("PySide6-Essentials"),
    }


def _os_release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def _installed(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None
