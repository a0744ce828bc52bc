"""Signals and updates of the installed PySide6 drop no reference to True or None.

6.12.0 on Python 3.10 and 3.11 drops one to True with each emit and one to None with each update, until the interpreter aborts.
"""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel

from oomtray.config import Settings
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.popup.popup import Popup
from tests.facts import desktops

TIMES = 5000
NOISE = 500
"""References that come and go for other reasons; what is sought loses one a time."""


class Speaker(QObject):
    said = Signal(bool)
    told = Signal(object)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and None are immortal since Python 3.12")
@pytest.mark.parametrize("what", ["emit", "setText", "update", "processEvents"])
def test_no_reference_is_lost(qtbot, what):
    speaker, label = Speaker(), QLabel()
    qtbot.addWidget(label)
    act = {
        "emit": lambda: (speaker.said.emit(True), speaker.told.emit(None)),
        "setText": lambda: label.setText("x"),
        "update": label.update,
        "processEvents": QApplication.processEvents,
    }[what]
    act()
    before = [sys.getrefcount(thing) for thing in (True, False, None)]

    for _ in range(TIMES):
        act()

    after = [sys.getrefcount(thing) for thing in (True, False, None)]
    assert all(abs(a - b) < NOISE for a, b in zip(after, before, strict=True)), list(
        zip(before, after, strict=True)
    )


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and None are immortal since Python 3.12")
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_nor_by_the_popup_in_a_day_of_updates(qtbot):
    popup = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(popup)
    popup.open(None)
    told = [desktops.desktop(), desktops.grown(desktops.desktop(), 4203, 900 << 20)]
    for assessment in told * 5:
        popup.show_assessment(assessment)
        QApplication.processEvents()  # what is loaded when it is painted first takes some hundred
    before = [sys.getrefcount(thing) for thing in (True, None)]

    for turn in range(600):
        popup.show_assessment(told[turn % 2])
        if not turn % 10:
            QApplication.processEvents()

    after = [sys.getrefcount(thing) for thing in (True, None)]
    popup.put_away()
    assert all(abs(a - b) < NOISE for a, b in zip(after, before, strict=True)), list(
        zip(before, after, strict=True)
    )
