"""When the user logged in and whether the session is in front, asked of a login1 on a real bus: known, unknown, silent."""

from __future__ import annotations

import pytest

from oomtray.desktop.login_session import NAME, is_in_front, seconds_since_login
from tests.rigs.bus.peers import Answer, PrivateBus, serving


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        pytest.param(("v", (("t", 90_000_000),)), 10.0, id="ten seconds ago"),
        pytest.param(("v", (("t", 100_500_000),)), 0.0, id="a moment ahead of this clock"),
        pytest.param(("v", (("s", "yesterday"),)), None, id="another type"),
        pytest.param(("s", ("yesterday",)), None, id="no variant"),
        pytest.param("org.freedesktop.DBus.Error.UnknownObject", None, id="an older logind"),
        pytest.param(None, None, id="no answer"),
    ],
)
def test_the_login_is_as_long_ago_as_logind_says(
    private_bus: PrivateBus, answer: Answer, seconds: float | None
) -> None:
    logind = private_bus.peer(NAME)
    logind.answers["Get"] = answer
    with serving(logind):
        assert seconds_since_login(private_bus.address, clock=lambda: 100.0) == seconds


def test_without_logind_it_is_unknown(private_bus: PrivateBus) -> None:
    assert seconds_since_login(private_bus.address) is None


def test_without_a_system_bus_it_is_unknown() -> None:
    assert seconds_since_login("unix:path=/nowhere/bus") is None


@pytest.mark.parametrize(
    ("active", "locked", "front"),
    [
        pytest.param(True, False, True, id="on the screen"),
        pytest.param(True, True, False, id="locked"),
        pytest.param(False, False, False, id="another session is on the screen"),
        pytest.param(None, None, None, id="not told"),
    ],
)
def test_whether_the_session_is_in_front(
    private_bus: PrivateBus, active: bool | None, locked: bool | None, front: bool | None
) -> None:
    logind = private_bus.peer(NAME)
    told = {"Active": active, "LockedHint": locked}

    def answer(_interface: str, name: str) -> tuple[str, tuple[object, ...]]:
        value = told[name]
        return ("s", ("unknown",)) if value is None else ("v", (("b", value),))

    logind.answers["Get"] = answer
    with serving(logind):
        assert is_in_front(private_bus.address) is front


def test_without_logind_nobody_knows_whether_it_is_in_front(private_bus: PrivateBus) -> None:
    assert is_in_front(private_bus.address) is None
