"""Makes labels of apps and processes from what is known so far, and notes what has to be read in the background.

Imported with the first names that are read, so that a tray nobody opens does without it.
"""

from __future__ import annotations

import os
import time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from oomtray.kernel.cut_names import begins_with, may_be_cut
from oomtray.kernel.interpreters import is_interpreter
from oomtray.kernel.scripts import RunScript, program
from oomtray.messages import names
from oomtray.messages.i18n import joined
from oomtray.text import fit, name_shown, printable
from oomtray.ui.controllers import installed_apps as installed
from oomtray.ui.controllers.app_label import AppLabel, plain_name
from oomtray.ui.qt.app_images import icon_of
from oomtray.ui.qt.app_tiles import glyph
from oomtray.ui.qt.icons import app_icon

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from PySide6.QtGui import QIcon, QImage

    from oomtray.desktop.app_entries import AppEntries
    from oomtray.desktop.app_entry import AppEntry
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.judged import App, AppKind, Risk
    from oomtray.ui.controllers.installed_apps import Ended

_MOST_LABELS, _MOST_SCRIPTS, _MOST_ICONS = 1000, 1000, 150
_SCRIPTS_OF_APP = 16
"""How many members of an app have their scripts looked up, starting with those that would die first."""
_NAMED_TOGETHER = 2
_PATIENCE = 2.0
"""Seconds that an icon's place stays empty while it is read; then a generic one is drawn until it arrives."""
_LONGEST_FOLDER = 28


class Missing:
    """What has to be read in the background."""

    def __init__(self) -> None:
        self.scripts: dict[ScriptKey, Process] = {}
        self.cut: dict[tuple[int, int], Process] = {}
        """Processes whose name may be cut, by (pid, start time)."""
        self.containers: set[str] = set()
        self.icons: dict[str, None] = {}
        self.newer_entries = False


class ScriptKey(NamedTuple):
    """A process and its executable: the same process may execute another program later."""

    identity: tuple[int, int]
    name: str
    exe: str | None


