"""Notifications of kills after memory ran out: one per event, a count for many, a repeat count for the same."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.desktop.notifications import Notification, Notifier
from oomtray.messages import kill_notifications as words
from oomtray.messages.notifications import show
from oomtray.risk.repeated_kills import SPAN, Repeats, followed, what_of
from oomtray.ui.app.do_not_disturb import never
from oomtray.ui.qt import moments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.config import Notifications
    from oomtray.dbus.session import SessionBus
    from oomtray.history.kills import RecordedKill

_MANY, _SPAN = 3, 60.0
"""How many events within how many seconds get a notification each; further ones share one."""
_SHARED, _MISSED = "kills", "missed-kills"
_REMEMBERED = 20
"""How many past notifications keep working buttons."""


class KillNotifications(QObject):
    """Notifies of kills; `wanted` carries a recorded kill's id, and an activation token for a window or ""."""

    wanted = Signal(int, str)

    def __init__(
        self,
        bus: SessionBus,
        settings: Notifications,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        notifier: Callable[..., Notifier] = Notifier,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self._clock, self._wall = clock, wall
        self._recent: list[tuple[float, RecordedKill]] = []
        self._repeats: dict[tuple[str, ...], tuple[Repeats, str]] = {}
        """What was killed within the last hour, with its notification's key."""
        self._meant: list[tuple[Notification, Sequence[RecordedKill]]] = []
        """Each notification with the kills it is about."""
        self._held: list[RecordedKill] = []
        self.quiet: Callable[[], bool] = never
        """Returns whether the user must not be disturbed now."""
        self._notifier = notifier(bus, self._acted)

    def tell(self, kills: Sequence[RecordedKill]) -> None:
        if not self.settings.kills:
            return
        if self.quiet():
            self._held += kills
            return
        missed = [one for one in kills if one.missed]
        if missed:
            self._show_many(_MISSED, words.missed([one.event for one in missed], self._wall(), moments), missed)
        for one in kills:
            if not one.missed:
                self._tell_one(one, self._clock())

    def tell_held(self) -> None:
        """Notify of what was held back, once somebody may be disturbed again."""
        if self._held and not self.quiet():
            held, self._held = self._held, []
            self.tell(held)

    def withdraw(self, *, restarts: bool = False) -> list[int]:
        """Withdraw all, and return the ids of the kills that nobody was shown.

        `restarts`: also those whose notification is still there, because the user didn't make it go.
        """
        keys = self._notifier.open if restarts else self._notifier.waiting
        unseen = [one.id for told, kills in self._meant if told.key in keys for one in kills]
        self._notifier.withdraw_all()
        return [*unseen, *(one.id for one in self._held)]

    def _tell_one(self, kill: RecordedKill, now: float) -> None:
        what, wall = what_of(kill.event), self._wall()
        self._repeats = {key: known for key, known in self._repeats.items() if now - known[0].last <= SPAN}
        # unrecorded kills have the id 0: their notifications are told apart by time
        before, key = self._repeats.get(what, (None, f"kill:{kill.id or now}"))
        repeats, tell = followed(before, now, wall if kill.event.time is None else kill.event.time)
        self._repeats[what] = repeats, key
        if not tell:
            return
        self._recent = [(at, other) for at, other in self._recent if now - at <= _SPAN]
        self._recent.append((now, kill))
        if len(self._recent) > _MANY:
            recent = [other for _at, other in self._recent[_MANY:]]
            self._show_many(_SHARED, words.several([other.event for other in recent]), recent)
            return
        first = repeats.count == 1
        title = words.summary(kill.event) if first else words.again(kill.event, repeats.count, repeats.since, wall, moments)
        self._show(key, title, words.body(kill.event), [kill])

    def _show_many(self, key: str, summary: str, kills: Sequence[RecordedKill]) -> None:
        self._show(key, summary, words.listed([one.event for one in kills]), kills)

    def _show(self, key: str, summary: str, body: str, kills: Sequence[RecordedKill]) -> None:
        actions = ("default", show()), *((("why", words.why()),) if kills[-1].id else ())
        told = Notification(key, summary, body, "normal", actions)
        self._meant = [*self._meant[-_REMEMBERED:], (told, kills)]
        self._notifier.show(told)

    def _acted(self, pressed: Notification, _action: str, token: str | None) -> None:
        number = next((kills[-1].id for told, kills in self._meant if told is pressed), 0)
        self.wanted.emit(number, token or "")
