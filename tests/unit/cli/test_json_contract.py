"""The JSON of kills, history, replay, rules, fits and drill: every key, its type, its unit, and where it is null, in real answers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oomtray import drill
from oomtray.cli import FAILED, FITS_NOT, USAGE, main
from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.kills import put_kills
from oomtray.history.samples import AppMemory, Sample, put
from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.risk.kill_event import Dead, Grew, KillEvent, KillScope, Trigger
from oomtray.risk.outlook import Forecast
from tests.facts import GIB, MIB, kills
from tests.facts.memory import memory
from tests.facts.recorded import sample
from tests.rigs.commands import contract

LOGS = Path(__file__).parents[1] / "kernel" / "kill_log" / "data"
UNKNOWN_VICTIM = dict.fromkeys(("pid", "start_time", "name", "freed", "oom_score_adj", "adj_from", "uid", "unit", "app", "command"))
UNKNOWN: dict[str, Any] = {
    "not_before": None, "kills": 1, "killer": "kernel", "scope": None, "victims": [], "trigger": None, "chosen": None, "certain": False, "certainty": "unknown", "outcome": "unknown",
    "cause": None,
    "constraint": None, "manual": False, "sources": ["log"], "foretold": None, "growing": [], "ranking": None,
}  # fmt: skip


@pytest.fixture
def told(xdg: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a command with `--json`; return its one document, in this shape."""

    def run(command: str, shape: Any, status: int = 0) -> Any:
        assert main([*command.split(), "--json"], tray=lambda _: 99) == status
        return contract.read(capsys.readouterr().out, shape)

    return run


@pytest.fixture
def lines(xdg: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[Any]]:
    """Run a command with `--json`; return its documents, one a line, in this shape."""

    def run(command: str, shape: Any) -> list[Any]:
        assert main([*command.split(), "--json"], tray=lambda _: 99) == 0
        return contract.read_lines(capsys.readouterr().out, shape)

    return run


@pytest.fixture(autouse=True)
def _no_kill_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine's kernel has counted and logged is left out."""
    monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: None)
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [])


def logged(tmp_path: Path, *said: str) -> str:
    path = tmp_path / "log"
    path.write_text("".join(f"2026-03-03T10:0{minute}:00Z host {line}\n" for minute, line in enumerate(said)))
    return f"kills --log {path}"


