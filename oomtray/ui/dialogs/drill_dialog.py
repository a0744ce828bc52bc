"""The dialog that runs a drill: it has a small program really killed, and shows how each step is handled."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from oomtray.messages import drill as words
from oomtray.messages.i18n import tr
from oomtray.messages.kills import details, headline
from oomtray.ui.qt import moments
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.dialog import Dialog, say
from oomtray.ui.qt.fonts import grown, scaled
from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.labels import Plain, paragraph
from oomtray.ui.qt.layout import grid
from oomtray.ui.qt.painting import Panel, begin_painting
from oomtray.ui.qt.plain_text import unbroken
from oomtray.ui.qt.screen_reader import announce

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.drill import Drill

State = Literal["open", "done", "failed"]
_MARK = 18
"""Size in pixels of a mark at a 10-point font, which scales with the text."""
_PEN = 1.8
_DOT = 6
"""Size in pixels of a pending step's mark."""


def hold() -> Drill:
    """Run a drill in a background thread, which takes some seconds. Raises NoDrill."""
    from oomtray import drill

    return drill.hold()


class DrillDialog(Dialog):
    """Runs a drill: `kills_wanted` asks to show past kills, `ended` says that a drill was run or is impossible."""

    kills_wanted = Signal()
    ended = Signal()

    def __init__(self, parent: QWidget | None = None, *, hold: Callable[[], Drill] = hold) -> None:
        super().__init__(tr("Fire drill"), parent, width=480)
        self._hold = hold
        self.head_line(tr("Fire drill"), tr("Is a kill noticed here?"))
        self.headline = self.subtitle
        self.intent = self.add_note()
        say(self.intent, words.intent())
        self.steps = Steps(self)
        self.body.addWidget(self.steps)
        self._show_steps()
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(8)
        self.bar.setAccessibleName(tr("The drill runs"))
        self.body.addWidget(self.bar)
        self.told = self.add_note()
        self.body.addStretch(1)
        self.show_button = self.add_elsewhere(tr("What was killed"), self.kills_wanted.emit)
        self.start_button = self.add_action(tr("Start"), self._start)
        self.bar.hide()
        self.show_button.hide()
        self.start_button.setFocus()

    @Slot()
    def _start(self) -> None:
        self.start_button.setEnabled(False)
        self.told.hide()
        self._show_steps()
        self.steps.show()
        self.bar.show()
        self.keep_whole()
        run_in_background(self._hold, self._done, self)

    @Slot(object)
    def _done(self, answer: object) -> None:
        from oomtray.drill import LACKING, LIMIT, NAME, Drill, NoDrill

        self.bar.hide()
        self.start_button.setEnabled(True)
        says = ""
        if isinstance(answer, Drill):
            self._show_steps(*self._went(answer, NAME, LIMIT))
            self.headline.setText(words.works() if answer.named else tr("A kill is not fully noticed here."))
            self.show_button.show()
        else:
            why, detail = (answer.why, answer.detail) if isinstance(answer, NoDrill) else ("not-started", str(answer))
            says = words.why_not(why, detail)
            self.headline.setText(tr("The drill can't run here."))
        self.steps.setVisible(isinstance(answer, Drill))
        self.intent.hide()
        self.start_button.setText(tr("Repeat"))
        self.start_button.setVisible(not (isinstance(answer, NoDrill) and answer.why in LACKING))
        self.start_button.setDefault(False)
        self.close_button.setDefault(True)
        say(self.told, unbroken(says))
        self.grow()
        announce(self, " ".join(filter(None, (self.headline.text(), says))))
        self.ended.emit()

    def _went(self, drill: Drill, name: str, limit: int) -> list[Step]:
        titles, event = [tr(title) for title in words.STEPS], drill.event
        went = [Step("done", titles[0], words.killed(name, drill.pid, limit, drill.killed_after))]
        seen = event is not None and drill.noticed_after is not None
        went.append(Step("done" if seen else "failed", titles[1], words.noticed_within(drill.noticed_after if seen else None)))
        if event is not None and seen:
            says = words.which(event, name, drill.pid, named=drill.named)
            went.append(Step("done" if drill.named else "failed", titles[2], says))
        if event is not None and drill.named:
            went.append(Step("done", titles[3], " ".join(details(event, in_drill=True)) or headline(event, time.time(), moments=moments)))
        return went

    def _show_steps(self, *went: Step) -> None:
        self.steps.show_steps([*went, *(Step("open", tr(title)) for title in words.STEPS[len(went) :])])


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
        self._grid = grid(self, stretch=1, spacing=(10, 2), margins=(12, 10, 12, 12))

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
        painter, found = begin_painting(self, on_base=True)
        painter.translate(0, (self.height() - self.width()) / 2)
        painter.scale(self.width() / _MARK, self.width() / _MARK)
        disk = QRectF(1.5, 1.5, _MARK - 3, _MARK - 3)
        if self._state == "open":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(found.muted))
            painter.drawEllipse(disk.center(), _DOT / 2, _DOT / 2)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(found.calm if self._state == "done" else found.red))
        painter.drawEllipse(disk)
        painter.setPen(round_pen(found.ground, _PEN))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._state == "done":
            painter.drawPolyline([QPointF(5.6, 9.4), QPointF(8.0, 11.8), QPointF(12.4, 6.6)])
        else:
            painter.drawLine(QPointF(6.4, 6.4), QPointF(11.6, 11.6))
            painter.drawLine(QPointF(6.4, 11.6), QPointF(11.6, 6.4))
