"""Specifies that what was set for a unit can be taken back by whatever program comes next, and not over another's change."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.actions.journal import Journal
from oomtray.actions.journal_file import UnitChange
from oomtray.actions.units.changer import NOTHING, UnitOutcome
from oomtray.actions.units.request import NotWritten
from oomtray.actions.units.settings import Refusal, UnitRefused, UnitSettings
from tests.rigs.bus.peers import PrivateBus
from tests.rigs.bus.systemd_manager import SystemdManager, systemd_manager
from tests.unit.actions.changing import last


@pytest.fixture
def systemd(private_bus: PrivateBus, xdg: Path) -> Iterator[SystemdManager]:
    with systemd_manager(private_bus, xdg) as made:
        yield made


def done(systemd: SystemdManager, action: str, settings: UnitSettings = NOTHING, *, user: bool = True) -> UnitOutcome:
    changer = systemd.changer()
    outcome = changer.apply(changer.plan(action, "x", settings, user=user))
    systemd.service["OOMScoreAdjust"] = ("i", settings.oom_score_adjust or 0)
    return outcome


def undo(systemd: SystemdManager) -> UnitOutcome:
    changer = systemd.changer()
    return changer.apply(changer.undo(last()))


def drop_in(systemd: SystemdManager, *, user: bool = True) -> Path:
    return (systemd.own if user else systemd.units) / "x.service.d/50-oomtray.conf"


@pytest.mark.parametrize("user", [True, False], ids=["own", "of-the-system"])
def test_another_program_goes_back_step_by_step(systemd: SystemdManager, user: bool) -> None:
    pid = systemd.start(900)
    done(systemd, "protect", UnitSettings(600, "continue"), user=user)
    earlier = drop_in(systemd, user=user).read_bytes()
    done(systemd, "protect", UnitSettings(500), user=user)
    reloads = len(systemd.peer.called("Reload"))
    assert (undo(systemd).status, drop_in(systemd, user=user).read_bytes(), systemd.adj(pid)) == ("done", earlier, 600)
    assert len(systemd.peer.called("Reload")) - reloads == (1 if user else 0), "of the system's, the helper does it"
    assert (undo(systemd).status, drop_in(systemd, user=user).exists(), systemd.adj(pid)) == ("done", False, 900)
    assert Journal().last() is None


def test_a_reset_is_taken_back_too(systemd: SystemdManager) -> None:
    pid = systemd.start(900)
    done(systemd, "protect", UnitSettings(600))
    earlier = drop_in(systemd).read_bytes()
    systemd.manager["DefaultOOMScoreAdjust"] = ("i", 700)
    done(systemd, "reset")
    assert (drop_in(systemd).exists(), systemd.adj(pid)) == (False, 700)
    undo(systemd)
    assert (drop_in(systemd).read_bytes(), systemd.adj(pid)) == (earlier, 600)


def test_what_began_since_and_inherited_goes_back_to_what_it_would_have_had(systemd: SystemdManager) -> None:
    systemd.start(900)
    done(systemd, "protect", UnitSettings(600))
    tick, begun = os.sysconf("SC_CLK_TCK"), last().units[0].newest
    while int(time.clock_gettime(time.CLOCK_BOOTTIME) * tick) <= begun:  # the clock by which /proc tells the younger
        pass
    later = systemd.start(600)
    undo(systemd)
    assert systemd.adj(later) == 0


@pytest.mark.parametrize("edit", ["[Service]\nNice=5\n", "# Written by OOM Tray\n", None], ids=["added", "another", "removed"])
def test_a_file_that_was_edited_since_is_not_overwritten(systemd: SystemdManager, edit: str | None) -> None:
    done(systemd, "protect", UnitSettings(600))
    file = drop_in(systemd)
    content = None if edit is None else file.read_text() + edit
    file.unlink()
    if content is not None:
        file.write_text(content)
    with pytest.raises(UnitRefused) as error:
        undo(systemd)
    assert error.value.why == Refusal("changed-since", "x.service", str(file))
    assert (file.read_text() if file.exists() else None) == content


@pytest.mark.parametrize("user", [True, False], ids=["own", "of-the-system"])
@pytest.mark.parametrize("action", ["protect", "reset", "undo"])
def test_an_edit_between_the_plan_and_the_writing_is_not_lost(systemd: SystemdManager, action: str, user: bool) -> None:
    """As by hand, while the password dialog is open."""
    done(systemd, "protect", UnitSettings(600), user=user)
    changer, file = systemd.changer(), drop_in(systemd, user=user)
    plan = changer.undo(last()) if action == "undo" else changer.plan(action, "x", UnitSettings(500), user=user)  # type: ignore[arg-type]
    file.write_text(file.read_text() + "Nice=5\n")
    edited = file.read_bytes()
    if user:
        with pytest.raises(UnitRefused) as error:
            changer.apply(plan)
        assert error.value.why == Refusal("changed-since", "x.service", str(file))
    else:
        outcome = changer.apply(plan)
        assert (outcome.edited, outcome.failure) == (False, NotWritten("/p", "changed-since"))
    assert file.read_bytes() == edited


def test_a_manager_that_does_not_reload_leaves_what_can_be_taken_back(systemd: SystemdManager) -> None:
    reload = systemd.peer.answers["Reload"]
    systemd.peer.answers["Reload"] = "org.freedesktop.DBus.Error.AccessDenied"
    outcome = done(systemd, "protect", UnitSettings(600))
    assert (outcome.status, outcome.edited, drop_in(systemd).exists()) == ("failed", False, True)
    assert outcome.failure is not None
    assert (outcome.failure.id, outcome.batch) == ("not-reloaded", last())
    systemd.peer.answers["Reload"] = reload
    undo(systemd)
    assert (drop_in(systemd).exists(), Journal().last()) == (False, None)


def test_ctrl_c_at_the_helper_forgets_nothing_that_it_did(systemd: SystemdManager) -> None:
    def interrupted(argv: object, stdin: bytes) -> tuple[int, bytes, bytes]:
        systemd._run([], stdin)  # the helper ends what it has begun
        raise KeyboardInterrupt

    pid = systemd.start(900)
    changer = systemd.changer(runner=interrupted)
    with pytest.raises(KeyboardInterrupt):
        changer.apply(changer.plan("protect", "x", UnitSettings(600), user=False))
    assert last().units[0].after == {"OOMScoreAdjust": 600}
    undo(systemd)
    assert (drop_in(systemd, user=False).exists(), systemd.adj(pid)) == (False, 900)


def test_a_dialog_that_was_closed_leaves_the_undo_for_another_time(systemd: SystemdManager) -> None:
    done(systemd, "protect", UnitSettings(600), user=False)
    systemd.answer = (126, b"", b"")
    assert undo(systemd).status == "dismissed"
    systemd.answer = None
    assert undo(systemd).status == "done"
    assert Journal().last() is None


def test_what_was_not_done_is_not_remembered(systemd: SystemdManager) -> None:
    systemd.answer = (126, b"", b"")
    done(systemd, "protect", UnitSettings(600), user=False)
    done(systemd, "reset")
    assert Journal().last() is None


def test_a_change_that_can_not_be_remembered_stands_and_says_so(systemd: SystemdManager, xdg: Path) -> None:
    (xdg / "state/oomtray").write_text("in the way")
    outcome = done(systemd, "protect", UnitSettings(600))
    assert (outcome.status, outcome.batch, outcome.undoable) == ("done", None, False)
    assert outcome.note is not None
    assert (outcome.note.id, drop_in(systemd).exists()) == ("not-recorded", True)


@pytest.mark.parametrize(
    ("key", "value"),
    [("from", {"OOMScoreAdjust": [1]}), ("to", 5), ("newest", "1"), ("moved", [{}]), ("name", None), ("inherited", [None])],
)
def test_a_line_that_is_not_ours_costs_itself_alone(xdg: Path, key: str, value: object) -> None:
    journal = Journal()
    unit = UnitChange(name="x.service", user=True, before=None, after={"OOMScoreAdjust": -500}, inherited=(-500,))
    for _ in range(2):
        journal.record("protect", (), units=[unit])
    header, first, second = Path(journal.path).read_text().splitlines()
    entry = json.loads(second)
    if value is None:
        del entry["units"][0][key]
    else:
        entry["units"][0][key] = value
    Path(journal.path).write_text("\n".join([header, first, json.dumps(entry), ""]))
    batch = Journal().last()
    assert batch is not None
    assert (batch.number, batch.units) == (1, (unit,))


def test_a_change_that_left_nothing_to_take_back_does_not_stand_in_the_way_of_the_one_before(systemd: SystemdManager) -> None:
    pid = systemd.start(900)
    done(systemd, "protect", UnitSettings(600))
    systemd.start(900)
    done(systemd, "protect", UnitSettings(600))  # the drop-in is the same, and the second process goes along
    systemd.end(1)
    undo(systemd)
    assert last().units[0].moved[0].pid == pid
    undo(systemd)
    assert (drop_in(systemd).exists(), systemd.adj(pid), Journal().last()) == (False, 900, None)


def test_no_line_of_ours_sets_two_drop_ins(xdg: Path) -> None:
    journal = Journal()
    units = [UnitChange(name=f"{name}.service", user=True, before=None, after={"OOMPolicy": "kill"}) for name in "xy"]
    journal.record("protect", (), units=units)
    assert journal.last() is None
    assert journal.note is not None
    assert journal.note.id == "damaged"
