"""A private session bus, and a client for calls and signals on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.rigs.processes.programs import DEADLINE, Program, RigTimeout

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <!-- no service directory: nothing starts by itself, the rig decides which daemons there are -->
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def bus_daemon(socket: Path, env: dict[str, str], log: Path, user: str | None = None) -> Program:
    """Create a dbus-daemon that listens on `socket`, always the same, so that clients can reconnect after a restart."""
    config = socket.with_suffix(".conf")
    config.write_text(CONFIG.format(socket=socket))
    argv = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog"]
    return Program(argv, env, log, name="bus", user=user)


class DBusError(Exception):
    """An error reply: `name` is the D-Bus error's name."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


class Client:
    """Blocking calls on the bus at `address`; connects at first use, and again after `close`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._open: DBusConnection | None = None

    @property
    def connection(self) -> DBusConnection:
        if self._open is None:
            self._open = open_dbus_connection(bus=self._address)
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def call(
        self,
        name: str,
        path: str,
        interface: str,
        method: str,
        signature: str = "",
        arguments: tuple[Any, ...] = (),
    ) -> Any:
        """Return the reply's value: None, one value, or a tuple of several. Raises DBusError."""
        target = DBusAddress(path, bus_name=name, interface=interface)
        return self._ask(new_method_call(target, method, signature or None, arguments))

    def get(self, name: str, path: str, interface: str, prop: str) -> Any:
        """Return a property's value without its variant."""
        return self._ask(Properties(DBusAddress(path, bus_name=name, interface=interface)).get(prop))[1]

    def has_owner(self, name: str) -> bool:
        """Whether the name has an owner; False also if there is no bus."""
        try:
            return bool(self._ask(message_bus.NameHasOwner(name)))
        except (OSError, EOFError):
            self.close()
            return False

    def owner_pid(self, name: str) -> int:
        return int(self._ask(message_bus.GetConnectionUnixProcessID(name)))

    @contextmanager
    def listen(self, **rule: str) -> Iterator[Signals]:
        """Yield signals that match from now on: interface=, member=, path=, sender=."""
        with self._heard(MatchRule(type="signal", **rule), rule) as signals:
            yield signals

    @contextmanager
    def overhear(self, **rule: str) -> Iterator[Signals]:
        """Yield matching method calls between any peers: interface=, member=, path=."""
        with self._heard(MatchRule(type="method_call", eavesdrop=True, **rule), rule) as calls:
            yield calls

    @contextmanager
    def _heard(self, match: MatchRule, rule: dict[str, str]) -> Iterator[Signals]:
        self._ask(message_bus.AddMatch(match))
        with self.connection.filter(match, bufsize=1000) as queue:
            yield Signals(self.connection, queue, rule)
        self._ask(message_bus.RemoveMatch(match))

    def _ask(self, message: Message) -> Any:
        reply = self.connection.send_and_get_reply(message, timeout=DEADLINE)
        if reply.header.message_type is MessageType.error:
            text = str(reply.body[0]) if reply.body else ""
            raise DBusError(reply.header.fields[HeaderFields.error_name], text)
        return reply.body if len(reply.body) > 1 else (reply.body[0] if reply.body else None)


class Signals:
    def __init__(self, connection: DBusConnection, queue: Any, rule: dict[str, str]) -> None:
        self._connection = connection
        self._queue = queue
        self._rule = rule

    def next(self, timeout: float = DEADLINE) -> tuple[Any, ...]:
        """Return the arguments of the next one."""
        try:
            message = self._connection.recv_until_filtered(self._queue, timeout=timeout)
        except TimeoutError:
            raise RigTimeout(f"waited {timeout:g} s in vain for {self._rule} on the bus") from None
        return tuple(message.body)
