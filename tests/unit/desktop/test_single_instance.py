"""One tray per session, and a second start that shows the first; against a real dbus-daemon."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest
from jeepney import HeaderFields

from oomtray import APP_ID
from oomtray.dbus.session import SessionBus
from oomtray.desktop.single_instance import (
    OBJECT_PATH,
    SingleInstance,
    activate_running,
    hand_over,
    owner_pid,
)
from tests.rigs.bus.peers import PrivateBus, pump, settle
from tests.rigs.processes.programs import wait_for

APPLICATION = "org.freedesktop.Application"


@pytest.fixture
def shown() -> list[str | None]:
    """The activation tokens with which the running tray was asked to show itself."""
    return []


@pytest.fixture
def running(private_bus: PrivateBus, shown: list[str | None]) -> SessionBus:
    bus = private_bus.session_bus()
    assert SingleInstance(bus, shown.append).claim()
    return bus


def test_the_second_start_is_not_the_one(private_bus: PrivateBus, running: SessionBus) -> None:
    second = SingleInstance(private_bus.session_bus(), lambda _: pytest.fail("shown"))
    assert not second.claim()
    assert not second.owner


def test_the_name_is_free_again_after_the_end(private_bus: PrivateBus, running: SessionBus) -> None:
    running.close()
    second = SingleInstance(private_bus.session_bus(), lambda _: None)
    wait_for(second.claim, "the name")


def test_without_a_bus_everybody_is_the_only_one() -> None:
    instance = SingleInstance(SessionBus(None), lambda _: None)
    assert instance.claim()
    assert not instance.owner


@pytest.mark.parametrize(
    ("environ", "token"),
    [
        ({"XDG_ACTIVATION_TOKEN": "way"}, "way"),
        ({"DESKTOP_STARTUP_ID": "x11_TIME7"}, "x11_TIME7"),
        ({"XDG_ACTIVATION_TOKEN": "way", "DESKTOP_STARTUP_ID": "x11"}, "way"),
        ({"XDG_ACTIVATION_TOKEN": "bad\udc80"}, None),
        ({"XDG_ACTIVATION_TOKEN": ""}, None),
        ({}, None),
    ],
    ids=["Wayland", "X11", "both", "not a text", "empty", "none"],
)
def test_a_second_start_shows_the_first_with_its_right_to_the_focus(
    private_bus: PrivateBus,
    running: SessionBus,
    shown: list[str | None],
    environ: dict[str, str],
    token: str | None,
) -> None:
    second = private_bus.session_bus(timeout=10)
    answered: list[bool] = []
    thread = threading.Thread(target=lambda: answered.append(activate_running(second, environ)))
    thread.start()
    pump(lambda: answered, "the second start's end", running)
    thread.join()
    assert (shown, answered) == ([token], [True])


def test_where_nobody_runs_nobody_is_started(private_bus: PrivateBus) -> None:
    assert not activate_running(private_bus.session_bus(), {})


@pytest.mark.parametrize(
    ("interface", "member", "signature", "body", "error"),
    [
        (APPLICATION, "Activate", "a{sv}", ({},), None),
        (None, "Activate", "a{sv}", ({},), None),
        (APPLICATION, "Open", "asa{sv}", (["file:///x"], {}), None),
        (APPLICATION, "ActivateAction", "sava{sv}", ("kill-everything", [], {}), None),
        (APPLICATION, "Activate", "", (), "org.freedesktop.DBus.Error.InvalidArgs"),
        (
            APPLICATION,
            "Activate",
            "a{ss}",
            ({"activation-token": "x"},),
            "org.freedesktop.DBus.Error.InvalidArgs",
        ),
        (APPLICATION, "Quit", "", (), "org.freedesktop.DBus.Error.UnknownMethod"),
        ("org.example.Other", "Activate", "a{sv}", ({},), "org.freedesktop.DBus.Error.UnknownMethod"),
    ],
    ids=[
        "activate",
        "no interface",
        "open",
        "action",
        "no arguments",
        "odd arguments",
        "no such method",
        "no such interface",
    ],
)
def test_what_arrives_shows_the_popup_and_does_nothing_else(
    private_bus: PrivateBus,
    running: SessionBus,
    shown: list[str | None],
    interface,
    member,
    signature,
    body,
    error,
) -> None:
    caller = private_bus.peer()
    caller.send_call(APP_ID, OBJECT_PATH, interface, member, signature, body)
    pump(lambda: caller.replies, "an answer", running, caller)
    assert caller.replies[0].header.fields.get(HeaderFields.error_name) == error
    assert shown == ([None] if error is None else [])


@pytest.mark.parametrize("value", [("u", 7), ("s", ""), ("as", ["x"])])
def test_an_odd_token_is_no_token(
    private_bus: PrivateBus, running: SessionBus, shown: list[str | None], value: tuple[str, object]
) -> None:
    caller = private_bus.peer()
    caller.send_call(APP_ID, OBJECT_PATH, APPLICATION, "Activate", "a{sv}", ({"activation-token": value},))
    pump(lambda: caller.replies, "an answer", running, caller)
    assert shown == [None]


def test_it_can_be_introspected(private_bus: PrivateBus, running: SessionBus) -> None:
    caller = private_bus.peer()
    caller.send_call(APP_ID, OBJECT_PATH, "org.freedesktop.DBus.Introspectable", "Introspect")
    pump(lambda: caller.replies, "an answer", running, caller)
    assert APPLICATION in caller.replies[0].body[0]


def test_a_mistake_while_showing_is_an_error_to_the_caller(
    private_bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[type] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: reported.append(kind))
    bus = private_bus.session_bus()
    SingleInstance(bus, lambda _: 1 / 0).claim()  # type: ignore[func-returns-value]
    caller = private_bus.peer()
    caller.send_call(APP_ID, OBJECT_PATH, APPLICATION, "Activate", "a{sv}", ({},))
    pump(lambda: caller.replies, "an answer", bus, caller)
    assert caller.replies[0].header.fields[HeaderFields.error_name] == "org.freedesktop.DBus.Error.Failed"
    assert reported == [ZeroDivisionError]


def test_the_name_comes_back_with_the_bus(private_bus: PrivateBus) -> None:
    bus = private_bus.session_bus()
    instance = SingleInstance(bus, lambda _: None)
    instance.claim()
    private_bus.stop()
    pump(lambda: not bus.connected, "the loss", bus)
    assert not instance.owner
    private_bus.start()
    wait_for(bus.reconnect, "the new bus")
    pump(lambda: instance.owner, "the name", bus)
    assert not SingleInstance(private_bus.session_bus(), lambda _: None).claim()


def test_a_second_start_that_lost_the_race_does_not_take_the_name_on_the_next_bus(
    private_bus: PrivateBus, running: SessionBus
) -> None:
    bus = private_bus.session_bus()
    second = SingleInstance(bus, lambda _: None)
    second.claim()
    running.close()
    private_bus.stop()
    pump(lambda: not bus.connected, "the loss", bus)
    private_bus.start()
    wait_for(bus.reconnect, "the new bus")
    settle(bus)
    assert not second.owner


@pytest.fixture
def stopped_bus(private_bus: PrivateBus) -> Iterator[PrivateBus]:
    """A bus that takes what it is sent and does not answer yet."""
    yield private_bus
    private_bus.resume()


def test_a_bus_that_answers_late_still_gives_the_name(stopped_bus: PrivateBus) -> None:
    bus = stopped_bus.session_bus(timeout=0.1)
    stopped_bus.pause()
    instance = SingleInstance(bus, lambda _: None, lambda: pytest.fail("nobody else has it"))
    assert instance.claim()
    assert not instance.owner
    stopped_bus.resume()
    pump(lambda: instance.owner, "the name", bus)


def test_of_two_trays_on_a_bus_that_answers_late_one_is_told_to_hand_over(stopped_bus: PrivateBus) -> None:
    taken: list[int] = []
    buses = [stopped_bus.session_bus(timeout=0.1) for _ in range(2)]
    stopped_bus.pause()
    trays = [
        SingleInstance(bus, lambda _: None, lambda number=number: taken.append(number))
        for number, bus in enumerate(buses)
    ]
    assert all(tray.claim() for tray in trays)
    stopped_bus.resume()
    pump(lambda: taken and any(tray.owner for tray in trays), "an owner and a loser", *buses)
    assert [tray.owner for tray in trays] == [number not in taken for number in range(2)]


def test_a_tray_that_finds_its_name_taken_after_the_bus_came_back_is_told_to_hand_over(private_bus: PrivateBus) -> None:
    taken: list[bool] = []
    bus = private_bus.session_bus()
    SingleInstance(bus, lambda _: None, lambda: taken.append(True)).claim()
    private_bus.stop()
    pump(lambda: not bus.connected, "the loss", bus)
    private_bus.start()
    assert SingleInstance(private_bus.session_bus(), lambda _: None).claim()
    wait_for(bus.reconnect, "the new bus")
    pump(lambda: taken, "the word that the name is taken", bus)


def test_who_hands_over_shows_the_running_one_without_waiting(
    private_bus: PrivateBus, running: SessionBus, shown: list[str | None]
) -> None:
    leaving = private_bus.session_bus()
    hand_over(leaving, {"XDG_ACTIVATION_TOKEN": "way"})
    leaving.close()
    pump(lambda: shown, "the request", running)
    assert shown == ["way"]


def test_whose_name_it_is(private_bus: PrivateBus, running: SessionBus) -> None:
    assert owner_pid(private_bus.session_bus()) == os.getpid()
    running.close()
    wait_for(lambda: owner_pid(private_bus.session_bus()) is None, "nobody to have it")
