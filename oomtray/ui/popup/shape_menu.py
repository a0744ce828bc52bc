"""A menu whose entries may have one of the list's shapes in place of an icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPalette, QPixmap

from oomtray.ui.popup import row_shapes as shapes
from oomtray.ui.popup.effect_menu import EffectMenu
from oomtray.ui.qt import colors
from oomtray.ui.qt.field_edges import is_fusion
from oomtray.ui.qt.fonts import grown, growth

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QColor
    from PySide6.QtWidgets import QStyleOptionMenuItem, QWidget

_START = 5
_AIR = 6
"""Pixels beside a shape in its column, both sides together."""
_ICON_COLUMN = 0.79
"""Width of the icon column relative to the row height, in Fusion (QFusionStyle::drawControl, CE_MenuItem)."""


class ShapeMenu(EffectMenu):
    """Draws the shapes itself in Fusion; other styles get them as icons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shapes: dict[QAction, shapes.Shape] = {}

    def add_head(self) -> QAction:
        self._shapes.clear()
        return super().add_head()

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
        if action in self._shapes and is_fusion():
            option.icon = QIcon()  # the empty column stays

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw shapes over Fusion's icons, which are at most 16 pixels, in one color even where text is white."""
        super().paintEvent(event)
        if not is_fusion():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.isRightToLeft()
        for action, shape in self._shapes.items():
            box: QRect = self.actionGeometry(action)
            side = max(round(box.height() * _ICON_COLUMN), shapes.SHAPE + _AIR - 2)
            left = box.right() + 1 - side - _START if mirrored else box.left() + _START
            spot = QRect(left, box.top(), side, box.height())
            by = min(growth(self.font()), max((side - _AIR) / shapes.SHAPE, 1.0))
            shapes.draw(painter, shape, spot, self._shape_ink(action), full=False, by=by)
        painter.end()

    def _shape_ink(self, action: QAction) -> QColor:
        group, role = QPalette.ColorGroup, QPalette.ColorRole
        if not action.isEnabled():
            return self.palette().color(group.Disabled, role.Text)
        return self.palette().color(group.Active, role.HighlightedText if action is self.activeAction() else role.Text)
