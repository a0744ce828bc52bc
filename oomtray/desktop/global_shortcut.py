"""A keyboard shortcut that works whichever window has the focus, by org.freedesktop.portal.GlobalShortcuts.

The desktop decides: it asks its user, may give other keys than suggested, and may change them at any time.
Desktops differ in what they do with keys from an earlier session, and so does the order here:
- Older Plasma, with portals of version 1, restores them with the session. Binding them again would open a
  window for changing them, at every login. So they are listed first: listed ones are bound.
- All others want them bound in each session, and only ask the user about new ones. Those with version 1
  (GNOME 48, Hyprland) list nothing before.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from jeepney import DBusAddress

from oomtray.desktop import portal
from oomtray.desktop.portal import DECLINED, DONE, NAME, PATH, SESSION, Answer, Call, Options, Request
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.dbus.session import SessionBus

log = logging.getLogger(__name__)

INTERFACE = "org.freedesktop.portal.GlobalShortcuts"
SHORTCUT = "popup"
TRIGGER = "LOGO+ALT+m"
"""Suggested keys (Shortcuts Specification 0.1): apps leave the logo key to the desktop, and none binds M with Alt."""
SESSION_TOKEN = "oomtray"  # noqa: S105 - a name; constant, because Plasma identifies the keys of an app without an ID by it
_TARGET = DBusAddress(PATH, NAME, INTERFACE)
_LISTED = "a(sa{sv})"

State = Literal[
    "off",
    "asking",
    "bound",
    "without-keys",
    "declined",
    "not-offered",
    "unknown-app",
    "ended",
    "gone",
    "failed",
]
"""`gone`: the portal ended and may return; `ended`: it has ended our session."""


@dataclass(frozen=True, slots=True)
class ShortcutStatus:
    state: State = "off"
    keys: str = ""
    """In the desktop's own words, for display; only if `bound`."""
    configurable: bool = False
    """Whether the desktop has a window for changing the keys."""


