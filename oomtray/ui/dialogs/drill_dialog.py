"""The dialog that holds a fire drill: a real kill of a small program, and each step of what is made of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from oomtray.messages import drill as words
from oomtray.messages.i18n import tr
from oomtray.messages.kills import details, headline
from oomtray.ui.qt import moments
from oomtray.ui.qt.background_task import BackgroundTask
from oomtray.ui.qt.dialog import Dialog, say
from oomtray.ui.qt.plain_text import unbroken

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.drill import Drill


def hold() -> Drill:
    """In a thread: it takes some seconds. Raises NoDrill."""
    from oomtray import drill

    return drill.hold()


class DrillDialog(Dialog):
    """`kills_wanted`: to be shown among what was killed before."""

    kills_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, hold: Callable[[], Drill] = hold) -> None:
        super().__init__(tr("Fire drill"), parent, width=480)
        self._hold = hold
        self._task: BackgroundTask | None = None
        self.head_line(tr("Fire drill"), tr("Is a kill noticed here?"))
        self.headline = self.subtitle
        self.intent = self.add_note()
        say(self.intent, words.intent())
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("The drill runs"))
        self.body.addWidget(self.bar)
        self.told = self.add_note()
        self.body.addStretch(1)
        self.show_button = self.add_elsewhere(tr("What was killed…"), self.kills_wanted.emit)
        self.start_button = self.add_deed(tr("Start"), self._start)
        self.bar.hide()
        self.show_button.hide()
        self.start_button.setFocus()

    @Slot()
    def _start(self) -> None:
        self.start_button.setEnabled(False)
        self.told.hide()
        self.bar.show()
        self.keep_whole()
        self._task = BackgroundTask(self._hold, self)
        self._task.done.connect(self._done)
        self._task.start()

    @Slot(object)
    def _done(self, answer: object) -> None:
        from oomtray.drill import LIMIT, NAME, Drill, NoDrill

        self.bar.hide()
        self.start_button.setEnabled(True)
        if isinstance(answer, Drill):
            event = answer.event
            says = [words.killed(NAME, answer.pid, LIMIT, answer.killed_after)]
            says.append(words.noticed(event, answer.noticed_after, named=answer.named))
            says += [] if event is None else [headline(event, time.time(), moments=moments), *details(event)]
            self.headline.setText(words.works() if answer.named else tr("A kill is not fully noticed here."))
            self.show_button.show()
        elif isinstance(answer, NoDrill):
            says = [words.why_not(answer.why, answer.detail)]
            self.headline.setText(tr("The drill can't be held here."))
        else:
            says = [words.why_not("not-started", str(answer))]
            self.headline.setText(tr("The drill can't be held here."))
        self.intent.hide()
        self.start_button.setText(tr("Repeat"))
        self.start_button.setDefault(False)
        self.close_button.setDefault(True)
        self.told.setText(unbroken("\n\n".join(says)))
        self.told.show()
        self.keep_whole()
