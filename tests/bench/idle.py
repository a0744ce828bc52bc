"""The calm tray when nobody looks: CPU time and wake-ups compared with earlyoom, memory with a bare tray."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.crowd import crowd
from tests.bench.peers import BARE_TRAY, BYTECODE, earlyoom, spent
from tests.bench.report import Row
from tests.rigs.desktop.session import Desktop, Program, python_module
from tests.rigs.processes.programs import need_programs

MIB = 1 << 20
SETTLE_SECONDS = 12
IDLE_SECONDS = 62
"""A little over a minute, so that it always includes one of the tray's scans and never less than its share."""
MANAGER_SECONDS = 8
"""For the task manager, which is never idle, so that it is measured after the others."""


@dataclass(frozen=True)
class Minute:
    """Usage of a program per minute."""

    cpu: float
    """Milliseconds."""
    wakeups: float


def measure() -> list[Row]:
    need_programs({"xfce4-taskmanager": "xfce4-taskmanager"})
    peer = earlyoom()
    with Desktop() as desk, crowd(500) as count:
        watcher = desk.run(peer)
        bare = desk.run(BARE_TRAY)
        desk.wait_for_tray_icon()
        tray = desk.run(python_module("oomtray"), env=BYTECODE)
        desk.wait_for_tray_icon(2)
        time.sleep(SETTLE_SECONDS)
        ours, theirs = _minutes(IDLE_SECONDS, tray, watcher)
        base, closed = _rss(bare), _rss(tray)
        bare.stop()
        opened = _opened_and_closed(desk, tray)
        tray.stop()
        manager = desk.run(["xfce4-taskmanager"])
        time.sleep(SETTLE_SECONDS / 3)
        (managers,) = _minutes(MANAGER_SECONDS, manager)
        if not watcher.alive or "dryrun" not in watcher.output():
            raise SystemExit(f"earlyoom: {watcher.output()[-2000:]}")
    note = f"{count} processes, calm, CPU a minute: ours {ours.cpu:.1f} ms, earlyoom {theirs.cpu:.1f} ms"
    wakeups = f"a minute: ours {ours.wakeups:.0f}, earlyoom {theirs.wakeups:.0f}"
    shown = f"CPU a minute: {managers.cpu:.0f} ms; wake-ups {managers.wakeups:.0f}"
    memory = f"{count} processes; bare tray {base / MIB:.1f} MiB"
    return [
        Row("idle CPU / earlyoom's", ours.cpu / theirs.cpu, 3, note=note),
        Row("idle wake-ups / earlyoom's", ours.wakeups / theirs.wakeups, 1, note=wakeups),
        Row("xfce4-taskmanager's CPU / idle CPU", managers.cpu / ours.cpu, 50, at_least=True, note=shown),
        Row("RSS over the bare tray, popup never opened", (closed - base) / MIB, 12, "MiB", note=memory),
        Row("RSS over the bare tray, popup opened and closed", (opened - base) / MIB, 20, "MiB", note=memory),
    ]


def _minutes(seconds: float, *programs: Program) -> list[Minute]:
    before = [spent(program.pid) for program in programs]
    time.sleep(seconds)
    after = [spent(program.pid) for program in programs]
    return [
        Minute((cpu - cpu_before) * 1000 * 60 / seconds, (wakeups - wakeups_before) * 60 / seconds)
        for (cpu, wakeups), (cpu_before, wakeups_before) in zip(after, before, strict=True)
    ]


def _opened_and_closed(desk: Desktop, tray: Program) -> int:
    """Return the tray's RSS after its popup was shown once."""
    icon = desk.wait_for_tray_icon(1)
    desk.opens(lambda: desk.click_on(icon), title="OOM Tray")
    time.sleep(3)
    desk.key("Escape")
    desk.wait_for_no_window("OOM Tray")
    time.sleep(1)
    return _rss(tray)


def _rss(app: Program) -> int:
    lines = Path(f"/proc/{app.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024
