"""From the command to the running tray: one instance, the bus, Qt's application."""

from __future__ import annotations

import logging
import os
import sys

from PySide6.QtWidgets import QApplication

from oomtray import APP_ID
from oomtray.desktop.bus import SessionBus
from oomtray.desktop.instance import Instance, activate_running
from oomtray.kernel.dbus import session_address
from oomtray.ui.app import ROOT, App
from oomtray.ui.door import Door
from oomtray.ui.pump import log_exception


def run(argv: list[str]) -> int:
    """The tray until it is quit; 0 too where another one runs already, which then shows itself."""
    logging.basicConfig(level=logging.WARNING, format="oomtray: %(message)s")
    bus = SessionBus(session_address())
    bus.connect()
    door = Door()
    instance = Instance(bus, door.knock)
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
    app = App(bus)
    app.start()
    door.open(app)
    try:
        return qt.exec()
    finally:
        app.stop()
