"""Says before and while a window of its own fills the screen whether the active window does, a line each."""

from __future__ import annotations

import sys

from PySide6.QtCore import QDeadlineTimer
from PySide6.QtWidgets import QApplication, QLabel

from oomtray.ui.qt.x11 import active_window_fills_screen

_PATIENCE_MS = 10_000


def told(wanted: bool) -> bool:
    """What holds once it is as wanted, or in the end."""
    until = QDeadlineTimer(_PATIENCE_MS)
    while active_window_fills_screen() != wanted and not until.hasExpired():
        QApplication.processEvents()
    # Qt leaves out what it believes to hold already, so it has to have heard of this before it is asked for the next
    QApplication.sync()
    return active_window_fills_screen()


if __name__ == "__main__":
    app = QApplication(sys.argv)
    window = QLabel("a presentation")
    window.show()
    window.activateWindow()
    print(told(False))
    window.showFullScreen()
    print(told(True))
    window.showNormal()
    print(told(False))
    window.close()
    print(told(False))
