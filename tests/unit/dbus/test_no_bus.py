"""A socket that does not answer as a bus is given up at once, and what it sends does no harm."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from pathlib import Path

import pytest
from jeepney import DBusAddress, HeaderFields, Message, new_method_return, new_signal

from oomtray.dbus.connection import Connection
from oomtray.dbus.session import SessionBus
from tests.rigs.bus.peers import pump

NAME, PATH, FACE = "org.example.Peer", "/org/example", "org.example.Face"


class Impostor:
    """A socket that answers like a bus up to some point; `script` gets the connection after the
    authentication."""

    def __init__(self, path: Path, script: object) -> None:
        self.address = f"unix:path={path}"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._run, args=(script,), daemon=True)
        self._thread.start()

    def _run(self, script) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.recv(1024)
            script(connection)

    def close(self) -> None:
        self._listener.close()
        self._thread.join(5)


def hello_answered(connection: socket.socket) -> None:
    connection.sendall(b"OK 1234\r\n")
    data = b""
    while b"Hello" not in data:
        data += connection.recv(4096)
    begin = data.index(b"BEGIN\r\n") + 7
    while len(data) - begin < 16:
        data += connection.recv(4096)
    call = Message.from_buffer(data[begin:])
    answer = new_method_return(call, "s", (":1.1",))
    connection.sendall(answer.serialise(serial=1))


def signal_bytes(body: bytes, signature: str) -> bytes:
    message = new_signal(DBusAddress(PATH, interface=FACE), "Tick", "s", ("x",))
    message.header.fields[HeaderFields.sender] = ":1.9"
    message.header.fields[HeaderFields.signature] = signature
    message.header.body_length = len(body)
    header = message.header.serialise(serial=9)
    return header + bytes(-len(header) % 8) + body


class TestWhatIsNoBus:
    @pytest.mark.parametrize(
        "answer",
        [b"REJECTED EXTERNAL\r\n", b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"x" * 9000],
        ids=["rejected", "closed", "another protocol", "endless line"],
    )
    def test_it_is_not_connected_to(self, tmp_path: Path, answer: bytes) -> None:
        impostor = Impostor(tmp_path / "bus", lambda connection: connection.sendall(answer))
        assert not SessionBus(impostor.address, timeout=2).connect()
        impostor.close()

    def test_one_that_says_nothing_is_not_waited_for(self, tmp_path: Path) -> None:
        done = threading.Event()
        impostor = Impostor(tmp_path / "bus", lambda _: done.wait(20))
        assert not SessionBus(impostor.address, timeout=0.1).connect()
        done.set()
        impostor.close()

    def test_one_that_hangs_after_the_authentication_is_not_waited_for(self, tmp_path: Path) -> None:
        done = threading.Event()

        def script(connection: socket.socket) -> None:
            connection.sendall(b"OK 1234\r\n")
            done.wait(20)

        impostor = Impostor(tmp_path / "bus", script)
        with pytest.raises(TimeoutError):
            Connection(impostor.address, timeout=0.1)
        done.set()
        impostor.close()

    @pytest.mark.parametrize(
        ("signature", "body"),
        [
            ("s", struct.pack("<I", 3) + b"\xff\xfe\xfd\0"),
            ("s", struct.pack("<I", 500) + b"abc\0"),
            ("(", b""),
            ("z", b""),
        ],
        ids=["no UTF-8", "length beyond the end", "broken signature", "unknown type"],
    )
    def test_an_unreadable_message_is_passed_over(
        self, tmp_path: Path, signature: str, body: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        finish = threading.Event()

        def script(connection: socket.socket) -> None:
            hello_answered(connection)
            connection.sendall(signal_bytes(body, signature))
            finish.wait(20)

        impostor = Impostor(tmp_path / "bus", script)
        bus = SessionBus(impostor.address, timeout=5)
        assert bus.connect()
        with caplog.at_level(logging.WARNING):
            pump(lambda: caplog.records, "the line in the log", bus)
        assert bus.connected
        assert len(caplog.records) == 1
        assert "unreadable" in caplog.records[0].getMessage()
        bus.close()
        finish.set()
        impostor.close()

    @pytest.mark.parametrize(
        "rubbish",
        [b"GET / HTTP/1.1\r\n\r\n  ", b"l\4\0\1" + struct.pack("<III", 1 << 31, 1, 0)],
        ids=["no D-Bus", "too large"],
    )
    def test_rubbish_in_the_stream_ends_the_connection(self, tmp_path: Path, rubbish: bytes) -> None:
        connected, finish = threading.Event(), threading.Event()

        def script(connection: socket.socket) -> None:
            hello_answered(connection)
            connected.wait(20)
            connection.sendall(rubbish)
            finish.wait(20)

        impostor = Impostor(tmp_path / "bus", script)
        bus = SessionBus(impostor.address, timeout=5)
        assert bus.connect()
        connected.set()
        pump(lambda: not bus.connected, "the loss", bus)
        bus.close()
        finish.set()
        impostor.close()
