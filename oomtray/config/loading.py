"""Reading the settings file: a wrong key costs that key, a broken file changes nothing."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oomtray.config.settings import Settings
from oomtray.paths import config_home

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 64 * 1024
"""Bytes; nobody writes more than that by hand."""
_TRIES = 100
"""How often a file is parsed again to find the lines of what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that was not taken: the default stands in its place."""

    line: int | None
    key: str
    """Like levels.warning_percent; empty where it is the whole file: the settings stay as they were."""
    says: str

    def __str__(self) -> str:
        """One line for a person, without the file's name."""
        return f"{'' if self.line is None else f'line {self.line}: '}{self.key}{' ' if self.key else ''}{self.says}"


def default_file() -> str:
    return os.path.join(config_home(), "oomtray", "config.toml")


def default_path() -> Path:
    from pathlib import Path

    return Path(default_file())


def load(path: Path | str, previous: Settings | None = None) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of a file; the defaults where there is none. Never raises.

    Of a file that can't be read or is no TOML nothing is taken: `previous` (or the defaults) stays.
    """
    before = Settings() if previous is None else previous
    try:
        text = _read(path)
    except FileNotFoundError:
        return Settings(), ()
    except OSError as error:
        return before, (Problem(None, "", f"can't be read: {error.strerror}"),)
    except ValueError as error:
        return before, (Problem(None, "", str(error)),)
    return _parse(text, before)


class Watcher:
    """The settings of a file as it stands now. `refresh` is cheap (one stat) while nothing changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = Settings()
        self.problems: tuple[Problem, ...] = ()
        self._stamp: tuple[int, ...] | None = None
        self.refresh()

    def changed(self) -> bool:
        """Has the file changed since it was last read?"""
        return self._look() != self._stamp

    def refresh(self) -> bool:
        """Read the file if it has changed; True where that changed the settings or the problems."""
        stamp = self._look()  # before reading: what is written meanwhile is seen the next time
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        before = self.settings, self.problems
        self.settings, self.problems = load(self.path, self.settings)
        return before != (self.settings, self.problems)

    def _look(self) -> tuple[int, ...] | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode


def _read(path: Path | str) -> str:
    """Raises OSError, and ValueError for what is no text file of a sane size."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("is not a file")
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 1024} KiB")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"is not UTF-8 text (line {line})") from error


def _parse(text: str, before: Settings) -> tuple[Settings, tuple[Problem, ...]]:
    import tomllib

    from oomtray.config.check import checked

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, line = _line_in(str(error), text)
        return before, (Problem(line, "", f"is no TOML: {reason}"),)
    except RecursionError:
        return before, (Problem(None, "", "is nested too deeply"),)
    settings, problems = checked(document)
    lines = _Lines(text)
    placed = [Problem(lines.of(path), path, says) for path, says in problems]
    return settings, tuple(sorted(placed, key=lambda problem: problem.line or 0))


def _line_in(message: str, text: str) -> tuple[str, int | None]:
    """tomllib names the place only in its message."""
    import re

    found = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if found:
        return message[: found.start()], int(found[1])
    if message.endswith(" (at end of document)"):
        return message.removesuffix(" (at end of document)") + " at its end", text.count("\n") + 1
    return message, None


class _Lines:
    """Where a key (or the header of a section) stands first.

    tomllib tells no lines. But a document cut off after a line is a document again wherever no value is left
    open, and the first cut that knows the key is at its line, whatever way it is written.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._tries = _TRIES

    def of(self, path: str) -> int | None:
        last = path.rpartition(".")[2]
        for at, line in enumerate(self._lines):
            if not self._tries:
                break
            if last in line and self._begins(at, path):
                return at + 1
        return None

    def _begins(self, at: int, path: str) -> bool:
        for end in range(at + 1, len(self._lines) + 1):
            if not self._tries:
                return False
            self._tries -= 1
            known = _knows("\n".join(self._lines[:end]), path)
            if known is not None:
                return known
        return False


def _knows(text: str, path: str) -> bool | None:
    """None where the text is no document."""
    import tomllib

    try:
        found: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    for name in path.split(".", 1):
        if not isinstance(found, dict) or name not in found:
            return False
        found = found[name]
    return True
