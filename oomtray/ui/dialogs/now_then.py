"""The order of all apps as it is, and beside it as it would be after a change; below them, all on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oomtray.messages.i18n import tr_c
from oomtray.risk.queue import line, queue
from oomtray.ui.dialogs.apps_line import AppsLine
from oomtray.ui.dialogs.queue_bars import QueueBars, highest, rows_of
from oomtray.ui.qt.labels import Plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.app_labels import AppLabels


class NowThen(QWidget):
    """Two lists with the same scale, in which the apps that are asked about stand out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.now = QueueBars(tr_c("as it is", "Now"), self, sizes=False)
        self.then = QueueBars(tr_c("after a change", "Then"), self, sizes=False)
        self.line = AppsLine(self)
        self.line.hide()
        halves = QHBoxLayout()
        halves.setSpacing(12)
        for caption, bars in ((tr_c("as it is", "Now"), self.now), (tr_c("after a change", "Then"), self.then)):
            label = Plain(caption, self, faint=True)
            label.tint()
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
        """`ours`: the pids that are asked about, as one place; `adjusted`: the oom_score_adj of each pid then.

        `whole_app`: they are all of an app, by whose name they are called where there is no `name`.
        """
        now = queue(assessment, ours, whole_app=whole_app)
        then = queue(assessment, ours, whole_app=whole_app, adjusted=adjusted)
        rows = [rows_of(assessment, found, name, labels) for found in (now, then)]
        scale = highest(*rows)
        self.now.show_rows(rows[0], scale)
        self.then.show_rows(rows[1], scale)
        self.line.show_places(
            line(assessment, ours, whole_app=whole_app),
            line(assessment, ours, whole_app=whole_app, adjusted=adjusted),
        )
