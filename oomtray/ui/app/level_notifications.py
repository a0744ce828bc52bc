"""Notifications of a level, once per episode, that name the next victim and offer what helps at that level.

At the critical level a password dialog could no longer be answered, so what is offered then needs none.
"""

from __future__ import annotations

import math
import os
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.desktop.notifications import Notification, Notifier, Urgency
from oomtray.messages import notifications as words
from oomtray.messages.names import told_name
from oomtray.records import dataclass
from oomtray.risk.levels import Announced, announce
from oomtray.ui.app.do_not_disturb import never
from oomtray.ui.app.notification_offers import Offers, cause, offers
from oomtray.ui.controllers.report import Offer, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oomtray.config import Notifications
    from oomtray.dbus.session import SessionBus
    from oomtray.history.events import Event
    from oomtray.history.kills import RecordedKill
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import AppId
    from oomtray.risk.outlook import LevelName
    from oomtray.ui.controllers.changes import ChangeController
    from oomtray.ui.controllers.row_actions import ActionId, Subject

KEY, OUTCOME = "level", "outcome"
_LEVELS: tuple[LevelName, ...] = ("warning", "critical")
_REMEMBERED = 3
"""How many notifications before the last one keep working buttons."""


@dataclass(frozen=True, slots=True)
class _Context:
    """The level, assessment and offers that a notification was about."""

    level: LevelName
    assessment: Assessment
    offered: Offers


