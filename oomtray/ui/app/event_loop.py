"""Connects Qt-free parts to Qt's event loop: the session bus, Unix signals, and Python's garbage collection."""

from __future__ import annotations

import gc
import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

if TYPE_CHECKING:
    from oomtray.dbus.session import SessionBus


class BusDispatcher(QObject):
    """Dispatches incoming D-Bus messages; while the bus is lost, reconnects at growing intervals."""

    lost = Signal()

    def __init__(self, bus: SessionBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._notifier: QSocketNotifier | None = None
        self._retry = QTimer(self, singleShot=True)
        self._retry.timeout.connect(self._reconnect)
        bus.on_connected.append(self._watch)
        bus.on_lost.append(self._unwatch)
        if bus.connected:
            self._watch()
        elif bus.exists:
            self._schedule()

    def close(self) -> None:
        self._bus.on_connected.remove(self._watch)
        self._bus.on_lost.remove(self._unwatch)
        self._stop_watching()
        self._retry.stop()

    def _watch(self) -> None:
        self._notifier = QSocketNotifier(self._bus.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._ready)

    def _unwatch(self) -> None:
        self._stop_watching()
        self._schedule()
        self.lost.emit()

    def _stop_watching(self) -> None:
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None

    def _schedule(self) -> None:
        self._retry.start(round(self._bus.retry_in * 1000))

    @Slot()
    def _ready(self) -> None:
        self._bus.dispatch()

    @Slot()
    def _reconnect(self) -> None:
        if not self._bus.reconnect():
            self._schedule()


class UnixSignals(QObject):
    """Emits `caught` for Ctrl-C, SIGTERM and SIGHUP; Python's own handlers don't run while Qt waits."""

    caught = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:  # nohup has one ignored
                signal.signal(number, _nothing)  # without a Python handler the descriptor gets nothing
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._ready)

    def close(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        self._read.close()
        self._write.close()

    @Slot()
    def _ready(self) -> None:
        try:
            self._read.recv(64)
        except BlockingIOError:
            return
        self.caught.emit()


def _nothing(_number: int, _frame: object) -> None:
    pass


class GarbageCollector:
    """Collects garbage only in the main thread, where the widgets are: when `collect` is called.

    Python collects in whatever thread happens to allocate. In the worker's thread that would destroy widgets
    and timers of closed dialogs, and the app would crash in Qt's event loop.
    """

    def __init__(self) -> None:
        gc.disable()
        self._begun = False

    def begin(self) -> None:
        """Collect from now on, excluding the objects that exist by now."""
        gc.freeze()
        self._begun = True

    def collect(self) -> None:
        """Collect if enough was allocated since the last time (Python's thresholds); else takes under 1 µs."""
        count, threshold = gc.get_count(), gc.get_threshold()
        if self._begun and count[0] > threshold[0]:
            # a full collection now and then; with a threshold of 0 (Python 3.14), each includes a part of the
            # old objects
            gc.collect(2 if count[2] > threshold[2] > 0 else 1)
