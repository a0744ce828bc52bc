"""Loading the popup ahead of its first opening leaves garbage collection on, also where a part can not be loaded."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from oomtray.ui.app.application import load_ahead


@pytest.fixture
def collecting() -> Iterator[None]:
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("collecting", "qapp")
def test_garbage_is_collected_again_once_all_is_loaded() -> None:
    load_ahead()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000


@pytest.mark.usefixtures("collecting", "qapp")
def test_garbage_is_collected_again_though_a_part_can_not_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "oomtray.ui.popup.popup", None)
    with pytest.raises(ImportError):
        load_ahead()
    assert gc.isenabled()


LOADED = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from oomtray.ui.app.application import load_ahead
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
