"""A window with a bar whose number and description change several times a second."""

from __future__ import annotations

import itertools
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from oomtray.ui.qt.screen_reader import ReadableBar


def main() -> int:
    app = QApplication(["counting"])
    bar = ReadableBar()
    counted, timer = itertools.count(1), QTimer()

    def count() -> None:
        number = next(counted) % 100
        bar.tell(number)
        bar.setAccessibleDescription(str(number))

    timer.timeout.connect(count)
    timer.start(200)
    bar.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
