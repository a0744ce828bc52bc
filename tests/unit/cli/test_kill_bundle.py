"""A kill for a bug report is one JSON object: the kill, the readings around it, settings and versions, and no name; replay takes it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.cli import FAILED, USAGE, kill_bundle, main
from oomtray.cli.kill_bundle import AFTER, BEFORE
from oomtray.history.database import Database
from oomtray.history.kills import put_kills
from oomtray.history.samples import AppMemory, Sample, put
from oomtray.kernel.kill_log.facts import Killed, KillReport
from oomtray.kernel.snapshot import Memory
from oomtray.risk.kill_event import Dead, KillEvent, KillScope
from oomtray.risk.outlook import Forecast
from tests.facts import GIB, kills
from tests.rigs.commands import contract


def reading(at: float, app: str = "firefox") -> Sample:
    memory = Memory(
        total=16 * GIB, available=4 * GIB, swap_total=0, swap_free=0, psi_some_avg10=1.0, psi_full_avg10=0.0, oom_kills=3
    )
    return Sample(time=at, memory=memory, level="normal", cause="none", forecast=Forecast(), apps=(AppMemory(app, app, GIB),))


def record(event: KillEvent, *samples: Sample) -> None:
    with Database().writing() as connection:
        put_kills(connection, [event], kills.NOW)
        put(connection, samples)


def run(*arguments: str) -> int:
    return main(["kills", *arguments], tray=lambda _: 99)


@pytest.fixture(autouse=True)
def _people(xdg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill_bundle, "accounts", lambda: [{"login": "alice", "full": "Alice Liddell", "home": "/home/wonder"}])
    monkeypatch.setattr(kill_bundle, "hosts", lambda: {"looking-glass"})


def test_it_has_the_kill_and_the_readings_around_it(capsys: pytest.CaptureFixture[str]) -> None:
    around = [kills.AT - BEFORE - 100, kills.AT - 600, kills.AT - 10, kills.AT + AFTER + 100]
    record(kills.leak(), *map(reading, around))
    assert run("--bundle", "1") == 0
    told = contract.read(capsys.readouterr().out, contract.BUNDLE)
    assert [one["name"] for one in told["event"]["victims"]] == ["slack"]
    assert [row["name"] for row in told["event"]["ranking"]][:2] == ["slack", "train.py"]
    assert [one["time"] for one in told["readings"]] == around[1:3]
    assert told["settings"]["levels"]
    assert told["versions"]["oomtray"]


def test_replay_takes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(kills.leak(), *(reading(kills.AT - 60 + at) for at in range(0, 60, 2)))
    assert run("--bundle", "1") == 0
    file = tmp_path / "bundle"
    file.write_text(capsys.readouterr().out)
    assert main(["replay", str(file), "--json"], tray=lambda _: 99) == 0
    assert capsys.readouterr().err == ""


def test_nobody_is_named_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    victim = Dead(pid=5, name="alice-sync", app="Wonder", unit="vpn@looking-glass.service", uid=60123, command="/home/wonder/bin/alice-sync")
    scope = KillScope(kind="cgroup", path="/user.slice/user-60123.slice/session-2.scope/alice", limit=GIB)
    event = replace(kills.leak(victims=(victim,), ranking=None), scope=scope)
    record(event, reading(kills.AT - 10, "app-org.alice.Liddell-1.scope"))
    assert run("--bundle", "1") == 0
    text = capsys.readouterr().out
    told = json.loads(text)
    assert not [name for name in ("alice", "liddell", "wonder", "looking", "glass", "60123", "/home") if name in text.casefold()]
    (shown,) = told["event"]["victims"]
    assert (shown["name"], shown["unit"], shown["uid"], shown["command"]) == ("[user]-sync", "vpn@[instance].service", 1000, "[user]-sync")


@pytest.mark.parametrize("number", ["2", "0", "x", "١", "9" * 40])
def test_no_such_kill(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    record(kills.leak())
    assert run("--bundle", number) == FAILED
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no kill of this number was recorded" in captured.err


def test_nothing_was_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--bundle", "1") == FAILED
    assert "no kill of this number was recorded" in capsys.readouterr().err


@pytest.mark.parametrize("recorded", [False, True], ids=["nothing", "readings"])
def test_a_kill_that_only_the_log_has(recorded: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    at = round(time.time()) - 60.0
    if recorded:
        with Database().writing() as connection:
            put(connection, [reading(at - 5), reading(at + 50)])
    monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 4)  # a reading has three
    killed = Killed(pid=7, name="alice-sync", command="/home/wonder/bin/alice-sync")
    report = KillReport(killer="kernel", outcome="killed", time=at + 55, victims=(killed,))
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [report])
    assert run("--json") == 0
    name = json.loads(capsys.readouterr().out)["events"][0]["id"]
    assert run("--bundle", name) == 0
    text = capsys.readouterr().out
    told = contract.read(text, contract.BUNDLE)
    assert (told["event"]["id"], told["event"]["victims"][0]["name"]) == (name, "[user]-sync")
    assert [one["time"] for one in told["readings"]] == ([at - 5, at + 50] if recorded else [])
    assert "alice" not in text


def test_not_beside_another_kill(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--bundle", "1", "2") == USAGE
    assert run("--bundle", "1", "--log", "-") == USAGE
    assert capsys.readouterr().out == ""


def test_the_readings_before_it_make_out_its_cause(capsys: pytest.CaptureFixture[str]) -> None:
    record(kills.leak(), *(replace(reading(one.time), apps=tuple(AppMemory(n, n, m) for n, m in one.apps)) for one in kills.leak_moments()))
    assert run("1", "--json") == 0
    (event,) = json.loads(capsys.readouterr().out)["events"]
    assert (event["cause"]["kind"], event["cause"]["remedy"]) == ("leak", "expendable")
    assert run("1") == 0
    assert "train.py grew from 2.1 GiB to 6.1 GiB in 7 min." in " ".join(capsys.readouterr().out.split())
