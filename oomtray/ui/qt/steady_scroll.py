"""A scroll bar that fits into the margin of the content, so that the content's width never changes.

By default a scroll area takes the bar's width from the content, whose words then wrap and need the bar:
whether there is one depends on whether there was one before, and two pages aren't aligned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt

from oomtray.ui.qt.painting import margins_from_start

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

_LEAST = 2
"""Pixels between the content and the bar."""


class SteadyScroll(QObject):
    def __init__(self, area: QScrollArea, inside: QWidget, column: QLayout, margin: int) -> None:
        """`column` is the layout of `inside`, which the area scrolls; `margin` is on both sides, in pixels."""
        super().__init__(area)
        self._area, self._column, self._margin = area, column, margin
        self._shown: bool | None = None
        self._mirrored = False
        area.installEventFilter(self)
        inside.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == (QEvent.Type.Resize if watched is self._area else QEvent.Type.LayoutRequest):
            self.decide()
        return False

    def decide(self) -> None:
        """Show the bar if the content is higher than the area at its one width."""
        bar = self._area.verticalScrollBar().sizeHint().width()
        wide = self._area.width() - (bar if self._shown else 0)
        high = max(self._column.totalHeightForWidth(wide), self._column.totalMinimumSize().height())
        self._show(high > self._area.height(), bar)

    def _show(self, shown: bool, bar: int) -> None:
        mirrored = self._area.isRightToLeft()
        if (shown, mirrored) == (self._shown, self._mirrored):
            return
        self._shown, self._mirrored = shown, mirrored
        around = self._column.contentsMargins()
        beside = max(self._margin - bar, _LEAST) if shown else self._margin
        self._column.setContentsMargins(margins_from_start(self._area, self._margin, around.top(), beside, around.bottom()))
        policy = Qt.ScrollBarPolicy
        self._area.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOn if shown else policy.ScrollBarAlwaysOff)
