"""Start at login, after the Desktop Application Autostart Specification."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from oomtray import APP_ID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE_NAME = f"{APP_ID}.desktop"
_LARGEST = 64 * 1024
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


class AutostartError(Exception):
    """The switch could not be turned; the message names the file and the cause."""


class Autostart:
    """The entry of one user.

    `command` is what to start, its first word absolute: a login has a shorter PATH than a terminal.
    """

    def __init__(self, command: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> None:
        self.command = tuple(command) or this_program()
        self.environ = environ

    @property
    def path(self) -> Path:
        home = self.environ.get("XDG_CONFIG_HOME", "")
        # the basedir specification ignores what is not absolute
        base = (
            Path(home) if home.startswith("/") else Path(self.environ.get("HOME") or Path.home()) / ".config"
        )
        return base / "autostart" / FILE_NAME

    def enabled(self) -> bool:
        """What a login would do: the user's own file decides, else one that the system brings along."""
        for path in (self.path, *self._system_paths()):
            entry = _entry(path)
            if entry is not None:
                return starts(entry, self.environ)
        return False

    def stale(self) -> bool:
        """The user's own entry is on but would start nothing: its program is gone."""
        entry = _entry(self.path)
        if entry is None or starts(entry, self.environ):
            return False
        return starts({key: value for key, value in entry.items() if key != "TryExec"}, self.environ)

    def enable(self) -> None:
        """Raises AutostartError, and then nothing is changed."""
        _write(self.path, render(self.command))

    def disable(self) -> None:
        """Remove the user's file; where the system has one too, write one that hides that.

        Raises AutostartError.
        """
        if any(_entry(path) is not None for path in self._system_paths()):
            _write(
                self.path, f"[Desktop Entry]\nType=Application\nName=OOM Tray\nExec={APP_ID}\nHidden=true\n"
            )
            return
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise AutostartError(f"can't remove {self.path}: {error.strerror}") from error

    def _system_paths(self) -> list[Path]:
        directories = self.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        return [Path(one) / "autostart" / FILE_NAME for one in directories.split(":") if one.startswith("/")]


def this_program(argv0: str | None = None, executable: str | None = None) -> tuple[str, ...]:
    """The command that starts what runs now: the installed script if there is one, else this Python with -m."""
    script = Path(argv0 if argv0 is not None else sys.argv[0])
    if script.name == "oomtray" and script.is_absolute() and os.access(script, os.X_OK) and script.is_file():
        return (str(script),)
    python = executable if executable is not None else sys.executable
    beside = Path(python).parent / "oomtray"
    if os.access(beside, os.X_OK) and beside.is_file():
        return (str(beside),)
    return (python, "-m", "oomtray")


def render(command: Sequence[str]) -> str:
    # GLib looks for the program without turning %% back into %
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
    """One argument of Exec (desktop entry specification, "The Exec key"); % would begin a field code."""
    word = word.replace("%", "%%")
    if word and not set(word) & set(" \t\n\"'\\><~|&;$*?#()`"):
        return word
    for char in '\\"`$':
        word = word.replace(char, "\\" + char)
    return f'"{word}"'


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), value)


def _escaped(value: str) -> str:
    """A value of type string: the backslash is the file format's own escape, under that of Exec."""
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def starts(entry: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    """Would a session start this autostart entry?"""
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
    """The keys of the group [Desktop Entry]; None where there is no such regular file."""
    try:
        # without waiting for a writer, should it be a FIFO
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            text = file.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return None
    entry: dict[str, str] = {}
    group = ""
    for line in text.splitlines():
        if line.startswith("["):
            group = line.strip()
        elif group == "[Desktop Entry]" and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            entry.setdefault(key.strip(), unescaped(value.strip()))
    return entry


def _write(path: Path, text: str) -> None:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise AutostartError(f"{path} is not a plain file: it is left as it is")
    temporary = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE_NAME}.")
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise AutostartError(f"can't write {path}: {error.strerror}") from error
