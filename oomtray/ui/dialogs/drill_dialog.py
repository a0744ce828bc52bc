"""The dialog that holds a fire drill: a real kill of a small program, and each step of what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from oomtray.messages import drill as words
from oomtray.messages.i18n import tr
from oomtray.messages.kills import details, headline
from oomtray.ui.qt.background_task import BackgroundTask
from oomtray.ui.qt.fonts import large
from oomtray.ui.qt.labels import Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.drill import Drill


def hold() -> Drill:
    """In a thread: it takes some seconds. Raises NoDrill."""
    from oomtray import drill

    return drill.hold()


class DrillDialog(QDialog):
    """`kills_wanted`: to be shown among what was killed before."""

    kills_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, hold: Callable[[], Drill] = hold) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setWindowTitle(tr("Fire drill"))
        self._hold = hold
        self._task: BackgroundTask | None = None
        self.headline = Plain(tr("Is a kill noticed here?"), self)
        self.headline.setFont(large(self.font()))
        self.intent = Plain(words.intent(), self)
        self.intent.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("The drill runs"))
        self.told = Plain("", self)
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.start_button = QPushButton(tr("Start"), self)
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self._start)
        self.show_button = QPushButton(tr("What was killed…"), self)
        self.show_button.setAutoDefault(False)
        self.show_button.clicked.connect(self.kills_wanted)
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.show_button)
        foot.addStretch(1)
        foot.addWidget(self.start_button)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        for part in (self.headline, self.intent, self.bar, self.told):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(foot)
        self.bar.hide()
        self.told.hide()
        self.show_button.hide()
        self.setMinimumWidth(460)
        self.adjustSize()

    @Slot()
    def _start(self) -> None:
        self.start_button.setEnabled(False)
        self.told.hide()
        self.bar.show()
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
            says += [] if event is None else [headline(event), *details(event)]
            self.headline.setText(words.works() if answer.named else tr("A kill is not fully noticed here."))
            self.show_button.show()
        elif isinstance(answer, NoDrill):
            says = [words.why_not(answer.why, answer.detail)]
            self.headline.setText(tr("The drill can’t be held here."))
        else:
            says = [words.why_not("not-started", str(answer))]
            self.headline.setText(tr("The drill can’t be held here."))
        self.intent.hide()
        self.start_button.setText(tr("Repeat"))
        self.start_button.setDefault(False)
        self.close_button.setDefault(True)
        self.told.setText("\n\n".join(says))
        self.told.show()
        self.adjustSize()
