"""Once the level was raised, telling that memory is nearly gone and opening the popup read no file and start nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOT_PATH = """
import sys
import threading
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from oomtray.dbus.session import SessionBus
from oomtray.ui.app import preparation
from oomtray.ui.app.application import Application
from tests.facts import desktops

qt = QApplication([])
app = Application(SessionBus(None))
preparation.load_ahead()
drawn = []
draw_ahead = preparation.draw_ahead
preparation.draw_ahead = lambda popup: drawn.append(draw_ahead(popup))

def passes(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()

def rests():
    # what was drawn asks for the names of its apps, which are looked up in threads
    return bool(drawn) and not any(thread.name == "background task" for thread in threading.enumerate())

PREPARED = sys.argv[1] == "prepared"
news = app.background.news
if PREPARED:
    news.emit(desktops.desktop("warning"))
    for _ in range(3):
        passes(100)
        while not rests():
            passes(100)

seen = []
EVENTS = ("import", "open", "os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen", "os.exec")
sys.addaudithook(lambda event, args: seen.append((event, str(args[0]))) if event in EVENTS else None)
news.emit(desktops.growing(desktops.desktop("critical"), cc1plus=900))
app.activate(None)
passes(300)
found = [one for one in seen if not one[1].startswith(("/proc/", "/sys/"))]
assert any(window.isVisible() for window in qt.topLevelWidgets())
print(*(f"{event} {what}" for event, what in found), sep="\\n")
app.stop()
"""


def hot_path(how: str, home: Path) -> list[str]:
    """What is imported, opened and started between the news of a critical level and the popup on the screen."""
    done = subprocess.run(
        [sys.executable, "-c", HOT_PATH, how],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_what_was_prepared_reads_nothing_from_the_disk_and_starts_nothing(tmp_path: Path) -> None:
    assert hot_path("prepared", tmp_path) == [""]


def test_without_preparation_it_reads_files(tmp_path: Path) -> None:
    assert any(line.startswith("open") for line in hot_path("unprepared", tmp_path))
