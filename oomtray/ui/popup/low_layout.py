"""Gives the popup less room around its parts, and its parts less of their own, where the screen is low for its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from PySide6.QtWidgets import QVBoxLayout, QWidget

    class Shrinks(Protocol):
        """A part that can do with less."""

        @property
        def spare(self) -> int:
            """Pixels of height that it can do without."""

        def set_low(self, *, low: bool) -> None:
            """Do without them, or not."""


_MARGIN, _GAP = 16, 8
_LOW_MARGIN, _LOW_GAP = 8, 4


class LowLayout:
    def __init__(self, column: QVBoxLayout, parts: Sequence[QWidget], shrinks: Sequence[Shrinks]) -> None:
        """`parts`: all that stand in the column, `shrinks` those of them, or in them, that can do with less."""
        self._column, self._parts, self._shrinks = column, parts, shrinks
        self._is_low = False
        self._lay_out()

    def fit(self, needed: int, room: int) -> int:
        """Pixels of height that are needed from now on, of `room`; `needed`: as all is laid out now.

        The bars and one row are enough: what is told and the buttons are not to be cut.
        """
        gaps = sum(not part.isHidden() for part in self._parts) - 1
        spare = 2 * (_MARGIN - _LOW_MARGIN) + gaps * (_GAP - _LOW_GAP) + sum(part.spare for part in self._shrinks)
        whole = needed + (spare if self._is_low else 0)
        if self._is_low != (whole > room):
            self._is_low = not self._is_low
            self._lay_out()
        for part in self._shrinks:
            part.set_low(low=self._is_low)
        return whole - (spare if self._is_low else 0)

    def _lay_out(self) -> None:
        high = _LOW_MARGIN if self._is_low else _MARGIN
        self._column.setContentsMargins(_MARGIN, high, _MARGIN, high)
        self._column.setSpacing(_LOW_GAP if self._is_low else _GAP)
