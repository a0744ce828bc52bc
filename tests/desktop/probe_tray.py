"""The smallest tray app, to try the rig with: says each thing that happens to it, a line each."""

from __future__ import annotations

import signal
import sys

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QSystemTrayIcon


def main() -> int:
    app = QApplication(sys.argv)
    app.setQuitOnLastWindowClosed(False)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    window = QLabel("A probe")
    window.setWindowTitle("Tray probe")
    window.resize(200, 100)
    pixmap = QPixmap(22, 22)
    pixmap.fill(QColor("#d81b60"))
    menu = QMenu()
    for name in ("first", "second"):
        menu.addAction(name).triggered.connect(lambda _=False, name=name: print("picked", name, flush=True))
    icon = QSystemTrayIcon(QIcon(pixmap))
    icon.setContextMenu(menu)
    icon.setToolTip("What the probe would say")

    def activated(reason: QSystemTrayIcon.ActivationReason) -> None:
        print("activated", reason.name, flush=True)
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            window.setVisible(not window.isVisible())

    icon.activated.connect(activated)
    icon.show()
    print("ready", QSystemTrayIcon.isSystemTrayAvailable(), flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
