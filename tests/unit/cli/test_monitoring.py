"""How the commands look at the system once: when they ask systemd, and what they leave open."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.change_record import ChangeRecord
from oomtray.actions.journal import Journal
from oomtray.actions.rules.service import RulesService
from oomtray.cli import Failure, main
from oomtray.cli.monitoring import SetByHand, Units, monitoring
from oomtray.config import Settings
from oomtray.history.recorder import user_recorder
from oomtray.kernel.cgroups import NoMemoryCgroup
from oomtray.systemd import units as systemd
from tests.rigs.processes.proc import adj_of, start_time


class Reader:
    made = closed = 0

    def __init__(self) -> None:
        type(self).made += 1

    def facts(self, name: str, uid: int | None = None) -> tuple[str, int | None]:
        return name, uid

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> type[Reader]:
    fresh = type("Reader", (Reader,), {"made": 0, "closed": 0})
    monkeypatch.setattr(systemd, "UnitReader", fresh)
    return fresh


def test_systemd_is_asked_only_when_there_is_a_question(reader: type[Reader]) -> None:
    units = Units()
    units.close()
    assert reader.made == 0
    assert units.facts("a.service") == ("a.service", None)
    assert units.facts("b.scope", 1000) == ("b.scope", 1000)
    units.close()
    assert (reader.made, reader.closed) == (1, 1)


def test_a_scope_that_goes_away_fails_the_command() -> None:
    with pytest.raises(Failure, match="there is no memory cgroup /x"), monitoring(Settings()):
        raise NoMemoryCgroup("no-cgroup", "/x")


def test_descriptors_are_given_back() -> None:
    before = os.listdir("/proc/self/fd")
    for once in (True, False):
        with monitoring(Settings(), once=once) as monitor:
            monitor.survey()
    assert len(os.listdir("/proc/self/fd")) == len(before)


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[int]:
    """By a name that no other program here has, as a rule is to match it."""
    (tmp_path / "sleeps-by-rule").symlink_to(shutil.which("sleep") or "/bin/sleep")
    process = subprocess.Popen([str(tmp_path / "sleeps-by-rule"), "600"])
    yield process.pid
    process.kill()
    process.wait()


def applied_by_a_tray(xdg: Path, value: int) -> None:
    """Rules as the tray applies and records them, in a program that is not this command."""
    rules = xdg / "rules.toml"
    rules.write_text(f'[[rule]]\nprocess = "sleeps-by-rule"\nset = {value}\n')
    recorder = user_recorder(lazy=True)
    given = ChangeRecord(Journal(), RulesService(Settings().actions, str(rules)), recorder.add_event, wall=time.time)
    with monitoring(Settings(), once=True) as monitor:
        given.apply(monitor.survey().snapshot)


def reasons(pid: int, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["explain", str(pid), "--json"], tray=lambda _: 99) == 0
    return json.loads(capsys.readouterr().out)["processes"][0]["reasons"]


def test_explain_knows_by_the_record_what_a_rule_of_the_tray_has_set(xdg: Path, sleeper: int, capsys: pytest.CaptureFixture[str]) -> None:
    Path(f"/proc/{sleeper}/oom_score_adj").write_text("640")
    assert "adj-set-by-app" in reasons(sleeper, capsys)
    Path(f"/proc/{sleeper}/oom_score_adj").write_text("0")
    applied_by_a_tray(xdg, 640)
    assert adj_of(sleeper) == 640
    assert "adj-set-by-rule" in reasons(sleeper, capsys)
    assert main(["explain", str(sleeper)], tray=lambda _: 99) == 0
    assert "rule" in capsys.readouterr().out
    Path(f"/proc/{sleeper}/oom_score_adj").write_text("641")
    assert "adj-set-by-app" in reasons(sleeper, capsys), "it has another value since"


def test_a_value_set_from_here_is_known_again(xdg: Path) -> None:
    """The journal is only looked into where there is one."""
    started, value = start_time(os.getpid()), adj_of(os.getpid())
    assert SetByHand().get((os.getpid(), started)) is None
    assert not (xdg / "state" / "oomtray").exists()
    change = Change(os.getpid(), started, "python", value - 1, value, done=True, error=None)
    Journal().record("protect", [change])
    assert SetByHand().get((os.getpid(), started)) == value
    assert SetByHand().get((os.getpid(), started + 1)) is None