class LevelNotifications(QObject):
    """Notifies of levels; `show_wanted` carries an activation token for a window, or ""."""

    show_wanted = Signal(str)
    why_wanted = Signal()
    """After `show_wanted`, if it is the level that was pressed, and not the outcome of a button, which stays in the popup."""
    told = Signal(object)
    """The event that records a notified level."""

    def __init__(
        self,
        bus: SessionBus,
        controller: ChangeController,
        settings: Notifications,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        uid: int | None = None,
        notifier: Callable[..., Notifier] = Notifier,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self._changes = controller
        self._clock = clock
        self._uid = os.geteuid() if uid is None else uid
        self._announced = Announced()
        self._has_killed, self._killed = False, -math.inf
        self._snoozed_until = dict.fromkeys(_LEVELS, -math.inf)
        self._known_apps: set[tuple[str, int | None]] = set()
        """Apps that the user doesn't want warnings about, by key and owner."""
        self._meant: list[tuple[Notification, _Context]] = []
        self._offered: tuple[Notification, dict[str, Offer]] | None = None
        """The last notification about a button's outcome, with its own buttons."""
        self._pressed: str | None = None
        """The label of the button that is being acted on."""
        self._awaited: str | None = None
        """The label of a button whose report comes later."""
        self.quiet: Callable[[], bool] = never
        """Returns whether the user must not be disturbed now."""
        self._notifier = notifier(bus, self._acted)
        controller.reported.connect(self._reported)

    def consider(self, assessment: Assessment) -> None:
        now = assessment.snapshot.at
        muted = [level for level in _LEVELS if not self._wanted(level)]
        if self._known_apps and assessment.level.name == "warning" and self._is_known(assessment):
            muted.append("warning")
        if self._has_killed:
            self._has_killed, self._killed = False, now
        self._announced, tell, withdraw = announce(self._announced, assessment.level, now, muted, self._killed)
        if tell is not None:
            self._tell(assessment, tell)
        elif withdraw:
            self._notifier.withdraw(KEY)

    def take_kills(self, kills: Iterable[RecordedKill]) -> None:
        """Take kills that were just noticed; after one of the whole machine, a new danger is announced sooner."""
        if any(not kill.missed and not kill.event.confined for kill in kills):
            self._has_killed = True

    def withdraw(self) -> None:
        self._notifier.withdraw_all()

    def offer_to_know(self, assessment: Assessment) -> Report | None:
        """Return the popup's message at a warning: which app caused it, and an offer to mute its warnings."""
        app = cause(assessment)
        if assessment.level.name != "warning" or app is None or (app.key, app.uid) in self._known_apps:
            return None
        says = words.takes_most(assessment, app)
        return Report("part", says, (Offer(words.do_not_warn(app), partial(self._know, app), hint=words.still_critical()),))

    def _know(self, app: AppId) -> None:
        """Mute warnings about an app until this program ends; the critical level is still notified."""
        self._known_apps.add((app.key, app.uid))
        self._notifier.withdraw(KEY)

    def _is_known(self, assessment: Assessment) -> bool:
        app = cause(assessment)
        return app is not None and (app.key, app.uid) in self._known_apps

    def _wanted(self, level: LevelName) -> bool:
        on = self.settings.critical if level == "critical" else self.settings.warning
        if self.quiet() and (level != "critical" or self.settings.quiet_critical):
            return False
        return on and self._clock() >= self._snoozed_until[level]

    def _tell(self, assessment: Assessment, level: LevelName) -> None:
        critical = level == "critical"
        offered = offers(assessment, critical=critical, uid=self._uid)
        if not critical:  # then nothing waits for the disk
            self._learn(assessment, offered)
            offered = offers(assessment, critical=critical, uid=self._uid)
        urgency: Urgency = "critical" if critical else "normal"
        subjects = (offered.protect, offered.end, offered.first)
        apart = words.told_apart(assessment, (one for one in subjects if one is not None))
        actions = _buttons(assessment, level, offered, self.settings.snooze_minutes, apart)
        told = Notification(KEY, words.summary(assessment), words.body(assessment, apart), urgency, actions)
        self._meant = [*self._meant[-_REMEMBERED:], (told, _Context(level, assessment, offered))]
        self._notifier.show(told)
        self.told.emit(_event(assessment, level))

    def _learn(self, assessment: Assessment, offered: Offers) -> None:
        """Look up the display names for a notification, since no popup may have been opened yet."""
        from oomtray.ui.app.told_names import learn_names

        subjects = [subject.first.process for subject in (offered.protect, offered.end, offered.first) if subject is not None]
        victim = [] if assessment.victim is None else [assessment.victim.risk.process]
        grows = [process for grown in assessment.growing[:1] for process in grown.growing[:1]]
        learn_names(assessment, [*victim, *grows, *subjects])

    def _acted(self, pressed: Notification, action: str, token: str | None) -> None:
        """Act on the process that the button's own notification named, even if a newer one names another."""
        meant = next((meant for told, meant in self._meant if told is pressed), None)
        label = dict(pressed.actions).get(action, "")
        if action == "default":
            self.show_wanted.emit(token or "")
            if pressed.key == KEY:
                self.why_wanted.emit()
        elif self._offered is not None and self._offered[0] is pressed and action in self._offered[1]:
            self._take(label, self._offered[1][action])
        elif meant is None:
            return
        elif action == "snooze":
            # snoozing a warning still lets the critical level through
            for level in _LEVELS if meant.level == "critical" else _LEVELS[:1]:
                self._snoozed_until[level] = self._clock() + 60 * self.settings.snooze_minutes
        elif action == "protect" and meant.offered.protect is not None:
            self._do(label, "protect", meant.offered.protect, meant.assessment)
        elif action == "end" and meant.offered.end is not None:
            self._act(label, partial(self._changes.end_named, meant.offered.end, meant.assessment))
        elif action == "biggest" and meant.offered.first is not None:
            self._do(label, "first", meant.offered.first, meant.assessment)

    def _do(self, label: str, action: ActionId, subject: Subject, assessment: Assessment) -> None:
        later = self._act(label, partial(self._changes.do, action, subject, assessment))
        self._awaited = label if later else None

    def _take(self, label: str, offer: Offer) -> None:
        self._act(label, offer.act)
        self._awaited = label if offer.answers_later else None

    def _act(self, label: str, act: Callable[[], object]) -> object:
        self._pressed = label
        try:
            return act()
        finally:
            self._pressed = None

    def _reported(self, report: Report) -> None:
        """Report the outcome of a notification's button in a notification with the button's label."""
        label, self._awaited = self._pressed or self._awaited, None
        if label is None:
            return
        offered = {f"offer-{n}": offer for n, offer in enumerate(report.offers) if not offer.asks_password}
        body = [report.text]
        if len(offered) < len(report.offers):
            body.append(words.needs_password())
        actions = (("default", words.show()), *((key, offer.label) for key, offer in offered.items()))
        told = Notification(OUTCOME, label, "\n".join(body), "normal", actions)
        self._offered = told, offered
        self._notifier.show(told)


def _event(assessment: Assessment, level: LevelName) -> Event:
    from oomtray.history.events import Event

    victim, at = assessment.victim, assessment.snapshot.time
    told = None
    if victim is not None:
        process = victim.risk.process
        told = {"pid": process.pid, "name": process.name, "shown": told_name(assessment, victim.risk)}
    data = {"level": level, "cause": assessment.level.cause, "victim": told}
    return Event("told", f"{level}/{at:.3f}", at, data)


def _buttons(
    assessment: Assessment, level: LevelName, offered: Offers, snooze_minutes: float, apart: words.Apart
) -> tuple[tuple[str, str], ...]:
    """Return the default action and at most three buttons: what would help, and Snooze."""
    actions = [("default", words.show())]
    if level == "warning" and offered.protect is not None:
        actions.append(("protect", words.protect(assessment, offered.protect, apart)))
    if offered.end is not None:
        actions.append(("end", words.end(assessment, offered.end, apart)))
    if offered.first is not None:
        actions.append(("biggest", words.let_go_first(assessment, offered.first, apart)))
    return (*actions, ("snooze", words.snooze(snooze_minutes)))
