"""The steps of a lasting change, and the manager's answers that they stand on. With a real systemd: tests/system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.actions.units import dropin, request
from oomtray.actions.units.settings import NoService, NoSuchUnit, UnitRefused, UnitSettings
from oomtray.systemd.manager import ManagerError, ServiceManager
from tests.rigs.bus.peers import PrivateBus
from tests.rigs.bus.systemd_manager import NO_UNIT, SystemdManager, systemd_manager
from tests.rigs.processes.programs import RigUnavailable

HIGHER = UnitSettings(600)


@pytest.fixture
def systemd(private_bus: PrivateBus, xdg: Path) -> Iterator[SystemdManager]:
    with systemd_manager(private_bus, xdg) as made:
        yield made


def drop_in(systemd: SystemdManager) -> Path:
    return systemd.own / "x.service.d/50-oomtray.conf"


def test_one_call_of_the_helper_does_it_all(systemd):
    pid, own = systemd.start(700), systemd.start(100)
    changer = systemd.changer()
    plan = changer.plan("protect", "x", UnitSettings(600, "continue"), user=False)
    outcome = changer.apply(plan)
    ((argv, (unit, *processes)),) = systemd.asked
    assert argv[1:] == ("--disable-internal-agent", argv[2], "unit")
    assert unit == {"unit": "x.service", "set": {"OOMScoreAdjust": 600, "OOMPolicy": "continue"}}
    assert [(line["pid"], line["adj"]) for line in processes] == [(pid, 600)], "the raise is the owner's own write"
    assert (outcome.status, systemd.adj(pid), systemd.adj(own)) == ("done", 600, 600)
    assert {change.pid: (change.before, change.after, change.done) for change in outcome.changes} == {
        pid: (700, 600, True),
        own: (100, 600, True),
    }


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        pytest.param((126, b"", b""), "dismissed", None, id="dismissed"),
        pytest.param((127, b"", b"Error: Not authorized"), "not-authorised", "an administrator's permission", id="refused"),
        pytest.param((127, b"", b"No authentication agent found"), "no-agent", "start a polkit agent", id="no-agent"),
        pytest.param((2, b"", b"oomtray-helper: line 1 is malformed\n"), "failed", "line 1 is malformed", id="malformed"),
        pytest.param((-9, b"", b""), "failed", "status -9", id="killed"),
        pytest.param(
            (1, b'{"unit": "x.service", "ok": false, "error": "not-ours", "path": "/p"}\n', b""),
            "failed",
            "/p: the file there was not written by OOM Tray",
            id="not-ours",
        ),
    ],
)
def test_without_the_helpers_word_nothing_is_changed(systemd, answer, status, says):
    low, high = systemd.start(100), systemd.start(900)
    systemd.answer = answer
    changer = systemd.changer()
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=False))
    assert (outcome.status, outcome.edited) == (status, False)
    assert (says in outcome.says) if says else outcome.says is None
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
    assert (outcome.status, systemd.asked) == ("no-helper", [])
    assert "/no/such/helper" in outcome.says


def test_as_root_the_helpers_own_code_runs_here(systemd):
    """With all its checks: it refuses this directory."""
    systemd.units.mkdir()
    systemd.units.chmod(0o777)
    outcome = (changer := systemd.changer(as_root=True)).apply(changer.plan("protect", "x", HIGHER, user=False))
    assert (outcome.status, outcome.edited, systemd.asked) == ("failed", False, [])
    assert "another than root could write" in outcome.says


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
    dropin.write(str(systemd.units), "x.service", HIGHER)  # the stand-in for the helper doesn't
    systemd.asked.clear()
    plan = changer.undo(outcome)
    undone = changer.apply(plan)
    ((_, (unit, *processes)),) = systemd.asked
    assert unit == {"unit": "x.service", "remove": True}
    assert [(line["pid"], line["adj"]) for line in processes] == [(own, 100)]
    assert (undone.status, undone.undoable) == ("done", False)
    assert (systemd.adj(low), systemd.adj(high), systemd.adj(own), systemd.adj(other)) == (700, 800, 100, 601)


def test_an_undo_writes_the_earlier_drop_in_again(systemd):
    pid = systemd.start(900)
    changer = systemd.changer()
    changer.apply(changer.plan("protect", "x", UnitSettings(500, "continue"), user=True))
    earlier = drop_in(systemd).read_bytes()
    for word, asked in (("protect", UnitSettings(300)), ("reset", UnitSettings())):
        systemd.service["OOMScoreAdjust"] = ("i", 500)
        outcome = changer.apply(changer.plan(word, "x", asked, user=True))
        assert (outcome.undoable, systemd.adj(pid)) == (True, 300 if word == "protect" else 0)
        reloads = len(systemd.peer.called("Reload"))
        assert changer.apply(changer.undo(outcome)).status == "done"
        assert (drop_in(systemd).read_bytes(), systemd.adj(pid)) == (earlier, 500)
        assert len(systemd.peer.called("Reload")) == reloads + 1


def test_what_was_changed_since_is_not_undone(systemd):
    changer = systemd.changer()
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=True))
    changer.apply(changer.plan("protect", "x", UnitSettings(77), user=True))
    with pytest.raises(UnitRefused, match="was changed since, and is left as it is"):
        changer.undo(outcome)
    assert "OOMScoreAdjust=77" in drop_in(systemd).read_text()


def test_a_file_that_was_edited_cant_be_written_the_same_again(systemd):
    changer = systemd.changer()
    changer.apply(changer.plan("protect", "x", HIGHER, user=True))
    with drop_in(systemd).open("a") as file:
        file.write("Nice=5\n")
    outcome = changer.apply(changer.plan("protect", "x", UnitSettings(77), user=True))
    assert (outcome.edited, outcome.undoable) == (True, False)


def test_a_manager_that_does_not_reload_is_told(systemd):
    systemd.peer.answers["Reload"] = "org.freedesktop.DBus.Error.AccessDenied"
    changer = systemd.changer()
    outcome = changer.apply(changer.plan("protect", "x", HIGHER, user=True))
    assert (outcome.status, outcome.edited, drop_in(systemd).exists()) == ("failed", False, True)
    assert "systemctl --user daemon-reload" in outcome.says


def test_where_the_drop_in_can_not_be_written_nothing_else_is_done(systemd):
    pid = systemd.start(900)
    changer = systemd.changer()
    plan = changer.plan("protect", "x", HIGHER, user=True)
    systemd.own.parent.mkdir(parents=True)
    systemd.own.write_text("a file where the directory would be")
    with pytest.raises(UnitRefused, match="Not a directory"):
        changer.apply(plan)
    assert (systemd.adj(pid), systemd.peer.called("Reload")) == (900, [])


@pytest.mark.parametrize(
    ("unit", "error", "says"),
    [
        pytest.param({"LoadState": "not-found"}, NoSuchUnit, "there is no unit x.service", id="missing"),
        pytest.param({"LoadState": "masked"}, UnitRefused, "is masked", id="masked"),
        pytest.param({"LoadState": "bad-setting"}, UnitRefused, r"can't load x.service \(bad-setting\)", id="broken"),
        pytest.param({"Transient": True}, UnitRefused, "is transient", id="transient"),
        pytest.param({"Id": "user@1000.service"}, NoService, "everything of its user", id="alias-of-a-user-manager"),
    ],
)
def test_what_can_not_be_set(systemd, unit, error, says):
    for key, value in unit.items():
        systemd.unit[key] = (systemd.unit[key][0], value)
    with pytest.raises(error, match=says):
        systemd.changer().plan("protect", "x", HIGHER, user=False)


def test_a_drop_in_of_another_is_shown_and_never_written(systemd):
    drop_in(systemd).parent.mkdir(parents=True)
    drop_in(systemd).write_text("[Service]\n")
    changer = systemd.changer()
    assert "was not written by OOM Tray" in changer.look("x", user=True).blocked
    for word in ("protect", "reset"):
        with pytest.raises(UnitRefused, match="was not written by OOM Tray"):
            changer.plan(word, "x", HIGHER, user=True)


def test_the_directory_is_one_that_the_manager_reads(systemd, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    systemd.manager["UnitPath"] = ("as", [f"{tmp_path}/.config/systemd/user"])
    assert systemd.changer().look("x", user=True).units == f"{tmp_path}/.config/systemd/user"
    systemd.manager["UnitPath"] = ("as", ["/elsewhere"])
    with pytest.raises(UnitRefused, match="does not read"):
        systemd.changer().look("x", user=True)


def test_without_a_manager_the_reason_is_said(systemd):
    with pytest.raises(UnitRefused, match="the system's systemd manager can't be reached: it has no bus here"):
        systemd.changer(addresses=lambda _: None).look("x", user=False)
    with pytest.raises(ManagerError, match="can't be reached: No such file"):
        ServiceManager(None, addresses=lambda _: "unix:path=/no/such/bus")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param({"LoadUnit": NO_UNIT}, "does not take x.service: org.freedesktop", id="refused"),
        pytest.param({"LoadUnit": ("s", ("/unit",))}, "does not take x.service", id="another-type"),
        pytest.param({"GetAll": NO_UNIT}, "does not tell of x.service", id="no-properties"),
        pytest.param({"LoadUnit": None}, "does not answer", id="silent"),
    ],
)
def test_a_manager_with_another_answer(systemd, private_bus, answer, says):
    systemd.peer.answers |= answer
    manager = ServiceManager(None, addresses=lambda _: private_bus.address, timeout=0.3)
    with manager, pytest.raises(ManagerError, match=says):
        manager.status("x.service")


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
