"""Finds the installed app that an ended process belonged to from what was recorded, or a generic icon for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oomtray.kernel.interpreters import is_interpreter
from oomtray.risk.app_names import application_id, container_of
from oomtray.systemd.unit_names import unescape
from oomtray.ui.controllers.installed_apps import is_database

if TYPE_CHECKING:
    from oomtray.desktop.app_entries import AppEntries
    from oomtray.desktop.app_entry import AppEntry
    from oomtray.ui.qt.app_tiles import Sign

_SCRIPTS = (".py", ".sh", ".pl", ".rb", ".js", ".php", ".lua", ".R")


class Ended(NamedTuple):
    """What is still known of an ended process; a log gives only its name."""

    name: str
    """The process name as the kernel has it."""
    app: str | None = None
    unit: str | None = None
    exe: str | None = None
    """Path of its executable."""

    @property
    def shown(self) -> str:
        return self.app or self.name


def entry_of(entries: AppEntries, ended: Ended) -> AppEntry | None:
    """Find the desktop entry by unit, then by executable, then by name."""
    unit = ended.unit
    if unit is not None:
        if container_of(unit) is not None:
            return None
        service = unit.endswith(".service")
        id_ = application_id(unit) or (unescape(unit.removesuffix(".service").partition("@")[0]) if service else None)
        found = entries.of_id(id_) if id_ else None
        if found is not None or service:
            return found
    named = [name for name in (ended.name, ended.app) if name and not is_interpreter(name)]
    program = ended.exe if ended.exe and not is_interpreter(ended.exe.rpartition("/")[2]) else None
    found = entries.of_program(program, "") if program else None
    return found or next((entry for name in named if (entry := entries.of_program(None, name)) is not None), None)


def sign_of(ended: Ended) -> Sign:
    unit = ended.unit or ""
    if container_of(unit) is not None:
        return "container"
    if is_database(ended.shown):
        return "database"
    if unit.endswith(".service") and application_id(unit) is None:
        return "service"
    return "terminal" if is_interpreter(ended.name) or ended.name.endswith(_SCRIPTS) else "letter"
