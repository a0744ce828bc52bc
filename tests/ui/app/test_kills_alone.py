"""What was killed is shown without the popup, from the icon's menu as from a notification."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from oomtray.dbus.session import SessionBus
from oomtray.ui.app import tray_presence
from oomtray.ui.app.application import Application
from oomtray.ui.dialogs.kills_window import KillsWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def app(qtbot, xdg, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setattr(tray_presence, "PATIENCE_MS", 600_000)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    app = Application(SessionBus(None))
    app.start()
    yield app
    for window in visible():
        window.close()
    assert app.stop()
    shiboken6.delete(app)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def visible():
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]


@pytest.mark.parametrize("ask", [lambda app: app.show_kills(), lambda app: app.show_kill(17, "token")], ids=["the menu", "a notification"])
def test_it_is_the_only_window(qtbot, app: Application, ask) -> None:
    others = visible()  # an earlier test's, that Qt has yet to delete
    ask(app)
    (window,) = (one for one in visible() if one not in others)
    assert isinstance(window, KillsWindow)
