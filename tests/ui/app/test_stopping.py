"""The app ends within seconds when it is told to, also while the thread that reads the system hangs, or one draws."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oomtray.ui.app.worker import STOP_SECONDS

TRAY = """
import sys, threading
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication
from oomtray.monitor import Monitor
from oomtray.ui.app import start
from oomtray.ui.qt.app_images import read_images
from oomtray.ui.qt.background_task import run_in_background

step = Monitor.step

def hang(monitor):
    print("reads", flush=True)
    threading.Event().wait()

def read(monitor):
    print("reads", flush=True)
    return step(monitor)

def draw():
    while read_images(sys.argv[2], [256], ["hicolor"]):
        drawn.release()

drawn = threading.Semaphore(0)

def read_beside_a_drawing(monitor):
    if not drawn.acquire(blocking=False):
        drawings.wanted.emit()
        drawn.acquire()
    return read(monitor)

class Drawings(QObject):
    wanted = Signal()

    @Slot()
    def begin(self):
        for _ in range(8):
            run_in_background(draw, print, self)

drawings = Drawings()
drawings.wanted.connect(drawings.begin)
Monitor.step = {"hangs": hang, "works": read, "draws": read_beside_a_drawing}[sys.argv[1]]
code = start.run([])
print("the end of a program", flush=True)
sys.exit(code)
"""
FEW_SECONDS = STOP_SECONDS + 5
"""With what a busy machine adds."""


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts the tray without a session bus, and waits until its worker reads; `hangs`, `works` or `draws` says how it does."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    started: list[subprocess.Popen[str]] = []

    def start(worker: str, *before: str, icon: Path = Path()) -> subprocess.Popen[str]:
        made = subprocess.Popen(
            [*before, sys.executable, "-c", TRAY, worker, icon], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(made)
        assert made.stdout is not None
        assert made.stdout.readline() == "reads\n"
        return made

    yield start
    for made in started:
        made.kill()
        made.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_worker_that_hangs_does_not_keep_the_app_from_ending(tray, number: signal.Signals) -> None:
    running = tray("hangs")

    running.send_signal(number)

    told, complained = running.communicate(timeout=FEW_SECONDS)
    assert running.returncode == 0, complained
    assert "hangs; ending without it" in complained
    assert told == ""


def test_with_one_that_works_it_ends_as_any_program_does(tray) -> None:
    running = tray("works")

    running.send_signal(signal.SIGTERM)

    told, complained = running.communicate(timeout=FEW_SECONDS)
    assert running.returncode == 0, complained
    assert told.splitlines()[-1] == "the end of a program"
    assert "hangs" not in complained


def test_an_icon_that_is_being_drawn_does_not_crash_it_at_its_end(tray, tmp_path: Path) -> None:
    icon = tmp_path / "icon.svg"
    icon.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>')
    running = tray("draws", icon=icon)

    running.send_signal(signal.SIGTERM)

    _, complained = running.communicate(timeout=FEW_SECONDS)
    assert running.returncode == 0, complained


def test_started_by_nohup_it_outlives_its_terminal(tray) -> None:
    running = tray("works", "nohup")

    ignored = next(line for line in Path(f"/proc/{running.pid}/status").read_text().splitlines() if line.startswith("SigIgn:"))
    assert int(ignored.split()[1], 16) & 1 << signal.SIGHUP - 1

    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=FEW_SECONDS)
    assert running.returncode == 0
