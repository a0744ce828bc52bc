"""Other programs on a private bus, by jeepney's own blocking connection: each answers as the test specifies."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    message_bus,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from oomtray.dbus.session import SessionBus
from tests.rigs.processes.programs import DEADLINE, Program, RigTimeout, listens, wait_for

Answer = tuple[str, tuple[Any, ...]] | str | None
"""(signature, body), the name of a D-Bus error, or None for no answer at all."""


class PrivateBus:
    def __init__(self, path: Path, daemon: Program) -> None:
        self.address = f"unix:path={path}"
        self._socket = path
        self._daemon = daemon
        self._open: list[Peer | SessionBus] = []

    def start(self) -> None:
        self._daemon.start()
        wait_for(lambda: listens(self._socket), "the bus to listen")

    def stop(self) -> None:
        """Kill the bus, which leaves all names as they are."""
        self._daemon.stop()
        self._socket.unlink(missing_ok=True)

    def pause(self) -> None:
        """Stop answering until `resume`."""
        self._daemon.send(signal.SIGSTOP)

    def resume(self) -> None:
        self._daemon.send(signal.SIGCONT)

    def peer(self, *names: str, files: bool = False) -> Peer:
        """Create a peer with these names; with `files` its answers may pass files."""
        peer = Peer(self.address, *names, files=files)
        self._open.append(peer)
        return peer

    def session_bus(self, **options: Any) -> SessionBus:
        """Create a connected session bus of ours, which waits as long for an answer as a busy machine needs."""
        bus = SessionBus(self.address, **({"timeout": DEADLINE} | options))
        self._open.append(bus)
        if not bus.connect():
            raise RigTimeout("the private bus does not answer")
        return bus

    def close(self) -> None:
        for one in self._open:
            one.close()
        self._daemon.stop()


class Peer:
    """A program on the bus. `answers` maps method names to an Answer, or to a function that returns one."""

    def __init__(self, address: str, *names: str, files: bool = False) -> None:
        self.connection: DBusConnection = open_dbus_connection(bus=address, enable_fds=files)
        self.answers: dict[str, Answer | Callable[..., Answer]] = {}
        self.adds_error = False
        """Whether an error follows each answer, as with mako 1.10."""
        self.calls: list[Message] = []
        self.replies: list[Message] = []
        self._echo: int | None = None
        for name in names:
            self.connection.send_and_get_reply(message_bus.RequestName(name), timeout=DEADLINE)

    @property
    def unique_name(self) -> str:
        return str(self.connection.unique_name)

    def fileno(self) -> int:
        return self.connection.sock.fileno()

    def close(self) -> None:
        self.connection.close()

    def called(self, member: str) -> list[tuple[Any, ...]]:
        """Return the arguments of each call of this method so far."""
        return [call.body for call in self.calls if call.header.fields[HeaderFields.member] == member]

    def dispatch(self) -> None:
        while True:
            try:
                message = self.connection.receive(timeout=0)
            except TimeoutError:
                return
            if message.header.message_type is MessageType.method_call:
                self._answer(message)
            elif message.header.message_type in {MessageType.method_return, MessageType.error}:
                if message.header.fields[HeaderFields.reply_serial] == self._echo:
                    self._echo = None
                else:
                    self.replies.append(message)

    def echo(self) -> None:
        """Wait until the bus has taken all that was sent, and handle what it had for us."""
        self._echo = next(self.connection.outgoing_serial)
        self.connection.send(message_bus.GetId(), serial=self._echo)
        pump(lambda: self._echo is None, "an echo from the bus", self)

    def _answer(self, call: Message) -> None:
        self.calls.append(call)
        answer = self.answers.get(call.header.fields[HeaderFields.member])
        if callable(answer):
            answer = answer(*call.body)
        if answer is None or call.header.flags & MessageFlag.no_reply_expected:
            return
        if isinstance(answer, str):
            self.connection.send(new_error(call, answer))
        else:
            signature, body = answer
            self.connection.send(new_method_return(call, signature or None, body))
            if self.adds_error:
                self.connection.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))

    def send_call(
        self,
        destination: str,
        path: str,
        interface: str | None,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
    ) -> None:
        target = DBusAddress(path, destination, interface)
        self.connection.send(new_method_call(target, member, signature or None, body))

    def emit(
        self,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
        to: str | None = None,
    ) -> None:
        """Send a signal; with `to` only to that peer, which gets it without a match rule."""
        message = new_signal(DBusAddress(path, interface=interface), member, signature or None, body)
        if to is not None:
            message.header.fields[HeaderFields.destination] = to
        self.connection.send(message)


def pump(until: Callable[[], Any], what: str, *parties: SessionBus | Peer) -> None:
    """Let all parties read their messages until the condition holds."""
    end = time.monotonic() + DEADLINE
    while not until():
        open_ones = [party for party in parties if party.fileno() >= 0]
        ready, _, _ = select.select(open_ones, [], [], 0.2)
        for party in ready:
            party.dispatch()
        if time.monotonic() > end:
            raise RigTimeout(f"waited {DEADLINE:g} s in vain for {what}")


def settle(bus: SessionBus, *others: Peer) -> None:
    """Wait until everything sent earlier was handled, and what was answered too.

    The bus keeps the order of one sender's messages, not that of two: each side needs an echo of its own.
    """
    _echo(bus)
    for other in others:
        other.echo()
    _echo(bus)


def _echo(bus: SessionBus) -> None:
    came: list[object] = []
    bus.ask(message_bus, "GetId", then=came.append)
    pump(lambda: came, "an echo from the bus", bus)


@contextmanager
def serving(peer: Peer) -> Iterator[None]:
    """Let the peer answer in a thread, for code that blocks on its answer."""
    stop_read, stop_write = os.pipe()

    def serve() -> None:
        while True:
            ready, _, _ = select.select([peer, stop_read], [], [])
            if stop_read in ready:
                return
            try:
                peer.dispatch()
            except ConnectionError:  # the test has ended its bus
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        os.write(stop_write, b"x")
        thread.join()
        os.close(stop_read)
        os.close(stop_write)
