"""Fills a layout, or sets up a grid, in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QGridLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayout

    Layout = TypeVar("Layout", bound=QLayout)

NO_LIMIT = (1 << 24) - 1
"""The maximum width or height of a widget that has none: QWIDGETSIZE_MAX, which PySide lacks."""


def fill(
    layout: Layout,
    *parts: QWidget | QLayout | int | tuple[Any, ...] | None,
    margins: tuple[int, int, int, int] | None = None,
    spacing: int | None = None,
) -> Layout:
    """Add parts in their order, and return the layout; None takes the room that is left, a number so many pixels.

    In a tuple a part is followed by its stretch and its alignment. Only a box has room, pixels, layouts and tuples.
    Margins are left, top, right and bottom.
    """
    if margins is not None:
        layout.setContentsMargins(*margins)
    if spacing is not None:
        layout.setSpacing(spacing)
    box: Any = layout
    for part in parts:
        one, *more = part if isinstance(part, tuple) else (part,)
        if one is None:
            box.addStretch(1)
        elif isinstance(one, int):
            box.addSpacing(one)
        elif isinstance(one, QWidget):
            box.addWidget(one, *more)
        else:
            box.addLayout(one, *more)
    return layout


def grid(
    parent: QWidget | None, *, stretch: int, spacing: tuple[int, int], margins: tuple[int, int, int, int] | None = None
) -> QGridLayout:
    """Return an empty grid with these pixels between columns and between rows, of which one column takes the room that is left."""
    made = fill(QGridLayout(parent), margins=margins)
    made.setHorizontalSpacing(spacing[0])
    made.setVerticalSpacing(spacing[1])
    made.setColumnStretch(stretch, 1)
    return made
