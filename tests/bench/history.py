"""A year of history at full rate: the size of its file, how soon the window shows it, and how soon a month of its kills is printed."""

from __future__ import annotations

import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from oomtray.history.database import Database
from oomtray.history.events import Event, Kind, put_events
from oomtray.history.kills import as_data
from oomtray.history.schema import COLUMNS, EVENTS_KEPT, MAXIMA, RANKINGS_MOST, TIERS
from oomtray.kernel.files import boot_id, oom_kills
from oomtray.risk.kill_event import Dead, Grew, KillEvent, KillScope, Trigger
from oomtray.risk.postmortem import Cause, Ranked
from tests.bench.peers import BYTECODE, ROOT
from tests.bench.report import Row

GIB, MIB = 1 << 30, 1 << 20
APPS, NAMED = 60, 8
LOOK = 30
"""Seconds between two readings with apps, while the level is raised."""
EVENTS, KILLS = 20_000, 6666
"""Kills, changes and warnings in a year: one every half hour; and how many of them are kills."""
RANKED, PAGE = 100, 4096
"""Processes in a kill's report, and the size of its pages."""


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "oomtray" / "history.db"
        write(path)
        size = os.path.getsize(path) / MIB
        rows = [Row("history of a year at full rate", size, 60, "MiB", note=f"{EVENTS} events")]
        opened = [_opened(path) for _ in range(5)]
        rows.append(_printed(path))
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
                    "full_avg10": chance.random(), "oom_kills": 0, "huge_pages": 0, "reclaimable": 0, "level": 0, "cause": 0,
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
        kinds: tuple[Kind, ...] = ("change", "told")
        put_events(
            connection,
            [Event(kinds[n % 2], str(n), now - chance.random() * EVENTS_KEPT, {"name": "java"}) for n in range(EVENTS - KILLS)],
        )
        times = sorted((now - chance.random() * EVENTS_KEPT for _ in range(KILLS - 1)), reverse=True)
        put_events(connection, [Event("kill", str(n), at, as_data(_kill(n, at))) for n, at in enumerate([now, *times])])


def _kill(number: int, at: float) -> KillEvent:
    """Describe a kill as the watch and the kernel's log do together; the newest is this boot's last, so that its log isn't read again."""
    held = (2 + number % 5) * GIB
    names = ["java", "slack", "Web Content", "train.py", "code", "dockerd", "gnome-shell", "sh"]
    rows = [
        Ranked(2000 + 7 * row + number, names[(row + number) % 8], held // PAGE // (row + 1), 0, held // (row + 1), row * MIB)
        for row in range(RANKED)
    ]
    first = rows[0]
    return KillEvent(
        time=at, boot=boot_id() if number == 0 else f"boot {number // 20}", count=oom_kills() if number == 0 else number % 20,
        killer="kernel", outcome="killed", constraint="none", sources=("proc-connector", "vmstat", "kernel-log"), foretold=95.5,
        victims=(
            Dead(
                pid=first.pid, name=first.name, start_time=number, freed=held, oom_score_adj=300, adj_from="adj-set-by-app", uid=1000,
                unit=f"app-{first.name}.scope", app=first.name.capitalize(), command=f"/usr/lib/{first.name}/{first.name}",
            ),
        ),
        scope=KillScope(kind="system", total_pages=20 * GIB // PAGE), trigger=Trigger(rows[3].pid, rows[3].name), growing=(Grew(first.name, 5e6),),
        cause=Cause("leak", "high", {"from": GIB, "to": held, "seconds": 1200}, "expendable", first.name),
        ranking=tuple(rows) if number < RANKINGS_MOST else None, page_size=PAGE,
    )  # fmt: skip


def _printed(path: Path) -> Row:
    """Time `kills --since` for kills as they are noticed; where the kernel's log may be read, their reports are recorded too."""
    command = ["-m", "oomtray", "kills", "--since", str(int(time.time()) - 30 * 86_400)]
    reported = statistics.median(_run(path, *command)[0] for _ in range(5))
    with Database(str(path)).writing() as connection:
        connection.execute("UPDATE event SET data = json_remove(data, '$.ranked', '$.page_size') WHERE kind = 'kill'")
    nothing, ours = zip(*((_run(path, "-c", "pass"), _run(path, *command)) for _ in range(5)), strict=True)
    kills = len(re.findall(r"^\d+  ", ours[0][1], re.MULTILINE))
    bare = statistics.median(seconds for seconds, _ in nothing) * 1000
    note = f"median of 5 programs, {kills} kills of 30 days; Python alone {bare:.0f} ms; {reported * 1000:.0f} ms with reports of {RANKED} processes"
    return Row("kills --since over it", statistics.median(seconds for seconds, _ in ours) * 1000, 100, "ms", note=note)


def _run(path: Path, *arguments: str) -> tuple[float, str]:
    """Run Python with the record for its own; return its seconds and what it printed."""
    begin = time.perf_counter()
    environment = os.environ | BYTECODE | {"PYTHONUNBUFFERED": "", "XDG_STATE_HOME": str(path.parents[1])}
    answer = subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    return time.perf_counter() - begin, answer.stdout


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
