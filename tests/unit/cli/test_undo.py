"""`undo` of what was set for a unit, in the rules or in the settings: what it prints, and how it ends. Of processes: test_change.py."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from oomtray.actions.file_edits import record_settings
from oomtray.actions.journal import Journal
from oomtray.actions.units import changer, limit, preference
from oomtray.actions.units.limit import LimitChanger, MemoryMax
from oomtray.cli import main
from oomtray.config import Settings, load
from oomtray.config.taking_back import edit_between
from oomtray.config.writing import change_all
from oomtray.systemd.manager import LoadedUnit, ManagerError, ManagerProblem, ServiceManager
from tests.rigs.bus.memory_limits import MemoryLimits
from tests.rigs.bus.peers import Answer, Peer, PrivateBus, serving
from tests.rigs.bus.systemd_manager import NAME, SystemdManager, systemd_manager
from tests.rigs.commands.contract import CHANGES, read

UNDONE = CHANGES | {
    "units": [{"name": str, "user": bool, "live": bool, "from": (dict, None), "to": (dict, None), "done": bool, "error": (str, None)}]
}


@pytest.fixture
def systemd(private_bus: PrivateBus, xdg: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemdManager]:
    with systemd_manager(private_bus, xdg) as made:
        monkeypatch.setattr(changer, "UnitChanger", made.changer)
        yield made


def run(*argv: str) -> int:
    return main([*argv], tray=lambda _: 99)


def undone(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any], str]:
    """Exit status, document and standard error of `undo --json`."""
    capsys.readouterr()
    status = run("undo", "--json", *argv)
    said = capsys.readouterr()
    document = json.loads(said.out)
    return status, document, said.err


def drop_in(systemd: SystemdManager) -> Path:
    return systemd.units / "x.service.d/50-oomtray.conf"


def test_what_was_set_is_removed_and_the_processes_go_back(systemd, capsys):
    pid = systemd.start(900)
    run("unit", "protect", "x", "--adj", "600")
    capsys.readouterr()
    assert run("undo") == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{drop_in(systemd)} is removed, and systemd has noticed that.",
        f"sleep ({pid}) raised from +600 to +900.",
    ]
    assert (said.err, drop_in(systemd).exists(), systemd.adj(pid)) == ("", False, 900)
    assert run("undo") == 1
    assert capsys.readouterr().err == "oomtray: There is nothing to undo.\n"


def test_the_history_has_the_undo_too_once(systemd, capsys):
    run("unit", "protect", "x", "--adj", "600")
    run("undo")
    capsys.readouterr()
    assert run("history") == 0
    said = [line.split("  ", 2)[-1].strip() for line in capsys.readouterr().out.splitlines()]
    assert said == ["You protected x.service", "Undone: protecting x.service"]


def test_a_dry_run_shows_what_would_be_and_does_nothing(systemd, capsys):
    pid = systemd.start(900)
    run("unit", "protect", "x", "--adj", "600")
    capsys.readouterr()
    assert run("undo", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{drop_in(systemd)} would be removed.",
        f"sleep ({pid}) would go from +600 to +900.",
    ]
    status, document, _ = undone(capsys, "--dry-run")
    assert (status, document["changes"][0]["to"], document["changes"][0]["done"]) == (0, 900, False)
    assert (drop_in(systemd).exists(), systemd.adj(pid), len(systemd.asked)) == (True, 600, 1)


def test_the_json_names_the_unit_beside_the_processes(systemd, capsys):
    pid = systemd.start(900)
    run("unit", "protect", "x", "--adj", "600")
    capsys.readouterr()
    assert run("undo", "--json") == 0
    document = read(capsys.readouterr().out, UNDONE)
    (unit,) = document["units"]
    assert unit == {
        "name": "x.service", "user": False, "live": False,
        "from": {"OOMScoreAdjust": 600}, "to": None, "done": True, "error": None,
    }  # fmt: skip
    assert [(one["pid"], one["from"], one["to"], one["done"]) for one in document["changes"]] == [(pid, 600, 900, True)]


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        pytest.param((126, b"", b""), 4, "dismissed", id="dismissed"),
        pytest.param((127, b"", b""), 3, "not-authorised", id="refused"),
        pytest.param((1, b'{"unit": "x.service", "ok": false, "error": "read-only", "path": "/p"}\n', b""), 1, "read-only", id="failed"),
    ],
)
def test_where_it_is_not_done_the_next_undo_tries_again(systemd, capsys, answer, status, error):
    run("unit", "protect", "x", "--adj", "600")
    systemd.answer = answer
    ended, document, said = undone(capsys)
    assert (ended, document["units"][0]["done"], document["units"][0]["error"]) == (status, False, error)
    assert said.count("\n") == (status != 4)
    systemd.answer = None
    assert run("undo") == 0


def test_without_the_helper_the_remedy_is_named(systemd, capsys, monkeypatch):
    run("unit", "protect", "x", "--adj", "600")
    monkeypatch.setattr(changer, "UnitChanger", lambda **given: systemd.changer(helper="/no/such/helper", **given))
    status, document, said = undone(capsys)
    assert (status, document["units"][0]["error"], said.count("\n")) == (5, "no-helper", 1)


def test_a_file_that_was_edited_since_stays_and_the_next_undo_takes_the_change_before_it(systemd, capsys):
    pid = systemd.start(900)
    run("deprioritize", str(pid), "--adj", "950")
    run("unit", "protect", "x", "--adj", "600")
    with drop_in(systemd).open("a") as file:
        file.write("Nice=5\n")
    edited = drop_in(systemd).read_text()
    assert run("undo", "--dry-run") == 1
    status, document, said = undone(capsys)
    assert (status, document["changes"], document["units"][0]["error"]) == (1, [], "changed-since")
    assert said == f"oomtray: x.service is not as before: {drop_in(systemd)} was changed since and is left as it is.\n"
    assert drop_in(systemd).read_text() == edited
    batch = Journal().last()
    assert batch is not None
    assert batch.changes[0].pid == pid


def test_of_processes_a_dry_run_says_what_another_has_changed_since(systemd, capsys):
    one, other = systemd.start(0), systemd.start(0)
    run("deprioritize", str(one), str(other))
    Path(f"/proc/{one}/oom_score_adj").write_text("70")
    status, document, _ = undone(capsys, "--dry-run")
    errors = {change["pid"]: change["error"] for change in document["changes"]}
    assert (status, errors, systemd.adj(other)) == (1, {one: "changed-since", other: None}, 300)
    assert "units" not in document


class UserManager:
    """With scopes that are marked as their preference says. Of `ended` it knows nothing more, with `stuck` it does nothing."""

    def __init__(self, peer: Peer, cgroups: Path) -> None:
        self.ended: set[str] = set()
        self.stuck: set[str] = set()
        self.preference: dict[str, str] = {}
        self._cgroups, self._asked = cgroups, ""
        (cgroups / "cgroup.controllers").write_text("memory\n")
        peer.answers = {"GetUnit": self._get, "GetAll": self._all, "SetUnitProperties": self._set}

    def add(self, name: str) -> None:
        (self._cgroups / name).mkdir()
        self.preference[name] = "none"

    def _get(self, name: str) -> Answer:
        self._asked = name
        return f"{NAME}.NoSuchUnit" if name in self.ended else ("o", ("/unit",))

    def _all(self, interface: str) -> Answer:
        unit = {"Id": ("s", self._asked), "ActiveState": ("s", "active")}
        own = {"ControlGroup": ("s", f"/{self._asked}"), "ManagedOOMPreference": ("s", self.preference[self._asked])}
        return "a{sv}", (own if interface.endswith("Scope") else unit,)

    def _set(self, name: str, _runtime: bool, properties: list[tuple[str, tuple[str, str]]]) -> Answer:
        group = self._cgroups / name
        if name in self.stuck:
            return "", ()
        for mark in os.listxattr(group):
            os.removexattr(group, mark)
        self.preference[name] = dict(properties)["ManagedOOMPreference"][1]
        if self.preference[name] != "none":
            os.setxattr(group, f"user.oomd_{self.preference[name]}", b"1")
        return "", ()


@pytest.fixture
def scopes(private_bus: PrivateBus, tmp_path: Path, xdg: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UserManager]:
    """Two that are spared by systemd-oomd, by one click."""
    peer, cgroups = private_bus.peer(NAME), tmp_path / "groups"
    cgroups.mkdir()
    made = UserManager(peer, cgroups)
    changer = partial(preference.PreferenceChanger, addresses=lambda _: private_bus.address, cgroups=str(cgroups))
    monkeypatch.setattr(preference, "PreferenceChanger", changer)
    with serving(peer):
        for name in ("one.scope", "two.scope"):
            made.add(name)
        changer().set(["one.scope", "two.scope"], "avoid", user=True)
        yield made


def test_what_was_set_by_one_click_goes_back_together(scopes, capsys):
    assert run("undo") == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines() == [f"systemd-oomd now treats {name} with its 0 processes as any other." for name in ("one.scope", "two.scope")]
    assert (scopes.preference, Journal().last()) == ({"one.scope": "none", "two.scope": "none"}, None)
    assert run("history") == 0
    assert capsys.readouterr().out.endswith("  Undone: how systemd-oomd treats one.scope and two.scope\n")


def test_of_several_units_those_are_set_that_can_be(scopes):
    done = preference.PreferenceChanger().set(["one.scope", "app.slice"], "omit", user=True)
    assert ([one.before.name for one in done.units], scopes.preference["one.scope"]) == (["one.scope"], "omit")


def test_where_no_mark_can_be_read_the_managers_word_counts(scopes, tmp_path):
    (tmp_path / "groups/cgroup.controllers").unlink()
    preference.PreferenceChanger().set(["one.scope"], "omit", user=True)
    assert scopes.preference["one.scope"] == "omit"


def test_of_several_units_each_that_is_not_taken_back_is_said(scopes, capsys):
    scopes.preference["two.scope"] = "omit"
    status, document, said = undone(capsys)
    assert (status, [one["error"] for one in document["units"]]) == (1, [None, "preference-changed-since"])
    assert said.startswith("oomtray: two.scope is not as before: ")
    assert (scopes.preference, Journal().last()) == ({"one.scope": "none", "two.scope": "omit"}, None)


def test_what_the_manager_says_to_have_done_and_has_not_is_said(scopes, capsys):
    scopes.stuck = {"two.scope"}
    status, document, said = undone(capsys)
    assert (status, [one["error"] for one in document["units"]]) == (1, [None, "not-set"])
    assert said == "oomtray: systemd has not set this for the control group of two.scope.\n"


def test_a_preference_is_told_with_how_long_it_holds_and_what_takes_it_back(scopes, capsys):
    for preference_, says in (
        ("omit", ["systemd-oomd now never kills one.scope with its 0 processes.", "This holds until one.scope ends.", "`oomtray undo` takes it back."]),
        ("omit", ["systemd-oomd now never kills one.scope with its 0 processes."]),
        ("none", ["systemd-oomd now treats one.scope with its 0 processes as any other.", "`oomtray undo` takes it back."]),
    ):
        assert run("unit", "set", "one.scope", "--user", "--oomd", preference_) == 0
        assert [line for line in capsys.readouterr().out.splitlines() if not line.startswith("Note: ")] == says


def test_what_the_manager_refused_for_now_is_left_to_the_next_undo(scopes, capsys, monkeypatch):
    set_now = ServiceManager.set_oomd_preference

    def refusing(manager: ServiceManager, unit: LoadedUnit, wanted: str) -> None:
        if unit.name == "two.scope":
            raise ManagerError(ManagerProblem("no-answer", 0, unit.name))
        set_now(manager, unit, wanted)

    with monkeypatch.context() as patch:
        patch.setattr(ServiceManager, "set_oomd_preference", refusing)
        status, document, _ = undone(capsys)
    assert (status, [one["done"] for one in document["units"]]) == (1, [True, False])
    assert run("undo") == 0
    assert (scopes.preference, Journal().last()) == ({"one.scope": "none", "two.scope": "none"}, None)


def test_units_that_have_ended_do_not_stand_in_the_way_of_the_change_before(scopes, capsys):
    scopes.ended = {"one.scope", "two.scope"}
    status, document, _ = undone(capsys)
    assert (status, [one["error"] for one in document["units"]]) == (1, ["not-loaded", "not-loaded"])
    assert Journal().last() is None


# the memory limit of a unit


@pytest.fixture
def limits(private_bus: PrivateBus, xdg: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryLimits]:
    """One that was raised from 200 to 320 MiB."""
    peer = private_bus.peer(NAME)
    made = MemoryLimits(peer, shop_service=200 << 20)
    changing = partial(LimitChanger, addresses=lambda _: private_bus.address)
    monkeypatch.setattr(limit, "LimitChanger", changing)
    with serving(peer):
        changing().set(MemoryMax("shop.service", False, 320 << 20))
        yield made


def test_a_raised_limit_goes_back_and_the_history_says_so(limits, capsys):
    assert run("undo", "--dry-run") == 0
    assert capsys.readouterr().out == "shop.service would have a memory limit of 200 MiB.\n"
    assert limits.limits["shop.service"] == 320 << 20
    assert run("undo") == 0
    assert capsys.readouterr().out == "shop.service may use 200 MiB again.\n"
    assert limits.limits["shop.service"] == 200 << 20
    assert run("history") == 0
    assert capsys.readouterr().out.endswith("  Undone: raising the memory limit of shop.service\n")
    assert run("undo") == 1
    assert capsys.readouterr().err == "oomtray: There is nothing to undo.\n"


def test_the_json_of_a_limit_that_goes_back(limits, capsys):
    status, document, _ = undone(capsys)
    read(json.dumps(document) + "\n", UNDONE)
    (told,) = document["units"]
    assert (status, document["changes"], told["from"], told["to"]) == (0, [], {"MemoryMax": 320 << 20}, {"MemoryMax": 200 << 20})
    assert (told["done"], told["live"], told["error"]) == (True, True, None)


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        ("AccessDenied", 3, "shop.service is not as before: You were not authorized to change shop.service."),
        ("InteractiveAuthorizationRequired", 3, "shop.service is not as before: Only root may set this for shop.service."),
    ],
)
def test_without_a_password_the_limit_stays_and_the_next_undo_tries_again(limits, capsys, error, status, says):
    limits.refuses = f"org.freedesktop.DBus.Error.{error}"
    assert run("undo") == status
    assert capsys.readouterr().err == f"oomtray: {says}\n"
    limits.refuses = None
    assert run("undo") == 0


def test_a_limit_that_another_has_changed_since_is_left_alone(limits, capsys):
    limits.limits["shop.service"] = 1 << 30
    assert run("undo") == 1
    assert capsys.readouterr().err == (
        "oomtray: shop.service is not as before: The memory limit of shop.service was changed to 1.0 GiB since and is left as it is.\n"
    )


# rules, and what is expendable


def test_a_rule_that_the_command_added_goes_out_again(xdg, capsys):
    assert run("rules", "add", "--app", "db", "--set", "protect") == 0
    capsys.readouterr()
    assert run("undo", "--dry-run") == 0
    assert capsys.readouterr().out == "1 rule would be removed.\n"
    assert run("undo") == 0
    assert capsys.readouterr().out == "1 rule was removed. What it set stays until it is reset.\n"
    assert run("history") == 0
    said = [line.split("  ", 2)[-1].strip() for line in capsys.readouterr().out.splitlines()]
    assert said == ["You added a rule for db", "Undone: the rule for db"]
    assert run("undo") == 1


def test_a_rules_file_with_a_mistake_is_left_alone_and_the_next_undo_tries_again(xdg, capsys):
    run("rules", "add", "--app", "db", "--set", "protect")
    file = xdg / "config/oomtray/rules.toml"
    good = file.read_text()
    file.write_text("[[rule]\n")
    capsys.readouterr()
    assert run("undo") == 1
    assert "rules.toml" in capsys.readouterr().err
    file.write_text(good)
    assert run("undo") == 0


def test_the_json_of_a_rule_that_goes_out_again(xdg, capsys):
    run("rules", "add", "--app", "db", "--set", "protect")
    status, document, _ = undone(capsys)
    read(json.dumps(document) + "\n", CHANGES)
    assert (status, document["changes"]) == (0, [])


def test_a_setting_that_was_changed_in_the_window_goes_back(xdg, capsys):
    file, name = str(xdg / "config/oomtray/config.toml"), "levels.warning_percent"
    texts = change_all(file, {name: 70.0})
    record_settings(Journal(), file, edit_between(texts), ({name: 80.0}, {name: 70.0}))
    assert run("undo", "--dry-run") == 0
    assert capsys.readouterr().out == "“Warn when memory use reaches” would be set to 80 % again.\n"
    assert run("undo") == 0
    assert capsys.readouterr().out == "“Warn when memory use reaches” is set to 80 % again.\n"
    assert load(file)[0] == Settings()
    assert run("undo") == 1


def test_the_help_names_whatever_can_be_undone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["undo", "--help"], tray=lambda _: 1) == 0
    told = " ".join(capsys.readouterr().out.split())
    for what in ("processes", "unit", "memory limit", "rules", "expendable", "settings"):
        assert what in told.partition("options:")[0]


@pytest.mark.parametrize("argv", [["undo"], ["undo", "--json"]])
def test_where_the_journal_is_damaged_it_is_said_that_nothing_was_undone(argv: list[str], xdg: Path, capsys) -> None:
    """That what can be read is used reads like a change that was taken back."""
    path = Path(Journal().path)
    path.parent.mkdir(parents=True)
    path.write_text("[]\n", encoding="utf-8")
    assert run(*argv) == 1
    said = f"oomtray: There is nothing to undo. {path} is damaged: what can still be read is used.\n"
    assert capsys.readouterr().err == said


def test_where_the_journal_can_t_be_read_it_is_not_known_whether_anything_can_be_undone(xdg: Path, capsys) -> None:
    path = Path(Journal().path)
    path.parent.mkdir(parents=True)
    path.mkdir()
    assert run("undo") == 1
    said = capsys.readouterr().err
    assert said.startswith("oomtray: What was changed before is not known.")
