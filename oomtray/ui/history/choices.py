"""Buttons of the history window: a segmented choice, and a checkable series with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSignalBlocker, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from oomtray.ui.history import chart_colors
from oomtray.ui.history.chart_painter import swatch
from oomtray.ui.qt import colors
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import begin_painting, paint_round

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QAbstractButton

_PAD = 14
_SWATCH_WIDE, _SWATCH_HIGH = 18, 12
"""Pixels at a line height of `_LINE`; they scale with it."""
_LINE = 16
_GAP = 7


class Segments(QWidget):
    """A segmented control; `chosen` carries the id of the segment that a person picks."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None) -> None:
        """`choices` are ids and labels; `name` is for screen readers."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        row = fill(QHBoxLayout(self), margins=(0, 0, 0, 0), spacing=0)
        for place, (choice, label) in enumerate(choices):
            button = _Segment(label, first=place == 0, last=place == len(choices) - 1, parent=self)
            button.setObjectName(choice)
            self._group.addButton(button)
            self.buttons[choice] = button
            row.addWidget(button)
        self._told = False
        """Whether the current click has already been announced."""
        self._group.buttonToggled.connect(self._toggled)  # a screen reader toggles without a click
        self._group.buttonClicked.connect(self._clicked)  # the checked one can be clicked again
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_chosen(self, choice: str | None) -> None:
        """Check a segment without emitting `chosen`; None unchecks all."""
        with QSignalBlocker(self._group):
            self._group.setExclusive(False)
            for name, button in self.buttons.items():
                button.setChecked(name == choice)
            self._group.setExclusive(True)
        self._lead_tab()

    def _lead_tab(self) -> None:
        """Let Tab come to the checked segment, and the arrow keys go on from it: Qt does so only once one has the focus."""
        checked = self._group.checkedButton()
        for button in self.buttons.values():
            by_tab = checked is None or button is checked
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if by_tab else Qt.FocusPolicy.ClickFocus)

    @Slot("QAbstractButton*", bool)
    def _toggled(self, button: QAbstractButton, on: bool) -> None:
        if on:
            self._lead_tab()
            self._told = True
            self.chosen.emit(button.objectName())

    @Slot("QAbstractButton*")
    def _clicked(self, button: QAbstractButton) -> None:
        told, self._told = self._told, False
        if not told:
            self.chosen.emit(button.objectName())


class _Segment(QRadioButton):
    def __init__(self, label: str, *, first: bool, last: bool, parent: QWidget) -> None:
        super().__init__(label, parent)
        self._first, self._last = first, last
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * _PAD, max(metrics.height() + 14, 32))

    def hitButton(self, at: QPoint) -> bool:
        return self.rect().contains(at)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        base = self.palette().color(QPalette.ColorRole.Base)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        box.adjust(0 if self._left_end else -0.5, 0, 0 if self._right_end else 0.5, 0)
        path = self._outline(box)
        ground, ink = found.selected if self.isChecked() else found.hover if self.underMouse() else base, found.text
        if found.stark and self.isChecked():  # a line below it would be lost among edges as white
            ground, ink = ink, base
        painter.fillPath(path, ground)
        painter.setPen(QPen(frame_color(found), 1))
        painter.drawPath(path)
        if self.isChecked():
            painter.setClipPath(path)
            painter.fillRect(QRectF(box.x(), box.bottom() - 2, box.width(), 2.5), found.calm)
            painter.setClipping(False)
        if self.hasFocus():
            edge = QPen(ink if found.stark else found.calm, 1.5)
            paint_round(painter, QRectF(self.rect()).adjusted(3, 3, -3, -4), 3, edge=edge)
        painter.setPen(ink)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())

    @property
    def _left_end(self) -> bool:
        return self._last if self.isRightToLeft() else self._first

    @property
    def _right_end(self) -> bool:
        return self._first if self.isRightToLeft() else self._last

    def _outline(self, box: QRectF) -> QPainterPath:
        """Return an outline that is rounded only at the ends of the row."""
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addRoundedRect(box, 4, 4)
        if not self._left_end:
            path.addRect(QRectF(box.x(), box.y(), 6, box.height()))
        if not self._right_end:
            path.addRect(QRectF(box.right() - 6, box.y(), 6, box.height()))
        return path.simplified()


def frame_color(found: colors.Colors) -> QColor:
    return found.text if found.stark else colors.blend(found.text, found.ground, 0.24)


class SeriesSwitch(QCheckBox):
    """A check box with a series' sample, name and current number; unchecked, the series isn't drawn."""

    def __init__(self, kind: str, label: str, widest: str, parent: QWidget | None = None) -> None:
        """`kind` is memory, swap or stall; `widest` is the longest text of its number."""
        super().__init__(label, parent)
        self.kind = kind
        self._widest = widest
        self._value = ""
        self.setChecked(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_value(self, value: str) -> None:
        if value != self._value:
            self._value = value
            self.setAccessibleDescription(value)
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wide = metrics.horizontalAdvance(self.text()) + max(metrics.horizontalAdvance(text) for text in (self._widest, self._value))
        return QSize(wide + round(self._swatch.width()) + 2 * _GAP + 12, metrics.height() + 10)

    @property
    def _swatch(self) -> QSizeF:
        by = max(self.fontMetrics().height() / _LINE, 1.0)
        return QSizeF(round(_SWATCH_WIDE * by), round(_SWATCH_HIGH * by))

    def hitButton(self, at: QPoint) -> bool:
        return self.rect().contains(at)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        parent = self.parentWidget()  # a check box has a palette of its own for its edge
        found = chart_colors.of(self.palette() if parent is None else parent.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        whole = QRectF(self.rect())
        mirrored = self.isRightToLeft()
        if self.underMouse():
            paint_round(painter, whole, 4, ground=found.found.hover)
        if self.hasFocus():
            paint_round(painter, whole.adjusted(1, 1, -1, -1), 4, edge=QPen(found.found.calm, 1.5))
        size = self._swatch
        x = whole.right() - 6 - size.width() if mirrored else 6.0
        patch = QRectF(QPointF(x, (whole.height() - size.height()) / 2), size)
        if self.isChecked():
            swatch(painter, self.kind, patch, found)
        else:
            paint_round(painter, patch.adjusted(0.5, 0.5, -0.5, -0.5), 2, edge=QPen(found.found.muted, 1))
        name = self.fontMetrics().horizontalAdvance(self.text())
        texts = [(self.text(), name, found.found.muted)]
        if self.isChecked():
            texts.append((self._value, self.fontMetrics().horizontalAdvance(self._value), found.found.text))
        at = 6 + size.width() + _GAP
        for text, wide, color in texts:
            left = whole.right() - at - wide if mirrored else at
            painter.setPen(color)
            painter.drawText(QRectF(left, 0, wide + 1, whole.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
            at += wide + _GAP
