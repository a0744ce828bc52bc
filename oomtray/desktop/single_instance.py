"""One tray per session: who owns the bus name is it, and a second start asks the first to show itself.

What arrives here shows something and never changes anything: with an authorisation that is kept for a while,
whatever could be triggered over D-Bus would be open to every program of the user's.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from jeepney import DBusAddress, DBusNameFlags, HeaderFields, Message, MessageFlag, message_bus

from oomtray import APP_ID
from oomtray.dbus.connection import signature_of
from oomtray.dbus.session import Refusal, Reply, SessionBus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

OBJECT_PATH = "/" + APP_ID.replace(".", "/")
APPLICATION = "org.freedesktop.Application"
ACTIVATE_TIMEOUT = 5.0
"""Seconds; the running one may be on a machine that swaps."""

_OWNER, _ALREADY_OWNER = 1, 4  # RequestName's answers
_METHODS = {"Activate": "a{sv}", "Open": "asa{sv}", "ActivateAction": "sava{sv}"}
_INTROSPECTION = (
    f'<node><interface name="{APPLICATION}">'
    '<method name="Activate"><arg type="a{sv}" direction="in"/></method>'
    '<method name="Open"><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/></method>'
    '<method name="ActivateAction"><arg type="s" direction="in"/><arg type="av" direction="in"/>'
    '<arg type="a{sv}" direction="in"/></method></interface></node>'
)


class SingleInstance:
    """`on_activate` shows the popup; it gets the activation token that was handed over, or None."""

    def __init__(self, bus: SessionBus, on_activate: Callable[[str | None], None]) -> None:
        self._bus = bus
        self._on_activate = on_activate
        self.owner = False
        self._claimed = False
        bus.serve(OBJECT_PATH, self._serve)
        bus.on_connected.append(self._claim_again)
        bus.on_lost.append(self._lost)

    def claim(self) -> bool:
        """True for the only tray of this session, and where no bus can tell; False where another one runs.

        The name is taken again whenever the bus comes back.
        """
        reply = self._bus.call(
            message_bus, "RequestName", "su", (APP_ID, DBusNameFlags.do_not_queue), expect="u"
        )
        if reply.body is None:
            log.info("no single-instance check: %s", reply.error)
        elif reply.body[0] not in (_OWNER, _ALREADY_OWNER):
            return False
        self.owner = reply.body is not None
        self._claimed = True
        return True

    def _claim_again(self) -> None:
        if not self._claimed:
            return

        def answered(reply: Reply) -> None:
            self.owner = reply.body is not None and reply.body[0] in (_OWNER, _ALREADY_OWNER)
            if not self.owner:
                log.warning("the name %s belongs to another program now", APP_ID)

        self._bus.ask(
            message_bus, "RequestName", "su", (APP_ID, DBusNameFlags.do_not_queue), expect="u", then=answered
        )

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


def activate_running(bus: SessionBus, environ: Mapping[str, str] = os.environ) -> bool:
    """Ask the running tray to show itself, with this start's right to the focus. False: it doesn't answer."""
    platform = {
        key: ("s", environ[variable])
        for key, variable in (
            ("activation-token", "XDG_ACTIVATION_TOKEN"),
            ("desktop-startup-id", "DESKTOP_STARTUP_ID"),
        )
        if (environ.get(variable) or "\0").isprintable()
    }
    target = DBusAddress(OBJECT_PATH, APP_ID, APPLICATION)
    reply = bus.call(
        target, "Activate", "a{sv}", (platform,), timeout=ACTIVATE_TIMEOUT, flags=MessageFlag.no_auto_start
    )
    return reply.body is not None


def _token(platform_data: dict[str, tuple[str, Any]]) -> str | None:
    for key in ("activation-token", "desktop-startup-id"):
        signature, value = platform_data.get(key, ("", None))
        if signature == "s" and value:
            return str(value)
    return None
