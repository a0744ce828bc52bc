"""One tray per session: the owner of the bus name is it, and a second start asks the first to show itself.

Calls that arrive here only show something and never change anything: because an authorization is kept for a
while, any action available over D-Bus would be open to every program of the user.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from jeepney import DBusAddress, DBusNameFlags, HeaderFields, Message, message_bus

from oomtray import APP_ID
from oomtray.dbus.connection import signature_of
from oomtray.dbus.session import NO_REPLY, Refusal, Reply, SessionBus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

OBJECT_PATH = "/" + APP_ID.replace(".", "/")
APPLICATION = "org.freedesktop.Application"
ACTIVATE_TIMEOUT = 5.0
"""Seconds; the running tray may be on a machine that is swapping."""

_OWNER, _ALREADY_OWNER = 1, 4  # RequestName's answers
_REQUEST = (APP_ID, DBusNameFlags.do_not_queue)
_TARGET = DBusAddress(OBJECT_PATH, APP_ID, APPLICATION)
_METHODS = {"Activate": "a{sv}", "Open": "asa{sv}", "ActivateAction": "sava{sv}"}
_INTROSPECTION = (
    f'<node><interface name="{APPLICATION}">'
    '<method name="Activate"><arg type="a{sv}" direction="in"/></method>'
    '<method name="Open"><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/></method>'
    '<method name="ActivateAction"><arg type="s" direction="in"/><arg type="av" direction="in"/>'
    '<arg type="a{sv}" direction="in"/></method></interface></node>'
)


class SingleInstance:
    """Owns the bus name for as long as there is a bus, and serves org.freedesktop.Application under it."""

    def __init__(
        self,
        bus: SessionBus,
        on_activate: Callable[[str | None], None],
        on_taken: Callable[[], None] | None = None,
    ) -> None:
        """`on_activate` shows the popup; it gets the activation token that was passed, or None.

        `on_taken` is called if a bus that answered late, or came back, says that another tray has the name:
        there may be only one icon, so this one hands over and ends.
        """
        self._bus = bus
        self._on_activate = on_activate
        self._on_taken = on_taken
        self.owner = False
        self._claimed = False
        bus.serve(OBJECT_PATH, self._serve)
        bus.on_connected.append(self._claim_again)
        bus.on_lost.append(self._lost)

    def claim(self) -> bool:
        """Claim the name; False if another tray runs, True if this is the only one, or the bus hasn't answered yet.

        The name is requested again until the bus has answered, and whenever it comes back.
        """
        reply = self._bus.call(message_bus, "RequestName", "su", _REQUEST, expect="u")
        self._claimed = reply.body is None or _granted(reply)
        self.owner = _granted(reply)
        if reply.body is None:
            log.info("no single-instance check yet: %s", reply.error)
            if self._bus.connected:  # it may already have granted the name, in an answer that came too late
                self._ask()
        return self._claimed

    def _claim_again(self) -> None:
        if self._claimed:
            self._ask()

    def _ask(self) -> None:
        self._bus.ask(message_bus, "RequestName", "su", _REQUEST, expect="u", then=self._answered)

    def _answered(self, reply: Reply) -> None:
        self.owner = _granted(reply)
        if reply.error == NO_REPLY and self._bus.connected:
            self._ask()
        elif reply.body is not None and not self.owner:
            log.info("another program has the name %s", APP_ID)
            self._claimed = False
            if self._on_taken is not None:
                self._on_taken()

    def _lost(self) -> None:
        self.owner = False

    def _serve(self, message: Message) -> tuple[str, tuple[Any, ...]]:
        fields = message.header.fields
        interface, member = fields.get(HeaderFields.interface), fields.get(HeaderFields.member)
        if interface in (None, APPLICATION) and member in _METHODS:
            if signature_of(message) != _METHODS[member]:
                raise Refusal("org.freedesktop.DBus.Error.InvalidArgs", f"{member} takes {_METHODS[member]}")
            self._on_activate(_token(message.body[-1]))
            return "", ()
        if (interface, member) == ("org.freedesktop.DBus.Introspectable", "Introspect"):
            return "s", (_INTROSPECTION,)
        if (interface, member) == ("org.freedesktop.DBus.Peer", "Ping"):
            return "", ()
        raise Refusal("org.freedesktop.DBus.Error.UnknownMethod", f"no method {interface or ''} {member}")


def _granted(reply: Reply) -> bool:
    return reply.body is not None and reply.body[0] in (_OWNER, _ALREADY_OWNER)


def activate_running(bus: SessionBus, environ: Mapping[str, str] = os.environ) -> bool:
    """Ask the running tray to show itself, passing on this start's right to the focus. False: no answer."""
    reply = bus.call(
        _TARGET,
        "Activate",
        "a{sv}",
        (_platform_data(environ),),
        timeout=ACTIVATE_TIMEOUT,
        start=False,
    )
    return reply.body is not None


def hand_over(bus: SessionBus, environ: Mapping[str, str] = os.environ) -> None:
    """Ask the same without waiting for an answer, from a tray that is ending."""
    bus.ask(_TARGET, "Activate", "a{sv}", (_platform_data(environ),), start=False)


def owner_pid(bus: SessionBus) -> int | None:
    """Return the process that owns the name; None if the bus doesn't answer."""
    reply = bus.call(message_bus, "GetConnectionUnixProcessID", "s", (APP_ID,), expect="u")
    return None if reply.body is None else int(reply.body[0])


def _platform_data(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        key: ("s", environ[variable])
        for key, variable in (
            ("activation-token", "XDG_ACTIVATION_TOKEN"),
            ("desktop-startup-id", "DESKTOP_STARTUP_ID"),
        )
        if (environ.get(variable) or "\0").isprintable()
    }


def _token(platform_data: dict[str, tuple[str, Any]]) -> str | None:
    for key in ("activation-token", "desktop-startup-id"):
        signature, value = platform_data.get(key, ("", None))
        if signature == "s" and value:
            return str(value)
    return None
