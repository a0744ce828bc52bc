"""Saves the popup's size, order and filters. Losing them is harmless, so errors are only logged."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, fields
from typing import Any

from oomtray.file_access import FileError
from oomtray.paths import APP, state_home
from oomtray.private_file import PrivateFile
from oomtray.records import dataclass

log = logging.getLogger(__name__)

FILE = "popup.json"


@dataclass(frozen=True, slots=True)
class PopupState:
    width: int = 520
    height: int = 600
    by_app: bool | None = None
    """None for the default from the settings."""
    mine: bool = False
    column: int = 1
    descending: bool = False
    pinned: bool = False
    """Whether the popup stays open when the user turns to another window."""


def load(directory: str) -> PopupState:
    """Load the state, with defaults for everything missing or invalid."""
    try:
        content = _file(directory).read()
        found: Any = {} if content is None else json.loads(content)
    except (FileError, ValueError, RecursionError) as error:
        log.info("%s: %s", FILE, error)
        return PopupState()
    if not isinstance(found, dict):
        return PopupState()
    known = {field.name: found[field.name] for field in fields(PopupState) if field.name in found}
    return PopupState(**{name: value for name, value in known.items() if _sane(name, value)})


def save(directory: str, state: PopupState) -> None:
    try:
        _file(directory).write(json.dumps(asdict(state)).encode("ascii"))
    except FileError as error:
        log.info("%s", error)


def directory() -> str:
    """Return the app's directory in the user's state directory."""
    return os.path.join(state_home(), APP)


def _file(directory: str) -> PrivateFile:
    return PrivateFile(os.path.join(directory, FILE), flush=False, limit=4096)


def _sane(name: str, value: object) -> bool:
    if name in ("width", "height"):
        return type(value) is int and 200 <= value <= 10000
    if name == "column":
        return type(value) is int and 0 <= value <= 4
    return type(value) is bool