class LabelMaker:
    """Makes labels and caches what was read; `home` is the user's home directory."""

    def __init__(self, entries: AppEntries, *, home: str = "") -> None:
        self._own_pid = os.getpid()
        self.missing = Missing()
        self.entries = entries
        self._home = (home or os.path.expanduser("~")).rstrip("/")
        self._labels: dict[Hashable, AppLabel] = {}
        self._scripts: dict[ScriptKey, RunScript | None] = {}
        self._whole: dict[tuple[int, int], str] = {}
        self._containers: dict[str, str | None] = {}
        self._icons: dict[str, QIcon | None] = {}
        """None for an icon that doesn't exist or can't be drawn."""
        self._waits: dict[str, float] = {}
        """Icons that are being read, and since when."""

    # what was read

    def take_entries(self, entries: AppEntries) -> None:
        self.entries = entries
        names.forget_all()
        self._icons = {name: icon for name, icon in self._icons.items() if icon is not None}
        self._labels.clear()

    def take_scripts(self, found: Mapping[ScriptKey, RunScript | None]) -> None:
        self._take(self._scripts, found)

    def take_whole_names(self, found: Mapping[tuple[int, int], str]) -> None:
        self._take(self._whole, found)

    def _take(self, known: dict[Any, Any], found: Mapping[Any, Any]) -> None:
        """Add to what is known, the oldest of which is forgotten."""
        for key in list(known)[: max(len(known) + len(found) - _MOST_SCRIPTS, 0)]:
            del known[key]
        known.update(found)
        self._labels.clear()

    def take_containers(self, asked: Iterable[str], found: Mapping[str, str]) -> None:
        self._containers.update((id_, found.get(id_)) for id_ in asked)
        self._labels.clear()

    def take_images(self, found: Mapping[str, Sequence[QImage]]) -> None:
        for name, images in found.items():
            self._waits.pop(name, None)
            self._icons[name] = icon_of(images) if images else None
        self._labels.clear()

    # labels

    def of_app(self, app: App) -> AppLabel:
        key = app.key, app.uid
        label = self._labels.get(key)
        if label is None:
            label = self._made_for_app(app)
            self._remember(key, label, lasts=not _of_interpreter(app) and app.members[0].process.identity not in self.missing.cut)
        return label

    def of_process(self, risk: Risk) -> AppLabel:
        key = _key(risk.process)
        label = self._labels.get(key)
        if label is None:
            label = self._made_for_process(risk.process)
            self._remember(key, label, lasts=key not in self.missing.scripts and risk.process.identity not in self.missing.cut)
        return label

    def of_ended(self, ended: Ended) -> AppLabel:
        """Return the label of an ended app: its name as recorded, whatever is installed now."""
        label = self._labels.get(ended)
        if label is None:
            entry = installed.entry_of_ended(self.entries, ended)
            drawn = partial(glyph, installed.sign_of_ended(ended), ended.shown)
            icon = drawn() if entry is None else self._icon(entry, drawn)
            label = AppLabel(printable(ended.shown), "", icon)
            self._remember(ended, label, lasts=True)
        return label

    def _remember(self, key: Hashable, label: AppLabel, *, lasts: bool) -> None:
        if lasts and label.icon is not None and not self._waits:
            if len(self._labels) >= _MOST_LABELS:
                self._labels.clear()
            self._labels[key] = label

    def _made_for_app(self, app: App) -> AppLabel:
        first = app.members[0].process
        contained = installed.container(first)
        if contained is not None:
            return self._contained(app, contained)
        entry = installed.entry_of_app(self.entries, app)
        if entry is None and _of_interpreter(app):
            return self._of_scripts(app)
        if entry is None:
            if app.kind == "app":
                self.missing.newer_entries = True
            plain = plain_name(app)
            if plain == first.name and first.exe is None:
                plain = self._whole_name(first)
            shown = name_shown(plain)
            if plain == app.name:
                names.forget_app(app)
            else:
                names.learn_app(app, shown)
            return AppLabel(shown, "", self._drawn(shown, app.kind, first))
        return self._of_entry(entry, app)

    def _of_entry(self, entry: AppEntry, app: App) -> AppLabel:
        shown = printable(entry.name)
        names.learn_app(app, shown)
        if not is_interpreter(app.name) and any(one.process.name.casefold() == app.name.casefold() for one in app.members):
            names.learn_program(app.name, shown)
        return AppLabel(shown, "", self._icon(entry, partial(self._drawn, shown, app.kind, app.members[0].process)))

    def _contained(self, app: App, contained: tuple[str, str]) -> AppLabel:
        runtime, id_ = contained
        first = app.members[0].process
        icon = self._drawn(app.key, app.kind, first)
        if id_ not in self._containers:
            self.missing.containers.add(id_)
        given = self._containers.get(id_)
        if given is None:
            return AppLabel(name_shown(app.name), "", icon)
        shown = printable(fit(given, 80))
        names.learn_app(app, shown)
        return AppLabel(shown, names.container_of(printable(runtime)), icon)

    def _of_scripts(self, app: App) -> AppLabel:
        """Label an interpreter's processes by their only script, or list the scripts in the detail."""
        plain = name_shown(app.name)
        first = app.members[0].process
        running = (member.process for member in app.members if is_interpreter(program(member.process)))
        looked_at = list(islice(running, _SCRIPTS_OF_APP + 1))  # one more tells whether these are all
        runs = [self._script(process) for process in looked_at[:_SCRIPTS_OF_APP]]
        found = list({run.script.name: run for run in runs if run is not None}.values())
        if not found:
            names.forget_app(app)
            return AppLabel(plain, "", self._drawn(app.name, app.kind, first))
        for process, run in zip(looked_at, runs, strict=False):
            if run is not None:
                own = process.pid == self._own_pid
                names.learn_process(process.identity, names.THIS_PROGRAM if own else printable(run.script.name))
        if len(found) == 1 and len(looked_at) <= _SCRIPTS_OF_APP:
            if any(process.pid == self._own_pid for process in looked_at):
                names.learn_app(app, names.THIS_PROGRAM, only=True)
                return AppLabel(names.THIS_PROGRAM, "", app_icon())
            entry = installed.entry_of_script(self.entries, found[0])
            if entry is not None:
                return self._of_entry(entry, app)
            shown = printable(found[0].script.name)
            names.learn_app(app, shown, only=True)
            return AppLabel(shown, self._detail(found[0]), self._drawn(shown, "session", first))
        names.forget_app(app)
        listed = [printable(run.script.name) for run in found]
        return AppLabel(plain, joined(listed, most=_NAMED_TOGETHER), self._drawn(app.name, "session", first))

    def _made_for_process(self, process: Process) -> AppLabel:
        if process.pid == self._own_pid:
            names.learn_process(process.identity, names.THIS_PROGRAM)
            return AppLabel(names.THIS_PROGRAM, "", app_icon())
        if is_interpreter(program(process)):
            run = self._script(process)
            if run is not None:
                entry = installed.entry_of_script(self.entries, run)
                shown = printable(run.script.name)
                names.learn_process(process.identity, shown)
                if entry is None:
                    return AppLabel(shown, self._detail(run), self._drawn(shown, None, process))
                return AppLabel(shown, "", self._icon(entry, partial(self._drawn, shown, None, process)))
        shown = name_shown(self._whole_name(process))
        entry = installed.entry_of_process(self.entries, process)
        if entry is None:
            return AppLabel(shown, "", self._drawn(process.name, None, process))
        return AppLabel(shown, "", self._icon(entry, partial(self._drawn, process.name, None, process)))

    def _script(self, process: Process) -> RunScript | None:
        key = _key(process)
        if key not in self._scripts:
            self.missing.scripts[key] = process
        return self._scripts.get(key)

    def _whole_name(self, process: Process) -> str:
        """Return the process's own name or, if the kernel truncated it, the program name that begins with it."""
        if not may_be_cut(process):
            return process.name
        if process.exe is None:
            known = self._whole.get(process.identity, "")
            if begins_with(known, process.name):
                return known
            self.missing.cut[process.identity] = process  # or it has another name since
            return process.name
        whole = "" if process.exe.startswith("/memfd:") else program(process)
        return whole if begins_with(whole, process.name) else process.name

    def _detail(self, run: RunScript) -> str:
        """Return a detail such as `python3 · ~/lab`; the directory is left out if it adds nothing."""
        shown = printable(run.script.interpreter)
        directory = run.directory
        if directory is None or directory == "/":
            return shown
        if directory == self._home:
            directory = "~"
        elif self._home and directory.startswith(f"{self._home}/"):
            directory = f"~{directory[len(self._home) :]}"
        if directory == "~" and (run.script.path or "/").startswith("/"):
            return shown
        return f"{shown} · {printable(_shortened(directory))}"

    # icons

    def _icon(self, entry: AppEntry, drawn: Callable[[], QIcon]) -> QIcon | None:
        """Return the entry's own icon, or the generic one if it has none that can be drawn."""
        if entry.icon is None:
            return drawn()
        if entry.icon in self._icons:
            return self._icons[entry.icon] or drawn()
        if len(self._icons) + len(self._waits) >= _MOST_ICONS and entry.icon not in self._waits:
            return drawn()
        now = time.monotonic()
        since = self._waits.setdefault(entry.icon, now)
        if since == now:
            self.missing.icons[entry.icon] = None
        return None if now - since < _PATIENCE else drawn()

    @staticmethod
    def _drawn(name: str, kind: AppKind | None, process: Process) -> QIcon:
        return glyph(installed.sign_of(name, kind, process), name)


def _of_interpreter(app: App) -> bool:
    """Return whether the app is a script, or everything that one interpreter runs."""
    return is_interpreter(app.name) or (app.key != app.name and app.key.startswith(f"{app.name} ("))


def _key(process: Process) -> ScriptKey:
    return ScriptKey(process.identity, process.name, process.exe)


def _shortened(directory: str) -> str:
    """Shorten a long path to its end, where its name is: ~/…/lab."""
    if len(directory) <= _LONGEST_FOLDER:
        return directory
    start, _, last = directory.rpartition("/")
    return f"{'~/' if start.startswith('~') else '/'}…/{fit(last, _LONGEST_FOLDER)}"
