"""Fusion with check marks and arrows that scale with the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPolygonF
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QProxyStyle,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionSpinBox,
)

from oomtray.ui.qt.fonts import grown, growth

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOption, QStyleOptionComplex, QWidget

_M, _C, _S = QStyle.PixelMetric, QStyle.ComplexControl, QStyle.SubControl
_GROWN = (_M.PM_IndicatorWidth, _M.PM_IndicatorHeight, _M.PM_CheckBoxLabelSpacing)
_STEP = QAbstractSpinBox.StepEnabledFlag
_ARROW = 7.0, 4.0
"""Width and height in pixels at a 10-point font, as in Fusion."""
_INK = 160
"""Opacity of an arrow, of 255, as in Fusion."""


class GrownStyle(QProxyStyle):
    def __init__(self) -> None:
        super().__init__("fusion")
        self.setParent(QApplication.instance())  # outlives every widget that uses it

    def pixelMetric(self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None) -> int:
        found = super().pixelMetric(metric, option, widget)
        return grown(found, widget.font()) if widget is not None and metric in _GROWN else found

    def subControlRect(
        self, control: QStyle.ComplexControl, option: QStyleOptionComplex, part: QStyle.SubControl, widget: QWidget | None = None
    ) -> QRect:
        found = super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]
        if widget is None or found.isEmpty() or control not in (_C.CC_SpinBox, _C.CC_ComboBox):
            return found
        arrows = _S.SC_SpinBoxUp if control == _C.CC_SpinBox else _S.SC_ComboBoxArrow
        wide = super().subControlRect(control, option, arrows, widget).width()
        more = grown(wide, widget.font()) - wide
        mirrored = widget.isRightToLeft()
        # distinguish by control: the same value names different parts of the two
        spin = control == _C.CC_SpinBox
        if part in ((_S.SC_SpinBoxUp, _S.SC_SpinBoxDown) if spin else (_S.SC_ComboBoxArrow,)):
            return found.adjusted(0, 0, more, 0) if mirrored else found.adjusted(-more, 0, 0, 0)
        if part == (_S.SC_SpinBoxEditField if spin else _S.SC_ComboBoxEditField):
            return found.adjusted(more, 0, 0, 0) if mirrored else found.adjusted(0, 0, -more, 0)
        return found

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        found = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]
        if kind == QStyle.ContentsType.CT_ComboBox and widget is not None and isinstance(option, QStyleOptionComboBox):
            option.rect = QRect(QPoint(), found)
            arrow = super().subControlRect(_C.CC_ComboBox, option, _S.SC_ComboBoxArrow, widget).width()
            found.setWidth(found.width() + grown(arrow, widget.font()) - arrow)
        return found

    def drawComplexControl(
        self, control: QStyle.ComplexControl, option: QStyleOptionComplex, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        super().drawComplexControl(control, option, painter, widget)
        if widget is None:
            return
        if control == _C.CC_SpinBox and isinstance(option, QStyleOptionSpinBox):
            for part, step in ((_S.SC_SpinBoxUp, _STEP.StepUpEnabled), (_S.SC_SpinBoxDown, _STEP.StepDownEnabled)):
                box = self.subControlRect(control, option, part, widget)
                self._arrow(painter, option, widget, box, up=part == _S.SC_SpinBoxUp, on=bool(option.stepEnabled & step))
        elif control == _C.CC_ComboBox:
            box = self.subControlRect(control, option, _S.SC_ComboBoxArrow, widget)
            self._arrow(painter, option, widget, box, up=False, on=True)

    def _arrow(self, painter: QPainter, option: Any, widget: QWidget, box: QRect, *, up: bool, on: bool) -> None:
        """Cover Fusion's small arrow with a larger one, in the opaque equivalent of its color."""
        if box.isEmpty():
            return
        palette: QPalette = option.palette
        group = QPalette.ColorGroup.Normal if on and widget.isEnabled() else QPalette.ColorGroup.Disabled
        by = min(growth(widget.font()), (box.height() - 2) / _ARROW[1])
        across, along = _ARROW[0] * by, _ARROW[1] * by
        place = QRectF(0, 0, across, along)
        place.moveCenter(QRectF(box).center())
        base, tip = (place.bottom(), place.top()) if up else (place.top(), place.bottom())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_mixed(palette.color(group, QPalette.ColorRole.ButtonText), palette.color(QPalette.ColorRole.Button)))
        painter.drawPolygon(QPolygonF([QPointF(place.left(), base), QPointF(place.right(), base), QPointF(place.center().x(), tip)]))
        painter.restore()


def _mixed(ink: QColor, ground: QColor) -> QColor:
    parts = zip((ink.red(), ink.green(), ink.blue()), (ground.red(), ground.green(), ground.blue()), strict=True)
    return QColor(*(round((one * _INK + other * (255 - _INK)) / 255) for one, other in parts))
