"""Ends an app marked as expendable before the computer hangs, after a countdown in which the user can refuse.

When to do so is decided in `risk.step_in`. This module asks, by a notification with buttons and in the popup.
The question counts as shown only if the daemon has accepted a notification whose buttons it draws, or the
popup is open, and if the screen isn't locked.
"""

from __future__ import annotations

import logging
import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from oomtray.actions.expendable import candidates
from oomtray.desktop.login_session import is_in_front
from oomtray.desktop.notifications import Notification, Notifier
from oomtray.history.events import Event
from oomtray.messages import step_in as words
from oomtray.messages.notifications import show
from oomtray.risk.step_in import COUNTDOWN, Candidate, StepInState, decline, finish, hurry, observe, tick
from oomtray.ui.controllers.ending import EndingController
from oomtray.ui.controllers.report import Report, Reporter
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.actions.ending import EndingResult
    from oomtray.config import Settings
    from oomtray.dbus.session import SessionBus
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.popup.popup import Popup
    from oomtray.ui.popup.victim_card import VictimCard

log = logging.getLogger(__name__)

KEY, OUTCOME = "step-in", "stepped-in"
_UPDATE_SECONDS = 5.0
"""Seconds before the end at which the notification is updated, silently."""
_ASKING_PHASES = ("asking", "counting")


