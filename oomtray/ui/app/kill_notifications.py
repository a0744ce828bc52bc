"""Tells by a notification what was killed for want of memory: each event once, and of many at a time how many."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.desktop.notifications import Notification, Notifier
from oomtray.messages import kill_notifications as words
from oomtray.messages.notifications import show

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.config import Notifications
    from oomtray.dbus.session import SessionBus
    from oomtray.history.kills import RecordedKill

_MANY, _SPAN = 3, 60.0
"""So many events in so many seconds have a bubble each; the next ones share one."""
_SHARED, _MISSED = "kills", "missed-kills"
_REMEMBERED = 20
"""Bubbles whose buttons may still be pressed."""


class KillNotifications(QObject):
    """`wanted` carries the number of a recorded kill, and the token with which a window may take the focus, or nothing."""

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
        self._meant: list[tuple[Notification, int]] = []
        """Each bubble with the number of the kill that it is about."""
        self._notifier = notifier(bus, self._acted)

    def tell(self, kills: Sequence[RecordedKill]) -> None:
        if not self.settings.kills:
            return
        missed = [one for one in kills if one.missed]
        if missed:
            self._show_many(_MISSED, words.missed([one.event for one in missed], self._wall()), missed)
        now = self._clock()
        for one in (one for one in kills if not one.missed):
            self._recent = [(at, other) for at, other in self._recent if now - at <= _SPAN]
            self._recent.append((now, one))
            if len(self._recent) <= _MANY:
                # a number of 0 is not in the record: the moment tells such bubbles apart
                self._show(f"kill:{one.id or now}", words.summary(one.event), words.body(one.event), one)
            else:
                recent = [other for _at, other in self._recent[_MANY:]]
                self._show_many(_SHARED, words.several([other.event for other in recent]), recent)

    def withdraw(self) -> None:
        self._notifier.withdraw_all()

    def _show_many(self, key: str, summary: str, kills: Sequence[RecordedKill]) -> None:
        self._show(key, summary, words.listed([one.event for one in kills]), kills[-1])

    def _show(self, key: str, summary: str, body: str, kill: RecordedKill) -> None:
        actions = ("default", show()), *((("why", words.why()),) if kill.id else ())
        told = Notification(key, summary, body, "normal", actions)
        self._meant = [*self._meant[-_REMEMBERED:], (told, kill.id)]
        self._notifier.show(told)

    def _acted(self, pressed: Notification, _action: str, token: str | None) -> None:
        number = next((number for told, number in self._meant if told is pressed), 0)
        self.wanted.emit(number, token or "")
