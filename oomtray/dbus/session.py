"""The session bus as the tray uses it: signals, calls and one served object; it may disappear and return.

The event loop watches `fileno()` and calls `dispatch()` when it is readable; nothing else here waits, except
`call`, which has a timeout. A message that is malformed or doesn't match its interface is logged in one line
and dropped; an exception in a handler goes to `sys.excepthook`, and the next message is still handled.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from jeepney import (
    DBusAddress,
    Header,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
)

from oomtray.dbus.connection import Connection, error_of, reply_to, signature_of
from oomtray.dbus.match_rules import BUS, MatchRules, guarded
from oomtray.records import dataclass

log = logging.getLogger(__name__)

FIRST_RETRY, LAST_RETRY = 0.5, 60.0
ASK_TIMEOUT = 25.0
"""Seconds until an unanswered `ask` fails; same as libdbus."""
NO_REPLY = "org.freedesktop.DBus.Error.NoReply"
DISCONNECTED = "org.freedesktop.DBus.Error.Disconnected"
UNEXPECTED = "org.freedesktop.DBus.Error.InvalidSignature"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call. `body` is None for an error: the peer's own, or one of those above."""

    body: tuple[Any, ...] | None
    error: str | None = None


class Refusal(Exception):
    """Raised by a served object to reply with this D-Bus error."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


Served = Callable[[Message], tuple[str, tuple[Any, ...]]]
"""Answers a method call with (signature, body); raises Refusal."""


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    expect: str | None
    then: Callable[[Reply], None] | None
    deadline: float


class SessionBus:
    """A connection to the session bus. `address` None: a session without a bus, so that it never connects."""

    def __init__(
        self, address: str | None, *, timeout: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.on_connected: list[Callable[[], None]] = []
        self.on_lost: list[Callable[[], None]] = []
        """Called once per loss, before the old descriptor is closed, so that a notifier on it can be removed."""
        self._address = address
        self._timeout = timeout
        self._clock = clock
        self._connection: Connection | None = None
        self._retry = FIRST_RETRY
        self._match_rules = MatchRules(self)
        self._served: dict[str, Served] = {}
        self._asked: dict[int, _Asked] = {}
        self._inbox: deque[Message] = deque()
        self._delivering = False

    @property
    def connected(self) -> bool:
        return self._connection is not None

    @property
    def exists(self) -> bool:
        """False in a session without a bus: reconnecting is pointless."""
        return self._address is not None

    @property
    def unique_name(self) -> str | None:
        return None if self._connection is None else self._connection.unique_name

    @property
    def retry_in(self) -> float:
        """Seconds to wait before the next `reconnect`: doubles from 0.5 to 60."""
        return self._retry

    def fileno(self) -> int:
        """Return the descriptor, -1 while not connected."""
        return -1 if self._connection is None else self._connection.fileno()

    def connect(self) -> bool:
        if self._connection is not None or self._address is None:
            return self.connected
        try:
            self._connection = Connection(self._address, self._timeout, wants=_whatever_comes)
        except OSError as error:
            log.info("session bus: %s", error)
            return False
        self._retry = FIRST_RETRY
        self._match_rules.connected()
        for hook in self.on_connected:
            if self._connection is not None:  # it may already be lost again
                guarded(hook)
        self._drain()
        return self.connected

    def reconnect(self) -> bool:
        """Try once to connect; False lengthens `retry_in`. Names, match rules and served objects are restored too."""
        if self.connect():
            return True
        self._retry = min(self._retry * 2, LAST_RETRY)
        return False

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._asked.clear()

    def dispatch(self) -> None:
        """Handle the messages that have arrived, without waiting."""
        if self._connection is None:
            return
        try:
            self._inbox.extend(self._connection.receive())
        except OSError as error:
            self._lose(error)
            return
        self._drain()
        self._expire()

    def call(
        self,
        target: DBusAddress,
        method: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
        *,
        expect: str | None = None,
        timeout: float | None = None,
        start: bool = True,
    ) -> Reply:
        """Call a method and wait at most `timeout` seconds for the answer, handling other messages meanwhile.

        `start`: let the bus start a program that isn't running.
        """
        if self._connection is None:
            return Reply(None, DISCONNECTED)
        message = _method_call(target, method, signature, body, start=start)
        try:
            answer = self._connection.call(message, self._timeout if timeout is None else timeout)
        except TimeoutError:
            reply = Reply(None, NO_REPLY)
        except OSError as error:
            self._lose(error)
            return Reply(None, DISCONNECTED)
        else:
            reply = _reply(answer, method, expect)
        self._drain()
        return reply

    def ask(
        self,
        target: DBusAddress,
        method: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
        *,
        expect: str | None = None,
        then: Callable[[Reply], None] | None = None,
        start: bool = True,
    ) -> None:
        """Call a method and pass the answer to `then`: called once, also if the bus is lost or doesn't answer.

        A reply whose signature is not `expect` counts as an error. `start` is as for `call`.
        """
        self._expire()
        if self._connection is None:
            guarded(then, Reply(None, DISCONNECTED))
            return
        try:
            serial = self._connection.send(
                _method_call(target, method, signature, body, start=start), self._timeout
            )
        except OSError as error:
            self._lose(error)
            guarded(then, Reply(None, DISCONNECTED))
            return
        self._asked[serial] = _Asked(method, expect, then, self._clock() + ASK_TIMEOUT)

    def ask_property(self, target: DBusAddress, name: str, then: Callable[[Reply], None], *, start: bool = True) -> None:
        """Ask for a property of the target's interface; the reply has a variant."""
        properties = target.with_interface("org.freedesktop.DBus.Properties")
        self.ask(properties, "Get", "ss", (target.interface, name), expect="v", then=then, start=start)

    def listen(
        self,
        sender: str,
        path: str,
        interface: str,
        member: str,
        signature: str,
        *,
        handler: Callable[..., None],
    ) -> Callable[[], None]:
        """Call `handler` with the arguments of each matching signal, until the returned function is called.

        Only signals from the current owner of `sender` count: any peer may send us a signal of any interface.
        """
        rule = MatchRule(type="signal", sender=sender, path=path, interface=interface, member=member)
        if sender != BUS:
            self._match_rules.watch(sender, None)
        return self._match_rules.listen(rule, sender, signature, handler)

    def watch_name(self, name: str, changed: Callable[[str | None], None]) -> Callable[[], None]:
        """Track the owner of `name`; `changed` gets the owner's unique name or None.

        It is called when the owner is first known, then at each change; losing the bus means losing every
        owner. Return a function that stops it.
        """
        return self._match_rules.watch(name, changed)

    def serve(self, path: str, served: Served) -> None:
        self._served[path] = served

    # incoming

    def _drain(self) -> None:
        if self._delivering:
            return
        self._delivering = True
        try:
            while True:
                if self._connection is not None:
                    if self._connection.unreadable:
                        log.warning(
                            "session bus: %d unreadable messages dropped", self._connection.unreadable
                        )
                        self._connection.unreadable = 0
                    self._inbox.extend(self._connection.backlog)
                    self._connection.backlog.clear()
                if not self._inbox:
                    return
                self._deliver(self._inbox.popleft())
        finally:
            self._delivering = False

    def _deliver(self, message: Message) -> None:
        kind = message.header.message_type
        if kind is MessageType.signal:
            self._match_rules.deliver(message)
        elif kind is MessageType.method_call:
            self._answer(message)
        elif (serial := reply_to(message)) is not None and (
            asked := self._asked.pop(serial, None)
        ) is not None:
            guarded(asked.then, _reply(message, asked.method, asked.expect))

    def _answer(self, message: Message) -> None:
        fields = message.header.fields
        served = self._served.get(fields.get(HeaderFields.path), _no_such_object)
        try:
            signature, body = served(message)
            answer = new_method_return(message, signature or None, body)
        except Refusal as refusal:
            log.info("refused %s: %s", fields.get(HeaderFields.member), refusal)
            answer = new_error(message, refusal.name, "s", (str(refusal),))
        except Exception:
            sys.excepthook(*sys.exc_info())
            answer = new_error(message, "org.freedesktop.DBus.Error.Failed", "s", ("internal error",))
        if message.header.flags & MessageFlag.no_reply_expected or self._connection is None:
            return
        try:
            self._connection.send(answer, self._timeout)
        except OSError as error:
            self._lose(error)

    def _expire(self) -> None:
        now = self._clock()
        for serial in [serial for serial, asked in self._asked.items() if asked.deadline < now]:
            # re-entered by a handler that asks something
            if (asked := self._asked.pop(serial, None)) is not None:
                guarded(asked.then, Reply(None, NO_REPLY))

    def _lose(self, error: OSError) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        log.warning("session bus lost: %s", error)
        self._inbox.clear()
        for hook in self.on_lost:
            guarded(hook)
        connection.close()
        asked, self._asked = self._asked, {}
        for one in asked.values():
            guarded(one.then, Reply(None, DISCONNECTED))
        self._match_rules.lost()


def _whatever_comes(_header: Header) -> bool:
    """Signals find their listeners by their senders, and every call gets an answer."""
    return True


def _no_such_object(_message: Message) -> tuple[str, tuple[Any, ...]]:
    raise Refusal("org.freedesktop.DBus.Error.UnknownObject", "no such object")


def _method_call(
    target: DBusAddress, method: str, signature: str, body: tuple[Any, ...], *, start: bool
) -> Message:
    message = new_method_call(target, method, signature or None, body)
    message.header.flags = MessageFlag(0) if start else MessageFlag.no_auto_start
    return message


def _reply(message: Message, method: str, expect: str | None) -> Reply:
    if (error := error_of(message)) is not None:
        return Reply(None, error)
    if expect is not None and signature_of(message) != expect:
        sender = message.header.fields.get(HeaderFields.sender)
        log.warning("%s answered %s with %r instead of %r", sender, method, signature_of(message), expect)
        return Reply(None, UNEXPECTED)
    return Reply(tuple(message.body))
