"""A press of the shortcut opens and closes the popup, as quickly as one likes, and hands it the compositor's token."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
import shiboken6

from oomtray.dbus.session import SessionBus
from oomtray.ui.app import tray_presence
from oomtray.ui.app.application import Application

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

TOKEN = "XDG_ACTIVATION_TOKEN"


@pytest.fixture
def app(qtbot, xdg, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setattr(tray_presence, "PATIENCE_MS", 600_000)
    monkeypatch.setenv(TOKEN, "")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    app = Application(SessionBus(None))
    app.start()
    yield app
    assert app.stop()
    shiboken6.delete(app)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_presses_in_a_row_open_and_close_it(app: Application) -> None:
    """Unlike the second click of a double click, which is none."""
    shown = []
    for _ in range(3):
        app.shortcut.pressed.emit("")
        shown.append(app.popup is not None and app.popup.isVisible())
    assert shown == [True, False, True]


def test_the_token_is_for_a_window_that_opens(app: Application) -> None:
    app.shortcut.pressed.emit("first")
    assert os.environ[TOKEN] == "first"
    app.shortcut.pressed.emit("second")
    assert os.environ[TOKEN] == "first"
