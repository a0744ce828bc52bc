"""What nobody has asked for costs next to nothing: on the system bus, every user's programs may send us signals."""

from __future__ import annotations

import array
import socket
import struct
import threading
import tracemalloc
from pathlib import Path

import pytest
from jeepney import DBusAddress, Header, HeaderFields, Message, MessageType, message_bus, new_signal

from oomtray.dbus.connection import LARGEST_UNASKED, Connection
from tests.rigs.bus.peers import Peer, PrivateBus
from tests.rigs.processes.programs import wait_for
from tests.unit.dbus.test_no_bus import Impostor, hello_answered, signal_bytes

WHERE = "/org/example", "org.example.Face"
LARGE = 16 * 1024 * 1024


def everything(_header: Header) -> bool:
    return True


def connected(bus: PrivateBus, *, files: bool = False) -> Connection:
    return Connection(bus.address, 30.0, files=files, wants=everything)


def received(connection: Connection, member: str) -> list[Message]:
    """Return the signals that came until this one."""
    came: list[Message] = []
    wait_for(
        lambda: came.extend(connection.receive()) or any(one.header.fields.get(HeaderFields.member) == member for one in came), member
    )
    return [one for one in came if one.header.fields.get(HeaderFields.interface) == WHERE[1]]


def test_a_huge_signal_is_neither_kept_nor_parsed(private_bus: PrivateBus) -> None:
    connection, other = connected(private_bus), private_bus.peer()
    tracemalloc.start()
    sending = threading.Thread(target=_send_huge_and_small, args=(other, connection.unique_name))
    sending.start()
    try:
        came = received(connection, "Small")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        sending.join()
        connection.close()
    assert [one.body for one in came] == [("after it",)]
    assert connection.unreadable == 1
    assert peak < LARGE / 4


def _send_huge_and_small(peer: Peer, to: str) -> None:
    """The sender, too, holds only bytes that exist already, so that the peak is the receiver's."""
    message = new_signal(DBusAddress(WHERE[0], interface=WHERE[1]), "Huge", "av", ([],))
    message.header.fields[HeaderFields.destination] = to
    variants = b"\1y\0\7" * 1024
    count = LARGE // len(variants)
    message.header.body_length = 4 + count * len(variants)
    peer.connection.sock.setblocking(True)
    header = message.header.serialise(serial=70)
    peer.connection.sock.sendall(header + b"\0" * (-len(header) % 8) + struct.pack("<I", count * len(variants)))
    for _ in range(count):
        peer.connection.sock.sendall(variants)
    peer.emit(*WHERE, "Small", "s", ("after it",), to=to)


def test_files_that_nobody_wants_are_closed(private_bus: PrivateBus, tmp_path: Path) -> None:
    connection, other = Connection(private_bus.address, 30.0, files=True), private_bus.peer(files=True)
    with (tmp_path / "file").open("w") as file:
        message = new_signal(DBusAddress(WHERE[0], interface=WHERE[1]), "File", "h", (file,))
        message.header.fields[HeaderFields.destination] = connection.unique_name
        other.connection.send(message)
    other.echo()
    connection.call(message_bus.GetId(), 30.0)
    connection.close()
    assert not [one for one in Path("/proc/self/fd").iterdir() if one.exists() and one.samefile(tmp_path / "file")]


@pytest.mark.parametrize(("size", "comes"), [(LARGEST_UNASKED - 1024, True), (LARGEST_UNASKED + 1, False)])
def test_signals_are_received_up_to_a_size(private_bus: PrivateBus, size: int, comes: bool) -> None:
    connection, other = connected(private_bus), private_bus.peer()
    other.emit(*WHERE, "Large", "s", ("x" * size,), to=connection.unique_name)
    other.emit(*WHERE, "Small", to=connection.unique_name)
    assert [one.header.fields[HeaderFields.member] for one in received(connection, "Small")] == [*(["Large"] if comes else []), "Small"]
    connection.close()


def test_an_answer_may_be_larger(private_bus: PrivateBus) -> None:
    connection, other = Connection(private_bus.address, 30.0), private_bus.peer()
    other.answers["Tell"] = ("s", ("x" * 4 * LARGEST_UNASKED,))
    other.send_call(connection.unique_name, "/x", None, "Ignored")
    message = message_bus.GetId()
    message.header.fields |= {HeaderFields.destination: other.unique_name, HeaderFields.member: "Tell"}
    connection.send(message)
    answers: list[Message] = []
    wait_for(lambda: other.dispatch() or answers.extend(connection.receive()) or answers, "the answer")
    assert [(one.header.message_type, len(one.body[0])) for one in answers] == [(MessageType.method_return, 4 * LARGEST_UNASKED)]
    connection.close()


def test_only_what_is_wanted_is_received(private_bus: PrivateBus) -> None:
    other = private_bus.peer()
    connection = Connection(private_bus.address, 30.0, wants=lambda header: header.fields[HeaderFields.member] == "Wanted")
    for member in ("Other", "Wanted", "Other"):
        other.emit(*WHERE, member, "s", (member,), to=connection.unique_name)
    other.echo()
    connection.call(message_bus.GetId(), 30.0)
    assert [one.body for one in connection.backlog] == [("Wanted",)]
    connection.close()


def test_who_never_stops_sending_prolongs_no_wait(tmp_path: Path) -> None:
    asked, finished = threading.Event(), threading.Event()

    def script(connection: socket.socket) -> None:
        hello_answered(connection)
        asked.wait(20)
        signals = signal_bytes(b"", "") * 100
        try:
            for _ in range(20_000):
                connection.sendall(signals)
        except OSError:  # we have gone
            return
        finished.set()

    impostor = Impostor(tmp_path / "bus", script)
    connection = Connection(impostor.address, 20.0)
    asked.set()
    with pytest.raises(TimeoutError):
        connection.call(message_bus.GetId(), timeout=0.1)
    assert not finished.is_set()
    connection.close()
    impostor.close()


def test_a_file_of_somebody_elses_is_not_taken_for_the_answers(private_bus: PrivateBus, tmp_path: Path) -> None:
    """The signal can't be parsed, for it names a sixth file and brings one."""
    connection, other = connected(private_bus, files=True), private_bus.peer(files=True)
    with (tmp_path / "file").open("w") as file:
        message = new_signal(DBusAddress(WHERE[0], interface=WHERE[1]), "File", "h", (file,))
        message.header.fields[HeaderFields.destination] = connection.unique_name
        files = array.array("i")
        data = message.serialise(serial=70, fds=files)[:-4] + struct.pack("<I", 5)
        socket.send_fds(other.connection.sock, [data], list(files))
    other.echo()
    with pytest.raises(ConnectionError):
        connection.call(message_bus.GetId(), 30.0)
    connection.close()
