"""The tray app on a real desktop: its memory, its idle cost, and how soon it is there."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.crowd import crowd
from tests.bench.report import Row
from tests.rigs.desktop.session import Desktop, Program, python_module, wait_for

MIB = 1 << 20
IDLE_SECONDS = 60
SETTLE_SECONDS = 15
STARTS = 5
BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""As on any user's machine, where the second start finds the bytecode of the first."""


def measure() -> list[Row]:
    return [*_start(), *_idle(), *_memory(), *_popup(), *_delay()]


def _start() -> list[Row]:
    """From the start of the process to the icon's registration with the panel, warm."""
    times = []
    with Desktop() as desk:
        for _ in range(STARTS + 1):
            registered = len(_items(desk))
            start = time.perf_counter()
            app = desk.run(python_module("oomtray"), env=BYTECODE)
            while len(_items(desk)) <= registered:
                time.sleep(0.002)
            times.append(time.perf_counter() - start)
            app.stop()
            wait_for(lambda count=registered: len(_items(desk)) <= count, "the icon to be gone")
    return [Row("start to icon, warm", statistics.median(times[1:]), 0.4, "s", note=f"median of {STARTS}")]


def _items(desk: Desktop) -> list[str]:
    return list(
        desk.bus.get(
            "org.kde.StatusNotifierWatcher",
            "/StatusNotifierWatcher",
            "org.kde.StatusNotifierWatcher",
            "RegisteredStatusNotifierItems",
        )
    )


def _idle() -> list[Row]:
    with Desktop() as desk, crowd(500) as count:
        app = desk.run(python_module("oomtray"), env=BYTECODE)
        desk.wait_for_tray_icon()
        time.sleep(SETTLE_SECONDS)
        cpu, switches = _spent(app.pid)
        time.sleep(IDLE_SECONDS)
        cpu_after, switches_after = _spent(app.pid)
        app.stop()
    note = f"{count} processes, popup closed, calm, one minute, all threads"
    return [
        Row("tray idle, CPU per minute", (cpu_after - cpu) / 1e6, 25, "ms", note=note),
        Row("tray idle, voluntary context switches per minute", switches_after - switches, 60, note=note),
    ]


def _spent(pid: int) -> tuple[int, int]:
    """Nanoseconds on a CPU and voluntary context switches, over all threads."""
    nanoseconds = switches = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        nanoseconds += int((task / "schedstat").read_text().split()[0])
        lines = (task / "status").read_text().splitlines()
        switches += int(next(line for line in lines if line.startswith("voluntary_ctxt")).split()[1])
    return nanoseconds, switches


def _memory() -> list[Row]:
    with Desktop() as desk, crowd(500) as count:
        bare = desk.run([sys.executable, str(Path(__file__).with_name("bare_tray.py"))])
        desk.wait_for_tray_icon()
        time.sleep(3)
        base = _rss(bare)
        bare.stop()
        app = desk.run(python_module("oomtray"), env=BYTECODE)
        desk.wait_for_tray_icon()
        time.sleep(SETTLE_SECONDS)
        closed = _rss(app)
        app.stop()
        inside = _inside(desk, "growth")
    note = f"{count} processes; bare tray {base / MIB:.1f} MiB"
    opened = inside["opened"] - inside["closed"] + closed
    return [
        Row("RSS over a bare tray, popup never opened", (closed - base) / MIB, 12, "MiB", note=note),
        Row("RSS over a bare tray, popup opened and closed", (opened - base) / MIB, 20, "MiB", note=note),
        Row("anonymous memory, popup opened once", inside["anonymous"] / MIB, 28, "MiB"),
        Row("growth over 200 openings", (inside["after_220"] - inside["after_20"]) / MIB, 0.5, "MiB"),
        Row("growth over 1000 scans", (inside["after_scans"] - inside["after_220"]) / MIB, 0.5, "MiB"),
    ]


def _rss(app: Program) -> int:
    lines = Path(f"/proc/{app.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024


def _popup() -> list[Row]:
    with Desktop() as desk, crowd(1000) as count:
        times = _inside(desk, "popup")
    note = f"{count} processes; from the handler of the click to the first painting of the rows"
    return [
        Row("click to a filled popup, first time", times["first"], 120, "ms", note=note),
        Row("click to a filled popup", times["later"], 120, "ms", note=note),
    ]


def _delay() -> list[Row]:
    with Desktop() as desk, crowd(2000) as count:
        found = _inside(desk, "delay")
    note = f"{count} processes; p99 without scans {found['paused']:.1f} ms, with {found['scanning']:.1f} ms"
    return [Row("16 ms GUI timer's delay by scans, p99", found["scanning"] - found["paused"], 10, "ms", note=note)]


def _inside(desk: Desktop, scenario: str) -> dict[str, float]:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.inside", scenario],
        env=desk.env | BYTECODE,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    if answer.returncode:
        raise SystemExit(f"{scenario}: {answer.stderr[-3000:]}")
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found
