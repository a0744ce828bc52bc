"""The session bus as the tray uses it, against a real dbus-daemon."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from jeepney import DBusAddress, HeaderFields, Message, message_bus

from oomtray.dbus.session import ASK_TIMEOUT, DISCONNECTED, NO_REPLY, UNEXPECTED, Refusal, Reply, SessionBus
from tests.rigs.bus.peers import Peer, PrivateBus, pump, serving, settle
from tests.rigs.processes.programs import wait_for

NAME, PATH, FACE = "org.example.Peer", "/org/example", "org.example.Face"
TARGET = DBusAddress(PATH, NAME, FACE)


@pytest.fixture
def bus(private_bus: PrivateBus) -> SessionBus:
    return private_bus.session_bus()


@pytest.fixture
def peer(private_bus: PrivateBus) -> Peer:
    return private_bus.peer(NAME)


class TestAsking:
    def test_an_answer_is_handed_over(self, bus: SessionBus, peer: Peer) -> None:
        peer.answers["Sum"] = lambda a, b: ("i", (a + b,))
        replies: list[Reply] = []
        bus.ask(TARGET, "Sum", "ii", (2, 3), expect="i", then=replies.append)
        pump(lambda: replies, "the answer", bus, peer)
        assert replies == [Reply((5,))]

    def test_an_error_is_handed_over_by_its_name(self, bus: SessionBus, peer: Peer) -> None:
        peer.answers["Fail"] = "org.example.Error.No"
        replies: list[Reply] = []
        bus.ask(TARGET, "Fail", then=replies.append)
        pump(lambda: replies, "the error", bus, peer)
        assert replies == [Reply(None, "org.example.Error.No")]

    def test_an_answer_of_another_signature_is_an_error_and_one_line_in_the_log(
        self, bus: SessionBus, peer: Peer, caplog: pytest.LogCaptureFixture
    ) -> None:
        peer.answers["Sum"] = ("s", ("five",))
        replies: list[Reply] = []
        bus.ask(TARGET, "Sum", expect="i", then=replies.append)
        pump(lambda: replies, "the answer", bus, peer)
        assert replies[0].error == UNEXPECTED
        assert replies[0].body is None
        assert len(caplog.records) == 1

    def test_a_peer_that_nobody_is_gives_an_error(self, bus: SessionBus) -> None:
        replies: list[Reply] = []
        bus.ask(DBusAddress(PATH, "org.example.Nobody", FACE), "Sum", then=replies.append)
        pump(lambda: replies, "the error", bus)
        assert replies[0].error == "org.freedesktop.DBus.Error.ServiceUnknown"

    def test_a_silent_peer_is_given_up(self, private_bus: PrivateBus, peer: Peer) -> None:
        now = 100.0
        bus = private_bus.session_bus(clock=lambda: now)
        replies: list[Reply] = []
        bus.ask(TARGET, "Hang", then=replies.append)
        settle(bus, peer)
        assert peer.called("Hang")
        assert not replies
        now += ASK_TIMEOUT + 1
        settle(bus)
        assert [reply.error for reply in replies] == [NO_REPLY]

    def test_waiting_for_a_silent_peer_ends(self, bus: SessionBus, peer: Peer) -> None:
        assert bus.call(TARGET, "Hang", timeout=0.05).error == NO_REPLY
        assert bus.connected

    def test_an_error_that_follows_the_answer_changes_nothing(self, bus: SessionBus, peer: Peer) -> None:
        peer.answers["Sum"] = ("i", (5,))
        peer.adds_error = True
        with serving(peer):
            replies = {bus.call(TARGET, "Sum", expect="i") for _ in range(20)}  # nearly always both are there at once
        assert replies == {Reply((5,))}

    def test_a_signal_that_arrives_while_waiting_is_not_lost(self, bus: SessionBus, peer: Peer) -> None:
        heard: list[int] = []
        bus.listen(NAME, PATH, FACE, "Tick", "i", handler=heard.append)
        settle(bus)
        peer.emit(PATH, FACE, "Tick", "i", (7,))
        peer.echo()
        bus.call(message_bus, "GetId")
        assert heard == [7]


class TestListening:
    @pytest.fixture
    def heard(self, bus: SessionBus, peer: Peer) -> list[int]:
        heard: list[int] = []
        bus.listen(NAME, PATH, FACE, "Tick", "i", handler=heard.append)
        settle(bus)
        return heard

    def test_a_signal_of_the_names_owner_is_heard(
        self, bus: SessionBus, peer: Peer, heard: list[int]
    ) -> None:
        peer.emit(PATH, FACE, "Tick", "i", (1,))
        pump(lambda: heard, "the signal", bus)
        assert heard == [1]

    @pytest.mark.parametrize("directed", [True, False], ids=["sent to us", "broadcast"])
    def test_a_forged_signal_is_not(
        self, bus: SessionBus, private_bus: PrivateBus, heard: list[int], directed: bool
    ) -> None:
        forger = private_bus.peer("org.example.Forger")
        forger.emit(PATH, FACE, "Tick", "i", (666,), to=bus.unique_name if directed else None)
        forger.echo()
        settle(bus)
        assert heard == []

    @pytest.mark.parametrize(
        ("path", "interface", "member"),
        [("/org/other", FACE, "Tick"), (PATH, "org.example.Other", "Tick"), (PATH, FACE, "Tock")],
    )
    def test_another_signal_of_the_same_peer_is_not(
        self, bus: SessionBus, peer: Peer, heard: list[int], path: str, interface: str, member: str
    ) -> None:
        peer.emit(path, interface, member, "i", (1,), to=bus.unique_name)
        peer.echo()
        settle(bus)
        assert heard == []

    def test_odd_arguments_make_one_line_in_the_log(
        self, bus: SessionBus, peer: Peer, heard: list[int], caplog: pytest.LogCaptureFixture
    ) -> None:
        peer.emit(PATH, FACE, "Tick", "as", (["odd"],))
        peer.emit(PATH, FACE, "Tick", "i", (2,))
        pump(lambda: heard, "the good one", bus)
        assert heard == [2]
        assert [record.getMessage() for record in caplog.records] == [f"{NAME} sent Tick with 'as'"]

    def test_a_handlers_mistake_is_reported_and_the_next_signal_handled(
        self, bus: SessionBus, peer: Peer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reported: list[type] = []
        monkeypatch.setattr(sys, "excepthook", lambda kind, *_: reported.append(kind))
        heard: list[float] = []
        bus.listen(NAME, PATH, FACE, "Ratio", "ii", handler=lambda a, b: heard.append(a / b))
        settle(bus)
        peer.emit(PATH, FACE, "Ratio", "ii", (1, 0))
        peer.emit(PATH, FACE, "Ratio", "ii", (1, 2))
        pump(lambda: heard, "the second signal", bus)
        assert (reported, heard) == ([ZeroDivisionError], [0.5])

    def test_what_is_no_longer_listened_to_is_not_heard_and_another_listener_stays(
        self, bus: SessionBus, private_bus: PrivateBus, peer: Peer, heard: list[int]
    ) -> None:
        others: list[int] = []
        unlisten = bus.listen(NAME, PATH, FACE, "Tick", "i", handler=others.append)
        settle(bus)
        unlisten()
        unlisten()
        settle(bus)
        peer.emit(PATH, FACE, "Tick", "i", (1,))
        pump(lambda: heard, "the signal", bus)
        assert (heard, others) == ([1], [])

    def test_the_bus_sends_nothing_that_nobody_listens_to(self, bus: SessionBus, peer: Peer) -> None:
        heard: list[int] = []
        unlisten = bus.listen(NAME, PATH, FACE, "Tick", "i", handler=heard.append)
        settle(bus)
        unlisten()
        settle(bus)
        delivered: list[Message] = []
        bus._match_rules.deliver = delivered.append  # type: ignore[method-assign]
        peer.emit(PATH, FACE, "Tick", "i", (1,))
        peer.echo()
        settle(bus)
        assert delivered == []

    def test_a_name_is_followed_from_owner_to_owner(self, bus: SessionBus, private_bus: PrivateBus) -> None:
        owners: list[str | None] = []
        bus.watch_name("org.example.Moving", owners.append)
        pump(lambda: owners == [None], "nobody", bus)
        first = private_bus.peer("org.example.Moving")
        pump(lambda: owners[-1] == first.unique_name, "the first owner", bus)
        first.close()
        pump(lambda: owners[-1] is None, "its end", bus)
        second = private_bus.peer("org.example.Moving")
        pump(lambda: owners[-1] == second.unique_name, "the second", bus)

    def test_who_no_longer_follows_a_name_is_told_no_more_and_another_is(
        self, bus: SessionBus, private_bus: PrivateBus
    ) -> None:
        one: list[str | None] = []
        other: list[str | None] = []
        unwatch = bus.watch_name("org.example.Moving", one.append)
        bus.watch_name("org.example.Moving", other.append)
        pump(lambda: other == [None], "nobody", bus)
        unwatch()
        unwatch()
        first = private_bus.peer("org.example.Moving")
        pump(lambda: other == [None, first.unique_name], "the owner", bus)
        assert one == [None]


class TestServing:
    @pytest.fixture
    def served(self, bus: SessionBus) -> list[Message]:
        calls: list[Message] = []

        def serve(message: Message) -> tuple[str, tuple[object, ...]]:
            calls.append(message)
            if message.header.fields[HeaderFields.member] == "Odd":
                raise Refusal("org.example.Error.Odd", "not that")
            return "s", ("done",)

        bus.serve("/served", serve)
        return calls

    @pytest.mark.parametrize(
        ("path", "member", "error", "body"),
        [
            ("/served", "Fine", None, ("done",)),
            ("/served", "Odd", "org.example.Error.Odd", ("not that",)),
            ("/elsewhere", "Fine", "org.freedesktop.DBus.Error.UnknownObject", ("no such object",)),
        ],
    )
    def test_every_call_gets_an_answer(
        self,
        bus: SessionBus,
        peer: Peer,
        served: list[Message],
        path: str,
        member: str,
        error: str,
        body: tuple[str],
    ) -> None:
        peer.send_call(str(bus.unique_name), path, "org.example.Any", member)
        pump(lambda: peer.replies, "the answer", bus, peer)
        assert peer.replies[0].header.fields.get(HeaderFields.error_name) == error
        assert peer.replies[0].body == body


class TestGoing:
    def test_a_bus_that_dies_and_comes_back_brings_everything_back(self, private_bus: PrivateBus) -> None:
        bus = private_bus.session_bus()
        events: list[str] = []
        bus.on_connected.append(lambda: events.append("connected"))
        bus.on_lost.append(lambda: events.append("lost"))
        peer = private_bus.peer(NAME)
        heard: list[int] = []
        bus.listen(NAME, PATH, FACE, "Tick", "i", handler=heard.append)
        owners: list[str | None] = []
        bus.watch_name(NAME, owners.append)
        pump(lambda: owners == [peer.unique_name], "the owner", bus)
        replies: list[Reply] = []
        bus.ask(TARGET, "Hang", then=replies.append)

        private_bus.stop()
        pump(lambda: not bus.connected, "the loss to be seen", bus)
        assert (events, owners[-1], bus.fileno()) == (["lost"], None, -1)
        assert [reply.error for reply in replies] == [DISCONNECTED]
        bus.dispatch()
        bus.ask(TARGET, "Sum", then=replies.append)
        assert replies[-1].error == DISCONNECTED
        assert bus.call(TARGET, "Sum").error == DISCONNECTED

        private_bus.start()
        wait_for(bus.reconnect, "the new bus")
        peer = private_bus.peer(NAME)
        pump(lambda: owners[-1] == peer.unique_name, "the new owner", bus)
        peer.emit(PATH, FACE, "Tick", "i", (3,))
        pump(lambda: heard, "the signal", bus)
        assert (events, heard) == (["lost", "connected"], [3])

    def test_the_time_between_tries_doubles_up_to_a_minute(self, tmp_path: Path) -> None:
        bus = SessionBus(f"unix:path={tmp_path}/none")
        waits = []
        for _ in range(10):
            waits.append(bus.retry_in)
            assert not bus.reconnect()
        assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]

    def test_a_handler_that_asks_while_the_bus_goes_gets_its_answer(self, private_bus: PrivateBus) -> None:
        bus = private_bus.session_bus()
        replies: list[Reply] = []
        bus.on_lost.append(lambda: bus.ask(TARGET, "Sum", then=replies.append))
        private_bus.stop()
        pump(lambda: replies, "the loss", bus)
        assert replies[0].error == DISCONNECTED

    def test_a_session_without_a_bus_has_the_same_face(self) -> None:
        bus = SessionBus(None)
        replies: list[Reply] = []
        bus.listen(NAME, PATH, FACE, "Tick", "i", handler=replies.append)
        bus.watch_name(NAME, replies.append)
        bus.ask(TARGET, "Sum", then=replies.append)
        bus.dispatch()
        assert (bus.connect(), bus.reconnect(), bus.exists, bus.fileno()) == (False, False, False, -1)
        assert [reply.error for reply in replies] == [DISCONNECTED]
        bus.close()


def test_no_descriptor_is_left_open(private_bus: PrivateBus) -> None:
    before = os.listdir("/proc/self/fd")
    for _ in range(3):
        bus = SessionBus(private_bus.address)
        bus.connect()
        bus.close()
    assert len(os.listdir("/proc/self/fd")) == len(before)
