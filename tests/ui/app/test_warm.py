"""What is loaded ahead of the popup's first opening leaves out what hardly anybody needs."""

from __future__ import annotations

import subprocess
import sys

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
sys.exit("loaded" if "psutil" in sys.modules else 0)
"""


def test_the_idle_tray_does_without_psutil() -> None:
    """It costs 4 MB, and details are asked for now and then."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
