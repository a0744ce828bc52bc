"""Why something was refused, in red below what was pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette

from oomtray.ui.qt import colors
from oomtray.ui.qt.labels import Plain

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Complaint(Plain):
    """Hidden without a text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWordWrap(True)
        self._redden()
        self.hide()

    def say(self, refused: str) -> None:
        self.show_text(f"▲ {refused}" if refused else "")

    def _redden(self) -> None:
        """Use the desktop's colors with this one text color; called again after each change of them."""
        self._tinting = True
        self.setPalette(QPalette())
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, colors.of(palette, on_base=True).red_text)
        self.setPalette(palette)
        self._tinting = False

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._tinting:
            self._redden()
