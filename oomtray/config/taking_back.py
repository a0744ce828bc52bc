"""Undo an edit of the settings file, restoring also the text around the values. The edit's record can be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from oomtray.config.check import checked
from oomtray.config.loading import settings_file
from oomtray.config.schema import KEYS, Key
from oomtray.config.settings import Settings
from oomtray.config.toml_file import NotEdited, Texts, edit_file
from oomtray.config.toml_text import TomlError, document_of
from oomtray.config.writing import edited, stands

if TYPE_CHECKING:
    from collections.abc import Mapping


class Side(NamedTuple):
    """The changed part of the file, before or after an edit."""

    said: dict[str, Any]
    """Value in the file of each changed setting, by section.name; None if the file doesn't set it."""
    text: str
    """The text from the first changed character to the last."""


class SettingsEdit(NamedTuple):
    before: Side
    after: Side
    place: int
    """Offset of the first changed character."""


def edit_between(texts: Texts) -> SettingsEdit:
    """Compute the edit that leads from one text to the other. Both must be valid."""
    before, after = document_of(texts.before), document_of(texts.after)
    keys = [key for key in KEYS if stands(before, key) != stands(after, key)]
    begin = _common_prefix(texts.before, texts.after)
    end = _common_prefix(texts.before[begin:][::-1], texts.after[begin:][::-1])
    was, made = (
        Side({key.path: _stands(document, key) for key in keys}, text[begin : len(text) - end])
        for document, text in ((before, texts.before), (after, texts.after))
    )
    return SettingsEdit(was, made, begin)


def _stands(document: dict[str, Any], key: Key) -> Any:
    """Like `stands`, but None for a wrong value that can't be stored, such as a date."""
    said = stands(document, key)
    plain = isinstance(said, (bool, int, float, str)) or (isinstance(said, list) and all(isinstance(one, str) for one in said))
    return said if plain else None


def _common_prefix(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def take_back(path: str, edit: SettingsEdit) -> bool:
    """Undo the edit; return False if the file is as before already.

    Raises NotEdited, also if somebody has changed one of these settings since.
    """

    def restored(text: str) -> str:
        now = document_of(text)
        keys = [key for key in KEYS if key.path in edit.after.said]
        if all(_stands(now, key) == edit.before.said[key.path] for key in keys):
            return text
        if any(_stands(now, key) != edit.after.said[key.path] for key in keys):
            raise NotEdited(path, "changed-since")
        return _restored(path, text, now, edit)

    return edit_file(settings_file(path), restored) is not None


def _restored(path: str, text: str, now: dict[str, Any], edit: SettingsEdit) -> str:
    """Build the text to restore: character by character if the edit's text is still in its place, else by value."""
    wanted = {key: edit.before.said[key.path] for key in KEYS if key.path in edit.before.said}
    end = edit.place + len(edit.after.text)
    made = text[: edit.place] + edit.before.text + text[end:]
    if text[edit.place : end] != edit.after.text or not _same_but_for(made, now, edit.before.said):
        made = edited(text, wanted)
    if _contradicts(made, wanted):
        raise NotEdited(path, "refused")
    return made


def _same_but_for(text: str, now: dict[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether the text sets the same as `now`, except for these values."""
    try:
        document = document_of(text)
    except TomlError:
        return False
    return all(_stands(document, key) == before.get(key.path, _stands(now, key)) for key in KEYS)


def _contradicts(text: str, wanted: Mapping[Key, Any]) -> bool:
    """Whether one of the values would be rejected because another setting has changed, not for a mistake of their own."""
    defaults = Settings()
    alone: dict[str, dict[str, Any]] = {}
    for key, value in wanted.items():
        if value is not None:
            alone.setdefault(key.section, {})[key.name] = value
    taken, itself = checked(document_of(text))[0], checked(alone)[0]
    accepted = {key: key.accept(value, key.default(defaults)) for key, value in wanted.items() if value is not None}
    return any(value is not None and key.default(itself) == value != key.default(taken) for key, value in accepted.items())
