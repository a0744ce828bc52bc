"""The order of all apps now and after a change, side by side if that fits; below them, all on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oomtray.messages import queue as words
from oomtray.messages.i18n import tr_c
from oomtray.risk.queue import Place, line, queue
from oomtray.ui.dialogs.queue_bars import QueueBars, highest, rows_of
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import begin_painting

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.app_labels import AppLabels

_APART = 12
"""Pixels between the two lists."""
_HIGH = 22
_EDGE = 8.0
_TICK, _RING, _DOT, _HEAD = 5.0, 5.0, 5.5, 4.0


class AppsLine(QWidget):
    """Shows all apps as ticks, one app's current place as a ring and its future place as a dot.

    Hidden if there is no app to highlight.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.says = Plain("", self, faint=True, wraps=True)
        self._line = _Line(self)
        fill(QVBoxLayout(self), self.says, self._line, margins=(0, 0, 0, 0), spacing=2)

    def show_places(self, now: Sequence[Place], then: Sequence[Place]) -> None:
        """Show both orders; each starts with the app that would go first."""
        mine = [next((place for place in places if place.ours), None) for places in (now, then)]
        if mine[0] is None or mine[1] is None:
            self.hide()
            return
        self.says.setText(words.moves(mine[0].number, mine[1].number, sum(place.number is not None for place in then)))
        self._line.setAccessibleName(self.says.text())
        self._line.show_amounts(
            [place.badness for place in now if not place.ours], mine[0].badness, mine[1].badness
        )
        self.show()


class _Line(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("line")
        self._others: list[int] = []
        self._now = self._then = 0
        self._ends = tr_c("to be killed", "Last"), tr_c("to be killed", "First")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)

    def show_amounts(self, others: Sequence[int], now: int, then: int) -> None:
        self._others, self._now, self._then = list(others), now, then
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HIGH + self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        mirrored = self.isRightToLeft()
        most = max([1, self._now, self._then, *self._others])

        def place(amount: int) -> float:
            along = _EDGE + (self.width() - 2 * _EDGE) * max(amount, 0) / most
            return self.width() - along if mirrored else along

        middle = _HIGH / 2
        painter.setPen(QPen(found.muted, 1))
        painter.drawLine(QPointF(_EDGE, middle), QPointF(self.width() - _EDGE, middle))
        painter.setPen(QPen(found.muted, 1.5))
        for amount in self._others:
            painter.drawLine(QPointF(place(amount), middle - _TICK), QPointF(place(amount), middle + _TICK))
        now, then = place(self._now), place(self._then)
        if abs(then - now) > _RING + _DOT:
            side = 1.0 if then > now else -1.0
            tip = (now + then) / 2 + side * _HEAD  # half way, since others' ticks crowd at the ends
            painter.setPen(QPen(found.calm, 2.5))
            painter.drawLine(QPointF(now + side * _RING, middle), QPointF(then - side * _DOT, middle))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(found.calm))
            back = tip - side * 2 * _HEAD
            if abs(then - now) > _RING + _DOT + 2 * _HEAD:
                painter.drawPolygon(QPolygonF([QPointF(tip, middle), QPointF(back, middle - _HEAD), QPointF(back, middle + _HEAD)]))
        painter.setPen(QPen(found.calm, 2))
        painter.setBrush(QBrush(found.ground))
        painter.drawEllipse(QPointF(now, middle), _RING, _RING)
        painter.setPen(QPen(found.ground, 1))
        painter.setBrush(QBrush(found.calm))
        painter.drawEllipse(QPointF(then, middle), _DOT, _DOT)
        painter.setFont(small(self.font()))
        painter.setPen(found.muted)
        below = QRectF(0, _HIGH, self.width(), self.height() - _HIGH)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        for text, side_of_it in zip(self._ends, reversed(sides) if mirrored else sides, strict=True):
            painter.drawText(below, int(side_of_it | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop), text)


class NowThen(QWidget):
    """Two lists with the same scale in which the apps in question are highlighted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.now = QueueBars(tr_c("as it is", "Now"), self, sizes=False)
        self.then = QueueBars(tr_c("after a change", "Then"), self, sizes=False)
        self.line = AppsLine(self)
        self.line.hide()
        halves = self._halves = fill(QBoxLayout(QBoxLayout.Direction.LeftToRight), spacing=_APART)
        for caption, bars in ((tr_c("as it is", "Now"), self.now), (tr_c("after a change", "Then"), self.then)):
            label = Plain(caption, self, faint=True)
            halves.addLayout(fill(QVBoxLayout(), label, bars, None, spacing=4), 1)
        fill(QVBoxLayout(self), halves, self.line, margins=(0, 0, 0, 0), spacing=8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the lists side by side, or below each other where names would have no room."""
        beside = self.width() >= 2 * max(self.now.least_width, self.then.least_width) + _APART
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._halves.direction() != way:
            self._halves.setDirection(way)
            self.updateGeometry()

    def show_change(
        self,
        assessment: Assessment,
        ours: Collection[int],
        adjusted: Mapping[int, int],
        labels: AppLabels,
        *,
        name: str = "",
        whole_app: bool = False,
    ) -> None:
        """Show the order now and after a change.

        `ours` are the pids in question, taken as one place; `adjusted` is the new oom_score_adj by pid.
        `whole_app` means that they are all of an app, which gives them its name if `name` is empty.
        """
        now = queue(assessment, ours, whole_app=whole_app)
        then = queue(assessment, ours, whole_app=whole_app, adjusted=adjusted)
        rows = [rows_of(assessment, found, name, labels) for found in (now, then)]
        scale = highest(*rows)
        self.now.show_rows(rows[0], scale)
        self.then.show_rows(rows[1], scale)
        if self.isVisible():
            self._arrange()
        self.line.show_places(
            line(assessment, ours, whole_app=whole_app),
            line(assessment, ours, whole_app=whole_app, adjusted=adjusted),
        )
