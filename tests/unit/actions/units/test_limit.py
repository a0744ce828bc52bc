"""Specifies that the limit of a unit is raised at once and for good, and taken back by whatever program comes next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import MessageFlag

from oomtray.actions.journal import Journal
from oomtray.actions.units.limit import LimitChanger, MemoryMax
from oomtray.actions.units.settings import Refusal, UnitRefused
from oomtray.systemd.manager import ManagerProblem
from tests.rigs.bus.memory_limits import NO_LIMIT, MemoryLimits
from tests.rigs.bus.peers import Peer, PrivateBus, serving
from tests.rigs.bus.systemd_manager import NAME
from tests.unit.actions.changing import last

RAISED = MemoryMax("shop.service", False, 320)


@pytest.fixture
def peer(private_bus: PrivateBus) -> Iterator[Peer]:
    peer = private_bus.peer(NAME)
    with serving(peer):
        yield peer


@pytest.fixture
def limits(peer: Peer) -> MemoryLimits:
    return MemoryLimits(peer, shop_service=200)


@pytest.fixture
def changer(private_bus: PrivateBus, xdg: Path) -> LimitChanger:
    return LimitChanger(addresses=lambda _: private_bus.address)


def test_it_is_raised_for_good_and_goes_back_to_what_it_was(limits: MemoryLimits, changer: LimitChanger) -> None:
    outcome = changer.set(RAISED)
    assert (outcome.done, outcome.after.limit, outcome.batch) == (True, 320, last())
    assert limits.set[-1][:2] == ("shop.service", False), "not for this boot alone"
    assert (last().action, last().units[0].before, last().units[0].after) == ("limit", {"MemoryMax": 200}, {"MemoryMax": 320})
    assert last().units[0].live, "undone where units are set, and not in a file"
    assert changer.foretell(last()).limit == 200
    undone = changer.undo(last())
    assert (undone.done, limits.limits["shop.service"], Journal().last()) == (True, 200, None)


def test_whoever_sits_there_may_be_asked_for_a_password(limits: MemoryLimits, changer: LimitChanger, peer: Peer) -> None:
    changer.set(RAISED)
    (call,) = [call for call in peer.calls if call.body[:1] == ("shop.service",) and len(call.body) == 3]
    assert call.header.flags & MessageFlag.allow_interactive_authorization


@pytest.mark.parametrize(
    ("error", "why"),
    [
        pytest.param("org.freedesktop.DBus.Error.AccessDenied", "not-authorised", id="no password was given"),
        pytest.param("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", "not-allowed", id="nobody could be asked"),
        pytest.param("org.freedesktop.DBus.Error.InvalidArgs", "not-set", id="systemd has something against it"),
    ],
)
def test_what_is_refused_is_not_remembered_and_an_undo_that_is_can_be_tried_again(
    limits: MemoryLimits, changer: LimitChanger, error: str, why: str
) -> None:
    limits.refuses = error
    with pytest.raises(UnitRefused) as refused:
        changer.set(RAISED)
    assert isinstance(refused.value.why, ManagerProblem)
    assert (refused.value.why.id, Journal().last()) == (why, None)
    limits.refuses = None
    changer.set(RAISED)
    limits.refuses = error
    with pytest.raises(UnitRefused):
        changer.undo(last())
    limits.refuses = None
    assert changer.undo(last()).done


@pytest.mark.parametrize(("now", "told"), [(300, "300"), (NO_LIMIT, "infinity")], ids=["another", "none"])
def test_anothers_later_change_is_not_taken_back(limits: MemoryLimits, changer: LimitChanger, now: int, told: str) -> None:
    changer.set(RAISED)
    limits.limits["shop.service"] = now
    with pytest.raises(UnitRefused) as refused:
        changer.undo(last())
    assert refused.value.why == Refusal("limit-changed-since", "shop.service", told)
    assert (limits.limits["shop.service"], Journal().last()) == (now, None)


@pytest.mark.parametrize("now", [320, 1000, NO_LIMIT])
def test_a_limit_that_is_higher_by_now_is_not_lowered(limits: MemoryLimits, changer: LimitChanger, now: int) -> None:
    limits.limits["shop.service"] = now
    with pytest.raises(UnitRefused) as refused:
        changer.set(RAISED)
    assert isinstance(refused.value.why, Refusal)
    assert (refused.value.why.id, limits.limits["shop.service"]) == ("limit-not-lower", now)


def test_what_it_had_by_then_comes_back_where_the_kill_is_older(limits: MemoryLimits, changer: LimitChanger) -> None:
    limits.limits["shop.service"] = 250
    changer.set(RAISED)
    changer.undo(last())
    assert limits.limits["shop.service"] == 250


def test_a_unit_that_has_gone_does_not_stand_in_the_way_of_the_change_before(limits: MemoryLimits, changer: LimitChanger) -> None:
    changer.set(RAISED)
    del limits.limits["shop.service"]
    with pytest.raises(UnitRefused) as refused:
        changer.undo(last())
    assert (refused.value.why, Journal().last()) == (Refusal("no-unit", "shop.service"), None)
