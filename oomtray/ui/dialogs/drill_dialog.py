"""The dialog that runs a drill: it has a small program really killed, and shows how each step is handled."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from oomtray.messages import drill as words
from oomtray.messages.i18n import tr
from oomtray.messages.kills import details, headline
from oomtray.ui.dialogs.steps import Step, Steps
from oomtray.ui.qt import moments
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.dialog import Dialog, say
from oomtray.ui.qt.plain_text import unbroken
from oomtray.ui.qt.screen_reader import announce

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.drill import Drill


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
