"""What was killed is shown without the popup, from the icon's menu as from a notification, and is no secret after an end."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from oomtray.dbus.session import SessionBus
from oomtray.history.recorder import user_recorder
from oomtray.risk.kill_event import Dead, KillEvent
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


def test_what_no_daemon_has_shown_is_told_of_after_the_next_start(qtbot, app: Application) -> None:
    with qtbot.waitSignal(app.background.news):
        pass
    now, recorder = time.time(), app.background.recorder
    assert recorder is not None
    killed = recorder.add_kills([KillEvent(time=now - 2, killer="kernel", outcome="killed", victims=(Dead(pid=8, name="java"),))])
    recorder.add_told(killed)
    app.background.killed.emit(tuple(killed))
    assert user_recorder().untold_kills(now - 60) == []
    assert app.stop()
    assert [one.id for one in user_recorder().untold_kills(now - 60)] == [killed[0].id]
