"""Open the history window for a record and print how long that took: `python -m tests.bench.history_window FILE`."""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QLabel

import oomtray.ui.app.application  # noqa: F401 - loaded in the app by then
from oomtray.ui.app.preparation import load_ahead


def main() -> int:
    app = QApplication(["oomtray"])
    load_ahead()  # as the app does some seconds after its start
    popup = QLabel("a window that was shown before")
    popup.show()
    popup.grab()
    begin, used = time.perf_counter(), time.process_time()
    from oomtray.history.database import Database
    from oomtray.ui.app.history import HistoryOpener

    opener = HistoryOpener(database=lambda: Database(sys.argv[1]))
    window = opener.open((80.0, 90.0))
    asked = time.perf_counter()
    while window.period is None:
        QCoreApplication.processEvents()
    read = time.perf_counter()
    window.grab()
    seconds = time.perf_counter() - begin
    cpu = time.process_time() - used
    print(json.dumps({"seconds": seconds, "cpu": cpu, "read": read - asked}))
    window.close()
    del app, popup
    return 0


if __name__ == "__main__":
    sys.exit(main())
