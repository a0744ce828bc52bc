"""Specifies that while the machine thrashes a notification still arrives in 2 s, and a click opens the popup in 3 s.

The app shares a small memory cgroup and a slow disk with programs that read files again and again that don't fit in it:
what isn't used is gone from memory in moments, and is read back slowly. `make proof` leaves the README's table in
build/proof-pressure.md, beside the same app without what it prepares at the warning level.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desktop.app import TITLE
from tests.rigs.desktop.session import Desktop, wait_for
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.memory_pressure import SlowDisk, forget, inside, stalled, thrashing

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "build/proof-pressure.md"
STALLED = 40.0
"""Percent of the time in which some program of the machine waits for memory."""
NOTIFIED, OPENED = 2.0, 3.0
"""Seconds."""
ROUNDS = 3
LIMIT = 200 * MIB
READS, SPEED = 2000, 100 * MIB
"""A second: a disk between one that turns and a good one."""
READERS = 12
TAKEN = 700 * MIB
"""What a program takes at once, so that the machine crosses the mark of the warning level."""

_UNPREPARED = """
import oomtray.ui.app.application as app
app.Application.load_ahead = lambda self: None
app.Application.prepare_for_pressure = lambda self: None
"""
_START = "import sys\n{before}\nsys.argv = ['oomtray']\nfrom oomtray.__main__ import main\nsys.exit(main())"
_TAKES = """
import sys, time
held = bytearray(b"1") * int(sys.argv[1])
print(time.monotonic(), flush=True)
sys.stdin.read()
"""


class ThrashingDesktop(Desktop):
    """A desktop whose app is in a group."""

    def __init__(self, group: MemoryCgroup, disk: SlowDisk) -> None:
        super().__init__()
        self._group, self._disk = group, disk

    def _app(self, argv: Sequence[str]) -> list[str]:
        return inside(self._group, self._disk, argv)


@dataclass(frozen=True)
class Times:
    """Medians: seconds, and the percentage of the machine's time that was stalled meanwhile."""

    notified: float
    opened: float
    stalled: float

    def row(self) -> str:
        return f"{self.stalled:.0f} % | {self.notified:.1f} s | {self.opened:.1f} s"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app and Qt once more, so that no other program keeps their pages in memory."""
    packages = Path(sys.prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "site-packages")
    to = tmp_path_factory.mktemp("copied")
    for name in ("PySide6", "shiboken6", "jeepney"):
        shutil.copytree(packages / name, to / name)
    shutil.copytree(ROOT / "oomtray", to / "oomtray", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "resources", to / "resources")
    return to


def available() -> tuple[int, int]:
    """Bytes in all, and of what is left."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    facts = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
    return facts["MemTotal"], facts["MemAvailable"]


def settings(desk: Desktop) -> None:
    """The warning level begins a little above what is used now."""
    total, left = available()
    percent = 100 * (total - left + TAKEN / 2) / total
    config = desk.config / "oomtray/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(
        f"[levels]\nwarning_percent = {percent:.2f}\ncritical_percent = 99\nwarning_left = '1T'\ndwell_seconds = 0\n"
    )


@contextlib.contextmanager
def taken() -> Iterator[float]:
    """Memory that another program has taken; the monotonic time at which it had."""
    argv = [sys.executable, "-c", _TAKES, str(TAKEN)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield float(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def one_round(copied: Path, *, prepared: bool) -> tuple[float, float, float]:
    """Seconds from the mark to the notification and from the click to the popup, and the percentage stalled."""
    forget(copied)
    with (
        SlowDisk(reads=READS, speed=SPEED) as disk,
        MemoryCgroup(LIMIT) as group,
        ThrashingDesktop(group, disk) as desk,
    ):
        settings(desk)
        code = _START.format(before="" if prepared else _UNPREPARED)
        app = desk.run([sys.executable, "-c", code], env={"PYTHONPATH": str(copied)}, cwd=copied)
        icon = desk.wait_for_tray_icon()
        time.sleep(6)  # until all is calm, and what is loaded ahead has been
        with thrashing(group, disk, readers=READERS):
            time.sleep(8)
            disk.slow()
            wait_for(lambda: stalled(1) >= STALLED, "programs to wait for memory")
            with taken() as at:
                desk.notification()
                notified = time.monotonic() - at
                share = stalled(15)  # the person reads it; what was touched is not touched meanwhile
                begin = time.monotonic()
                desk.opens(lambda: desk.click_on(icon), title=TITLE)
                opened = time.monotonic() - begin
        assert app.alive, app.output()
        return notified, opened, share


def rounds(copied: Path, *, prepared: bool) -> Times:
    rows = [one_round(copied, prepared=prepared) for _ in range(ROUNDS)]
    return Times(*(statistics.median(values) for values in zip(*rows, strict=True)))


@pytest.mark.proof
def test_the_notification_arrives_and_the_popup_opens(copied: Path) -> None:
    prepared, not_prepared = rounds(copied, prepared=True), rounds(copied, prepared=False)
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(
        f"Linux {platform.release()}, {os.cpu_count()} CPUs, medians of {ROUNDS}\n\n"
        "| under pressure | PSI some | the mark to the notification | the click to the popup |\n|---|---|---|---|\n"
        f"| prepared at the warning level | {prepared.row()} |\n| without | {not_prepared.row()} |\n",
        encoding="utf-8",
    )
    assert prepared.stalled > STALLED
    assert prepared.notified <= NOTIFIED
    assert prepared.opened <= OPENED
