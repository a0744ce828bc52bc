"""The thread that runs the monitor, and the one signal that carries its findings to the main thread."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, QThread, Signal, Slot

from oomtray.kernel.locked_code import lock_code
from oomtray.messages.system_errors import of_file
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.actions.change_record import ChangeRecord
    from oomtray.actions.rules.engine import RulesStatus
    from oomtray.history.kills import RecordedKill
    from oomtray.monitor import Attention, Monitor
    from oomtray.risk.assessment import Assessment

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
STOP_SECONDS = 2.0
"""How long quitting waits for the current step; a scan takes a fraction of that."""


@dataclass(frozen=True, slots=True)
class Update:
    assessment: Assessment
    rules: RulesStatus | None = None
    """None if there is no rules file."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Replaces an Update if the system could not be read."""

    says: str


@dataclass(frozen=True, slots=True)
class Killed:
    """The kills noticed since the last news."""

    kills: tuple[RecordedKill, ...]


class Worker(QThread):
    """Runs the monitor in a thread of its own.

    `told` carries an Update, an Unreadable or a Killed; nothing else leaves the thread. It is emitted in the main
    thread, which a descriptor wakes: emitting it here had the worker read some 200 pages of Qt from the disk while
    memory thrashed, which its own locked code (kernel/locked_code.py) doesn't wait for.
    """

    told = Signal(object)

    def __init__(
        self,
        monitor: Monitor,
        parent: QObject | None = None,
        *,
        rules: ChangeRecord | None = None,
        killed: Callable[[], tuple[RecordedKill, ...]] = tuple,
    ) -> None:
        """`killed` is called after each step for the kills noticed since."""
        super().__init__(parent)
        self._killed = killed
        self._monitor = monitor
        self._rules = rules
        self._stopping = threading.Event()
        self._last_error: str | None = None
        self._has_told = threading.Event()
        self._stepped_at = time.monotonic()
        self._untold: deque[Update | Unreadable | Killed] = deque()
        self._wakes_main = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._notifier = QSocketNotifier(self._wakes_main, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._pass_on)

    @property
    def busy_since(self) -> float:
        """Since when the current step runs, or when the next one begins; in monotonic seconds."""
        return max(self._stepped_at, self._monitor.waits_until)

    def attend(self, attention: Attention, *, patience: float = 0.0) -> None:
        """Set what is looked at, and wait until a scan of it was reported, at most `patience` seconds.

        Waiting is for a caller that is about to work hard: a thread that reads a thousand small files releases the
        interpreter at each, so that two busy threads take three times as long side by side as one after the
        other.
        """
        self._has_told.clear()
        self._monitor.attend(attention)
        self._has_told.wait(patience)

    def wake(self) -> None:
        """Request a scan now."""
        self._monitor.wake()

    def stop(self) -> bool:
        """End the thread and close the monitor's descriptors. Safe to call twice.

        Returns False if the thread hangs and still runs after `STOP_SECONDS`. Then the process must exit
        without destroying this object, because Qt aborts when the QThread of a running thread is destroyed.
        """
        if self._stopping.is_set():
            return not self.isRunning()
        self._stopping.set()
        if self.isRunning():
            self._monitor.wake()
            if not self.wait(round(STOP_SECONDS * 1000)):
                return False
        self._monitor.close()
        self._notifier.setEnabled(False)
        os.close(self._wakes_main)
        return True

    def run(self) -> None:
        code_locked = False
        while not self._stopping.is_set():
            try:
                news = self._monitor.step()
                self._last_error = None
                if news is not None and not self._stopping.is_set():
                    self._tell(news)
                if not code_locked:  # after the first news, for which the icon waits
                    code_locked = True
                    lock_code()
                if (kills := self._killed()) and not self._stopping.is_set():
                    self._say(Killed(kills))
                self._stepped_at = time.monotonic()
                self._monitor.wait()
            except Exception as error:  # whatever it is, keep the icon and try the next step
                self._tell_error(error)
                self._stepped_at = time.monotonic()
                self._stopping.wait(RETRY_SECONDS)

    def _say(self, what: Update | Unreadable | Killed) -> None:
        self._untold.append(what)
        os.eventfd_write(self._wakes_main, 1)

    @Slot()
    def _pass_on(self) -> None:
        """Emit, in the main thread, what the worker has said."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._wakes_main)
        while self._untold:
            self.told.emit(self._untold.popleft())

    def _tell(self, news: Assessment) -> None:
        status = None
        if self._rules is not None:
            status, changed = self._rules.apply(news.snapshot)
            if changed:
                self._monitor.wake()  # so that the new values are shown
        self._say(Update(news, status))
        self._has_told.set()

    def _tell_error(self, error: Exception) -> None:
        says = reason(error)
        if says != self._last_error:  # once, not every two seconds
            self._last_error = says
            log.error("the system can't be read", exc_info=error)
        self._say(Unreadable(says))


def reason(error: Exception) -> str:
    """Return why for an OSError; for any other error, which is a bug, its type and message.

    It imports nothing, which could fail for the same reason: too many open files, or a bad disk.
    """
    return of_file(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
