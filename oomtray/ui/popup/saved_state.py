"""How the popup was left: its size, order and what it shows. Lost without harm, so errors are only logged."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, fields
from typing import Any

log = logging.getLogger(__name__)

FILE = "popup.json"


@dataclass(frozen=True, slots=True)
class PopupState:
    width: int = 640
    height: int = 640
    by_app: bool | None = None
    """None: as the settings say."""
    mine: bool = False
    column: int = 1
    descending: bool = False


def load(directory: str) -> PopupState:
    """The defaults where there is nothing, and for whatever makes no sense."""
    try:
        with open(os.path.join(directory, FILE), encoding="utf-8") as file:
            found: Any = json.loads(file.read(4096))
    except FileNotFoundError:
        return PopupState()
    except (OSError, ValueError, RecursionError) as error:
        log.info("%s: %s", FILE, error)
        return PopupState()
    if not isinstance(found, dict):
        return PopupState()
    known = {field.name: found[field.name] for field in fields(PopupState) if field.name in found}
    return PopupState(**{name: value for name, value in known.items() if _sane(name, value)})


def save(directory: str, state: PopupState) -> None:
    path = os.path.join(directory, FILE)
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
        os.replace(f"{path}.new", path)
    except OSError as error:
        log.info("%s: %s", path, error)


def directory() -> str:
    """By the XDG base directory specification."""
    home = os.environ.get("XDG_STATE_HOME", "").strip()
    return os.path.join(home if os.path.isabs(home) else os.path.expanduser("~/.local/state"), "oomtray")


def _sane(name: str, value: object) -> bool:
    if name in ("width", "height"):
        return type(value) is int and 200 <= value <= 10000
    if name == "column":
        return type(value) is int and 0 <= value <= 4
    return type(value) is bool
