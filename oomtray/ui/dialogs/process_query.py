"""Queries a process's facts in a background thread, again and again while somebody looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from oomtray.kernel.process_facts import ProcessFacts, Unread
from oomtray.kernel.process_handle import ProcessGone
from oomtray.kernel.users import login_name
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from collections.abc import Callable

AGAIN_MS = 3000
"""Milliseconds between an answer and the next query."""

Answer = tuple["ProcessFacts", str | None]
"""Facts, and the login name of their uid."""
Identity = tuple[int, int]


def read(pid: int, start_time: int) -> Answer:
    """Read a process's facts in a background thread: this loads psutil, and names may come from a server.

    Raises OSError.
    """
    from oomtray.kernel.facts_reader import read_facts

    facts = read_facts(pid, start_time)
    return facts, None if isinstance(facts.uid, Unread) else login_name(facts.uid)


class ProcessQuery(QObject):
    """Queries one process at a time; `answered` carries an Answer, or the exception for which there is none."""

    answered = Signal(object)

    def __init__(self, read: Callable[[int, int], Answer], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self._identity: Identity | None = None
        self._asking: Identity | None = None
        self._final = False
        """Whether to stop, because the process is gone or the query hangs."""
        self._looked_at = False
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._ask)

    def of(self, identity: Identity) -> None:
        """Query this process from now on, at once."""
        self._identity, self._final = identity, False
        self._ask()

    def go_on(self) -> None:
        """Query now, and again after each answer."""
        self._looked_at = True
        self._ask()

    def pause(self) -> None:
        """Don't query until `go_on`."""
        self._looked_at = False
        self._again.stop()

    @Slot()
    def _ask(self) -> None:
        """Query the process, unless an answer is pending, for whichever process."""
        if self._asking is not None or self._final or self._identity is None:
            return
        self._asking = self._identity
        run_in_background(partial(self._read, *self._asking), self._take, self)

    @Slot(object)
    def _take(self, answer: object) -> None:
        asked, self._asking = self._asking, None
        if asked != self._identity:
            self._ask()
            return
        # don't repeat a read that hangs
        self._final = answer[0].command is Unread.SLOW if isinstance(answer, tuple) else isinstance(answer, ProcessGone)
        self.answered.emit(answer)
        if self._looked_at and not self._final:
            self._again.start()
