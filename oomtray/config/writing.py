"""Change one setting in the file and keep what a person wrote around it: comments, order, blank lines.

    change(path, "notifications.warning", lambda _: False)
    change(path, "notifications.warning", lambda _: None)          back to its default
    change(path, "step_in.expendable", lambda names: (*names, "Slack"))

The file is locked against other programs, replaced whole, and stays as it was where the result could not be read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from oomtray.config.check import checked
from oomtray.config.loading import MAX_BYTES
from oomtray.config.schema import KEYS
from oomtray.config.settings import Settings
from oomtray.config.toml_text import TomlError, TomlProblem, decoded, document_of
from oomtray.file_access import FileError, FileProblem
from oomtray.private_file import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.config.schema import Key

_HEADER = """\
# Settings of OOM Tray. What doesn't stand here has its default.

"""
_TRIES = 3
"""Of an edit whose file somebody else saves at the same moment."""


class NotWritten(Exception):
    """The file stays as it was. "refused": the setting can't have that value; "unsound": the file can't be edited so."""

    def __init__(self, path: str, why: FileProblem | TomlProblem | Literal["refused", "unsound"]) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why


def change(path: str, setting: str, to: Callable[[Any], Any]) -> bool:
    """Write what `to` makes of the setting's present value; None takes it out. False where that changes nothing.

    `setting`: section.name, as the schema has it; KeyError for another. Raises NotWritten.
    """
    key = {key.path: key for key in KEYS}[setting]
    for tries_left in reversed(range(_TRIES)):
        try:
            return _change_once(path, key, to)
        except FileError as error:
            if error.problem.id != "changed" or not tries_left:
                raise NotWritten(path, error.problem) from error
        except TomlError as error:
            raise NotWritten(path, error.problem) from error
    raise AssertionError


def _change_once(path: str, key: Key, to: Callable[[Any], Any]) -> bool:
    """Raises FileError, TomlError and NotWritten."""
    with PrivateFile(path, links=True, limit=MAX_BYTES).editing() as edit:
        text = decoded(edit.content) if edit.content else _HEADER
        document = document_of(text)  # what has no end for tomlkit is found out here
        wanted = to(key.default(checked(document)[0]))
        section = document.get(key.section)
        written = section.get(key.name) if isinstance(section, dict) else None
        if wanted is not None and key.accept(wanted, key.default(Settings())) is None:
            raise NotWritten(path, "refused")
        if written == (list(wanted) if isinstance(wanted, tuple) else wanted):
            return False
        new = _edited(path, text, key, wanted)
        taken, _ = checked(document_of(new))
        if wanted is not None and key.default(taken) != key.accept(wanted, key.default(Settings())):
            raise NotWritten(path, "refused")  # it contradicts another setting
        edit.replace(new.encode())
        return True


def _edited(path: str, text: str, key: Key, wanted: Any) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document: Any = tomlkit.parse(text)
        if key.section not in document:
            if text.strip() and not text.endswith("\n\n"):
                document.add(tomlkit.nl())
            document[key.section] = tomlkit.table()
        section = document[key.section]
        if not hasattr(section, "keys"):
            raise NotWritten(path, "unsound")
        if wanted is None:
            section.pop(key.name, None)
        elif isinstance(wanted, tuple) and isinstance(section.get(key.name), list):
            _make_list(section[key.name], wanted)
        else:
            section[key.name] = list(wanted) if isinstance(wanted, tuple) else wanted
        return tomlkit.dumps(document)
    except (TOMLKitError, RecursionError, ValueError) as error:
        raise NotWritten(path, "unsound") from error


def _make_list(array: Any, wanted: tuple[str, ...]) -> None:
    """Take out and append alone, so that what a person wrote between the rest stays."""
    for place in reversed(range(len(array))):
        if array[place] not in wanted:
            del array[place]
    for one in wanted:
        if one not in array:
            array.append(one)
