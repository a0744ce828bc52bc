"""The room of a window's screen, asked for in a way that leaves the screen alone."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

import oomtray
from oomtray.ui.qt.screens import free_size


def test_a_window_that_is_gone_leaves_the_screen_there(qtbot: Any) -> None:
    size = QGuiApplication.primaryScreen().availableSize()
    for _ in range(3):
        window = QWidget()
        window.myself = window  # type: ignore[attr-defined]  # goes with the collector of garbage
        window.show()
        assert free_size(window) == size
        assert free_size(QWidget(window)) == size
        window.deleteLater()
        del window
        gc.collect()
    assert QGuiApplication.primaryScreen().availableSize() == size
    QWidget().show()


def test_nobody_asks_a_widget_for_its_screen() -> None:
    asks = re.compile(r"\.screen\(\)")
    sources = sorted(Path(oomtray.__file__).parent.rglob("*.py"))
    assert [path.name for path in sources if asks.search(path.read_text("utf-8"))] == []
