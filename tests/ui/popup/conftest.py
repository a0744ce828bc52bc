"""A popup that is open and shows a calm desktop."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from oomtray.config import Settings
from oomtray.ui.popup.popup import Popup
from tests.facts import desktops
from tests.ui.popup.using import FakeController


@pytest.fixture
def open_popup(qtbot):
    """Opens one; whose processes are "mine" is told by `uid`."""
    opened = []

    def opens(**whose):
        made = Popup(FakeController(), Settings(), **whose)
        opened.append(made)
        qtbot.addWidget(made)
        made.open(None)
        made.show_assessment(desktops.desktop())
        QApplication.processEvents()
        return made

    yield opens
    for made in opened:
        made.put_away()


@pytest.fixture
def popup(open_popup):
    return open_popup()