def test_a_kill_that_is_certain(told: Callable[..., Any]) -> None:
    """With all that the kernel's report has: bytes are its kB times 1024, badness its pages."""
    (event,) = told(f"kills --log {LOGS}/report-memcg-6.18.txt", contract.KILLS)["events"]
    limit, first = 200 * MIB, event["ranking"][0]
    assert event["id"].isalnum()
    assert event["scope"] == {"kind": "cgroup", "path": "/oomtest", "limit": limit, "total_pages": limit // PAGE_SIZE}
    assert (event["certain"], event["certainty"], event["constraint"], event["sources"]) == (True, "certain", "memcg", ["log"])
    assert event["cause"] == {
        "kind": "misconfiguration", "confidence": "low", "evidence": {"limit": limit, "usage": event["cause"]["evidence"]["usage"], "times_hit": event["cause"]["evidence"]["times_hit"]},
        "remedy": "raise-memory-max",
    }  # fmt: skip
    (victim,) = event["victims"]
    assert (victim["pid"], victim["name"], victim["oom_score_adj"]) == (first["pid"], first["name"], first["oom_score_adj"]) == (5570, "hog", 301)
    assert first["badness"] == 20_653, "pages, with what the value adds"
    assert abs(victim["freed"] - first["rss"]) < MIB, "bytes both"


def test_a_kill_for_lack_of_the_machines_memory(told: Callable[..., Any]) -> None:
    (event,) = told(f"kills --log {LOGS}/report-global-6.1-swap.txt", contract.KILLS)["events"]
    assert event["scope"]["kind"] == "system"
    assert event["constraint"] == "none"
    assert event["scope"]["total_pages"] * PAGE_SIZE > event["ranking"][0]["rss"]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        pytest.param(
            'earlyoom[5]: sending SIGTERM to process 4281 uid 1000 "slack": badness 833, VmRSS 261 MiB',
            {"killer": "earlyoom", "certainty": "likely", "outcome": "likely", "victims": [UNKNOWN_VICTIM | {"pid": 4281, "name": "slack", "uid": 1000, "freed": 261 * MIB}]},
            id="likely",
        ),
        pytest.param(
            "systemd[1]: shop.service: A process of this unit has been killed by the OOM killer.",
            {"certainty": "one-of", "outcome": "one-of", "victims": [UNKNOWN_VICTIM | {"name": "shop.service", "unit": "shop.service", "app": "shop"}]},
            id="one of",
        ),
        pytest.param(
            "systemd-oomd[4]: Killed /user.slice/app-code-1.scope due to memory pressure for /user.slice being 74.65% > 50.00% for > 20s with reclaim activity",
            {
                "killer": "systemd-oomd", "certain": True, "certainty": "certain", "outcome": "killed", "scope": {"kind": "cgroup", "path": "/user.slice", "limit": None, "total_pages": None},
                "victims": [UNKNOWN_VICTIM | {"name": "app-code-1.scope", "unit": "app-code-1.scope", "app": "code"}],
            },
            id="a group whole",
        ),
        pytest.param(
            "lowmemorykiller: Kill 'com.example.app' (2101), uid 10123, oom_score_adj 906 to free 4096kB rss",
            {
                "killer": "lmkd", "certain": True, "certainty": "certain", "outcome": "killed",
                "victims": [UNKNOWN_VICTIM | {"pid": 2101, "name": "com.example.app", "uid": 10123, "freed": 4 * MIB, "oom_score_adj": 906}],
            },
            id="by Android's daemon",
        ),
        pytest.param(
            "kernel: java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
            {"trigger": {"pid": None, "name": "java"}},
            id="a report without its end",
        ),
        pytest.param(
            "kernel: Out of memory: Kill process 5 (x) score 900 or sacrifice child",
            {"chosen": {"pid": 5, "name": "x"}, "constraint": None, "scope": None},
            id="the kernel's choice alone",
        ),
        pytest.param(
            "kernel: Out of memory: Killed process 5 (lon",
            {"chosen": {"pid": 5, "name": None}},
            id="a line that is cut within the name",
        ),
        pytest.param(
            "kernel: Out of memory: Killed process 5 (x) total-vm:1kB, anon-rss:2048kB, file-rss:4kB, shmem-rss:0kB, UID:1000 pgtables:400kB oom_score_adj:300",
            {
                "certain": True, "certainty": "certain", "outcome": "killed", "constraint": "none", "scope": {"kind": "system", "total_pages": None},
                "victims": [UNKNOWN_VICTIM | {"pid": 5, "name": "x", "uid": 1000, "freed": 2052 << 10, "oom_score_adj": 300}],
            },
            id="its last line alone",
        ),
    ],
)  # fmt: skip
def test_a_kill_of_which_less_is_known(line: str, known: dict[str, Any], tmp_path: Path, told: Callable[..., Any]) -> None:
    (event,) = told(logged(tmp_path, line), contract.KILLS)["events"]
    assert event == UNKNOWN | {"id": event["id"], "time": 1_772_532_000.0} | known


def test_a_recorded_kill_has_what_only_a_watcher_knows(told: Callable[..., Any]) -> None:
    seen = Dead(pid=4281, name="slack", start_time=812345, freed=261 * MIB, oom_score_adj=300, adj_from="adj-set-by-app", uid=1000, unit="app-slack-1.scope", app="Slack", command="/opt/slack")
    unseen = KillEvent(time=kills.AT + 900, not_before=kills.AT + 600.25, killer="kernel", outcome="unknown", sources=("vmstat",), kills=7, boot="b", count=9)
    sources = ("proc-connector", "pidfd", "memory-events", "unit-result", "kernel-log", "oomd-signal", "vmstat")
    with Database().writing() as connection:
        put_kills(connection, [kills.leak(victims=(seen,), growing=(Grew("train.py", 5e6),), sources=sources), unseen], kills.NOW)
    first, second = told("kills", contract.KILLS)["events"]
    assert (first["id"], first["time"], first["foretold"]) == ("1", kills.AT, 240.0)
    assert first["victims"] == [
        {"pid": 4281, "start_time": 812345, "name": "slack", "freed": 261 * MIB, "oom_score_adj": 300, "adj_from": "adj-set-by-app", "uid": 1000,
         "unit": "app-slack-1.scope", "app": "Slack", "command": "/opt/slack"}
    ]  # fmt: skip
    assert first["growing"] == [{"name": "train.py", "rate": 5_000_000}]
    assert first["trigger"] == {"pid": 9001, "name": "train.py"}
    assert set(first["sources"]) == set(sources)
    assert (second["time"], second["not_before"], second["kills"], second["victims"]) == (kills.AT + 900, kills.AT + 600.25, 7, [])


