"""The app ends within seconds when it is told to, also while the thread that reads the system hangs."""

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
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from oomtray.monitor import Monitor
from oomtray.ui.app import start

step = Monitor.step

def hang(monitor):
    print("reads", flush=True)
    threading.Event().wait()

def read(monitor):
    print("reads", flush=True)
    return step(monitor)

Monitor.step = {"hangs": hang, "works": read}[sys.argv[1]]
code = start.run([])
print("the end of a program", flush=True)
sys.exit(code)
"""
FEW_SECONDS = STOP_SECONDS + 5
"""With what a busy machine adds."""


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts the tray without a session bus, and waits until its worker reads; `hangs` or `works` says how it does."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    started: list[subprocess.Popen[str]] = []

    def start(worker: str, *before: str) -> subprocess.Popen[str]:
        made = subprocess.Popen(
            [*before, sys.executable, "-c", TRAY, worker], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
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


def test_started_by_nohup_it_outlives_its_terminal(tray) -> None:
    running = tray("works", "nohup")

    ignored = next(line for line in Path(f"/proc/{running.pid}/status").read_text().splitlines() if line.startswith("SigIgn:"))
    assert int(ignored.split()[1], 16) & 1 << signal.SIGHUP - 1

    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=FEW_SECONDS)
    assert running.returncode == 0
