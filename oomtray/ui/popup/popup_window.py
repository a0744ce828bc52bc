"""How the popup comes and goes: by a click on the icon, by Escape, and when the user turns to another program.

It is a tool window and no Qt.Popup: that one grabs the pointer and the keyboard, under which no password dialog could be
answered, and never appears on Wayland without a parent. Where there is no tray it is an ordinary window.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from oomtray.ui.popup.frameless_window import FLAGS, FramelessWindow
from oomtray.ui.qt.icons import app_icon

_SECOND_CLICK = 0.3  # seconds: the click on the icon that took the focus away is the one that means to close


class PopupWindow(FramelessWindow):
    closed = Signal()
    """Nobody sees it any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asks_password = False
        self._wants_standalone = False
        self._hidden_at = self._toggled_at = -1.0

    @property
    def waits(self) -> bool:
        """A password dialog is open."""
        return self._asks_password

    def toggle(self, anchor: QRect | None) -> None:
        """A click on the icon. The second click of a double click does nothing: a panel tells of both."""
        now = time.monotonic()
        if now - self._toggled_at < QApplication.doubleClickInterval() / 1000:
            return
        self._toggled_at = now
        # an ordinary window may be behind others, and is raised then
        if self.isVisible() and (not self.standalone or self.isActiveWindow()):
            self.hide()
        elif now - self._hidden_at > _SECOND_CLICK:
            self.open(anchor)

    def open(self, anchor: QRect | None) -> None:
        """`anchor`: where the icon is; None where only the compositor knows."""
        if not self.isVisible() and not self.standalone:
            if QGuiApplication.platformName() == "xcb":
                from oomtray.ui.qt.x11 import keep_off_taskbar

                keep_off_taskbar(int(self.winId()))
            if anchor is not None:
                self.stand_beside(anchor)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def set_standalone(self, standalone: bool) -> None:
        """Whether there is no tray. A window that is open stays an ordinary one until it is closed."""
        self._wants_standalone = standalone
        if standalone or not self.isVisible():
            self._become(standalone)

    def put_away(self) -> None:
        """At the app's end."""
        self.standalone = False
        self.hide()

    @Slot(bool)
    def set_waits(self, waits: bool) -> None:
        """While a password dialog is open it has the focus, and this stays."""
        self._asks_password = waits
        if not waits and self.isVisible():
            self.activateWindow()

    def _become(self, standalone: bool) -> None:
        if standalone == self.standalone:
            return
        self.standalone = standalone
        shown = self.isVisible()
        self.setWindowFlags(Qt.WindowType.Window if standalone else FLAGS)
        if standalone:  # a tool window shows no icon, and the SVG plugin is not for nothing
            self.setWindowIcon(app_icon())
        if shown:
            self.show()

    @Slot()
    def _mind_focus(self) -> None:
        """Closes where the user has turned to another program, but not from under a dialog of its own."""
        if not self.isVisible() or self.standalone or self._asks_password or self.isActiveWindow():
            return
        if QApplication.activeWindow() is not None or QApplication.activePopupWidget() is not None:
            return
        if any(isinstance(child, QDialog) and child.isVisible() for child in self.children()):
            return
        self._hidden_at = time.monotonic()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            # a menu or a dialog of ours becomes active only after this
            QTimer.singleShot(0, self._mind_focus)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            QTimer.singleShot(0, self._after_hiding)
        return super().event(event)

    @Slot()
    def _after_hiding(self) -> None:
        """The pixels of a window that nobody sees, 1.4 MB, go with it; it is made anew when it opens."""
        if self.isVisible():
            return
        self.closed.emit()
        self._become(self._wants_standalone)
        self.destroy()
