"""A compact layout for screens that are low for their text size: smaller margins and reduced parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from PySide6.QtWidgets import QVBoxLayout, QWidget

    class Shrinks(Protocol):
        @property
        def spare(self) -> int:
            """The height in pixels that it can save."""

        def set_low(self, *, low: bool) -> None:
            """Save that height, or not."""


_MARGIN, _GAP = 16, 8
_LOW_MARGIN, _LOW_GAP = 8, 4


class LowLayout:
    def __init__(self, column: QVBoxLayout, parts: Sequence[QWidget], shrinks: Sequence[Shrinks]) -> None:
        """`parts` are the widgets in the column; `shrinks` are those, or parts of them, that can be made lower."""
        self._column, self._parts, self._shrinks = column, parts, shrinks
        self._is_low = False
        self._lay_out()

    def fit(self, needed: int, room: int) -> int:
        """Choose the normal or compact layout, and return its height.

        `needed` is the height of the current layout. In the compact one the bars and one row are enough,
        because reports and buttons must not be cut off.
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
