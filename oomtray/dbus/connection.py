"""A D-Bus connection on which every wait has a timeout; the session bus and the unit reader are built on it.

jeepney converts messages to bytes and back. Its own blocking connection is not used: its Hello waits without
a limit, and it abandons the whole stream when one message can't be parsed.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jeepney import Header, HeaderFields, Message, MessageType, message_bus
from jeepney.auth import AuthenticationError, Authenticator
from jeepney.fds import FileDescriptor

from oomtray.paths import runtime_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LARGEST_MESSAGE = 128 * 1024 * 1024
"""Bytes; D-Bus specification, "Message Format"."""
LARGEST_UNASKED = 128 * 1024
"""Bytes of a signal or a call. On the system bus any user's program may send us some, and what takes it a moment
to send takes minutes and gigabytes to parse; only replies, which the bus lets through if we have asked, may be larger.
"""
CHUNK = 64 * 1024
_REPLIES = (MessageType.method_return.value, MessageType.error.value)
_MOST_FILES = 16
"""Most descriptors per read; a message may bring as many (libdbus, max_message_unix_fds)."""
SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"


def session_address(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the address of the session bus, or None if this session has none."""
    address = environ.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    # libdbus and sd-bus look here too: a program started by cron or a plain login finds the desktop's bus
    runtime = runtime_dir(environ)
    return f"unix:path={runtime}/bus" if runtime and os.path.exists(f"{runtime}/bus") else None


def system_address(environ: Mapping[str, str] = os.environ) -> str:
    return environ.get("DBUS_SYSTEM_BUS_ADDRESS") or SYSTEM_BUS


