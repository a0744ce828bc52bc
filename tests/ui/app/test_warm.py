"""What is loaded ahead of the popup's first opening leaves out what hardly anybody needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LOADED = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from oomtray.ui.app.preparation import load_ahead
from oomtray.config import Settings
from oomtray.monitor import Monitor
from oomtray.systemd.units import UnitReader
load_ahead()
monitor = Monitor(Settings(), units=UnitReader())
monitor.survey(apps=True)
from contextlib import suppress
from oomtray.kernel.proc_connector import ProcConnector
with suppress(OSError):  # older kernels have none for everybody
    ProcConnector()
sys.exit(f"loaded: {loaded}" if (loaded := {"psutil"} & set(sys.modules)) else 0)
"""


def test_the_idle_tray_does_without_psutil() -> None:
    """It costs 4 MB, and is asked for now and then."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


QT_CLASSES = """
import sys
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
app = QApplication([])
from oomtray.ui.app.preparation import load_ahead
load_ahead()
print({made.__name__ for made in QObject.__subclasses__()} & {"QStyle", "QIODevice"})
print({"oomtray.ui.controllers.file_dialog", "oomtray.desktop.file_chooser", "oomtray.desktop.portal"} & set(sys.modules))
"""


def test_the_popup_does_without_the_largest_of_qt_s_classes_and_what_asks_for_files() -> None:
    """PySide sets each up when it is first named: QStyle takes 0.4 MB, QProcess 0.1."""
    done = subprocess.run([sys.executable, "-c", QT_CLASSES], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\nset()\n"


SHORTCUT = """
import sys
from PySide6.QtWidgets import QApplication
qt = QApplication([])
from oomtray.dbus.session import SessionBus
from oomtray.ui.app.application import Application
app = Application(SessionBus(None))
app.load_ahead()
print({"oomtray.ui.controllers.shortcut", "oomtray.desktop.global_shortcut", "oomtray.desktop.portal"} & set(sys.modules))
"""


@pytest.mark.parametrize("on", [False, True])
def test_the_shortcut_s_code_is_loaded_only_where_it_is_switched_on(xdg: Path, on: bool) -> None:
    config = xdg / "config/oomtray/config.toml"
    config.parent.mkdir()
    config.write_text(f"[popup]\nglobal_shortcut = {str(on).lower()}\n")
    done = subprocess.run([sys.executable, "-c", SHORTCUT], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout == "set()\n") != on, done.stdout
