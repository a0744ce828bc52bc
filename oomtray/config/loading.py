"""Load the settings file: a wrong key only loses that key, a broken file changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomtray.config.settings import Settings
from oomtray.file_access import FileError
from oomtray.paths import config_file
from oomtray.private_file import PrivateFile, Stamp

if TYPE_CHECKING:
    from pathlib import Path

    from oomtray.config.problem import Problem

MAX_BYTES = 64 * 1024
"""More than anybody writes by hand."""
_BUDGET = 512 * 1024
"""Most characters that are parsed again to find the lines of problems."""


def default_file() -> str:
    return config_file("config.toml")


def load(path: Path | str, previous: Settings | None = None) -> tuple[Settings, tuple[Problem, ...]]:
    """Load the settings of a file, or the defaults if there is none. Never raises.

    A file that can't be read or isn't TOML is ignored as a whole: `previous` (or the defaults) stays.
    """
    before = Settings() if previous is None else previous
    try:
        content = settings_file(path).read()
    except FileError as error:
        from oomtray.config.problem import Problem

        return before, (Problem(None, "", error.problem),)
    return (Settings(), ()) if content is None else _parsed(content, before)


class Watcher:
    """The current settings of a file. `refresh` costs one stat while nothing changes."""

    def __init__(self, path: Path | str) -> None:
        from pathlib import Path

        self.path = Path(path)
        self.settings = Settings()
        self.problems: tuple[Problem, ...] = ()
        self._file = settings_file(path)
        self._stamp: Stamp | None = None
        self.refresh()

    def changed(self) -> bool:
        """Whether the file has changed since it was last read."""
        return self._file.stamp() != self._stamp

    def refresh(self) -> bool:
        """Reread the file if it has changed; return whether settings or problems are different."""
        stamp = self._file.stamp()  # taken before reading, so that a later write is noticed next time
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        before = self.settings, self.problems
        self.settings, self.problems = load(self.path, self.settings)
        return before != (self.settings, self.problems)


def settings_file(path: Path | str) -> PrivateFile:
    return PrivateFile(str(path), links=True, limit=MAX_BYTES)


def _parsed(content: bytes, before: Settings) -> tuple[Settings, tuple[Problem, ...]]:
    from oomtray.config.check import checked
    from oomtray.config.problem import Problem
    from oomtray.config.toml_text import TomlError, decoded, document_of

    try:
        text = decoded(content)
        document = document_of(text)
    except TomlError as error:
        return before, (Problem(error.problem.line, "", error.problem),)
    settings, found = checked(document)
    lines = _Lines(text)
    placed = [Problem(lines.of(path), path, cause) for path, cause in found]
    return settings, tuple(sorted(placed, key=lambda problem: problem.line or 0))


class _Lines:
    """Find the line where a key or the header of a section first occurs.

    tomllib reports no lines. But a document cut off after a line is again a document wherever no value is
    left open, and the first cut that contains the key is at its line, however it is written.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._budget = _BUDGET

    def of(self, path: str) -> int | None:
        last = path.rpartition(".")[2]
        for at, line in enumerate(self._lines):
            if self._budget <= 0:
                break
            if last in line and self._begins(at, path):
                return at + 1
        return None

    def _begins(self, at: int, path: str) -> bool:
        for end in range(at + 1, len(self._lines) + 1):
            if self._budget <= 0:
                return False
            text = "\n".join(self._lines[:end])
            self._budget -= len(text)
            known = _knows(text, path)
            if known is not None:
                return known
        return False


def _knows(text: str, path: str) -> bool | None:
    """Whether the document contains the key; None if the text isn't a document."""
    from oomtray.config.toml_text import TomlError, document_of

    try:
        found: Any = document_of(text)
    except TomlError:
        return None
    for name in path.split(".", 1):
        if not isinstance(found, dict) or name not in found:
            return False
        found = found[name]
    return True
