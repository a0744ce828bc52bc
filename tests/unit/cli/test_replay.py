"""Specifies `replay`: which events recorded readings bring about, and what it makes of lines that are none."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from oomtray.cli import as_json
from oomtray.cli.replay import Unread, in_order, read_lines
from oomtray.history.samples import Sample
from oomtray.kernel.snapshot import Memory
from oomtray.risk.outlook import Forecast
from tests.facts import GIB, MIB
from tests.rigs.commands import contract
from tests.rigs.commands.program import on_terminal, oomtray


def reading(at: float, available: float, **memory: Any) -> dict[str, Any]:
    return {"at": at, "memory": {"total": 16 * GIB, "available": int(available)} | memory}


def leak(seconds: int = 370, rate: float = 40 * MIB) -> list[dict[str, Any]]:
    """All of 16 GiB goes at that rate, a reading a second."""
    return [reading(at, max(14 * GIB - at * rate, 0)) for at in range(seconds)]


def written(tmp_path: Path, lines: Iterable[object]) -> str:
    path = tmp_path / "readings"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return str(path)


def events(path: str) -> list[dict[str, Any]]:
    done = oomtray("replay", path, "--json")
    assert done.returncode == 0, done.stderr
    return contract.read_lines(done.stdout, contract.REPLAYED)


def test_a_leak_is_foretold_told_and_seen_to_get_worse(tmp_path: Path, xdg: Path) -> None:
    got = events(written(tmp_path, leak()))
    levels = [(event["level"], event["cause"]) for event in got if event["event"] == "level"]
    assert levels[0] == ("warning", "forecast")
    assert levels[-1][0] == "critical"
    told = [event["at"] for event in got if event["event"] == "notify"]
    assert len(told) == 2, "each level once"
    gone = 14 * GIB / (40 * MIB)
    assert told[0] <= gone - 30
    kills = [event for event in got if event["event"] == "forecast" and event["clock"] == "kill" and event["seconds"]]
    assert all(event["seconds"][0] <= event["seconds"][1] for event in kills)
    middles = [sum(event["seconds"]) / 2 for event in kills]
    assert all(abs(after - before) >= 0.2 * before - 0.2 for before, after in itertools.pairwise(middles))


def test_what_only_breathes_brings_nothing_about(tmp_path: Path, xdg: Path) -> None:
    swing = [reading(at, (6 + 4 * abs((at % 60) / 30 - 1)) * GIB) for at in range(600)]
    assert events(written(tmp_path, swing)) == []
    assert oomtray("replay", written(tmp_path, swing)).stdout == ""
    assert "None of the 600 readings would have warned." in on_terminal("replay", written(tmp_path, swing))[1], "who looks sees that it ran"


def test_a_level_that_ends_withdraws_what_was_told(tmp_path: Path, xdg: Path) -> None:
    lines = [reading(at, GIB if 10 <= at < 40 else 12 * GIB) for at in range(120)]
    path = written(tmp_path, lines)
    got = [event["event"] for event in events(path) if event["event"] != "forecast"]
    assert got == ["level", "notify", "level", "withdraw"]
    assert "  notification withdrawn\n" in oomtray("replay", path).stdout


@pytest.mark.parametrize("level", ["warning", "critical"])
def test_the_users_settings_count(tmp_path: Path, xdg: Path, level: str) -> None:
    (xdg / "config" / "oomtray").mkdir()
    (xdg / "config" / "oomtray" / "config.toml").write_text(
        f"[levels]\nwarning_percent = 10\ncritical_percent = 40\nwarning_left = 0\ncritical_left = 0\n[notifications]\n{level} = false\n"
    )
    left = {"warning": 12, "critical": 8}[level]
    got = events(written(tmp_path, [reading(at, left * GIB) for at in range(3)]))
    assert [(event["event"], event["level"], event["cause"]) for event in got] == [("level", level, "used")]


def test_time_stands_in_for_at_and_more_fields_are_taken(tmp_path: Path, xdg: Path) -> None:
    lines = [{"schema": 1, "time": 1.7e9 + one["at"], "memory": one["memory"], "processes": []} for one in leak()]
    assert [event["event"] for event in events(written(tmp_path, lines))] == [
        event["event"] for event in events(written(tmp_path, leak()))
    ]


def test_a_bundle_gives_its_readings(tmp_path: Path, xdg: Path) -> None:
    assert events(written(tmp_path, [{"schema": 1, "readings": leak()}])) == events(written(tmp_path, leak()))


def test_what_watch_prints_can_be_replayed(tmp_path: Path, xdg: Path) -> None:
    watched = oomtray("watch", "-c", "2", "-i", "0.2", "--json").stdout
    done = oomtray("replay", "-", input=watched)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reading_is_read_back_as_it_was() -> None:
    """What is set aside for huge pages too: it is neither used nor left."""
    memory = Memory(
        total=64 * GIB, available=9 * GIB, swap_total=8 * GIB, swap_free=3 * GIB, psi_some_avg10=12.5, psi_full_avg10=3.5,
        oom_kills=2, huge_pages=48 * GIB, reclaimable=GIB, floor=200 * MIB, swap_worth=0.5,
    )  # fmt: skip
    recorded = Sample(time=1.7e9, memory=memory, level="normal", cause="none", forecast=Forecast())
    assert list(read_lines([as_json.dumps(as_json.sample(recorded)).encode()])) == [(1.7e9, memory)]


def test_of_a_bundle_only_its_readings_are_read() -> None:
    bundle = {"readings": [5, {"killed": 5.0}, reading(1, GIB), {"at": 2, "memory": None}], "memory": "of the machine"}
    unread = Unread()
    assert [at for at, _ in read_lines([json.dumps(bundle).encode()], unread)] == [1.0]
    assert unread.broken == 1


def test_more_free_swap_than_there_is_counts_as_unknown() -> None:
    ((_, memory),) = read_lines([json.dumps(reading(1, GIB, swap_total=GIB, swap_free=2 * GIB)).encode()])
    assert (memory.swap_total, memory.swap_free) == (GIB, None)


def test_lines_without_memory_are_no_mistake(tmp_path: Path, xdg: Path) -> None:
    path = written(tmp_path, [*leak(5), {"killed": 5.0}, [], 7, ""])
    done = oomtray("replay", path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("{", id="cut"),
        pytest.param("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), id="bytes"),
        pytest.param("[" * 100_000, id="nested"),
        pytest.param(reading(3, -1), id="negative"),
        pytest.param(reading(3, 17 * GIB), id="more-than-all"),
        pytest.param('{"at": NaN, "memory": {"total": 1, "available": 1}}', id="nan"),
        pytest.param({"at": 3, "memory": {"total": 16 * GIB}}, id="no-available"),
        pytest.param({"at": True, "memory": {"total": 16 * GIB, "available": 1}}, id="true"),
        pytest.param({"at": 3, "memory": "much"}, id="text"),
        pytest.param({"at": 1e400, "memory": {"total": 16 * GIB, "available": 1}}, id="infinite"),
        pytest.param(reading(3, GIB, swap_free="x"), id="swap"),
        pytest.param(reading(3, GIB, psi=[1]), id="psi"),
        pytest.param(reading(3, GIB, psi={"some_avg10": 101}), id="more-than-all-time"),
        pytest.param('{"at": 3, "memory": {"total": 1' + "0" * 5000 + ', "available": 1}}', id="digits"),
        pytest.param('{"at": 1' + "0" * 400 + ', "memory": {"total": 1, "available": 1}}', id="no-float"),
    ],
)
def test_a_line_that_is_no_reading_is_left_out_and_said(tmp_path: Path, xdg: Path, line: object) -> None:
    done = oomtray("replay", written(tmp_path, [reading(1, 8 * GIB), line, reading(4, 8 * GIB)]))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "oomtray: line 2 is no reading and was left out\n"


def test_what_is_not_later_is_left_out_and_said(tmp_path: Path, xdg: Path) -> None:
    done = oomtray("replay", written(tmp_path, [reading(5, 8 * GIB), reading(5, GIB), reading(4, GIB)]))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("oomtray: 2 readings are no later")


@pytest.mark.parametrize("lines", [[], [{"killed": None}], ["{"], [{"at": 1, "memory": None}]], ids=["empty", "none", "no-json", "no-memory"])
def test_where_there_is_no_reading_that_is_an_error(tmp_path: Path, xdg: Path, lines: list[object]) -> None:
    path = written(tmp_path, lines)
    done = oomtray("replay", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"oomtray: {path}: ")


@pytest.mark.parametrize(
    ("times", "taken", "left_out", "anew"),
    [
        pytest.param([1, 2, 3], [1, 2, 3], 0, [], id="in-order"),
        pytest.param([1, 1, 2, 2], [1, 2], 2, [], id="twice"),
        pytest.param([100, 99, 99.5, 101], [100, 101], 2, [], id="a-little-back"),
        pytest.param([4000, 4002, 400, 402, 404], [4000, 4002, 400, 402, 404], 0, [400], id="clock-set-back"),
        pytest.param([4000, 4002, 0, 4004], [4000, 4002, 4004], 1, [], id="one-wrong"),
        pytest.param([4000, 4002, 0], [4000, 4002], 1, [], id="one-wrong-at-the-end"),
        pytest.param([900, 800, 700, 600], [900], 3, [], id="the-newest-first"),
        pytest.param([500, 1, 2, 700, 3, 4], [500, 1, 2, 700, 3, 4], 0, [1, 3], id="other-recordings"),
    ],
)
def test_where_the_time_goes_back_another_recording_begins(times: list[float], taken: list[float], left_out: int, anew: list[float]) -> None:
    memory = next(read_lines([json.dumps(reading(1, 8 * GIB)).encode()]))[1]
    unread = Unread()
    got = list(in_order([(at, memory) for at in times], unread))
    assert [at for at, _, _ in got] == taken
    assert [at for at, _, begins in got if begins] == anew
    assert (unread.out_of_order, unread.begun_anew) == (left_out, len(anew))


@pytest.mark.parametrize("at", [1e8, 1e11, 1e15, -1e15, 4e18])
def test_any_time_can_be_told(tmp_path: Path, xdg: Path, at: float) -> None:
    done = oomtray("replay", written(tmp_path, [reading(at, GIB)]))
    assert (done.returncode, done.stderr) == (0, "")
    assert "warning" in done.stdout or "critical" in done.stdout


def test_a_clock_that_is_set_back_during_a_leak_does_not_hide_it(tmp_path: Path, xdg: Path) -> None:
    lines = [{"time": 1.7e9 + one["at"] - (3600 if one["at"] > 100 else 0), "memory": one["memory"]} for one in leak()]
    done = oomtray("replay", written(tmp_path, lines), "--json")
    assert done.stderr == "oomtray: the time goes back by more than a minute: what follows counts as another recording\n"
    assert [event["level"] for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "notify"] == ["warning", "critical"]


def test_who_reads_sees_dates_where_the_readings_have_them(tmp_path: Path, xdg: Path) -> None:
    lines = [{"time": 1.7e9 + one["at"], "memory": one["memory"]} for one in leak()]
    said = oomtray("replay", written(tmp_path, lines), env={"TZ": "Asia/Seoul"}).stdout.splitlines()
    assert said
    assert all(line.startswith("2023-11-15 07:1") for line in said)
    assert re.match(r"\d+\.0 s  warning: ", oomtray("replay", written(tmp_path, leak())).stdout)
