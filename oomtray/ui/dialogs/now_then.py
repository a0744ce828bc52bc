"""The order of all apps now and after a change, side by side if that fits; below them, all on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from oomtray.messages.i18n import tr_c
from oomtray.risk.queue import line, queue
from oomtray.ui.dialogs.apps_line import AppsLine
from oomtray.ui.dialogs.queue_bars import QueueBars, highest, rows_of
from oomtray.ui.qt.labels import Plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from PySide6.QtGui import QResizeEvent

    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.app_labels import AppLabels

_APART = 12
"""Pixels between the two lists."""


class NowThen(QWidget):
    """Two lists with the same scale in which the apps in question are highlighted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.now = QueueBars(tr_c("as it is", "Now"), self, sizes=False)
        self.then = QueueBars(tr_c("after a change", "Then"), self, sizes=False)
        self.line = AppsLine(self)
        self.line.hide()
        halves = self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        halves.setSpacing(_APART)
        for caption, bars in ((tr_c("as it is", "Now"), self.now), (tr_c("after a change", "Then"), self.then)):
            label = Plain(caption, self, faint=True)
            half = QVBoxLayout()
            half.setSpacing(4)
            half.addWidget(label)
            half.addWidget(bars)
            half.addStretch(1)
            halves.addLayout(half, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(halves)
        column.addWidget(self.line)

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
