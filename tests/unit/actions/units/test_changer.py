"""The steps of a lasting change, and the manager's answers that they stand on. With a real systemd: tests/system."""

from __future__ import annotations

import errno
import os
from binascii import crc32
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from oomtray.actions.helper_run import Complaint
from oomtray.actions.units import request
from oomtray.actions.units.request import NotWritten
from oomtray.actions.units.settings import Refusal, UnitRefused, UnitSettings
from oomtray.file_access import FileProblem
from oomtray.systemd.manager import ManagerError, ManagerProblem, ServiceManager
from tests.rigs.bus.peers import PrivateBus
from tests.rigs.bus.systemd_manager import NO_UNIT, SystemdManager, systemd_manager
from tests.rigs.processes.programs import RigUnavailable

HIGHER = UnitSettings(600)


@pytest.fixture
def systemd(private_bus: PrivateBus, xdg: Path) -> Iterator[SystemdManager]:
    with systemd_manager(private_bus, xdg) as made:
        yield made


def refused(act):
    """Why a unit was refused."""
    with pytest.raises(UnitRefused) as error:
        act()
    return error.value.why


def drop_in(systemd: SystemdManager) -> Path:
    return systemd.own / "x.service.d/50-oomtray.conf"


def test_one_call_of_the_helper_does_it_all(systemd):
    pid, own = systemd.start(700), systemd.start(100)
    changer = systemd.changer()
    plan = changer.plan("protect", "x", UnitSettings(600, "continue"), user=False)
    outcome = changer.apply(plan)
    ((argv, (unit, *processes)),) = systemd.asked
    assert argv[1:] == ("--disable-internal-agent", argv[2], "unit", "x.service")
    assert unit == {"unit": "x.service", "set": {"OOMScoreAdjust": 600, "OOMPolicy": "continue"}, "was": 0}
    assert [(line["pid"], line["adj"]) for line in processes] == [(pid, 600)], "the raise is the owner's own write"
    assert (outcome.status, systemd.adj(pid), systemd.adj(own)) == ("done", 600, 600)
    assert {change.pid: (change.before, change.after, change.done) for change in outcome.changes} == {
        pid: (700, 600, True),
        own: (100, 600, True),
    }


@pytest.mark.parametrize(
    ("answer", "status", "failure"),
    [
        pytest.param((126, b"", b""), "dismissed", None, id="dismissed"),
        pytest.param((127, b"", b"Error: Not authorized"), "not-authorised", None, id="refused"),
        pytest.param((127, b"", b"No authentication agent found"), "no-agent", None, id="no-agent"),
        pytest.param(
            (2, b"", b"oomtray-helper: line 1 is malformed\n"),
            "failed",
            Complaint("oomtray-helper: line 1 is malformed", 2),
            id="malformed",
        ),
        pytest.param((-9, b"", b""), "failed", Complaint("", -9), id="killed"),
        pytest.param(
            (1, b'{"unit": "x.service", "ok": false, "error": "not-ours", "path": "/p"}\n', b""),
            "failed",
            NotWritten("/p", "not-ours"),
            id="not-ours",
        ),
    ],
)
def test_without_the_helpers_word_nothing_is_changed(systemd, answer, status, failure):
    low, high = systemd.start(100), systemd.start(900)
    systemd.answer = answer
    changer = systemd.changer()
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=False))
    assert (outcome.status, outcome.edited, outcome.failure) == (status, False, failure)
    assert (systemd.adj(low), systemd.adj(high)) == (100, 900)


def test_a_process_that_the_helper_refused_is_named(systemd):
    pid = systemd.start(900)
    line = b'{"unit": "x.service", "ok": true, "error": null, "path": "/p"}\n{"pid": %d, "ok": false, "error": "wrong-owner"}\n'
    systemd.answer = (1, line % pid, b"")
    changer = systemd.changer()
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=False))
    assert (outcome.status, outcome.edited) == ("failed", True)
    assert [(change.pid, change.done, change.error) for change in outcome.changes] == [(pid, False, "wrong-owner")]


def test_what_is_not_installed_is_said_before_anything_is_run(systemd):
    changer = systemd.changer(helper="/no/such/helper")
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=False))
    assert (outcome.status, outcome.failure, systemd.asked) == ("no-helper", None, [])


def test_a_helper_too_old_to_look_whether_the_drop_in_was_edited_is_not_run(systemd, tmp_path):
    helper = tmp_path / "oomtray-helper"
    helper.write_text("PROTOCOL = 1\n")
    helper.chmod(0o755)
    changer = systemd.changer(helper=str(helper))
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=False))
    assert (outcome.status, outcome.failure, systemd.asked) == ("old-helper", None, [])


