"""A fake notification daemon on a private bus: any capabilities, any name, or silent."""

from __future__ import annotations

from oomtray.desktop.notifications import NAME, PATH
from tests.rigs.bus.peers import PrivateBus

FULL = ("actions", "body", "body-markup", "persistence")
"""Capabilities of the large desktops' daemons."""


class Daemon:
    """Numbers bubbles as a real daemon does, and keeps the open ones."""

    def __init__(self, bus: PrivateBus, *capabilities: str, name: str = "rig", silent: bool = False) -> None:
        self.peer = bus.peer(NAME)
        self.bubbles: dict[int, tuple[object, ...]] = {}
        self._last = 0
        if not silent:
            self.peer.answers = {
                "GetServerInformation": ("ssss", (name, "rig", "1", "1.2")),
                "GetCapabilities": ("as", (list(capabilities),)),
                "Notify": self._notify,
                "CloseNotification": self._close,
            }

    def _notify(self, _app: str, replaces: int, *rest: object) -> tuple[str, tuple[int]]:
        if replaces not in self.bubbles:
            self._last += 1
        number = replaces if replaces in self.bubbles else self._last
        self.bubbles[number] = rest
        return "u", (number,)

    def _close(self, number: int) -> tuple[str, tuple[()]]:
        self.close(number, 3)
        return "", ()

    def close(self, number: int, reason: int = 2) -> None:
        if self.bubbles.pop(number, None) is not None:
            self.peer.emit(PATH, NAME, "NotificationClosed", "uu", (number, reason))

    def click(self, number: int, action: str, token: str | None = None) -> None:
        if token is not None:
            self.peer.emit(PATH, NAME, "ActivationToken", "us", (number, token))
        self.peer.emit(PATH, NAME, "ActionInvoked", "us", (number, action))

    def summaries(self) -> list[object]:
        return [bubble[1] for bubble in self.bubbles.values()]
