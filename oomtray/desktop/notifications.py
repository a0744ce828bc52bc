"""Notifications by the Desktop Notifications Specification 1.2, over the session bus, never blocking.

Each alert key has one bubble: a newer alert replaces it, `withdraw` removes it. Only the daemon that showed a
bubble can report a click on it.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from jeepney import DBusAddress

import oomtray
from oomtray import APP_ID
from oomtray.records import dataclass
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.dbus.session import Reply, SessionBus

log = logging.getLogger(__name__)

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
DAEMON = DBusAddress(PATH, NAME, NAME)

MOST_BUTTONS = 3
"""GNOME Shell draws at most this many."""
Urgency = Literal["low", "normal", "critical"]
_URGENCY = {"low": 0, "normal": 1, "critical": 2}


@cache
def app_icon() -> str:
    """Return the URI of the icon's file: when run from a checkout or a wheel, no icon theme has its name."""
    path = os.path.join(os.path.dirname(oomtray.__file__), "resources/icons/hicolor/scalable/apps", f"{APP_ID}.svg")
    return f"file://{quote(os.path.realpath(path))}" if os.path.exists(path) else APP_ID


@dataclass(frozen=True, slots=True)
class Notification:
    """An alert. `summary` and `body` are plain text; escaping for the daemon is done here.

    Actions are (id, label), most useful first, at most three beside `default`, which is a click on the bubble
    itself. Critical ones don't expire, of others the daemon decides.
    """

    key: str
    summary: str
    body: str = ""
    urgency: Urgency = "normal"
    actions: tuple[tuple[str, str], ...] = ()
    silent: bool = False
    """Whether to make no sound, for an alert that only replaces another."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """Where a daemon differs from the specification or from its own capabilities."""

    closes_on_action: bool = True
    """Whether it closes the bubble once one of its actions was chosen, and reports NotificationClosed."""
    shows_buttons: bool = True
    """Whether it draws the actions as buttons; otherwise only `default` is available, by some kind of click."""
    default_is_button: bool = False
    """Whether it also draws `default` as a button, which is left out if another has the same label."""
    keeps_buttons: bool = False
    """Whether a bubble keeps its buttons when an alert replaces it: one with others gets a new bubble."""
    most_buttons: int = MOST_BUTTONS
    """How many have room for their labels."""


QUIRKS = {
    "lxqt-notificationd": Quirks(closes_on_action=False, default_is_button=True, keeps_buttons=True, most_buttons=2),
    "xfce notify daemon": Quirks(default_is_button=True),
    "dunst": Quirks(shows_buttons=False),
    "fnott": Quirks(shows_buttons=False),
    "mako": Quirks(shows_buttons=False),
}
"""By the name that GetServerInformation returns, in lower case."""


@dataclass(slots=True)
class _Bubble:
    id: int = 0
    """The daemon's ID; 0 until it has answered."""
    shown: Notification | None = None
    """What the daemon has confirmed to show: a click refers to this one, not to a replacement that is being sent."""
    asked: bool = False
    """Whether Notify awaits its answer, so that the bubble can't be replaced or closed yet."""
    wanted: bool = True
    """False: close it as soon as its ID is known."""