def test_as_root_the_helpers_own_code_runs_here(systemd):
    """With all its checks: it refuses this directory."""
    systemd.units.mkdir()
    systemd.units.chmod(0o777)
    outcome = (changer := systemd.changer(as_root=True)).apply(changer.plan("protect", "x", HIGHER, user=False))
    assert (outcome.status, outcome.edited, systemd.asked) == ("failed", False, [])
    assert outcome.failure == NotWritten(str(systemd.units / "x.service.d/50-oomtray.conf"), "unsafe-path")


@pytest.mark.parametrize("mask", [0o000, 0o077], ids=oct)
def test_as_root_the_file_can_be_read_by_all_and_written_by_root_alone(systemd, mask):
    if os.geteuid() != 0:
        raise RigUnavailable("the helper's code takes only a directory of root's")
    systemd.units.mkdir(mode=0o755)
    changer = systemd.changer(as_root=True)
    plan = changer.plan("protect", "x", HIGHER, user=False)
    before = os.umask(mask)
    try:
        changer.apply(plan)
    finally:
        assert os.umask(before) == mask
    folder = systemd.units / "x.service.d"
    modes = [path.stat().st_mode & 0o777 for path in (folder, folder / "50-oomtray.conf")]
    assert modes == [0o755, 0o644]


def test_a_service_of_the_users_own_needs_nobody(systemd):
    pid = systemd.start(900)
    changer = systemd.changer()
    plan = changer.plan("protect", "x", HIGHER, user=True)
    assert changer.call(plan) is None
    outcome = changer.apply(plan)
    assert (outcome.status, systemd.asked, systemd.adj(pid)) == ("done", [], 600)
    assert drop_in(systemd).read_text().endswith("[Service]\nOOMScoreAdjust=600\n")
    assert len(systemd.peer.called("Reload")) == 1
    systemd.service["OOMScoreAdjust"] = ("i", 600)
    systemd.manager["DefaultOOMScoreAdjust"] = ("i", 700)
    outcome = changer.apply(changer.plan("reset", "x", user=True))
    assert (outcome.status, systemd.adj(pid), list(systemd.own.iterdir())) == ("done", 700, [])


def test_an_undo_is_one_call_for_the_drop_in_and_each_processes_value(systemd):
    """A raise of one's own is again a plain write; what another has set since stays."""
    low, high, own, other = (systemd.start(adj) for adj in (700, 800, 100, 650))
    changer = systemd.changer()
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=False))
    assert (systemd.adj(low), systemd.adj(high), systemd.adj(own), systemd.adj(other)) == (600,) * 4
    Path(f"/proc/{other}/oom_score_adj").write_text("601")
    systemd.asked.clear()
    plan = changer.undo(outcome.batch)
    there = (systemd.units / "x.service.d/50-oomtray.conf").read_bytes()
    undone = changer.apply(plan)
    ((_, (unit, *processes)),) = systemd.asked
    assert unit == {"unit": "x.service", "remove": True, "was": crc32(there)}
    assert [(line["pid"], line["adj"]) for line in processes] == [(own, 100)]
    assert (undone.status, undone.undoable) == ("done", False)
    assert (systemd.adj(low), systemd.adj(high), systemd.adj(own), systemd.adj(other)) == (700, 800, 100, 601)


def test_what_was_changed_since_is_not_undone(systemd):
    changer = systemd.changer()
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=True))
    changer.apply(changer.plan("protect", "x", UnitSettings(77), user=True))
    assert refused(lambda: changer.undo(outcome.batch)) == Refusal("changed-since", "x.service", str(drop_in(systemd)))
    assert "OOMScoreAdjust=77" in drop_in(systemd).read_text()


def test_a_file_that_was_edited_cant_be_written_the_same_again(systemd):
    changer = systemd.changer()
    changer.apply(changer.plan("protect", "x", HIGHER, user=True))
    with drop_in(systemd).open("a") as file:
        file.write("Nice=5\n")
    outcome = changer.apply(changer.plan("protect", "x", UnitSettings(77), user=True))
    assert (outcome.edited, outcome.undoable) == (True, False)
    assert refused(lambda: changer.undo(outcome.batch)) == Refusal("not-exact", "x.service", str(drop_in(systemd)))
    assert "OOMScoreAdjust=77" in drop_in(systemd).read_text()


