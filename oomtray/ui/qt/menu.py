"""A menu whose separators can be seen in a dark window too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMenu

from oomtray.ui.qt import colors
from oomtray.ui.qt.field_edges import is_fusion

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

_SHARE = 0.2
"""Share of the text's color: about the contrast that Fusion's separators have in a light menu."""
_MARGIN, _DPI = 5, 96
"""Pixels beside a separator for this many dots per inch, in Fusion (QFusionStyle::drawControl, CE_MenuItem)."""


class Menu(QMenu):
    """For Fusion, which shades separators in black, so that they are hardly seen in a dark menu."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        line = self._line()
        if line is None:
            return
        painter, margin = QPainter(self), round(_MARGIN * self.logicalDpiX() / _DPI)
        for action in self.actions():
            if action.isSeparator() and action.isVisible():
                box: QRect = self.actionGeometry(action)
                colors.fill(painter, QRect(box.left() + margin, box.center().y(), box.width() - 2 * margin, 1), line)

    def _line(self) -> QColor | None:
        """Return the color of separators; None where the style's own is seen."""
        found = colors.of(QApplication.palette(), on_base=True)  # that of menus has another window color, for its edge
        if not found.dark or not is_fusion():
            return None
        return found.text if found.stark else colors.blend(found.text, found.ground, _SHARE)
