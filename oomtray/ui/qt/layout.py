"""Fills a layout in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtWidgets import QBoxLayout, QLayout

    Box = TypeVar("Box", bound=QBoxLayout)


def fill(
    layout: Box,
    *parts: QWidget | QLayout | int | tuple[Any, ...] | None,
    margins: tuple[int, int, int, int] | None = None,
    spacing: int | None = None,
) -> Box:
    """Add parts in their order, and return the layout; None takes the room that is left, a number so many pixels.

    In a tuple a part is followed by its stretch and its alignment. Margins are left, top, right and bottom.
    """
    if margins is not None:
        layout.setContentsMargins(*margins)
    if spacing is not None:
        layout.setSpacing(spacing)
    for part in parts:
        one, *more = part if isinstance(part, tuple) else (part,)
        if one is None:
            layout.addStretch(1)
        elif isinstance(one, int):
            layout.addSpacing(one)
        elif isinstance(one, QWidget):
            layout.addWidget(one, *more)
        else:
            layout.addLayout(one, *more)
    return layout
