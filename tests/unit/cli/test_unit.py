"""`unit`: what it prints, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.actions.units import changer
from oomtray.cli import main, unit_output
from tests.rigs.bus.peers import PrivateBus
from tests.rigs.bus.systemd_manager import SystemdManager, systemd_manager


@pytest.fixture
def systemd(private_bus: PrivateBus, xdg: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemdManager]:
    with systemd_manager(private_bus, xdg) as made:
        monkeypatch.setattr(changer, "UnitChanger", made.changer)
        yield made


def run(*argv: str) -> int:
    return main(["unit", *argv], tray=lambda _: 99)


def test_show(systemd, capsys):
    one, two = systemd.start(0), systemd.start(300)
    assert run("show", "x") == 0
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "x.service of the system's manager",
        "   OOMScoreAdjust        0",
        "   OOMPolicy             stop: One death ends the whole unit with its 2 processes.",
        "   ManagedOOMPreference  none",
        "   Control group         /x.service",
        "   Unit file             –",
        "   Our drop-in           none",
        "   Other drop-ins        none",
        "   Processes             2, 1 with another value than the unit sets",
        f"      sleep ({one})  0",
        f"      sleep ({two})  +300",
        "Note: `oomtray unit protect x.service --policy continue` would leave the others running.",
    ]


def test_show_names_other_drop_ins_and_has_a_dash_for_what_an_old_systemd_does_not_know(systemd, capsys):
    systemd.unit |= {"DropInPaths": ("as", ["/etc/a.conf", "/etc/b.conf"]), "FragmentPath": ("s", "/lib/x.service")}
    del systemd.service["ManagedOOMPreference"]
    assert run("show", "x") == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["ManagedOOMPreference", "–"] in lines
    assert ["Other", "drop-ins", "/etc/a.conf,", "/etc/b.conf"] in lines
    assert ["Unit", "file", "/lib/x.service"] in lines
    assert ["Processes", "0"] in lines


@pytest.mark.parametrize(
    ("mode", "kind", "says"),
    [
        ("control-group", "main", "One death leaves the rest of the unit running, except that of its main process."),
        ("process", "main", "One death leaves the rest of the unit running."),
        ("control-group", "cgroup", "One death leaves the rest of the unit running."),
    ],
)
def test_a_main_process_takes_its_service_along_whatever_the_policy(systemd, capsys, mode, kind, says):
    pid = systemd.start(0)
    systemd.service |= {"OOMPolicy": ("s", "continue"), "MainPID": ("u", pid), "KillMode": ("s", mode), "ExitType": ("s", kind)}
    assert run("show", "x") == 0
    assert f"continue: {says}" in capsys.readouterr().out.splitlines()[2]


def test_a_unit_without_memory_accounting_does_not_end_whole(systemd, capsys):
    systemd.start(0)
    systemd.kill_count.unlink()
    assert run("show", "x") == 0
    out = capsys.readouterr().out
    assert "OOMPolicy has no effect here" in out
    assert "--policy continue" not in out


def test_a_dry_run_shows_the_file_and_what_would_move(systemd, capsys):
    pid = systemd.start(0)
    assert run("deprioritize", "x", "--oomd", "avoid", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{systemd.units}/x.service.d/50-oomtray.conf would hold:",
        "   # Written by OOM Tray (io.github.oomtray.OOMTray), which replaces and removes this file.",
        "   [Service]",
        "   OOMScoreAdjust=300",
        "   ManagedOOMPreference=avoid",
        f"sleep ({pid}) would go from 0 to +300.",
    ]
    assert (systemd.asked, systemd.adj(pid)) == ([], 0)


def test_whose_sessions_inherit_it_is_said(systemd, capsys):
    systemd.service["PAMName"] = ("s", "login")
    assert run("protect", "x", "--dry-run") == 0
    note = "Note: x.service starts sessions or jobs of users: everything started in its sessions inherits this value."
    assert note in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(("word", "adj"), [("protect", -250), ("deprioritize", 450)])
def test_the_words_mean_what_the_settings_say(systemd, xdg, capsys, word, adj):
    path = xdg / "config/oomtray/config.toml"
    path.parent.mkdir()
    path.write_text("[actions]\nprotect = -250\ndeprioritize = 450\n")
    assert run(word, "x") == 0
    ((_, (line,)),) = systemd.asked
    assert line["set"] == {"OOMScoreAdjust": adj}


def test_what_was_done_and_how_to_take_it_back(systemd, capsys):
    pid = systemd.start(900)
    assert run("protect", "x", "--adj", "600") == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines() == [
        f"{systemd.units}/x.service.d/50-oomtray.conf sets OOMScoreAdjust=600, and systemd has read it.",
        f"sleep ({pid}) lowered from +900 to +600.",
        "`oomtray undo` takes it back; after the next boot, `oomtray unit reset x.service` does.",
    ]


@pytest.mark.parametrize("runs", [True, False])
def test_that_systemd_oomd_forgets_with_a_reload_is_said_where_it_runs(systemd, tmp_path, capsys, monkeypatch, runs):
    monkeypatch.setattr(unit_output, "OOMD_RUNS", str(tmp_path if runs else tmp_path / "none"))
    systemd.service["OOMScoreAdjust"] = ("i", 300)
    systemd.start(0)
    assert run("deprioritize", "x", "--user") == 0
    assert ("systemd-oomd may no longer watch" in capsys.readouterr().out) is runs


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        pytest.param((126, b"", b""), 4, "", id="dismissed"),
        pytest.param((127, b"", b""), 3, "oomtray: An administrator's permission is needed, and it was not given.\n", id="refused"),
        pytest.param((1, b"", b"no\n"), 1, "oomtray: The helper ended with status 1: no.\n", id="failed"),
        pytest.param((0, b'{"ok": true}\n', b""), 1, "oomtray: It was not done.\n", id="no-word-of-the-unit"),
    ],
)
def test_how_it_ends_without_permission(systemd, capsys, answer, status, says):
    systemd.answer = answer
    assert run("protect", "x") == status
    said = capsys.readouterr()
    assert (said.err, "sets" in said.out) == (says, False)


def test_what_would_count_as_more_is_said_before_the_dialog(systemd, capsys):
    systemd.start(0)
    systemd.start(0)
    systemd.answer = (126, b"", b"")
    assert run("protect", "x") == 4
    assert "--policy continue leaves the others running" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "status", "says"),
    [
        pytest.param(["protect", "x.scope"], 2, "x.scope is not a service", id="scope"),
        pytest.param(["protect", "x@"], 2, "x@.service is a template: name one instance of it, such as x@NAME.service.", id="template"),
        pytest.param(["protect", "../x"], 2, "is not the name of one service", id="path"),
        pytest.param(["protect", "x", "--adj", "-1000"], 2, "-1000 is never set", id="never"),
        pytest.param(["protect", "x", "--policy", "maybe"], 2, "invalid choice", id="policy"),
        pytest.param(["reset", "x", "--adj", "5"], 2, "unrecognized arguments", id="reset-takes-no-value"),
        pytest.param([], 2, "required", id="no-verb"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(systemd, capsys, argv, status, says):
    assert run(*argv) == status
    said = capsys.readouterr()
    assert says in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_nothing_to_take_back(systemd, capsys):
    assert run("reset", "x") == 0
    assert capsys.readouterr().out == "x.service has no drop-in of OOM Tray: there is nothing to take back.\n"
    assert systemd.asked == []


def test_the_other_managers_unit_is_pointed_out(systemd, capsys):
    asked = iter(["not-found", "loaded"])

    def get_all(interface: str):
        if interface.endswith(".Unit"):
            systemd.unit["LoadState"] = ("s", next(asked))
        return systemd.get_all(interface)

    systemd.peer.answers["GetAll"] = get_all
    assert run("show", "x") == 1
    says = "oomtray: There is no unit x.service in the system's manager. Your user manager has one of that name: add --user.\n"
    assert capsys.readouterr().err == says
