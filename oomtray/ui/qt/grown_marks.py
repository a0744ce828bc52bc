"""Check marks and arrows of fields that grow with letters of more points: Fusion draws them by the dots per inch alone.

A style in Python costs 0.3 MB as soon as it is loaded, so this is for windows that are opened late, and loads it only beside large
letters. Nothing is done where the desktop has a style of its own, which sees to that itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox

from oomtray.ui.qt.field_edges import is_fusion
from oomtray.ui.qt.fonts import growth

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyle, QWidget

_LEAST = 1.1
"""Letters that are hardly larger need no other marks."""
_made: list[QStyle] = []


def grow_marks(field: QWidget) -> None:
    """Of a check box, a spin box or a choice box, in proportion to its letters."""
    if growth(field.font()) >= _LEAST and is_fusion():
        field.setStyle(_style())


def grow_marks_in(window: QWidget) -> None:
    """Of all of them that there are in a window."""
    if growth(window.font()) < _LEAST:
        return
    kinds: tuple[Any, ...] = (QCheckBox, QAbstractSpinBox, QComboBox)
    for kind in kinds:
        for field in window.findChildren(kind):
            if not _made or field.style() is not _made[0]:
                grow_marks(field)


def _style() -> QStyle:
    """One for all: a widget doesn't own its style."""
    if not _made:
        from oomtray.ui.qt.grown_style import GrownStyle

        _made.append(GrownStyle())
    return _made[0]