class StepInController(Reporter):
    """Asks and ends: `show_wanted` carries an activation token for a window, or ""."""

    show_wanted = Signal(str)
    told = Signal(object)
    """An Event of the outcome, for the record."""

    def __init__(
        self,
        bus: SessionBus,
        settings: Settings,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        uid: int | None = None,
        notifier: Callable[..., Notifier] = Notifier,
        ask_in_front: Callable[[Callable[[object], None]], None] | None = None,
    ) -> None:
        """`ask_in_front` passes on whether the user's session is active and not locked."""
        super().__init__(parent)
        self.settings = settings
        self._clock = clock
        self._uid = os.geteuid() if uid is None else uid
        self._state = StepInState()
        self._ask_in_front = ask_in_front or self._ask_logind
        self._in_front = False
        """Whether somebody can see the question: not if the screen is locked."""
        self._accepted = False
        """Whether the daemon shows the notification."""
        self._questions: list[Notification] = []
        """The notifications of this countdown."""
        self._card: VictimCard | None = None
        self._unread: Report | None = None
        """The report of the outcome while there is no popup to show it."""
        self.reported.connect(self._keep)
        self._ending = EndingController(self)
        self._ending.changed.connect(self.changed)
        self._seconds = QTimer(self, interval=1000)
        self._seconds.timeout.connect(self._pass_time)
        self._notifier = notifier(bus, self._acted, self._closed, self._shown)

    def attach(self, popup: Popup) -> None:
        """Also ask in the popup's card from now on."""
        self._card = popup.card
        self._card.declined.connect(self._decline)
        self._card.hurried.connect(self._hurry)
        self.reported.disconnect(self._keep)
        self.reported.connect(popup.message.tell)
        if self._unread is not None:
            popup.message.tell(self._unread)
            self._unread = None
        if self._state.phase in _ASKING_PHASES:
            self._say_seconds()

    def consider(self, assessment: Assessment) -> None:
        mine = self.settings.step_in
        find = partial(candidates, assessment.snapshot, mine.expendable, uid=self._uid, own_pid=os.getpid())
        self._take(observe(self._state, assessment, mine, self.settings.levels, find))
        self._pass_time()

    def withdraw(self) -> None:
        """Stop the countdown, because the user has paused everything or the app quits."""
        if self._state.phase in _ASKING_PHASES:
            self._take(StepInState())
        self._notifier.withdraw_all()

    # question

    @property
    def _is_shown(self) -> bool:
        if not self._in_front:
            return False
        card = self._card
        in_popup = card is not None and card.asks and card.isVisible() and not card.window().isMinimized()
        return in_popup or (self._accepted and self._notifier.shows_buttons)

    @Slot()
    def _pass_time(self) -> None:
        self._take(tick(self._state, self._clock(), shown=self._is_shown))

    def _take(self, state: StepInState) -> None:
        before, self._state = self._state, state
        if state.phase in _ASKING_PHASES:
            if before.phase not in _ASKING_PHASES:
                self._ask()
            self._say_seconds()
        elif before.phase in _ASKING_PHASES:
            self._put_away()
            if state.phase == "ending":
                self._end()

    def _ask(self) -> None:
        self._accepted, self._in_front, self._questions = False, False, []
        self._notify()
        self._say_seconds()
        self._seconds.start()
        self._ask_in_front(self._learn_in_front)

    def _ask_logind(self, then: Callable[[object], None]) -> None:
        run_in_background(is_in_front, then, self)

    @Slot(object)
    def _learn_in_front(self, answer: object) -> None:
        """Take the answer; if unknown, as without logind, the session counts as active."""
        self._in_front = answer is not False
        self._pass_time()

    def _notify(self) -> None:
        meant = self._state.candidate
        if meant is None:
            return
        actions = ("default", show()), ("dont", words.do_not()), ("now", words.now())
        title, silent = words.summary(meant, self._state.left(self._clock())), bool(self._questions)
        question = Notification(KEY, title, words.body(meant), "critical", actions, silent=silent)
        self._questions.append(question)
        self._notifier.show(question)

    def _say_seconds(self) -> None:
        meant, left = self._state.candidate, self._state.left(self._clock())
        if self._card is not None and meant is not None:
            self._card.count_down(meant, left, COUNTDOWN)
        if len(self._questions) == 1 and self._accepted and left <= _UPDATE_SECONDS:
            self._notify()

    def _put_away(self) -> None:
        self._seconds.stop()
        self._accepted = False
        self._notifier.withdraw(KEY)
        if self._card is not None:
            self._card.end_countdown()

    # answers from the desktop and the user

    def _shown(self, alert: Notification) -> None:
        if any(alert is question for question in self._questions):
            self._accepted = True
            self._pass_time()

    def _closed(self, key: str) -> None:
        if key == KEY:
            self._accepted = False
            self._pass_time()

    def _acted(self, pressed: Notification, action: str, token: str | None) -> None:
        if action == "default":
            self.show_wanted.emit(token or "")
        if not any(pressed is question for question in self._questions):
            return
        if action == "dont":
            self._decline()
        elif action == "now":
            self._hurry()
        else:  # the daemon removes the notification upon a click: from here on the popup asks
            self._accepted = False
            self._pass_time()

    @Slot(object)
    def _keep(self, report: Report) -> None:
        self._unread = report

    @Slot()
    def _decline(self) -> None:
        meant = self._state.candidate
        self._take(decline(self._state, self._clock()))
        if meant is not None:
            log.info("%s was to be ended; the user said no", meant.app.name)
            self.reported.emit(Report("done", words.left_alone(meant)))

    @Slot()
    def _hurry(self) -> None:
        self._take(hurry(self._state, self._clock()))

    # ending

    def _end(self) -> None:
        meant = self._state.candidate
        if meant is None:
            return
        pids = [process.pid for process in meant.processes]
        log.warning("ending %s %s to keep the computer responsive: %s is near", meant.app.name, pids, self._state.cause)
        if self._card is not None:
            self._card.tell_ending(meant)
        grace = self.settings.step_in.grace_seconds
        self._ending.end_then_force(
            meant.processes, grace, lambda: self._state.may_force, partial(self._ended, meant, self._state.cause)
        )

    def _ended(self, meant: Candidate, cause: str, asked: EndingResult, forced: EndingResult | None) -> None:
        self._take(finish(self._state))
        if self._card is not None:
            self._card.end_countdown()
        says = words.outcome(meant, asked, forced)
        log.warning("%s", says)
        title, body = words.outcome_title(meant, asked, forced), words.outcome_body(meant, asked, forced)
        self._notifier.show(Notification(OUTCOME, title, body, "normal", (("default", show()),)))
        self.reported.emit(Report("done" if words.is_over(asked, forced) else "part", says))
        self.told.emit(_event(meant, cause, asked, forced))


def _event(meant: Candidate, cause: str, asked: EndingResult, forced: EndingResult | None) -> Event:
    now = time.time()
    by_force = set() if forced is None else {(one.pid, one.start_time) for one in forced.endings if one.done}
    stayed = {(one.pid, one.start_time) for one in (asked if forced is None else forced).stayed}
    ended: list[dict[str, Any]] = [
        {
            "pid": one.pid,
            "start_time": one.start_time,
            "name": one.name,
            "signal": "SIGKILL" if (one.pid, one.start_time) in by_force else "SIGTERM",
            "ended": one.error in (None, "gone") and (one.pid, one.start_time) not in stayed,
            "error": one.error,
        }
        for one in asked.endings
    ]
    data = {"app": meant.app.key, "name": meant.app.name, "cause": cause, "frees": meant.frees, "processes": ended}
    first = meant.processes[0]
    return Event("step-in", f"{meant.app.key}:{first.pid}:{first.start_time}", now, data)
