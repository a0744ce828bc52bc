"""Start at login, by the Desktop Application Autostart Specification."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from oomtray import APP_ID
from oomtray.desktop.app_entry import keys_of, unescaped
from oomtray.desktop.current_desktop import desktops
from oomtray.file_access import FileError, FileProblem
from oomtray.paths import config_dirs, config_home
from oomtray.private_file import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FILE_NAME = f"{APP_ID}.desktop"
_LARGEST = 64 * 1024
_OWN_LISTS = {
    "sway": ("sway", "exec {command}", "~/.config/sway/config"),
    "hyprland": ("Hyprland", "exec-once = {command}", "~/.config/hypr/hyprland.conf"),
    "labwc": ("labwc", "{command} &", "~/.config/labwc/autostart"),
    "river": ("river", "riverctl spawn {command}", "~/.config/river/init"),
    "wayfire": ("Wayfire", "oomtray = {command}", "~/.config/wayfire.ini, [autostart]"),
}
"""Compositors that start what their own configuration lists, and no entries: name, line and file."""


class Autostart:
    """The autostart entry of one user.

    `command` is the command to start, with an absolute program: a login has a shorter PATH than a terminal.
    """

    def __init__(self, command: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> None:
        self.command = tuple(command) or this_program()
        self.environ = environ

    @property
    def own_list(self) -> dict[str, str] | None:
        """Where the compositor alone would start it: `desktop`, `line` and `path`; None where sessions start entries."""
        desktop = next(iter(desktops(self.environ)), "")
        if desktop not in _OWN_LISTS:
            return None
        name, line, path = _OWN_LISTS[desktop]
        known = shutil.which("oomtray", path=self.environ.get("PATH")) is not None
        return {"desktop": name, "line": line.format(command="oomtray" if known else shlex.join(self.command)), "path": path}

    @property
    def path(self) -> Path:
        return Path(config_home(self.environ), "autostart", FILE_NAME)

    def enabled(self) -> bool:
        """Whether a login would start it: by the user's own file, else by one of the system."""
        return self._starts_by((self.path, *self._system_paths()))

    def enabled_by_default(self) -> bool:
        """Whether a login would start it without a file of the user's own."""
        return self._starts_by(self._system_paths())

    def _starts_by(self, paths: Iterable[Path]) -> bool:
        """Whether the first existing file would start it."""
        for path in paths:
            entry = _entry(path)
            if entry is not None:
                return starts(entry, self.environ)
        return False

    def stale(self) -> bool:
        """Whether the user's own entry is on but would start nothing, because its program is gone."""
        entry = _entry(self.path)
        if entry is None or starts(entry, self.environ):
            return False
        return starts({key: value for key, value in entry.items() if key != "TryExec"}, self.environ)

    def enable(self) -> None:
        """Write the user's entry. Raises FileError, and then nothing is changed."""
        self._write(render(self.command))

    def disable(self) -> None:
        """Remove the user's file; if the system has one too, write one that hides it.

        Raises FileError.
        """
        if any(_entry(path) is not None for path in self._system_paths()):
            self._write(f"[Desktop Entry]\nType=Application\nName=OOM Tray\nExec={APP_ID}\nHidden=true\n")
        else:
            self.restore()

    def restore(self) -> None:
        """Restore the default by removing the user's own file. Raises FileError."""
        _file(self.path).remove()

    def _write(self, text: str) -> None:
        if self.path.is_symlink():  # a symlink may lead into a dotfiles repository: not written through
            raise FileError(FileProblem("is-link", str(self.path)))
        _file(self.path).write(text.encode("utf-8", "surrogateescape"))

    def _system_paths(self) -> list[Path]:
        return [Path(one, "autostart", FILE_NAME) for one in config_dirs(self.environ)]


def this_program(argv0: str | None = None, executable: str | None = None) -> tuple[str, ...]:
    """Return the command that starts this program: the installed script if there is one, else this Python with -m."""
    script = Path(argv0 if argv0 is not None else sys.argv[0])
    if script.name == "oomtray" and script.is_absolute() and os.access(script, os.X_OK) and script.is_file():
        return (str(script),)
    python = executable if executable is not None else sys.executable
    beside = Path(python).parent / "oomtray"
    if os.access(beside, os.X_OK) and beside.is_file():
        return (str(beside),)
    return (python, "-m", "oomtray")


def render(command: Sequence[str]) -> str:
    # GLib looks the program up without unescaping %%
    words = ["/usr/bin/env", *command] if "%" in command[0] else command
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=OOM Tray\n"
        "Comment=Says which process the OOM killer takes next\n"
        f"TryExec={_escaped(command[0])}\n"
        f"Exec={_escaped(' '.join(quoted(word) for word in words))}\n"
        f"Icon={APP_ID}\n"
        "Terminal=false\n"
        "StartupNotify=false\n"
    )


def quoted(word: str) -> str:
    """Quote one argument of Exec (desktop entry specification, "The Exec key"); % would begin a field code."""
    word = word.replace("%", "%%")
    if word and not set(word) & set(" \t\n\"'\\><~|&;$*?#()`"):
        return word
    for char in '\\"`$':
        word = word.replace(char, "\\" + char)
    return f'"{word}"'


def _escaped(value: str) -> str:
    """Escape a value of type string: the file format has its own escape, applied after that of Exec."""
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def starts(entry: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    """Whether a session would start this autostart entry."""
    if entry.get("Hidden") == "true" or entry.get("X-GNOME-Autostart-enabled") == "false":
        return False
    desktops = set(environ.get("XDG_CURRENT_DESKTOP", "").split(":")) - {""}
    if "OnlyShowIn" in entry and not desktops & set(entry["OnlyShowIn"].split(";")):
        return False
    if desktops & set(entry.get("NotShowIn", "").split(";")):
        return False
    program = entry.get("TryExec")
    return not program or shutil.which(program, path=environ.get("PATH")) is not None


def _entry(path: Path) -> dict[str, str] | None:
    """Parse the group [Desktop Entry]; None if there is no readable file."""
    try:
        content = _file(path).read()
    except FileError:
        return None
    if content is None:
        return None
    return {key: unescaped(value) for key, value in keys_of(content.decode("utf-8", "replace")).items()}


def _file(path: Path) -> PrivateFile:
    return PrivateFile(str(path), links=True, mode=0o644, limit=_LARGEST)
