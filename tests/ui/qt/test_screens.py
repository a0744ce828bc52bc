"""The room of a window's screen, asked for in a way that leaves the screen alone."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

import oomtray
from oomtray.ui.qt.screens import free_size, place_above


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


def test_a_window_comes_up_in_the_middle_of_another_with_its_title_on_the_screen(qtbot: Any) -> None:
    for corner, place in ((QPoint(100, 100), QPoint(150, 125)), (QPoint(0, 0), QPoint(50, 25)), (QPoint(-80, -90), QPoint(0, 0))):
        other, window = QWidget(), QLabel()
        for one in (other, window):
            qtbot.addWidget(one)
        other.setGeometry(QRect(corner, QSize(400, 150)))
        other.show()
        window.setMinimumSize(300, 100)
        place_above(window, other)
        window.show()
        assert (window.pos() - place).manhattanLength() <= 8, "but for the frames"
        assert min(window.x(), window.y()) >= 0
        assert window.windowHandle().transientParent() == other.windowHandle()


def test_either_of_two_such_windows_may_go_first(qtbot: Any) -> None:
    for first in (0, 1):
        windows = [QWidget(), QLabel("above")]
        windows[0].show()
        place_above(windows[1], windows[0])
        windows[1].show()
        windows.pop(first).deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        windows[0].hide()
        windows[0].show()
        assert windows[0].windowHandle().transientParent() is None
        windows[0].deleteLater()


def test_nobody_asks_a_widget_for_its_screen() -> None:
    asks = re.compile(r"\.screen\(\)")
    sources = sorted(Path(oomtray.__file__).parent.rglob("*.py"))
    assert [path.name for path in sources if asks.search(path.read_text("utf-8"))] == []