def socket_paths(address: str, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the Unix sockets in a server address, in order; other transports are skipped."""
    paths: list[str] = []
    for one in address.split(";"):
        transport, _, rest = one.partition(":")
        pairs = dict(pair.partition("=")[::2] for pair in rest.split(","))
        if transport != "unix":
            continue
        if "path" in pairs:
            paths.append(unquote(pairs["path"], errors="surrogateescape"))
        elif "abstract" in pairs:
            paths.append("\0" + unquote(pairs["abstract"], errors="surrogateescape"))
        elif pairs.get("runtime") == "yes" and (runtime := runtime_dir(environ)):
            paths.append(f"{runtime}/bus")
    return paths


class Connection:
    """A connection that has completed Hello.

    Every method may raise OSError. After a TimeoutError of `call` the connection can still be used, and the
    late reply is one more incoming message; after any other error it is unusable.
    """

    def __init__(
        self,
        address: str,
        timeout: float = 1.0,
        *,
        files: bool = False,
        wants: Callable[[Header], bool] = lambda _header: False,
    ) -> None:
        """Connect and authenticate; with `files` messages may carry file descriptors.

        `wants` chooses by their headers the signals and calls that are parsed; no other ones are received.
        """
        self._takes_files = files
        self._wants = wants
        self._skip = 0
        self._files: list[FileDescriptor] = []
        self.backlog: deque[Message] = deque()
        """Messages received while `call` waited for something else."""
        self.unreadable = 0
        """Number of messages that could not be parsed or were too large, and were skipped."""
        self._serials = count(1)
        self._buffer = bytearray()
        deadline = time.monotonic() + timeout
        self._socket = _connected(address, timeout)
        try:
            _authenticate(self._socket, deadline, files=files)
            self._socket.setblocking(False)
            (self.unique_name,) = self.call(message_bus.Hello(), max(0.0, deadline - time.monotonic())).body
        except (ValueError, TypeError) as error:
            self._socket.close()
            raise ConnectionError(f"{address} does not answer as a message bus does") from error
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, message: Message, timeout: float = 1.0) -> int:
        """Send, and return the serial that the reply will refer to."""
        serial = next(self._serials)
        data = memoryview(message.serialise(serial=serial))
        deadline = time.monotonic() + timeout
        while data:
            try:
                data = data[self._socket.send(data, socket.MSG_NOSIGNAL) :]
            except BlockingIOError:
                if not self._ready(select.POLLOUT, deadline):
                    # part of a message has been sent, so nothing can follow it
                    raise ConnectionError("the bus does not read what it is sent") from None
        return serial

    def receive(self) -> list[Message]:
        """Return the messages that have arrived: no waiting, and a single read, so that no peer can block the
        caller.
        """
        try:
            data = self._received()
        except BlockingIOError:
            return []
        if not data:
            raise ConnectionResetError("the bus closed the connection")
        self._buffer += data
        return self._complete()

    def call(self, message: Message, timeout: float = 1.0) -> Message:
        """Send and wait for the reply, which may be an error message. All other messages go to `backlog`."""
        return self.call_all([message], timeout)[0]

    def call_all(self, messages: Sequence[Message], timeout: float = 1.0) -> list[Message]:
        """Send all messages at once and wait for every reply, which takes no longer than one."""
        deadline = time.monotonic() + timeout
        replies: dict[int, Message | None] = {self.send(message, timeout): None for message in messages}
        while True:
            late = time.monotonic() >= deadline  # checked here too: a peer that never stops sending prolongs no wait
            for incoming in self.receive():
                serial = reply_to(incoming)
                if serial in replies and replies[serial] is None:  # mako 1.10 lets an error follow its answer
                    replies[serial] = incoming
                else:
                    self.backlog.append(incoming)
            answered = [reply for reply in replies.values() if reply is not None]
            if len(answered) == len(replies):
                return answered
            if late or not self._ready(select.POLLIN, deadline):
                raise TimeoutError("no answer in time")

    def _received(self) -> bytes:
        if not self._takes_files:
            return self._socket.recv(CHUNK)
        data, files, _, _ = socket.recv_fds(self._socket, CHUNK, _MOST_FILES, socket.MSG_CMSG_CLOEXEC)
        self._files += [FileDescriptor(file) for file in files]
        return data

    def _ready(self, event: int, deadline: float) -> bool:
        poll = select.poll()
        poll.register(self._socket, event)
        return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))

    def _complete(self) -> list[Message]:
        messages: list[Message] = []
        while True:
            skipped = min(self._skip, len(self._buffer))
            del self._buffer[:skipped]
            self._skip -= skipped
            size = None if self._skip else _message_size(self._buffer)
            if size is None:
                return messages
            if size > LARGEST_UNASKED and self._buffer[1] not in _REPLIES:
                self._skip = size
                self._cannot_read()
            elif len(self._buffer) < size:
                return messages
            else:
                raw = bytes(self._buffer[:size])
                del self._buffer[:size]
                try:
                    messages += self._parsed(raw)
                except Exception:  # whatever jeepney raises; the frame's size is known, so the stream continues after it
                    self._cannot_read()

    def _parsed(self, raw: bytes) -> list[Message]:
        """Return the message, or nothing for one that isn't wanted, of which only the header is parsed."""
        if raw[1] not in _REPLIES and not self._wants(header := Header.from_buffer(raw)[0]):
            self._drop_files(header.fields.get(HeaderFields.unix_fds, 0))
            return []
        message = Message.from_buffer(raw, fds=self._files)
        del self._files[: message.header.fields.get(HeaderFields.unix_fds, 0)]
        return [message]

    def _drop_files(self, count: int) -> None:
        for file in self._files[:count]:
            file.close()
        del self._files[:count]

    def _cannot_read(self) -> None:
        self.unreadable += 1
        if self._takes_files:
            self._drop_files(len(self._files))
            raise ConnectionError("nobody knows which files belong to the next message")


def reply_to(message: Message) -> int | None:
    """Return the serial that a method return or an error replies to; None for anything else."""
    if message.header.message_type not in (MessageType.method_return, MessageType.error):
        return None
    serial: int | None = message.header.fields.get(HeaderFields.reply_serial)
    return serial


def signature_of(message: Message) -> str:
    return str(message.header.fields.get(HeaderFields.signature, ""))


def error_of(message: Message) -> str | None:
    """Return the name of a D-Bus error; None if it isn't an error."""
    if message.header.message_type is not MessageType.error:
        return None
    return str(message.header.fields.get(HeaderFields.error_name, "org.freedesktop.DBus.Error.Failed"))


def property_of(answer: Message, signature: str) -> Any:
    """Return the value that Get has answered; None for an error or another type."""
    if error_of(answer) is not None or signature_of(answer) != "v" or answer.body[0][0] != signature:
        return None
    return answer.body[0][1]


def _connected(address: str, timeout: float) -> socket.socket:
    problem: OSError | None = None
    for path in socket_paths(address):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(timeout)
        try:
            sock.connect(path)
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem or ConnectionError(f"no unix socket in the bus address {address!r}")


def _authenticate(sock: socket.socket, deadline: float, *, files: bool) -> None:
    authenticator = Authenticator(enable_fds=files)
    try:
        for line in authenticator:
            sock.settimeout(max(0.01, deadline - time.monotonic()))
            if line:
                sock.sendall(line)
            data = sock.recv(1024)
            if not data:
                raise ConnectionResetError("the bus closed the connection while authenticating")
            authenticator.feed(data)
    except AuthenticationError as error:
        raise ConnectionError(f"the bus does not accept this user: {error}") from error
    sock.sendall(b"BEGIN\r\n")


def _message_size(buffer: bytearray) -> int | None:
    """Return the size of the first message in `buffer`; None until its fixed part has arrived."""
    if len(buffer) < 16:
        return None
    order = {ord("l"): "<", ord("B"): ">"}.get(buffer[0])
    if order is None:
        raise ConnectionError("what came from the bus is no D-Bus message")
    body, _serial, fields = struct.unpack_from(f"{order}III", buffer, 4)
    size: int = 16 + (fields + 7) // 8 * 8 + body
    if size > LARGEST_MESSAGE:
        raise ConnectionError("a D-Bus message larger than the specification allows")
    return size
