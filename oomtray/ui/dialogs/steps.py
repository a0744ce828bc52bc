"""A list of steps, each with a mark that says whether it is pending, has worked or has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import grown, scaled
from oomtray.ui.qt.labels import Plain, paragraph
from oomtray.ui.qt.painting import Panel
from oomtray.ui.qt.plain_text import unbroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

State = Literal["open", "done", "failed"]
_MARK = 18
"""Size in pixels of a mark at a 10-point font, which scales with the text."""
_PEN = 1.8
_DOT = 6
"""Size in pixels of a pending step's mark."""


class Step(NamedTuple):
    """A step; `text` says how it went."""

    state: State
    title: str
    text: str = ""


class Steps(Panel):
    """A list of fixed length that a screen reader reads step by step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps: tuple[Step, ...] = ()
        self._rows: list[tuple[_Mark, Plain, Plain]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 10, 12, 12)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)

    def show_steps(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        for at, step in enumerate(self.steps):
            if at == len(self._rows):
                self._add(at)
            mark, title, text = self._rows[at]
            mark.show_state(step.state)
            title.setText(step.title)
            title.setFont(scaled(self.font(), 1.0, bold=step.state != "open"))
            title.setAccessibleName(_spoken(step))
            text.show_text(unbroken(step.text))

    def _add(self, at: int) -> None:
        row = _Mark(self), Plain("", self), paragraph(self, faint=True)
        mark, title, text = row
        title.setWordWrap(True)
        if at:
            self._grid.setRowMinimumHeight(3 * at - 1, 6)
        self._grid.addWidget(mark, 3 * at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(title, 3 * at, 1)
        self._grid.addWidget(text, 3 * at + 1, 1)
        self._rows.append(row)


def _spoken(step: Step) -> str:
    if step.state == "open":
        return step.title
    return tr("{step}: yes", step=step.title) if step.state == "done" else tr("{step}: no", step=step.title)


class _Mark(QWidget):
    """A dot, a disk with a tick, or one with a cross: they differ by more than color.

    A ring would look like a radio button.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state: State = "open"
        side = grown(_MARK, self.font())
        self.setFixedSize(side, max(side, self.fontMetrics().height()))  # centered on the first line beside it

    def show_state(self, state: State) -> None:
        self._state = state
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette(), on_base=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, (self.height() - self.width()) / 2)
        painter.scale(self.width() / _MARK, self.width() / _MARK)
        disk = QRectF(1.5, 1.5, _MARK - 3, _MARK - 3)
        if self._state == "open":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(found.muted))
            painter.drawEllipse(disk.center(), _DOT / 2, _DOT / 2)
            painter.end()
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(found.calm if self._state == "done" else found.red))
        painter.drawEllipse(disk)
        painter.setPen(QPen(found.ground, _PEN, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._state == "done":
            painter.drawPolyline([QPointF(5.6, 9.4), QPointF(8.0, 11.8), QPointF(12.4, 6.6)])
        else:
            painter.drawLine(QPointF(6.4, 6.4), QPointF(11.6, 11.6))
            painter.drawLine(QPointF(6.4, 11.6), QPointF(11.6, 6.4))
        painter.end()
