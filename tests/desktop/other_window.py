"""A window of another program, called Elsewhere, at the top left of the screen."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QLabel

TITLE = "Elsewhere"

if __name__ == "__main__":
    app = QApplication(sys.argv)
    label = QLabel("Somebody else's")
    label.setWindowTitle(TITLE)
    label.setGeometry(40, 60, 300, 300)
    label.show()
    sys.exit(app.exec())
