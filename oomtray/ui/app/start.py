"""From the command to the running tray: one instance, the bus, Qt's application."""

from __future__ import annotations

import logging
import os
import sys
from typing import Protocol

from PySide6.QtWidgets import QApplication

from oomtray import APP_ID
from oomtray.dbus.connection import session_address
from oomtray.dbus.session import SessionBus
from oomtray.desktop.single_instance import SingleInstance, activate_running
from oomtray.ui.app.application import ROOT, Application
from oomtray.ui.app.event_loop import log_exception


class Activated(Protocol):
    """What a second start shows."""

    def activate(self, token: str | None) -> None: ...


class Activation:
    """Shows the app when another start asks for it; a request that comes before there is an app is kept."""

    def __init__(self) -> None:
        self._app: Activated | None = None
        self._waiting: list[str | None] = []

    def request(self, token: str | None) -> None:
        if self._app is None:
            self._waiting.append(token)
        else:
            self._app.activate(token)

    def ready(self, app: Activated) -> None:
        self._app = app
        for token in self._waiting[-1:]:
            app.activate(token)


def run(argv: list[str]) -> int:
    """The tray until it is quit; 0 too where another one runs already, which then shows itself."""
    logging.basicConfig(level=logging.WARNING, format="oomtray: %(message)s")
    bus = SessionBus(session_address())
    bus.connect()
    activation = Activation()
    instance = SingleInstance(bus, activation.request)
    if not instance.claim():
        if activate_running(bus):
            return 0
        print("oomtray: it runs already, and does not answer", file=sys.stderr)
        return 1
    if os.geteuid() == 0:
        print(f"oomtray: {ROOT}", file=sys.stderr)
    sys.excepthook = log_exception
    QApplication.setDesktopFileName(APP_ID)
    QApplication.setApplicationName("oomtray")
    QApplication.setApplicationDisplayName("OOM Tray")
    qt = QApplication(["oomtray", *argv])
    qt.setQuitOnLastWindowClosed(False)
    app = Application(bus)
    app.start()
    activation.ready(app)
    try:
        return qt.exec()
    finally:
        app.stop()