class Notifier:
    """Show alerts and report clicks. `on_action` gets the clicked alert, the action's ID and the activation token.

    `on_closed` gets the key of an alert that the user or the daemon closed, `on_shown` the alert that the
    daemon has accepted.
    """

    def __init__(
        self,
        bus: SessionBus,
        on_action: Callable[[Notification, str, str | None], None],
        on_closed: Callable[[str], None] | None = None,
        on_shown: Callable[[Notification], None] | None = None,
    ) -> None:
        self.capabilities: frozenset[str] | None = None
        """None until the daemon has answered."""
        self.server: str | None = None
        self.quirks = Quirks()
        self._bus = bus
        self._on_action = on_action
        self._on_closed = on_closed
        self._on_shown = on_shown
        self._owner: str | None = None
        self._generation = 0
        self._probing = False
        self._waiting: dict[str, Notification] = {}
        self._bubbles: dict[str, _Bubble] = {}
        self._tokens: dict[int, str] = {}
        bus.on_connected.append(self._connected)
        bus.watch_name(NAME, self._owner_changed)
        bus.listen(NAME, PATH, NAME, "NotificationClosed", "uu", handler=self._closed)
        bus.listen(NAME, PATH, NAME, "ActionInvoked", "us", handler=self._acted)
        bus.listen(NAME, PATH, NAME, "ActivationToken", "us", handler=self._token)

    @property
    def shows_buttons(self) -> bool:
        """Whether the current daemon draws the actions as buttons."""
        return "actions" in (self.capabilities or ()) and self.quirks.shows_buttons

    @property
    def busy(self) -> bool:
        """Whether an alert is waiting or being sent."""
        return bool(self._waiting) or any(bubble.asked for bubble in self._bubbles.values())

    @property
    def waiting(self) -> frozenset[str]:
        """The keys of alerts that no daemon has got yet."""
        return frozenset(self._waiting)

    @property
    def open(self) -> frozenset[str]:
        """The keys of alerts that weren't closed, those that wait included."""
        return frozenset({*self._waiting, *self._bubbles})

    def probe(self, *, start: bool = True) -> None:
        """Ask the daemon for its capabilities. `start`: let the bus start a daemon that is started on demand."""
        if self._probing or not self._bus.connected:
            return
        self._probing = True
        asked = self._generation

        def of_this_daemon(take: Callable[[Reply], None]) -> Callable[[Reply], None]:
            return lambda reply: take(reply) if self._generation == asked else None

        self._bus.ask(
            DAEMON, "GetServerInformation", expect="ssss", then=of_this_daemon(self._told_name), start=start
        )
        self._bus.ask(
            DAEMON, "GetCapabilities", expect="as", then=of_this_daemon(self._told_capabilities), start=start
        )

    def show(self, alert: Notification) -> None:
        """Show an alert, replacing the bubble with the same key. Without a daemon it waits for one."""
        self._waiting[alert.key] = alert
        if self.capabilities is None:
            self.probe()
        else:
            self._send(alert.key)

    def withdraw(self, key: str) -> None:
        self._waiting.pop(key, None)
        bubble = self._bubbles.get(key)
        if bubble is None:
            return
        bubble.wanted = False
        if not bubble.asked:
            self._bubbles.pop(key)
            self._bus.ask(DAEMON, "CloseNotification", "u", (bubble.id,))

    def withdraw_all(self) -> None:
        for key in self.open:
            self.withdraw(key)

    # answers from the daemon

    def _told_name(self, reply: Reply) -> None:
        self.server = reply.body[0] if reply.body else None
        self.quirks = QUIRKS.get((self.server or "").lower(), Quirks())

    def _told_capabilities(self, reply: Reply) -> None:
        self._probing = False
        if reply.body is None:
            log.info("no notifications: %s", reply.error)
            return
        self.capabilities = frozenset(reply.body[0])
        for key in tuple(self._waiting):
            self._send(key)

    def _send(self, key: str) -> None:
        bubble = self._bubbles.get(key)
        if bubble is not None and bubble.asked:
            return  # the newest is sent once the answer has the ID to replace
        alert = self._waiting.pop(key)
        if bubble is None:
            bubble = self._bubbles[key] = _Bubble()
        elif self.quirks.keeps_buttons and bubble.shown is not None and bubble.shown.actions != alert.actions:
            self._bus.ask(DAEMON, "CloseNotification", "u", (bubble.id,))
            bubble.id, bubble.shown = 0, None
        bubble.asked, bubble.wanted = True, True

        def shown(reply: Reply) -> None:
            self._shown(alert, bubble, reply)

        self._bus.ask(
            DAEMON, "Notify", "susssasa{sv}i", arguments(alert, bubble.id, self.capabilities or frozenset(), self.quirks),
            expect="u", then=shown,
        )  # fmt: skip

    def _shown(self, alert: Notification, bubble: _Bubble, reply: Reply) -> None:
        key = alert.key
        bubble.asked = False
        if reply.body is None:
            log.warning("notification not shown: %s", reply.error)
            del self._bubbles[key]
        else:
            bubble.id, bubble.shown = reply.body[0], alert
            if self._on_shown is not None and bubble.wanted:
                self._on_shown(alert)
        if key in self._waiting:
            if self.capabilities is not None:
                self._send(key)
        elif not bubble.wanted:
            self.withdraw(key)

    # signals from the bus and the daemon

    def _connected(self) -> None:
        if self._waiting:
            self.probe()

    def _owner_changed(self, owner: str | None) -> None:
        before, self._owner = self._owner, owner
        if before is None and self._probing:
            return  # it was started by our call, and will answer
        # another daemon, or the same one restarted: it doesn't know the old one's IDs
        self._generation += 1
        # calls under way may already have gone to the new one: an answer or error arrives in any case
        self._bubbles = {key: bubble for key, bubble in self._bubbles.items() if bubble.asked}
        for bubble in self._bubbles.values():
            bubble.id, bubble.shown = 0, None
        self._tokens.clear()
        self.capabilities = None
        self.server = None
        self._probing = False
        if owner is not None:
            # one that crashes at once must not be restarted again and again by being asked
            self.probe(start=False)

    def _key_of(self, number: int) -> str | None:
        return next((key for key, bubble in self._bubbles.items() if bubble.id == number), None)

    def _closed(self, number: int, _reason: int) -> None:
        key = self._key_of(number)
        self._tokens.pop(number, None)
        if key is None:
            return
        bubble = self._bubbles[key]
        if bubble.asked:
            bubble.id, bubble.shown = 0, None  # its replacement is being sent
            return
        del self._bubbles[key]
        if self._on_closed is not None:
            self._on_closed(key)

    def _token(self, number: int, token: str) -> None:
        if self._key_of(number) is not None:
            self._tokens[number] = token

    def _acted(self, number: int, action: str) -> None:
        key = self._key_of(number)
        alert = None if key is None else self._bubbles[key].shown
        if alert is None:
            return
        token = self._tokens.pop(number, None)
        if not self.quirks.closes_on_action:
            self.withdraw(alert.key)
        if any(action == name for name, _label in alert.actions):
            self._on_action(alert, action, token)
        else:
            log.warning("%s invoked %r, which was not offered", self.server, action)


