"""Scales fields' check marks and arrows with larger fonts, since Fusion goes by the dpi alone.

A style in Python costs 0.3 MB when loaded, so this is for windows that are opened late, and loads it only for
large text. Nothing is done if the desktop has a style of its own, which takes care of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox

from oomtray.ui.qt.field_edges import is_fusion
from oomtray.ui.qt.fonts import growth

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyle, QWidget

_LEAST = 1.1
"""Text growth below which marks stay as they are."""
_made: list[QStyle] = []


def grow_marks(field: QWidget) -> None:
    """Scale the marks of a check box, spin box or combo box with its text."""
    if growth(field.font()) >= _LEAST and is_fusion():
        field.setStyle(_style())


def grow_marks_in(window: QWidget) -> None:
    """Scale the marks of all such fields in a window."""
    if growth(window.font()) < _LEAST:
        return
    kinds: tuple[Any, ...] = (QCheckBox, QAbstractSpinBox, QComboBox)
    for kind in kinds:
        for field in window.findChildren(kind):
            if not _made or field.style() is not _made[0]:
                grow_marks(field)


def _style() -> QStyle:
    """Return the shared style, since a widget doesn't own its style."""
    if not _made:
        from oomtray.ui.qt.grown_style import GrownStyle

        _made.append(GrownStyle())
    return _made[0]