def test_where_the_drop_in_can_not_be_written_nothing_else_is_done(systemd):
    pid = systemd.start(900)
    changer = systemd.changer()
    plan = changer.plan("protect", "x", HIGHER, user=True)
    systemd.own.parent.mkdir(parents=True)
    systemd.own.write_text("a file where the directory would be")
    assert refused(lambda: changer.apply(plan)) == FileProblem("unwritable", str(drop_in(systemd)), errno.ENOTDIR)
    assert (systemd.adj(pid), systemd.peer.called("Reload")) == (900, [])


@pytest.mark.parametrize(
    ("unit", "refusal"),
    [
        pytest.param({"LoadState": "not-found"}, Refusal("no-unit", "x.service"), id="missing"),
        pytest.param({"LoadState": "masked"}, Refusal("masked", "x.service"), id="masked"),
        pytest.param(
            {"LoadState": "bad-setting"}, Refusal("unloadable", "x.service", "bad-setting"), id="broken"
        ),
        pytest.param({"Transient": True}, Refusal("transient", "x.service"), id="transient"),
        pytest.param(
            {"Id": "user@1000.service"}, Refusal("user-manager", "user@1000.service"), id="alias-of-a-user-manager"
        ),
    ],
)
def test_what_can_not_be_set(systemd, unit, refusal):
    for key, value in unit.items():
        systemd.unit[key] = (systemd.unit[key][0], value)
    assert refused(lambda: systemd.changer().plan("protect", "x", HIGHER, user=False)) == refusal


def test_a_drop_in_of_another_is_shown_and_never_written(systemd):
    drop_in(systemd).parent.mkdir(parents=True)
    drop_in(systemd).write_text("[Service]\n")
    changer = systemd.changer()
    refusal = Refusal("not-ours", "x.service", str(drop_in(systemd)))
    assert changer.look("x", user=True).blocked == refusal
    for action in ("protect", "reset"):
        assert refused(partial(changer.plan, action, "x", HIGHER, user=True)) == refusal


def test_the_directory_is_one_that_the_manager_reads(systemd, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    systemd.manager["UnitPath"] = ("as", [f"{tmp_path}/.config/systemd/user"])
    assert systemd.changer().look("x", user=True).units == f"{tmp_path}/.config/systemd/user"
    systemd.manager["UnitPath"] = ("as", ["/elsewhere"])
    refusal = Refusal("unread-directory", "x.service", str(systemd.own), user=True)
    assert refused(lambda: systemd.changer().look("x", user=True)) == refusal


def test_without_a_manager_the_reason_is_said(systemd):
    nowhere = systemd.changer(addresses=lambda _: None)
    assert refused(lambda: nowhere.look("x", user=False)) == ManagerProblem("no-bus", None)
    with pytest.raises(ManagerError) as error:
        ServiceManager(None, addresses=lambda _: "unix:path=/no/such/bus")
    assert error.value.problem == ManagerProblem("no-connection", None)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        pytest.param({"LoadUnit": NO_UNIT}, "not-loaded", id="refused"),
        pytest.param({"LoadUnit": ("s", ("/unit",))}, "not-loaded", id="another-type"),
        pytest.param({"GetAll": NO_UNIT}, "not-told", id="no-properties"),
        pytest.param({"LoadUnit": None}, "no-answer", id="silent"),
    ],
)
def test_a_manager_with_another_answer(systemd, private_bus, answer, trouble):
    systemd.peer.answers |= answer
    manager = ServiceManager(None, addresses=lambda _: private_bus.address, timeout=0.3)
    with manager, pytest.raises(ManagerError) as error:
        manager.status("x.service")
    assert error.value.problem.id == trouble
    assert bool(error.value.problem.detail) == (trouble != "no-answer")


def test_an_old_manager_leaves_unknown_what_it_does_not_know(systemd, private_bus):
    systemd.service.clear()
    systemd.manager.clear()
    with ServiceManager(None, addresses=lambda _: private_bus.address) as manager:
        status = manager.status("x.service")
    known = (status.oom_policy, status.oom_score_adjust, status.oomd_preference, status.default_adjust, status.main_pid)
    assert known == (None, None, None, None, None)
    assert status.manager_pid == os.getpid()


def test_processes_beyond_one_request_wait_for_the_next_start(systemd, monkeypatch):
    monkeypatch.setattr(request, "MAX_LINES", 2)
    systemd.start(900)
    systemd.start(900)
    changer = systemd.changer()
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=False))
    assert [change.error for change in outcome.changes] == [None, "next-start"]
    assert outcome.status == "failed"


def test_no_answer_is_no_success():
    assert request.read(0, b"", b"").status == "failed"
