"""A menu whose entries show their effect at the end, in a fainter color, and may have one of the list's shapes.

The text of an entry with an effect has both parts: screen readers read it, and it is as wide as both side by side. The style
draws the first part and the menu the second, because each style would draw text after a tab, like shortcuts,
in its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPalette, QPixmap

from oomtray.ui.popup import row_shapes as shapes
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.field_edges import is_fusion
from oomtray.ui.qt.fonts import grown, growth, scaled
from oomtray.ui.qt.menu import Menu
from oomtray.ui.qt.painting import write_line
from oomtray.ui.qt.plain_text import in_menu

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QColor
    from PySide6.QtWidgets import QStyleOptionMenuItem, QWidget

_END = 12
"""Pixels after the text at the end, which aligns it with a submenu's arrow."""
_START = 5
_AIR = 6
"""Pixels beside a shape in its column, both sides together."""
_ICON_COLUMN = 0.79
"""Width of the icon column relative to the row height, in Fusion (QFusionStyle::drawControl, CE_MenuItem)."""


class EffectMenu(Menu):
    """A menu of entries with effects; `add_head` adds a heading that can't be chosen but doesn't look disabled.

    Shapes are drawn in place of icons: by the menu itself in Fusion, while other styles get them as icons.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head: QAction | None = None
        self._parts: dict[QAction, tuple[str, str]] = {}
        self._shapes: dict[QAction, shapes.Shape] = {}

    def add_head(self) -> QAction:
        self._parts.clear()
        self._shapes.clear()
        head = self._head = self.addAction("")
        head.setEnabled(False)
        head.setFont(scaled(self.font(), 1.0, bold=True))
        self.addSeparator()
        return head

    def part(self, action: QAction, whole: str, first: str, second: str) -> None:
        """Split an entry's text; `whole` is what both parts say together."""
        self._parts[action] = first, second
        action.setText(in_menu(whole))

    def give_shape(self, action: QAction, shape: shapes.Shape) -> None:
        """Show a shape before an entry that was added after the head."""
        self._shapes[action] = shape
        action.setIcon(self._icon(shape))

    def _icon(self, shape: shapes.Shape) -> QIcon:
        ratio = self.devicePixelRatioF()
        side = grown(shapes.SHAPE, self.font())
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spot = QRect(0, 0, side, side)
        shapes.draw(painter, shape, spot, colors.of(self.palette()).text, full=False, by=side / shapes.SHAPE)
        painter.end()
        return QIcon(pixmap)

    def initStyleOption(self, option: QStyleOptionMenuItem, action: QAction) -> None:
        super().initStyleOption(option, action)
        first, second = self._parts.get(action, ("", ""))
        if second:
            option.text = in_menu(first)
        if action in self._shapes and is_fusion():
            option.icon = QIcon()  # the empty column stays
        if action is self._head:
            from PySide6.QtWidgets import QStyle  # 500 named values, which only menus need

            option.state |= QStyle.StateFlag.State_Enabled
            option.palette.setCurrentColorGroup(QPalette.ColorGroup.Active)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        self._paint_effects(painter)
        if is_fusion():
            self._paint_shapes(painter)

    def _paint_effects(self, painter: QPainter) -> None:
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setFont(self.font())
        for action, (_, second) in self._parts.items():
            if second and action.isVisible():
                box: QRect = self.actionGeometry(action)
                painter.setPen(self._ink(action))
                write_line(painter, box.adjusted(_END, 0, -_END, 0), second, right=not self.isRightToLeft())

    def _paint_shapes(self, painter: QPainter) -> None:
        """Draw shapes over Fusion's icons, which are at most 16 pixels, in one color even where text is white."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for action, shape in self._shapes.items():
            box: QRect = self.actionGeometry(action)
            side = max(round(box.height() * _ICON_COLUMN), shapes.SHAPE + _AIR - 2)
            left = box.right() + 1 - side - _START if self.isRightToLeft() else box.left() + _START
            spot = QRect(left, box.top(), side, box.height())
            by = min(growth(self.font()), max((side - _AIR) / shapes.SHAPE, 1.0))
            shapes.draw(painter, shape, spot, self._shape_ink(action), full=False, by=by)

    def _ink(self, action: QAction) -> QColor:
        palette, role = self.palette(), QPalette.ColorRole
        if action is not self._head and not action.isEnabled():
            return palette.color(QPalette.ColorGroup.Disabled, role.Text)
        if action is self.activeAction():
            return palette.color(QPalette.ColorGroup.Active, role.HighlightedText)
        return contrast.of(palette, on_base=True).muted

    def _shape_ink(self, action: QAction) -> QColor:
        group, role = QPalette.ColorGroup, QPalette.ColorRole
        if not action.isEnabled():
            return self.palette().color(group.Disabled, role.Text)
        return self.palette().color(group.Active, role.HighlightedText if action is self.activeAction() else role.Text)
