"""Specifies that recorded machines of 768 MB that really ran out of memory are warned in time, and others not at all.

Each trace is a guest's readings every 0.5 s (Linux 6.1); its last line tells when the load began and when the kernel killed.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from oomtray.cli.replay import read_lines
from oomtray.config import Settings
from oomtray.risk.replay import Replay, ReplayEvent

TRACES = Path(__file__).parent / "data" / "traces"
RUN_OUT = ["exp-swap0", "fast-swap0", "leak-cache-swap512", "leak20-swap512", "leak5-swap0", "steps-swap0"]
QUIET = ["build-swap512", "sawtooth-swap0", "start-app-swap0", "tmpfs-swap0"]


def trace(name: str) -> list[bytes]:
    with gzip.open(TRACES / f"{name}.jsonl.gz", "rb") as packed:
        return packed.read().splitlines()


def replayed(name: str) -> tuple[list[ReplayEvent], dict[str, Any]]:
    lines = trace(name)
    replay = Replay(Settings())
    events = [event for at, memory in read_lines(lines) for event in replay.add(at, memory)]
    return events, json.loads(lines[-1])


@pytest.mark.parametrize("name", RUN_OUT)
def test_a_warning_comes_half_a_minute_before_the_kill_or_a_quarter_of_the_time_that_there_was(name: str) -> None:
    events, truth = replayed(name)
    first = next(event.at for event in events if event.event == "notify")
    before = truth["killed"] - first
    assert before >= 30 or before >= (truth["killed"] - truth["started"]) / 4


@pytest.mark.parametrize("name", QUIET)
def test_nothing_is_told_where_nothing_runs_out(name: str) -> None:
    events, truth = replayed(name)
    assert truth["killed"] is None
    assert [event for event in events if event.cause == "forecast" and event.event in ("level", "notify")] == []


@pytest.mark.parametrize("name", RUN_OUT)
def test_no_clock_is_told_of_again_that_shows_the_same(name: str) -> None:
    """Near its end it changed by a fifth with every reading, and "apps get slow now" was repeated."""
    shown: dict[object, object] = {}
    for event in replayed(name)[0]:
        if event.event == "forecast":
            seconds = None if event.seconds is None else [round(end, 1) for end in event.seconds]
            assert shown.get(event.clock, ()) != seconds
            shown[event.clock] = seconds


def test_a_second_leak_soon_after_a_kill_is_warned_of_too() -> None:
    lines = trace("leak5-swap0")
    readings = [*read_lines(lines)]
    calm, killed = readings[0][1], readings[-1][0]
    after = calm._replace(oom_kills=1)
    second = killed + 150
    readings += [(killed + 0.5 * step, after) for step in range(1, 300)]
    readings += [(second + at, memory._replace(oom_kills=1)) for at, memory in read_lines(lines[:-2])]

    replay = Replay(Settings())
    told = [event.at for at, memory in readings for event in replay.add(at, memory) if event.event == "notify"]

    assert told[0] < killed
    assert next(at for at in told if at > second) - second < json.loads(lines[-1])["killed"] - 30


def test_every_trace_is_run() -> None:
    assert sorted(path.name.partition(".")[0] for path in TRACES.iterdir()) == sorted(RUN_OUT + QUIET)
