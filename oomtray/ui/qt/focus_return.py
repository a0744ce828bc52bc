"""Gives the keyboard back when the part that has it disappears: Qt by itself moves it to whatever comes next in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiboken6 import isValid

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class FocusReturn:
    """For a part that comes and goes: `remember` when it comes, `give_back` in its hideEvent."""

    def __init__(self, part: QWidget) -> None:
        self._part = part
        self._before: QWidget | None = None

    def remember(self) -> None:
        """Remember what of the window has the focus now, or will have it once the window is active."""
        now = self._part.window().focusWidget()
        if now is not None and not self._has(now):
            self._before = now

    def give_back(self) -> None:
        """If the part has the focus, give it to what had it before, unless that can't have it any more.

        The part stays where it is when only its window is hidden, or becomes an icon: then it keeps the focus.
        """
        before = self._before
        if not self._part.isHidden() or not self._has(self._part.window().focusWidget()):
            return
        if before is not None and isValid(before) and before.isVisible() and before.isEnabled():
            before.setFocus()

    def _has(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self._part or self._part.isAncestorOf(widget))