def test_a_kill_has_its_cause_by_the_readings_before_it(told: Callable[..., Any]) -> None:
    moments = kills.leak_moments()
    with Database().writing() as connection:
        put_kills(connection, [kills.leak()], kills.NOW)
        put(connection, [replace(reading(one.time), apps=tuple(AppMemory(name, name, held) for name, held in one.apps)) for one in moments])
    (event,) = told("kills 1", contract.KILLS)["events"]
    assert (event["cause"]["kind"], event["cause"]["remedy"]) == ("leak", "expendable")
    assert event["cause"]["evidence"].keys() == {"from", "to", "seconds"}
    assert 2 * GIB < event["cause"]["evidence"]["from"] < event["cause"]["evidence"]["to"] < 7 * GIB


def test_an_app_that_was_ended_here_is_a_kill_too(told: Callable[..., Any]) -> None:
    data = {"name": "Slack", "processes": [{"pid": 5, "start_time": 7, "name": "slack", "ended": True}]}
    with Database().writing() as connection:
        put_events(connection, [Event("step-in", "x", kills.AT, data)])
    (event,) = told("kills", contract.KILLS)["events"]
    ended = UNKNOWN_VICTIM | {"pid": 5, "start_time": 7, "name": "slack", "app": "Slack"}
    assert event == UNKNOWN | {
        "id": "1", "time": kills.AT, "killer": "oomtray", "certain": True, "certainty": "certain", "outcome": "killed", "scope": {"kind": "system", "total_pages": None},
        "victims": [ended], "sources": [],
    }  # fmt: skip


@pytest.mark.parametrize("outcome", ["nobody", "ending", "panic"])
def test_a_report_that_ended_nobody(outcome: Any, told: Callable[..., Any]) -> None:
    with Database().writing() as connection:
        put_kills(connection, [KillEvent(time=kills.AT, killer="kernel", outcome=outcome, sources=("kernel-log",), trigger=Trigger(3, "sh"), scope=KillScope(kind="system"))], kills.NOW)
    (event,) = told("kills", contract.KILLS)["events"]
    assert (event["victims"], event["certainty"], event["outcome"], event["trigger"]) == ([], "certain", outcome, {"pid": 3, "name": "sh"})


def test_without_a_kill_there_is_an_empty_list(tmp_path: Path, told: Callable[..., Any]) -> None:
    assert told("kills", contract.KILLS) == {"schema": 1, "events": []}
    assert told(logged(tmp_path, "kernel: nothing"), contract.KILLS) == {"schema": 1, "events": []}


