"""The button with three dots of the history window, and its menu: what can be exported, and clearing the history."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.history.choices import frame_color
from oomtray.ui.qt.buttons import EnterButton
from oomtray.ui.qt.field_edges import give_edges
from oomtray.ui.qt.fonts import growth
from oomtray.ui.qt.menu import Menu
from oomtray.ui.qt.painting import begin_painting, paint_round


class HistoryMenu(EnterButton):
    """Matches the segments' frame; `export_wanted` carries png, csv or json."""

    clear_wanted = Signal()
    export_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("⋯", parent)
        name = tr("Export or clear")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.menu_below = Menu(self)
        for kind, label in (
            ("png", tr("Export picture (PNG)…")), ("csv", tr("Export table (CSV)…")), ("json", tr("Export data (JSON)…"))
        ):
            self.menu_below.addAction(label).setData(kind)
        self.menu_below.addSeparator()
        self.clear_action = self.menu_below.addAction(tr("Clear history…"))
        self.clicked.connect(self._open)
        self.menu_below.triggered.connect(self._used)

    @Slot()
    def _open(self) -> None:
        """Open the menu aligned with the button's outer edge, so that it stays within the window."""
        give_edges()
        right_to_left = self.isRightToLeft()
        left = 0 if right_to_left else self.width() - self.menu_below.sizeHint().width()
        self.menu_below.popup(self.mapToGlobal(QPoint(left, self.height())))

    def _used(self, action: QAction) -> None:
        if action is self.clear_action:
            self.clear_wanted.emit()
        else:
            self.export_wanted.emit(action.data())

    def sizeHint(self) -> QSize:
        high = max(self.fontMetrics().height() + 14, 32)
        return QSize(high + 6, high)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        base = self.palette().color(QPalette.ColorRole.Base)
        ground = found.selected if self.isDown() else found.hover if self.underMouse() else base
        paint_round(painter, box, 4, edge=QPen(frame_color(found), 1), ground=ground)
        painter.setBrush(found.text)
        painter.setPen(Qt.PenStyle.NoPen)
        by = growth(self.font())
        for place in (-1, 0, 1):
            painter.drawEllipse(box.center() + QPointF(place * 5 * by, 0), 1.5 * by, 1.5 * by)
        if self.hasFocus():
            paint_round(painter, box.adjusted(2.5, 2.5, -2.5, -2.5), 3, edge=QPen(found.calm, 1.5))
