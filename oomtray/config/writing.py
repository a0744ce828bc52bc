"""Change settings in the file and keep what a person wrote around them: comments, order, blank lines.

    change(path, "notifications.warning", lambda _: False)
    change(path, "notifications.warning", lambda _: None)    back to its default
    change(path, "step_in.expendable", lambda names: (*names, "Slack"))
    change_all(path, {"levels.warning_percent": 82.0, "levels.warning_left": None})

The file is locked against other programs, replaced atomically, and left unchanged if the result could not be
read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomtray.config.check import Found, checked
from oomtray.config.loading import settings_file
from oomtray.config.problem import OutOfOrder
from oomtray.config.schema import BY_PATH, KEYS, ORDERS, SIDES, Key
from oomtray.config.settings import Settings
from oomtray.config.toml_file import NotEdited, Texts, edit_file
from oomtray.config.toml_text import document_of
from oomtray.file_access import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HEADER = """\
# Settings of OOM Tray. What doesn't stand here has its default.

"""


def change(path: str, setting: str, to: Callable[[Any], Any]) -> bool:
    """Set a setting to the result of `to`, which gets the current value; None removes it.

    Return False if nothing changes. `setting`: section.name as in the schema, otherwise KeyError. Raises
    NotEdited.
    """
    key = BY_PATH[setting]
    return _change(path, lambda now: {key: to(key.default(now))}) is not None


def change_all(path: str, wanted: Mapping[str, Any]) -> Texts | None:
    """Set several settings at once, or none: values by section.name, None for the default.

    Return None if nothing changes. A threshold's side that the file leaves implicit keeps its value, by being
    written out if necessary. Raises like `change`.
    """
    return _change(path, lambda _now: {BY_PATH[setting]: value for setting, value in wanted.items()}, keep_sides=True)


def restore_defaults(path: str) -> Texts | None:
    """Remove every setting from the file; return None if nothing changes. Raises NotEdited."""
    return _change(path, lambda _now: dict.fromkeys(KEYS))


def put_back(path: str, texts: Texts) -> bool:
    """Undo a change of the whole file; if somebody has edited the file since, only add the settings that it has lost.

    Returns False if nothing changes. Raises NotEdited.
    """

    def back(text: str) -> str:
        if text == texts.after:
            return texts.before
        now, before = document_of(text), document_of(texts.before)
        was = checked(before)[0]
        lost = {key: key.default(was) for key in KEYS if stands(before, key) is not None and stands(now, key) is None}
        return _changed(path, text, lambda _now: lost, keep_sides=True)

    return edit_file(settings_file(path), back, _HEADER) is not None


def _change(path: str, to: Callable[[Settings], dict[Key, Any]], *, keep_sides: bool = False) -> Texts | None:
    return edit_file(settings_file(path), lambda text: _changed(path, text, to, keep_sides=keep_sides), _HEADER)


def _changed(path: str, text: str, to: Callable[[Settings], dict[Key, Any]], *, keep_sides: bool) -> str:
    """Return the text with the settings that `to` returns for the present ones. Raises NotEdited."""
    document = document_of(text)
    (before, found), defaults = checked(document), Settings()
    wanted = to(before)
    for key, value in wanted.items():
        if value is not None and key.accept(value, key.default(defaults)) is None:
            raise NotEdited(path, "refused")
    wanted |= _unused_in_the_way(wanted, document, before)
    new = edited(text, {key: value for key, value in wanted.items() if stands(document, key) != _plain(value)})
    while keep_sides and (sides := _sides_to_say(wanted, before, checked(document_of(new))[0])):
        new = edited(new, sides)
        wanted |= sides
    taken, problems = checked(document_of(new))
    for key, value in wanted.items():
        if value is not None and key.default(taken) != key.accept(value, key.default(defaults)):
            raise NotEdited(path, "refused")  # it contradicts another setting
    if _contradicting(problems) - _contradicting(found):
        raise NotEdited(path, "refused")  # a default does
    return new


def _contradicting(problems: Found) -> set[str]:
    return {name for name, cause in problems if isinstance(cause, OutOfOrder)}


def stands(document: dict[str, Any], key: Key) -> Any:
    """Return a setting's value in the file; None if the file doesn't set it."""
    section = document.get(key.section)
    return section.get(key.name) if isinstance(section, dict) else None


def _unused_in_the_way(wanted: dict[Key, Any], document: dict[str, Any], before: Settings) -> dict[Key, Any]:
    """Return what is in force instead of values that the file has in vain and that what is wanted would contradict, or bring into force.

    Nobody sees them at work. Others stay: to undo the change must not be to say anew what contradicts a third.
    """
    defaults, found = Settings(), {}
    then = checked({name: _section(section, name, wanted) for name, section in document.items()})[0]
    for order in ORDERS:
        pair = [BY_PATH[f"{order.section}.{name}"] for name in (order.lower, order.higher)]
        if not wanted.keys() & {*pair}:
            continue
        for key in (key for key in pair if key not in wanted):
            said = stands(document, key)
            accepted = None if said is None else key.accept(said, key.default(defaults))
            if accepted is None or accepted == key.default(before):
                continue
            both = (_accepted(one, {**wanted, key: said}[one], defaults) for one in pair)
            if key.default(then) != key.default(before) or not order.holds(*both):
                found[key] = key.default(before)
    return found


def _accepted(key: Key, value: Any, defaults: Settings) -> Any:
    """Return a value as the setting takes it: the default for None, and None for what it rejects."""
    default = key.default(defaults)
    return default if value is None else key.accept(value, default)


def _section(section: Any, name: str, wanted: Mapping[Key, Any]) -> Any:
    """Return a section of the file with these values set, or removed if None."""
    if not isinstance(section, dict):
        return section
    changed = {key.name: value for key, value in wanted.items() if key.section == name}
    return {one: value for one, value in {**section, **changed}.items() if value is not None}


def _plain(value: Any) -> Any:
    """Convert a value to the type that the parsed document has."""
    return list(value) if isinstance(value, tuple) else value


def _sides_to_say(wanted: dict[Key, Any], before: Settings, taken: Settings) -> dict[Key, Any]:
    """Return sides of thresholds to write as well, because a side not in the file is off if the other is there."""
    defaults = Settings()
    said: dict[Key, Any] = {}
    for pair in SIDES:
        sides = [BY_PATH[path] for path in pair]
        if not any(side in wanted for side in sides):
            continue
        for side in sides:
            value = wanted.get(side)
            if value is None:
                value = side.default(defaults if side in wanted else before)
            if side.default(taken) != side.accept(value, side.default(defaults)):
                said[side] = value
    return {side: value for side, value in said.items() if wanted.get(side) != value}


def edited(text: str, wanted: Mapping[Key, Any]) -> str:
    """Return the text with these values set, or removed if None. Raises like tomlkit."""
    if not wanted:
        return text
    import tomlkit

    document: Any = tomlkit.parse(text)
    for key, value in wanted.items():
        _put(document, text, key, value)
    return tomlkit.dumps(document)


def _put(document: Any, text: str, key: Key, wanted: Any) -> None:
    import tomlkit

    if key.section not in document:
        if wanted is None:
            return
        if text.strip() and not tomlkit.dumps(document).endswith("\n\n"):
            document.add(tomlkit.nl())
        document[key.section] = tomlkit.table()
    section = document[key.section]
    if not hasattr(section, "keys"):
        raise ValueError(f"{key.section} is no table")
    if wanted is None:
        section.pop(key.name, None)
    elif isinstance(wanted, tuple) and isinstance(section.get(key.name), list):
        _make_list(section[key.name], wanted)
    else:
        section[key.name] = key.as_written(wanted)


def _make_list(array: Any, wanted: tuple[str, ...]) -> None:
    """Update a list only by deleting and appending, so that what a person wrote between its items stays."""
    for place in reversed(range(len(array))):
        if array[place] not in wanted:
            del array[place]
    for one in wanted:
        if one not in array:
            array.append(one)


def make_file(path: str) -> NotEdited | None:
    """Create the file with an explanatory header if there is none; return the error if that fails."""
    try:
        with settings_file(path).editing() as edit:
            if edit.content is None:
                edit.replace(_HEADER.encode())
    except FileError as error:
        return NotEdited(path, error.problem)
    return None
