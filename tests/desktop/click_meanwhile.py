"""Looks who has the focus while a click waits to be read, then says whether it was told of the click."""

from __future__ import annotations

import signal
import subprocess
import sys

from PySide6.QtWidgets import QApplication

from oomtray.ui.qt.x11_focus import FocusWatch

if __name__ == "__main__":
    app = QApplication(sys.argv)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    watch = FocusWatch(app)
    if not watch.start():
        sys.exit("it can't tell on this desktop")
    watch.pressed.connect(lambda: print("pressed", flush=True))
    watch.released.connect(lambda: print("released", flush=True))
    subprocess.run(["xdotool", "mousemove", "20", "20", "click", "1"], check=True)
    watch.taken_from(())  # the answer comes after the click's events, on one connection
    print("looked", flush=True)
    sys.exit(app.exec())
