"""A window beside the popup ends after it is hidden, also when nobody holds it any more once it says that it closes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oomtray.ui.qt.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Noting(Window):
    def __init__(self, events: list[str]) -> None:
        super().__init__("Noting")
        self._events = events
        self.give_size(QSize(400, 300), QSize(100, 100))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._events.append("hidden")


def test_closed_by_its_title_bar_it_is_hidden_and_then_deleted(qtbot: QtBot) -> None:
    """Deleted within its own close, the help ended the tray: its page heard of the lost focus when it was half gone."""
    events: list[str] = []
    held = [Noting(events)]
    held[0].destroyed.connect(lambda: events.append("deleted"))
    held[0].closed.connect(held.clear)
    held[0].come_up()
    QApplication.processEvents()
    handle = held[0].windowHandle()

    handle.close()
    qtbot.waitUntil(lambda: "deleted" in events)
    assert events == ["hidden", "deleted"]
