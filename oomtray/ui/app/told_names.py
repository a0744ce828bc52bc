"""Looks up the display names for a notification or menu alone, before any window has read all of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.desktop.app_entries import INSTALLED, folders, read_entry
from oomtray.kernel.files import PROC
from oomtray.kernel.interpreters import is_interpreter
from oomtray.messages.i18n import languages
from oomtray.messages.names import THIS_PROGRAM, app_name, learn_app, learn_process, learn_program
from oomtray.risk.apps import app_of, executable
from oomtray.text import name_shown, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.desktop.app_entry import AppEntry
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import AppId


def learn_names(
    assessment: Assessment, processes: Iterable[Process], environ: Mapping[str, str] = os.environ, proc: str = PROC
) -> None:
    """Look for these processes' desktop entries under their most likely names: a few files, no directory scan.

    For interpreters, read what they run. Once the popup has read all entries, it finds more.
    """
    table = {one.pid: one for one in assessment.snapshot.processes}
    named = {one.identity: one for one in processes}
    _learn_scripts(named.values(), proc)
    for process in named.values():
        app = app_of(process, table)
        if app is None or app_name(app) != name_shown(app.name):
            continue
        entry = _entry(app, process, environ)
        if entry is None:
            continue
        learn_app(app, printable(entry.name))
        if process.name.casefold() == app.name.casefold():
            learn_program(app.name, printable(entry.name))


def _learn_scripts(processes: Iterable[Process], proc: str) -> None:
    running = [process for process in processes if is_interpreter(executable(process))]
    if not running:
        return
    from oomtray.kernel.scripts import read_scripts

    found = read_scripts(running, proc)
    for process in running:
        run = found.get(process.identity)
        if process.pid == os.getpid():
            learn_process(process.identity, THIS_PROGRAM)
        elif run is not None:
            learn_process(process.identity, printable(run.script.name))


def _entry(app: AppId, process: Process, environ: Mapping[str, str]) -> AppEntry | None:
    if app.kind not in ("app", "executable"):
        return None  # services, and what runs in a terminal
    for id_ in dict.fromkeys((app.key, app.name, executable(process))):
        entry = None if "/" in id_ else _read(id_, environ)
        if entry is not None and (app.kind == "app" or _runs(entry, process)):
            return entry
    return None


def _runs(entry: AppEntry, process: Process) -> bool:
    program, exe = entry.program, process.exe
    if program is None or exe is None:
        return False
    return program == exe or (exe.startswith(INSTALLED) and program.rpartition("/")[2] == executable(process))


def _read(id_: str, environ: Mapping[str, str]) -> AppEntry | None:
    """Read the first entry with this id, even if it hides the app, which is how a user hides one of the system's."""
    paths = (os.path.join(folder, "applications", f"{id_}.desktop") for folder in folders(environ))
    found = next((path for path in paths if os.path.lexists(path)), None)
    return None if found is None else read_entry(id_, found, languages(environ))
