"""Edit a TOML file that a person writes as well: under its lock, as a whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.config.toml_text import TomlError, TomlProblem, decoded, document_of
from oomtray.file_access import FileError, FileProblem
from oomtray.private_file import PrivateFile, retried

if TYPE_CHECKING:
    from collections.abc import Callable


class NotEdited(Exception):
    """The edit failed and the file is unchanged.

    "refused": the setting can't have that value. "unsound": the file can't be edited in this way, or the result
    could not be read again. "changed-since": what the edit should change or undo is no longer there as it was.
    """

    def __init__(self, path: str, why: FileProblem | TomlProblem | Literal["refused", "unsound", "changed-since"]) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why


class Texts(NamedTuple):
    """The whole text of the file before a change and after it."""

    before: str
    after: str


def edit_file(file: PrivateFile, change: Callable[[str], str], fresh: str = "") -> Texts | None:
    """Change the file's text, again if another program saves it meanwhile; return None if nothing changes.

    `fresh` is the text of a file that isn't there yet. Raises NotEdited.
    """
    try:
        return retried(lambda: _edit_once(file, change, fresh))
    except (FileError, TomlError) as error:
        raise NotEdited(file.path, error.problem) from error


def _edit_once(file: PrivateFile, change: Callable[[str], str], fresh: str) -> Texts | None:
    """Raises FileError, TomlError and NotEdited."""
    from tomlkit.exceptions import TOMLKitError

    with file.editing() as edit:
        text = decoded(edit.content) if edit.content else fresh
        document_of(text)  # rejects text that would keep tomlkit busy forever
        try:
            new = change(text)
        except (TOMLKitError, RecursionError, ValueError) as error:
            raise NotEdited(file.path, "unsound") from error
        if new == text:
            return None
        edit.replace(new.encode())
        return Texts(text, new)
