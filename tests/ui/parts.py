"""Parts of a window, found by their kind and by what a person or a screen reader is told of them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QLabel, QMenu, QWidget

Kind = TypeVar("Kind", bound=QWidget)


def the(kind: type[Kind], within: QWidget, says: str = "") -> Kind:
    """The one part of this kind, or the one of them whose text, title or accessible name has `says` in it."""
    found = [part for part in within.findChildren(kind) if any(says in text for text in _told(part))]
    assert len(found) == 1, f"{len(found)} of {kind.__name__} say {says!r} in {within}"
    return found[0]


def texts(within: QWidget) -> list[str]:
    """What its labels and buttons say, in the order in which they were made; of what is hidden in it nothing."""
    parts = [part for part in within.children() if isinstance(part, QWidget) and part.isVisibleTo(within)]
    return [text for part in parts if (text := _text(part))]


def picture(within: QWidget) -> QLabel:
    """The one label that shows a picture."""
    (found,) = [label for label in within.findChildren(QLabel) if not label.pixmap().isNull()]
    return found


def entries(menu: QMenu) -> list[str]:
    """What a menu offers, from above, without the spaces that keep it wide."""
    return [action.text().rstrip("\u2003") for action in menu.actions() if not action.isSeparator() and action.isVisible()]


def submenus(menu: QMenu) -> list[QMenu]:
    """Those that are shown."""
    return [below for action in menu.actions() if action.isVisible() and isinstance(below := action.menu(), QMenu)]


def _told(part: QWidget) -> tuple[str, ...]:
    return _text(part), part.accessibleName()


def _text(part: QWidget) -> str:
    read = getattr(part, "text", None) or getattr(part, "title", None)
    return str(read()) if callable(read) else ""
