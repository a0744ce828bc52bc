"""Starts the tray: single instance, bus, Qt application, event loop."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from oomtray import APP_ID
from oomtray.dbus.connection import session_address
from oomtray.dbus.session import SessionBus
from oomtray.desktop.single_instance import SingleInstance, activate_running, hand_over, owner_pid
from oomtray.messages.desktop import already_running, does_not_respond, runs_as_root
from oomtray.messages.i18n import print_signs
from oomtray.ui.app.application import Application
from oomtray.ui.app.desktop_look import DesktopLook, scaled_as_gtk, theme_options
from oomtray.ui.app.own_files import RESTART, start_anew
from oomtray.ui.app.qt_start import told_in_one_line, translate_qt
from oomtray.ui.qt.background_task import has_background_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QSessionManager

log = logging.getLogger(__name__)

LOGIN_SECONDS = 20.0
"""Seconds after a login in which the session may still be restoring its apps."""


class Activation:
    """Shows the app when it is started again, except when the session starts it twice at login.

    Autostart and a restored session may both start it. Nobody has clicked on anything then, so no window
    opens: not within `LOGIN_SECONDS` of the login if that is known, and not for a request that arrives before
    the app is up and carries no activation token.
    """

    def __init__(
        self, since_login: Callable[[], float | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._since_login = since_login
        self._clock = clock
        self._started = clock()
        self._app: Application | None = None
        self._kept: str | None = None

    def request(self, token: str | None) -> None:
        if self._app is None:
            self._kept = token or self._kept
        elif not self._at_login():
            self._app.activate(token)

    def ready(self, app: Application) -> None:
        self._app = app
        if self._kept is not None:
            self.request(self._kept)

    def _at_login(self) -> bool:
        if self._clock() - self._started > LOGIN_SECONDS:  # no need to ask
            return False
        since = self._since_login()
        return since is not None and since < LOGIN_SECONDS


def run(argv: list[str]) -> int:
    """Run the tray until it is quit, and return the exit status; 0 also if a running one showed itself."""
    logging.basicConfig(level=logging.WARNING, format="oomtray: %(message)s")
    print_signs()
    bus = SessionBus(session_address())
    bus.connect()
    activation = Activation(_since_login)

    def taken() -> None:
        hand_over(bus)
        QTimer.singleShot(0, _end)  # the loop may not run yet

    instance = SingleInstance(bus, activation.request, taken)
    if not instance.claim():
        return _show_running(bus)
    QApplication.setDesktopFileName(APP_ID)
    QApplication.setApplicationName("oomtray")
    QApplication.setApplicationDisplayName("OOM Tray")
    options = theme_options(argv)
    with told_in_one_line(), scaled_as_gtk():
        qt = QApplication(["oomtray", *options, *argv])
    if os.geteuid() == 0:
        print(f"oomtray: {runs_as_root()}", file=sys.stderr)
    _end_at_once_on_exit()
    qt.setQuitOnLastWindowClosed(False)
    qt.saveStateRequest.connect(_leave_to_autostart)
    translate_qt(qt)
    app = Application(bus)
    app.files.guard()
    app.start()
    if options:
        DesktopLook(bus, qt).changed.connect(app.recolor)
    activation.ready(app)
    code = 1
    try:
        code = qt.exec()
    finally:
        if code == RESTART:
            with suppress(Exception):  # such as a module that is refused now
                app.stop(restarts=True)
            start_anew(paused=app.background.paused)
        if not app.stop():
            log.warning("the thread that reads the system hangs; ending without it")
            _exit_at_once(code)
        if has_background_work():
            _exit_at_once(code)
    return code


def _exit_at_once(code: int) -> NoReturn:
    """Exit although a thread still works: PySide would destroy Qt's objects under it, such as an icon that it draws."""
    logging.shutdown()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _end_at_once_on_exit() -> None:
    """Have C's exit() destroy nothing, for the same reason: Xlib calls it when the X server is gone."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "on_exit"):  # only glibc has it
        libc.on_exit(libc["_exit"], None)


def _end() -> None:
    QApplication.exit(0)


def _leave_to_autostart(session: QSessionManager) -> None:
    """Keep a saved session from starting the app in addition to autostart (X11 session management, XSMP)."""
    session.setRestartHint(type(session).RestartHint.RestartNever)


def _since_login() -> float | None:
    from oomtray.desktop.login_session import seconds_since_login

    return seconds_since_login()


def _show_running(bus: SessionBus) -> int:
    pid = owner_pid(bus)
    if activate_running(bus):
        print(f"oomtray: {already_running(pid)}", file=sys.stderr)
        return 0
    print(f"oomtray: {does_not_respond(pid)}", file=sys.stderr)
    return 1
