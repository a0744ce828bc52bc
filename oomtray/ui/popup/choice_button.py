"""A button that shows the current choice and opens a menu to change it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyleOptionButton,
    QWidget,
)

from oomtray.ui.qt import colors
from oomtray.ui.qt.field_edges import LEAST_HEIGHT
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.glyph_button import mind_pointer
from oomtray.ui.qt.glyphs import draw
from oomtray.ui.qt.menu import Menu
from oomtray.ui.qt.push_button import EdgedButton

_ARROW, _PAD, _AIR = 12, 12, 6


class ChoiceButton(EdgedButton):
    """A menu button; `add` adds a checkable action.

    One action of the group is always checked, and is the button's text.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._name = name
        self.menu_of = Menu(self)
        self.menu_of.aboutToHide.connect(partial(mind_pointer, self))
        self._group = QActionGroup(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        # opened by a slot: a button with a menu of its own also draws the style's arrow
        self.clicked.connect(self._open)

    def add(self, text: str, hint: str, *, group: bool = False) -> QAction:
        action = self.menu_of.addAction(text)
        action.setCheckable(True)
        action.setToolTip(hint)
        if group:
            self._group.addAction(action)
            action.toggled.connect(self._toggled)
        return action

    def choose(self, action: QAction, *, chosen: bool) -> None:
        """Check this action, or another one of the group."""
        others = [one for one in self._group.actions() if one is not action]
        (action if chosen else others[0]).setChecked(True)

    @Slot()
    def _toggled(self) -> None:
        if self._group.checkedAction() is None:
            taken_back = self.sender()
            if isinstance(taken_back, QAction):
                self.choose(taken_back, chosen=False)
        self._say()

    @Slot()
    def _say(self) -> None:
        chosen = self._group.checkedAction()
        if chosen is not None and chosen.text() != self.text():
            self.setText(chosen.text())
            self.setAccessibleName(f"{self._name}: {chosen.text()}")
            self.setToolTip(chosen.toolTip())

    @Slot()
    def _open(self) -> None:
        above = QPoint(0, -self.menu_of.sizeHint().height())
        self.menu_of.popup(self.mapToGlobal(above))

    def sizeHint(self) -> QSize:
        wide = max((self.fontMetrics().horizontalAdvance(one.text()) for one in self._group.actions()), default=40)
        return QSize(wide + grown(_ARROW, self.font()) + _AIR + 2 * _PAD, max(super().sizeHint().height(), LEAST_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.text = ""

    def paintEvent(self, event: QPaintEvent) -> None:
        # the style draws the rest: naming its elements here would load all of QStyle, half a MB for the popup
        # alone
        super().paintEvent(event)
        drawn = QPainter(self)
        found = colors.of(self.window().palette())
        mirrored = self.isRightToLeft()
        drawn.setPen(self.palette().buttonText().color())
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        box = self.rect().adjusted(_PAD, 0, -_PAD, 0)
        drawn.drawText(box, int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter), self.text())
        arrow = grown(_ARROW, self.font())
        x = _PAD if mirrored else self.width() - _PAD - arrow
        draw(drawn, "down", QRectF(x, (self.height() - arrow) / 2, arrow, arrow), found.text)
        drawn.end()