def test_a_kill_for_a_bug_report(xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Database().writing() as connection:
        put_kills(connection, [kills.leak()], kills.NOW)
        put(connection, [reading(kills.AT - 10)])
    assert main(["kills", "--bundle", "1"], tray=lambda _: 99) == 0
    document = contract.read(capsys.readouterr().out, contract.BUNDLE)
    assert (document["event"]["id"], document["readings"][0]["time"]) == ("1", kills.AT - 10)
    assert (document["settings"]["levels"]["warning_percent"], document["settings_problems"]) == (80.0, 0)


def reading(at: float) -> Sample:
    forecast = Forecast(rate=40e6, stall=(120.04, 150.0), kill=(170.0, 260.0), ram=3 * GIB, swap=GIB)
    held = memory(available=4 * GIB, psi_some_avg10=1.5, psi_full_avg10=0.25, floor=100 * MIB, swap_worth=0.5)
    return Sample(time=at, memory=held, level="warning", cause="forecast", forecast=forecast, apps=(AppMemory("firefox", "Firefox", GIB),))


def test_a_recorded_reading(lines: Callable[..., list[Any]]) -> None:
    with Database().writing() as connection:
        put(connection, [reading(1_790_000_000.0)])
    (line,) = lines("history", contract.READING)
    assert (line["schema"], line["time"], line["level"], line["level_cause"]) == (1, 1_790_000_000.0, "warning", "forecast")
    assert (line["memory"]["total"], line["memory"]["available"], line["memory"]["floor"]) == (16 * GIB, 4 * GIB, 100 * MIB)
    assert (line["memory"]["used_percent"], line["memory"]["psi"], line["memory"]["swap_worth"]) == (75.0, {"some_avg10": 1.5, "full_avg10": 0.25}, 0.5)
    assert line["forecast"] == {"seconds": 215.0, "rate": 40_000_000, "stall": [120.0, 150.0], "kill": [170.0, 260.0], "headroom": {"ram": 3 * GIB, "swap": GIB}}
    assert line["apps"] == [{"app": "firefox", "name": "Firefox", "memory": GIB}]


def test_a_reading_of_which_little_is_known(lines: Callable[..., list[Any]]) -> None:
    unknown = memory(available=None, swap_total=None, swap_free=None, psi_some_avg10=None, psi_full_avg10=None, oom_kills=None, floor=None, swap_worth=None)
    with Database().writing() as connection:
        put(connection, [sample(1_790_000_000.0, unknown)])
    (line,) = lines("history", contract.READING)
    assert line["forecast"] == {"seconds": None, "rate": None, "stall": None, "kill": None, "headroom": {"ram": None, "swap": None}}
    assert line["memory"]["available"] is line["memory"]["used_percent"] is line["memory"]["oom_kills"] is None
    assert line["apps"] == []


def test_without_a_reading_there_is_no_line(lines: Callable[..., list[Any]]) -> None:
    assert lines("history", contract.READING) == []


def test_what_a_replay_brings_about(tmp_path: Path, lines: Callable[..., list[Any]]) -> None:
    path = tmp_path / "readings"
    left = [max(14 * GIB - at * 40 * MIB, 0) if at < 370 else 14 * GIB for at in range(500)]
    path.write_text("".join(json.dumps({"at": at, "memory": {"total": 16 * GIB, "available": one}}) + "\n" for at, one in enumerate(left)))
    events = lines(f"replay {path}", contract.REPLAYED)
    assert {event["event"] for event in events} == {"level", "forecast", "notify", "withdraw"}
    assert {event["clock"] for event in events} >= {"kill", None}
    assert all((event["clock"] is None) <= (event["seconds"] is None) for event in events)
    assert all(len(event["seconds"]) == 2 for event in events if event["seconds"])
    assert [event["at"] for event in events] == sorted(event["at"] for event in events), "the time of the reading"
    path.write_text('{"at": 1, "memory": {"total": 100, "available": 90}}\n')
    assert lines(f"replay {path}", contract.REPLAYED) == []


RULES = '[[rule]]\nlabel = "mine"\n{conditions}\nset = 700\n\n[[rule]]\nprocess = "no-such-one"\nset = "protect"\nask = false\n'


def rules(xdg: Path, text: str) -> None:
    file = xdg / "config/oomtray/rules.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def test_the_rules_and_what_they_match(xdg: Path, told: Callable[..., Any]) -> None:
    exe = os.readlink("/proc/self/exe")
    rules(xdg, RULES.format(conditions=f'exe = "{exe}"\nuser = "{os.getuid()}"'))
    adj = int(Path("/proc/self/oom_score_adj").read_text())
    first, second = told("rules list", contract.RULES)["rules"]
    assert (first["number"], first["line"], first["label"], first["set"], first["ask"]) == (1, 1, "mine", 700, True)
    assert first["conditions"] == {"exe": exe, "user": str(os.getuid())}
    (match,) = [one for one in first["matches"] if one["pid"] == os.getpid()]
    assert match["start_time"] == int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    assert (match["from"], match["to"], match["state"]) == (adj, 700, "kept"), "what it has and what it would get"
    assert second == {"number": 2, "line": 7, "label": None, "conditions": {"process": "no-such-one"}, "set": "protect", "ask": False, "matches": []}
    assert told("rules apply --dry-run", contract.RULES)["rules"][0]["matches"]


def test_what_is_wrong_in_the_rules(xdg: Path, told: Callable[..., Any]) -> None:
    rules(xdg, '[[rule]]\nprocess = "a"\nset = 3000\n')
    (mistake,) = told("rules check", contract.RULES, FAILED)["mistakes"]
    assert (mistake["line"], mistake["rule"], mistake["id"]) == (3, 1, "out-of-range")
    rules(xdg, "[[rule]\n")
    document = told("rules list", contract.RULES, FAILED)
    assert document["rules"] == []
    assert [one["rule"] for one in document["mistakes"]] == [None]


@pytest.mark.parametrize("verb", ["list", "check", "apply --dry-run"])
def test_no_rules(verb: str, told: Callable[..., Any]) -> None:
    assert told(f"rules {verb}", contract.RULES) == {"schema": 1, "rules": [], "mistakes": []}


def test_rules_that_are_changed_are_the_answer(told: Callable[..., Any]) -> None:
    (would,) = told("rules add --process no-such-one --set 300 --dry-run", contract.RULES)["rules"]
    (added,) = told("rules add --process no-such-one --set 300", contract.RULES)["rules"]
    assert (would["line"], would["set"]) == (1, added["set"]) == (1, 300)
    assert told("rules profile databases --dry-run", contract.RULES)["rules"]
    assert told("rules apply", contract.CHANGES)["changes"] == []
    assert told("rules remove 1", contract.RULES)["rules"] == []


def test_the_profiles(told: Callable[..., Any]) -> None:
    listed = told("rules profile", contract.PROFILES)["profiles"]
    (databases,) = [one for one in listed if one["name"] == "databases"]
    assert -17 <= databases["oom_adj"] < 0 > databases["value"] >= -999
    assert databases["rules"] > 1


def test_whether_it_fits(told: Callable[..., Any]) -> None:
    assert told("fits 0", contract.FITS)["fits"] == "yes"
    left = told("fits 0", contract.FITS)["left"]
    assert left > MIB, "bytes"
    assert told("fits 900T", contract.FITS, FITS_NOT) == {"schema": 1, "fits": "no", "left": 0, "stalls": True, "end": []}


def test_a_drill_that_was_held(monkeypatch: pytest.MonkeyPatch, told: Callable[..., Any]) -> None:
    """Its kill is a kill as the others; `tests/system/test_drill.py` has a real one."""
    seen = replace(kills.leak(), victims=(Dead(pid=77, name=drill.NAME),))
    monkeypatch.setattr(drill, "hold", lambda: drill.Drill(77, 0.61249, 0.02, seen))
    document = told("drill", contract.DRILL)
    assert (document["pid"], document["killed_after"], document["noticed_after"], document["named"]) == (77, 0.612, 0.02, True)
    assert document["event"]["id"] == "drill"
    monkeypatch.setattr(drill, "hold", lambda: drill.Drill(77, 0.5, None, None))
    document = told("drill", contract.DRILL, FAILED)
    assert (document["held"], document["noticed_after"], document["named"], document["event"]) == (True, None, False, None)


def test_a_drill_that_could_not_be_held(monkeypatch: pytest.MonkeyPatch, told: Callable[..., Any]) -> None:
    def refuse() -> None:
        raise drill.NoDrill("not-started", "Access denied")

    monkeypatch.setattr(drill, "hold", refuse)
    document = told("drill", contract.DRILL, FAILED)
    assert (document["held"], document["why_not"], document["detail"], document["pid"]) == (False, "not-started", "Access denied", None)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("kills 7", FAILED), ("kills --log /nonexistent", FAILED), ("kills --bundle 7", FAILED), ("kills --since soon", USAGE), ("history --since soon", USAGE),
        ("replay /nonexistent", FAILED), ("replay /dev/null", FAILED), ("rules remove 3", FAILED), ("rules profile no-such", USAGE), ("rules add --set 5", USAGE),
        ("fits much", USAGE), ("explain 4194304", FAILED), ("explain self", USAGE),
    ],
)  # fmt: skip
def test_an_error_is_one_line_and_no_json(command: str, status: int, xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--json"], tray=lambda _: 99) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("oomtray: ")
    assert err.count("\n") == 1


def test_a_history_that_can_not_be_read_is_one(xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = xdg / "state/oomtray/history.db"
    file.parent.mkdir(mode=0o700)
    file.write_bytes(b"\xaa" * 9000)
    assert main(["history", "--json"], tray=lambda _: 99) == FAILED
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert main(["kills", "--json"], tray=lambda _: 99) == 0
    out, err = capsys.readouterr()
    assert contract.read(out, contract.KILLS)["events"] == []
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("shape", "document"),
    [
        (contract.RULES, {"schema": 1, "rules": [], "mistakes": [], "more": 1}),
        (contract.AnyOf({"app": str}), {"apps": "x"}),
        (contract.CAUSE, {"kind": "leak", "confidence": "high", "evidence": {"from": 1, "until": 2, "seconds": 3}, "remedy": "expendable"}),
        (contract.CAUSE, {"kind": "too-small", "confidence": "high", "evidence": {"ram": 1, "most_left": 2, "seconds": 3}, "remedy": "add-swap"}),
        (contract.DRILL, {"schema": 1, "held": False, "why_not": "no-systemd", "detail": None, "pid": 5, "killed_after": None, "noticed_after": None, "named": False, "event": None}),
    ],
)
def test_the_checker_sees_a_renamed_key(shape: Any, document: Any) -> None:
    assert contract.differences(document, shape)
