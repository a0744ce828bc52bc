"""Notifications, once per episode, of cgroups close to a memory limit of their own or held back by it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.desktop.notifications import Notification, Notifier
from oomtray.messages import limits as words
from oomtray.messages.notifications import show, snooze
from oomtray.risk.levels import Announced, announce
from oomtray.risk.outlook import Level, LevelName
from oomtray.ui.app.do_not_disturb import never

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.config import Notifications
    from oomtray.dbus.session import SessionBus
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.limited_group import LimitedGroup

_LEVELS: tuple[LevelName, ...] = ("warning", "critical")
_HELD_SECONDS = 10.0
"""A limit that holds a group back for less is not notified."""
_FORGOTTEN = 3 * 3600.0
_NORMAL = Level()


class LimitNotifications(QObject):
    """Notifies of limits; `show_wanted` carries an activation token for a window, or ""."""

    show_wanted = Signal(str)

    def __init__(
        self,
        bus: SessionBus,
        settings: Notifications,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        notifier: Callable[..., Notifier] = Notifier,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self._clock = clock
        self._announced: dict[str, tuple[Announced, float]] = {}
        """What was notified, and when the group's level was last raised, by path."""
        self._snoozed_until = -math.inf
        self.quiet: Callable[[], bool] = never
        """Returns whether the user must not be disturbed now."""
        self._notifier = notifier(bus, self._acted)

    def consider(self, assessment: Assessment) -> None:
        now = assessment.snapshot.at
        groups = {group.path: group for group in assessment.limits}
        muted = [level for level in _LEVELS if not self._wanted(level)]
        for path in {*groups, *self._announced}:
            self._consider(path, groups.get(path), now, muted)

    def withdraw(self) -> None:
        self._notifier.withdraw_all()

    def _consider(self, path: str, group: LimitedGroup | None, now: float, muted: list[LevelName]) -> None:
        level = _NORMAL if group is None else _level(group, now)
        before, raised = self._announced.get(path, (Announced(), now))
        if level.name != "normal":
            raised = now
        elif now - raised >= _FORGOTTEN:
            self._announced.pop(path, None)
            return
        announced, tell, withdraw = announce(before, level, now, muted)
        self._announced[path] = announced, raised
        if tell is not None and group is not None:
            # the machine is in no danger, so none of them is persistent
            actions = ("default", show()), ("snooze", snooze(self.settings.snooze_minutes))
            self._notifier.show(Notification(_key(path), words.summary(group), words.body(group, now), "normal", actions))
        elif withdraw:
            self._notifier.withdraw(_key(path))

    def _wanted(self, level: LevelName) -> bool:
        on = self.settings.limits and (self.settings.critical if level == "critical" else self.settings.warning)
        return on and not self.quiet() and self._clock() >= self._snoozed_until

    def _acted(self, _pressed: Notification, action: str, token: str | None) -> None:
        if action == "default":
            self.show_wanted.emit(token or "")
        elif action == "snooze":
            self._snoozed_until = self._clock() + 60 * self.settings.snooze_minutes


def _level(group: LimitedGroup, now: float) -> Level:
    """Return the group's level, or a warning if it has been held back for a while."""
    if group.level.name == "normal" and group.held_since is not None and now - group.held_since >= _HELD_SECONDS:
        return Level("warning", group.held_since)
    return group.level


def _key(path: str) -> str:
    return f"limit:{path}"
