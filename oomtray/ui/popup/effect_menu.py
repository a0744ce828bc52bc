"""A menu whose entries show their effect at the end, in a fainter color.

Such an entry's text has both parts: screen readers read it, and it is as wide as both side by side. The style
draws the first part and the menu the second, because each style would draw text after a tab, like shortcuts,
in its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette

from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.menu import Menu
from oomtray.ui.qt.plain_text import in_menu
from oomtray.ui.qt.text_line import write_line

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QColor
    from PySide6.QtWidgets import QStyleOptionMenuItem, QWidget

_END = 12
"""Pixels after the text at the end, which aligns it with a submenu's arrow."""


class EffectMenu(Menu):
    """A menu of entries with effects; `add_head` adds a heading that can't be chosen but doesn't look disabled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head: QAction | None = None
        self._parts: dict[QAction, tuple[str, str]] = {}

    def add_head(self) -> QAction:
        self._parts.clear()
        head = self._head = self.addAction("")
        head.setEnabled(False)
        head.setFont(scaled(self.font(), 1.0, bold=True))
        self.addSeparator()
        return head

    def part(self, action: QAction, whole: str, first: str, second: str) -> None:
        """Split an entry's text; `whole` is what both parts say together."""
        self._parts[action] = first, second
        action.setText(in_menu(whole))

    def initStyleOption(self, option: QStyleOptionMenuItem, action: QAction) -> None:
        super().initStyleOption(option, action)
        first, second = self._parts.get(action, ("", ""))
        if second:
            option.text = in_menu(first)
        if action is self._head:
            from PySide6.QtWidgets import QStyle  # 500 named values, which only menus need

            option.state |= QStyle.StateFlag.State_Enabled
            option.palette.setCurrentColorGroup(QPalette.ColorGroup.Active)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setFont(self.font())
        mirrored = self.isRightToLeft()
        for action, (_, second) in self._parts.items():
            if second and action.isVisible():
                box: QRect = self.actionGeometry(action)
                painter.setPen(self._ink(action))
                write_line(painter, box.adjusted(_END, 0, -_END, 0), second, right=not mirrored)
        painter.end()

    def _ink(self, action: QAction) -> QColor:
        palette, role = self.palette(), QPalette.ColorRole
        if action is not self._head and not action.isEnabled():
            return palette.color(QPalette.ColorGroup.Disabled, role.Text)
        if action is self.activeAction():
            return palette.color(QPalette.ColorGroup.Active, role.HighlightedText)
        return contrast.of(palette, on_base=True).muted
