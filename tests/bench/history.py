"""A year of history at full rate: the size of its file, and how soon the window shows it."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.schema import COLUMNS, EVENTS_KEPT, MAXIMA, TIERS
from tests.bench.peers import BYTECODE, ROOT
from tests.bench.report import Row

GIB, MIB = 1 << 30, 1 << 20
APPS, NAMED = 60, 8
LOOK = 30
"""Seconds between two readings with apps, while the level is raised."""
EVENTS = 20_000
"""Kills, changes and warnings in a year: one every half hour."""


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "history.db"
        write(path)
        size = os.path.getsize(path) / MIB
        rows = [Row("history of a year at full rate", size, 60, "MiB", note=f"{EVENTS} events")]
        opened = [_opened(path) for _ in range(5)]
    note = "median of 5 programs, from the menu to the first picture with its numbers, offscreen; {:.0f} ms of CPU, {:.0f} ms to read"
    middle = sorted(opened, key=lambda one: one["seconds"])[2]
    told = note.format(middle["cpu"] * 1000, middle["read"] * 1000)
    return [*rows, Row("history window with it", middle["seconds"] * 1000, 300, "ms", note=told)]


def write(path: Path) -> None:
    """Fill each tier, with as many apps as a reading names."""
    chance, now = random.Random(1), time.time()
    with Database(str(path)).writing() as connection:
        for number in range(APPS):
            connection.execute("INSERT INTO app VALUES (?, ?, ?)", (number + 1, f"app{number}.scope", f"App {number}"))
        marks = ", ".join("?" * (len(COLUMNS) + 3 + len(MAXIMA)))
        for number, tier in enumerate(TIERS):
            readings, apps = [], []
            for slot in range(int((now - tier.kept) // tier.slot), int(now // tier.slot)):
                at = slot * tier.slot
                left = int(GIB * (7 + 4 * math.sin(at / 9000) + 0.2 * chance.random()))
                told = {
                    **dict.fromkeys(COLUMNS), "time": at + chance.random() * tier.slot, "total": 16 * GIB,
                    "available": left, "swap_total": 4 * GIB, "swap_free": 3 * GIB, "some_avg10": chance.random(),
                    "full_avg10": chance.random(), "huge_pages": 0, "reclaimable": 0, "level": 0, "cause": 0,
                }  # fmt: skip
                most = (16 * GIB - left, GIB, told["full_avg10"], 0)
                readings.append((number, slot, *(told[name] for name in COLUMNS), left, *most))
                if at % LOOK >= tier.slot:
                    continue
                first = at // 7200 % APPS  # the largest apps change every two hours
                for place in range(NAMED):
                    held = GIB * (1.2 - place / 8 + 0.1 * math.sin(at / 700 + place))
                    apps.append((number, slot, (first + place) % APPS + 1, int(held)))
            connection.executemany(f"INSERT INTO reading VALUES ({marks})", readings)
            connection.executemany("INSERT INTO app_memory VALUES (?, ?, ?, ?)", apps)
        kinds = ("kill", "change", "told")
        put_events(
            connection,
            [Event(kinds[n % 3], str(n), now - chance.random() * EVENTS_KEPT, {"name": "java"}) for n in range(EVENTS)],  # type: ignore[arg-type]
        )


def _opened(path: Path) -> dict[str, float]:
    """Time opening the window in a new program that has shown nothing before."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.history_window", str(path)],
        env=os.environ | BYTECODE | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if answer.returncode:
        raise SystemExit(f"history: {answer.stderr[-3000:]}")
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found