_NO_QUIRKS = Quirks()


def arguments(
    alert: Notification, replaces: int, capabilities: frozenset[str], quirks: Quirks = _NO_QUIRKS
) -> tuple[object, ...]:
    """Build the arguments of Notify (susssasa{sv}i), limited to what this daemon can do."""
    summary, body = _harmless(alert.summary), _harmless(alert.body)
    if "body-markup" in capabilities:
        from html import escape  # imported here: its table of all entities takes 0.4 MB

        body = escape(body, quote=False)
    actions: list[str] = []
    if "actions" in capabilities:
        for name, label in _offered(alert.actions, quirks):
            actions += [name, _harmless(label)]
    hints: dict[str, tuple[str, object]] = {
        "desktop-entry": ("s", APP_ID),
        "urgency": ("y", _URGENCY[alert.urgency]),
    }
    if alert.silent:
        hints["suppress-sound"] = ("b", True)
    # those of MATE and LXQt otherwise take critical ones away like others
    expires_ms = 0 if alert.urgency == "critical" else -1
    return "OOM Tray", replaces, app_icon(), summary, body, actions, hints, expires_ms


def _offered(actions: tuple[tuple[str, str], ...], quirks: Quirks) -> list[tuple[str, str]]:
    """Return the buttons that fit, most useful first, and then a click on the bubble: Budgie (10.9) skips what comes after that."""
    click = [action for action in actions if action[0] == "default"]
    buttons = [action for action in actions if action[0] != "default"][: quirks.most_buttons]
    if not quirks.default_is_button:
        return buttons + click
    if click and click[0][1] in (label for _name, label in buttons):
        click = []
    return (buttons + click)[: quirks.most_buttons]


def _harmless(text: str) -> str:
    """Escape deceptive characters, and NULs and lone surrogates, which the bus rejects; line breaks stay."""
    return "\n".join(printable(line) for line in text.split("\n"))
