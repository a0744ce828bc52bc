"""The popup in the real app, driven from within: time until filled compared with a plain table, delays, growth."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

from tests.bench.crowd import crowd
from tests.bench.peers import BYTECODE, ROOT
from tests.bench.report import Row
from tests.rigs.desktop.session import Desktop

MIB = 1 << 20
STARTS = 5
"""Number of programs whose first click is timed; single ones vary by half."""
FRAME = 16
"""Milliseconds between two frames on a usual screen."""


def measure() -> list[Row]:
    with Desktop() as desk:
        with crowd(500) as count:
            memory = _memory(desk, count)
        with crowd(1000) as count:
            return [*_click(desk, count), *_frames(desk, count), *memory]


def _click(desk: Desktop, count: int) -> list[Row]:
    programs = [_inside(desk, "popup") for _ in range(STARTS)]
    found = {what: statistics.median(one[what] for one in programs) for what in programs[0]}
    note = f"{count} processes, medians of {STARTS} programs; {{:.0f}} ms, plain table {{:.0f}} ms, from the click's handler to the first painting of rows"
    return [
        Row(f"click to a filled popup{when} / a plain table", ours / plain, bar, note=note.format(ours, plain))
        for when, ours, plain, bar in (
            (", first time", found["first"], found["plain_first"], 6),
            ("", found["later"], found["plain_later"], 10),
        )
    ]


def _memory(desk: Desktop, count: int) -> list[Row]:
    found = _inside(desk, "growth")
    note = f"{count} processes"
    return [
        Row("growth over 100 openings", (found["after_120"] - found["after_20"]) / MIB, 1, "MiB", note=note),
        Row("growth over 500 scans", (found["after_scans"] - found["after_120"]) / MIB, 0.5, "MiB", note=note),
    ]


def _frames(desk: Desktop, count: int) -> list[Row]:
    found = _inside(desk, "delay")
    scanning, paused = FRAME + found["scanning"], FRAME + found["paused"]
    note = f"{count} processes, p99 of a {FRAME} ms timer: {scanning:.1f} ms, {paused:.1f} ms without scans"
    return [Row("the window's slowest frames while scans run / while none do", scanning / paused, 1.6, note=note)]


def _inside(desk: Desktop, scenario: str) -> dict[str, float]:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.inside", scenario],
        env=desk.env | BYTECODE,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if answer.returncode:
        raise SystemExit(f"{scenario}: {answer.stderr[-3000:]}")
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found
