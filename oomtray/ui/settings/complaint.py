"""Why something was refused, in red below what was pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.ui.qt import colors
from oomtray.ui.qt.labels import Plain

if TYPE_CHECKING:
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QWidget


class Complaint(Plain):
    """Hidden without a text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, wraps=True)
        self._tint()
        self.hide()

    def say(self, refused: str) -> None:
        self.show_text(f"▲ {refused}" if refused else "")

    @property
    def said(self) -> str:
        return self.text().removeprefix("▲ ")

    def _ink(self) -> QColor:
        return colors.of(self.palette(), on_base=True).red_text
