"""What protect and deprioritize print of other killers: whom they would take, and what is left to do under systemd-oomd."""

from __future__ import annotations

import json
import os
from argparse import Namespace

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.change_plan import ChangeOutcome
from oomtray.cli.change_output import print_json, tell, tell_plan
from tests.facts import desktops

NOW = desktops.watched()
SHELL = next(p for p in NOW.snapshot.processes if p.name == "bash")
TERMINAL = "systemd-oomd doesn't look at oom_score_adj and may still kill vte-spawn-77.scope with all its 4 processes."


def change(pid: int, before: int, after: int, *, done: bool = True, error: str | None = None) -> Change:
    process = next(p for p in NOW.snapshot.processes if p.pid == pid)
    return Change(
        pid=pid, start_time=process.start_time, name=process.name, before=before, after=after, done=done, error=error, wanted=after
    )


def printed(capsys: pytest.CaptureFixture[str], action: str, *changes: Change, as_json: bool = False) -> str:
    tell(Namespace(json=as_json), ChangeOutcome(action, changes), NOW, NOW)
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def asked_by_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_after_protect_the_second_step_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "protect", change(SHELL.pid, 200, 100)).splitlines()
    assert TERMINAL in out
    assert "To spare it there too: oomtray unit set --user vte-spawn-77.scope --oomd avoid" in out


@pytest.mark.parametrize(
    ("action", "after"),
    [pytest.param("deprioritize", 300, id="deprioritize"), pytest.param("reset", 0, id="reset")],
)
def test_only_protect_has_one(capsys: pytest.CaptureFixture[str], action: str, after: int) -> None:
    assert "systemd-oomd doesn't look" not in printed(capsys, action, change(SHELL.pid, 200, after))


@pytest.mark.parametrize(
    ("action", "before", "after", "told"),
    [
        pytest.param("protect", 200, 900, "Note: this value is higher than before", id="protect that exposes"),
        pytest.param("protect", 200, 100, None, id="protect"),
        pytest.param("deprioritize", 200, -500, "Note: this value is lower than before", id="deprioritize that protects"),
        pytest.param("deprioritize", 200, 300, None, id="deprioritize"),
        pytest.param("deprioritize", 400, 400, None, id="deprioritize of what is beyond"),
        pytest.param("reset", 200, 900, None, id="reset"),
        pytest.param("undo", 200, 900, None, id="undo"),
    ],
)
def test_a_value_against_the_command_is_told(
    capsys: pytest.CaptureFixture[str], action: str, before: int, after: int, told: str | None
) -> None:
    done = printed(capsys, action, change(SHELL.pid, before, after))
    tell_plan(Namespace(json=False), (change(SHELL.pid, before, after, done=False),), None, NOW, action=action)
    for out in (done, capsys.readouterr().out):
        assert ("Note: this value is" in out) is (told is not None)
        assert told is None or told in out
    assert "Note: this value is" not in printed(capsys, action, change(SHELL.pid, before, after), as_json=True)


def test_json_is_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    out = json.loads(printed(capsys, "protect", change(SHELL.pid, 200, 100), as_json=True))
    assert list(out) == ["schema", "changes", "next_victim"]


def test_a_dry_run_names_whom_the_kernel_would_take_where_systemd_oomd_acts_first(capsys: pytest.CaptureFixture[str]) -> None:
    (tab,) = (p for p in NOW.snapshot.processes if p.name == "Web Content")
    tell_plan(Namespace(json=False), (change(tab.pid, 233, -500),), None, NOW)
    out = capsys.readouterr().out.splitlines()
    assert any(line.startswith("Then the next victim is Web Content") for line in out), "systemd-oomd takes its whole unit"
    assert any(line.startswith("Under the kernel it is ") and "Web Content" not in line for line in out)


def test_a_name_that_nobody_knows_any_more_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([Change(pid=7, start_time=1, name="", before=None, after=300, done=False, error="gone")], None)
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["pid"], change["name"]) == (7, None)