class GlobalShortcut:
    """The global shortcut of the popup. `on_pressed` gets the activation token for a window, or None."""

    def __init__(
        self,
        bus: SessionBus,
        description: str,
        on_pressed: Callable[[str | None], None],
        on_changed: Callable[[], None],
    ) -> None:
        """`description`: what the shortcut does, for the desktop's dialog and settings."""
        self.status = ShortcutStatus()
        self._bus = bus
        self._description = description
        self._on_pressed = on_pressed
        self._on_changed = on_changed
        self._on = self._follows = self._starting = False
        self._may_start = True
        self._owner: str | None = None
        self._round = 0
        self._version = 0
        self._request: Request | None = None
        self._session: str | None = None
        self._unlisten: Callable[[], None] | None = None

    def switch_on(self, *, declined: bool = False) -> None:
        """Request the shortcut. `declined`: the user has refused before, so don't ask again."""
        if self._on:
            return
        self._on, self._may_start = True, True
        if declined:
            self._set("declined")
        elif not self._bus.exists:
            self._set("not-offered")
        else:
            self._set("asking")
            self._follow()

    def switch_off(self) -> None:
        """Release the keys, and close the desktop's dialog."""
        if not self._on:
            return
        self._on = False
        self._leave()
        self._set("off")

    def configure(self) -> None:
        """Have the desktop show its window for changing the keys."""
        if self._session is not None and self.status.configurable:
            body: tuple[object, ...] = (self._session, "", {})
            self._bus.ask(_TARGET, "ConfigureShortcuts", "osa{sv}", body, start=False)

    # the portal comes and goes

    def _follow(self) -> None:
        if self._follows:
            if self._bus.connected:
                self._begin_anew()
            return
        self._follows = True
        self._bus.listen(NAME, PATH, INTERFACE, "Activated", "osta{sv}", handler=self._activated)
        self._bus.listen(NAME, PATH, INTERFACE, "ShortcutsChanged", f"o{_LISTED}", handler=self._changed)
        self._bus.watch_name(NAME, self._owner_changed)

    def _owner_changed(self, owner: str | None) -> None:
        started = self._starting and self._owner is None
        self._owner = owner
        if not self._on or self.status.state == "declined" or (started and owner is not None):
            return  # a portal started by our call will answer
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._forget()
        if self._owner is not None:
            self._may_start = False  # the session may be ending; and a crashing portal must not be restarted forever
            self._begin(start=False)
        elif self._may_start and self._bus.connected:
            self._may_start = False
            self._begin(start=True)
        else:
            self._may_start = self._may_start or not self._bus.connected  # the next bus belongs to another session
            self._set("gone")

    def _forget(self) -> None:
        """Ignore answers to all earlier requests."""
        self._round += 1
        self._starting = False
        self._session = None
        if self._request is not None:
            self._request.drop()
            self._request = None
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None

    def _leave(self) -> None:
        """Close the request and the session at the portal."""
        if self._request is not None:
            self._request.close()
        if self._session is not None:
            self._bus.ask(DBusAddress(self._session, NAME, SESSION), "Close", start=False)
        self._forget()

    # steps, one after the other

    def _begin(self, *, start: bool) -> None:
        self._starting = start
        self._set("asking")
        now = self._round

        def registered(_reply: object) -> None:  # older portals work without an app ID as well
            if self._round == now:
                self._starting = False
                portal.ask_version(self._bus, INTERFACE, partial(self._told_version, now))

        portal.register(self._bus, registered, start=start)

    def _told_version(self, asked: int, version: int | None) -> None:
        if self._round != asked:
            return
        if version is None:
            self._set("not-offered")
            return
        self._version = version
        self._ask("CreateSession", "a{sv}", (), self._created)

    def _created(self, answer: Answer) -> None:
        if answer.code != DONE:
            self._fail(answer, "unknown-app" if answer.error == portal.NOT_ALLOWED else "failed")
            return
        _kind, path = answer.results.get(
            "session_handle", ("s", portal.object_path(self._bus, "session", SESSION_TOKEN))
        )
        if not portal.is_session(path):
            self._fail(answer, "failed")
            return
        self._session = path
        self._unlisten = self._bus.listen(
            NAME, self._session, SESSION, "Closed", "a{sv}", handler=self._closed
        )
        self._ask("ListShortcuts", "oa{sv}", (self._session,), self._listed)

    def _listed(self, answer: Answer) -> None:
        keys = _keys(answer)
        if keys is not None and self._version < 2:
            self._take(keys)
            return
        wanted = (SHORTCUT, {"description": ("s", self._description), "preferred_trigger": ("s", TRIGGER)})
        self._ask("BindShortcuts", f"o{_LISTED}sa{{sv}}", (self._session, [wanted], ""), self._bound)

    def _bound(self, answer: Answer) -> None:
        if answer.code == DECLINED:
            self._leave()
            self._set("declined")
        elif (keys := _keys(answer)) is None and answer.code != DONE:
            self._fail(answer, "failed")
        elif "shortcuts" in answer.results:  # also where GNOME 48 says that it failed: what it lists is bound
            self._take(keys)
        else:  # Plasma 6.4 only says that it's done
            self._ask("ListShortcuts", "oa{sv}", (self._session,), lambda listed: self._take(_keys(listed)))

    def _ask(
        self, method: str, signature: str, body: tuple[Any, ...], then: Callable[[Answer], None]
    ) -> None:
        self._request = None
        options: Options = {"session_handle_token": ("s", SESSION_TOKEN)} if method == "CreateSession" else {}
        request = Request(self._bus, Call(INTERFACE, method, signature, body, options), then)
        if request.waits and self._on:  # otherwise it was over at once, and `then` may have sent the next
            self._request = request

    def _fail(self, answer: Answer, state: State) -> None:
        log.info("no global shortcut: %s", answer.error or f"response {answer.code}")
        self._leave()
        self._set(state)

    def _take(self, keys: str | None) -> None:
        self._set("bound" if keys else "without-keys", keys or "")

    # signals from the desktop

    def _changed(self, session: str, shortcuts: list[tuple[str, dict[str, Any]]]) -> None:
        if session == self._session and self.status.state in ("bound", "without-keys"):
            self._take(_keys_of(shortcuts))

    def _activated(
        self, session: str, shortcut: str, _time: int, options: dict[str, tuple[str, Any]]
    ) -> None:
        if session != self._session or shortcut != SHORTCUT:
            return
        kind, token = options.get("activation_token", ("", None))
        self._on_pressed(token if kind == "s" and token else None)

    def _closed(self, _details: object) -> None:
        self._forget()
        self._set("ended")

    def _set(self, state: State, keys: str = "") -> None:
        configurable = state in ("bound", "without-keys") and self._version >= 2
        status = ShortcutStatus(state, keys, configurable)
        if status != self.status:
            self.status = status
            self._on_changed()


def _keys(answer: Answer) -> str | None:
    kind, shortcuts = answer.results.get("shortcuts", ("", []))
    return _keys_of(shortcuts) if kind == _LISTED else None


def _keys_of(shortcuts: list[tuple[str, dict[str, Any]]]) -> str | None:
    """Return the desktop's name for the keys; None if it doesn't list the shortcut, empty if it has no keys."""
    for shortcut, told in shortcuts:
        if shortcut == SHORTCUT:
            kind, keys = told.get("trigger_description", ("", ""))
            return _as_shown(keys) if kind == "s" else ""
    return None


def _as_shown(keys: str) -> str:
    """Return GNOME's `Press <Alt><Super>m` as its own settings show it, and other descriptions as they are."""
    if not keys.startswith("Press <"):
        return keys.strip()
    *held, key = keys.removeprefix("Press <").split(">")
    names = [one.lstrip("<").replace("Control", "Ctrl") for one in held]
    return "+".join((*names, key[:1].upper() + key[1:].replace("_", " ")))
