"""Drive the real app from within this process, to time what can't be timed from outside.

Prints one JSON object.

    python -m tests.bench.inside popup | delay | growth
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTreeView

from oomtray.dbus.connection import session_address
from oomtray.dbus.session import SessionBus
from oomtray.ui.app.application import Application


def rss() -> int:
    """Return the resident memory of this process in bytes."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def spin(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def spin_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait as an idle app does: a loop that never sleeps would keep the interpreter from the worker's thread."""
    loop = QEventLoop()
    timer = QTimer()
    end = time.monotonic() + seconds

    def look() -> None:
        if condition():
            loop.quit()
        elif time.monotonic() > end:
            raise SystemExit("waited in vain")

    timer.timeout.connect(look)
    timer.start(5)
    loop.exec()


class Painted(QObject):
    """Records when a table is first painted with rows in it.

    It filters events of that one widget only: a filter for the whole application would be called for every
    object that Qt creates, and PySide would look up the class of each, 60 ms in total.
    """

    def __init__(self, rows: QAbstractItemView) -> None:
        super().__init__()
        self._model, self._viewport = rows.model(), rows.viewport()
        self._viewport.installEventFilter(self)
        self.at: float | None = None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self.at is None and event.type() == QEvent.Type.Paint and self._model.rowCount():
            self.at = time.perf_counter()
        return False

    def close(self) -> None:
        self._viewport.removeEventFilter(self)


def popup(app: Application) -> dict[str, float]:
    """Measure milliseconds from the click's handler to rows on screen, first and later, and for a plain table."""
    spin_until(lambda: app.background.latest is not None)
    spin_until(lambda: "oomtray.ui.popup.victim_card" in sys.modules)  # some seconds after the start, like any click
    spin(1)
    ours, plain = [], []
    table: QTreeView | None = None
    for _ in range(5):
        start = time.perf_counter()
        app.toggle_popup()
        ours.append(_until_painted(app.popup.table, start))
        rows = app.popup.table.model().rowCount()
        spin(0.2)
        app.popup.put_away()
        spin(0.2)
        start = time.perf_counter()
        if table is None:
            table = plain_table(rows)
        table.show()
        plain.append(_until_painted(table, start))
        table.hide()
        spin(0.2)
    middle = len(ours[1:]) // 2
    return {
        "first": ours[0],
        "later": sorted(ours[1:])[middle],
        "plain_first": plain[0],
        "plain_later": sorted(plain[1:])[middle],
    }


def plain_table(rows: int) -> QTreeView:
    """Build a table with as many rows as the popup, six columns of text, Qt's own model and delegate."""
    model = QStandardItemModel()
    for row in range(rows):
        model.appendRow([QStandardItem(f"row {row}, column {column}") for column in range(6)])
    table = QTreeView()
    model.setParent(table)
    table.setModel(model)
    table.resize(640, 600)
    return table


def _until_painted(table: QAbstractItemView, start: float) -> float:
    """Return the milliseconds since `start` until it is painted, which needs the event loop."""
    painted = Painted(table)
    spin_until(lambda: painted.at is not None)
    painted.close()
    assert painted.at is not None
    return (painted.at - start) * 1000


def delay(app: Application) -> dict[str, float]:
    """Measure the p99 delay of a 16 ms timer in the GUI thread, in ms: paused, and during the popup's scans."""
    spin_until(lambda: app.background.latest is not None)
    app.toggle_popup()
    spin(2)
    found = {}
    for name, paused in (("paused", True), ("scanning", False)):
        app.set_paused(paused)
        spin(0.5)
        late = Late()
        spin(8)
        found[name] = late.p99()
    return found


class Late(QObject):
    def __init__(self) -> None:
        super().__init__()
        self._late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._fired)
        self._timer.start(16)

    def _fired(self) -> None:
        now = time.perf_counter()
        self._late.append((now - self._last) * 1000 - 16)
        self._last = now

    def p99(self) -> float:
        self._timer.stop()
        ordered = sorted(self._late)
        return ordered[int(len(ordered) * 0.99)]


def growth(app: Application) -> dict[str, float]:
    """Measure resident bytes before the popup, after one opening, after 20 and 120 openings, and after 500 scans."""
    spin_until(lambda: app.background.latest is not None)
    spin(2)
    found = {"closed": rss()}
    _open_and_close(app, 0.6)
    spin(0.5)
    found["opened"] = rss()
    for openings, count in (("after_20", 20), ("after_120", 100)):
        for _ in range(count):
            _open_and_close(app, 0.03)
        found[openings] = rss()
    told = []
    app.background.news.connect(told.append)
    count = 0
    while count < 500:
        app.background.wake()
        spin_until(lambda: bool(told))
        count += len(told)
        told.clear()
    found["after_scans"] = rss()
    return found


def _open_and_close(app: Application, seconds: float) -> None:
    app.show_popup()
    spin(seconds)
    app.popup.put_away()
    spin(0.02)


def main() -> None:
    qt = QApplication(["oomtray"])
    qt.setQuitOnLastWindowClosed(False)
    bus = SessionBus(session_address())
    bus.connect()
    app = Application(bus)
    app.start()
    try:
        found = {"popup": popup, "delay": delay, "growth": growth}[sys.argv[1]](app)
        print(json.dumps(found))
    finally:
        app.stop()


if __name__ == "__main__":
    main()
