"""Call xdg-desktop-portal as a program outside of a sandbox: app registration, and requests answered by a signal.

The interfaces are org.freedesktop.portal.Request, org.freedesktop.portal.Session and
org.freedesktop.host.portal.Registry.
"""

from __future__ import annotations

import os
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeGuard

from jeepney import DBusAddress

from oomtray import APP_ID
from oomtray.dbus.session import DISCONNECTED, Reply, SessionBus
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
REQUEST = "org.freedesktop.portal.Request"
SESSION = "org.freedesktop.portal.Session"
REGISTRY = "org.freedesktop.host.portal.Registry"
NOT_ALLOWED = "org.freedesktop.portal.Error.NotAllowed"

DONE, DECLINED, FAILED = 0, 1, 2
"""Codes of a Response: 1 if the user has refused, 2 for anything else."""

Options = dict[str, tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    results: Options = field(default_factory=dict)
    error: str | None = None
    """Name of the D-Bus error if the call itself failed."""


@dataclass(frozen=True, slots=True)
class Call:
    """A portal method whose last argument is `options`; `signature` covers all arguments."""

    interface: str
    method: str
    signature: str
    body: tuple[Any, ...] = ()
    options: Options = field(default_factory=dict)


class Request:
    """One request. `then` is called once with its Answer, which may take as long as a dialog is open."""

    def __init__(self, bus: SessionBus, call: Call, then: Callable[[Answer], None]) -> None:
        self.taken = False
        """The portal has answered the call; the Response may come much later."""
        self._bus = bus
        self._then = then
        token = f"oomtray_{os.urandom(8).hex()}"
        self._path = object_path(bus, "request", token)
        # before the call: the answer may arrive earlier than the call's own reply
        self._unlisten = bus.listen(NAME, self._path, REQUEST, "Response", "ua{sv}", handler=self._answered)
        body = (*call.body, call.options | {"handle_token": ("s", token)})
        target = DBusAddress(PATH, NAME, call.interface)
        bus.ask(target, call.method, call.signature, body, expect="o", then=self._called, start=False)

    @property
    def waits(self) -> bool:
        return self._then is not _nothing

    def close(self) -> None:
        """Cancel the request and close its dialog. `then` is not called any more."""
        if self.waits:
            self._end()
            self._bus.ask(DBusAddress(self._path, NAME, REQUEST), "Close", start=False)

    def drop(self) -> None:
        """Abandon the request because the portal is gone. `then` is not called any more."""
        self._end()

    def _called(self, reply: Reply) -> None:
        self.taken = reply.body is not None
        if not self.taken:
            self._finish(Answer(FAILED, error=reply.error))

    def _answered(self, code: int, results: Options) -> None:
        self._finish(Answer(code, results))

    def _finish(self, answer: Answer) -> None:
        then = self._then
        self._end()
        then(answer)

    def _end(self) -> None:
        self._then = _nothing
        self._unlisten()


def register(bus: SessionBus, then: Callable[[Reply], None], *, start: bool) -> None:
    """Register this connection's app ID; must come first, or the portal treats it as no app.

    A portal before version 1.19.4 replies with an error, as does one that is already registered or finds no
    desktop entry of that name. `start`: let the bus start a portal that isn't running.
    """
    bus.ask(DBusAddress(PATH, NAME, REGISTRY), "Register", "sa{sv}", (APP_ID, {}), then=then, start=start)


def ask_version(bus: SessionBus, interface: str, then: Callable[[int | None], None]) -> None:
    """Ask for the version of a portal interface; None if nobody offers it."""

    def told(reply: Reply) -> None:
        kind, value = ("", None) if reply.body is None else reply.body[0]
        then(value if kind == "u" else None)

    bus.ask_property(DBusAddress(PATH, NAME, interface), "version", told, start=False)


def object_path(bus: SessionBus, kind: str, token: str) -> str:
    """Return the path at which the portal places a request or session of ours."""
    sender = (bus.unique_name or DISCONNECTED).removeprefix(":").replace(".", "_")
    return f"{PATH}/{kind}/{sender}/{token}"


def is_session(path: object) -> TypeGuard[str]:
    """Whether it is a valid path for a portal's session: the bus disconnects a sender of an invalid path."""
    begins = f"{PATH}/session/"
    if not isinstance(path, str) or not path.startswith(begins):
        return False
    return all(part.isascii() and part.replace("_", "a").isalnum() for part in path.removeprefix(begins).split("/"))


def _nothing(_answer: Answer) -> None:
    pass
