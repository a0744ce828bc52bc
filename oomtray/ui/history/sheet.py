"""A frame with the background of lists, around what belongs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout

from oomtray.ui.qt.painting import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Sheet(Panel):
    def __init__(self, parent: QWidget, *, margins: tuple[int, int, int, int]) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*margins)
        self._column.setSpacing(6)

    def add(self, part: QWidget, stretch: int = 0) -> None:
        self._column.addWidget(part, stretch)
