"""A widget that only a cycle holds is destroyed in the thread of the widgets, whichever thread makes garbage meanwhile."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QTimer

from oomtray.dbus.session import SessionBus
from oomtray.monitor import Monitor
from oomtray.ui.app import application, tray_presence
from oomtray.ui.app.application import Application
from oomtray.ui.app.event_loop import GarbageCollector

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen a window is neither raised nor limited in size."""


class Cycle:
    """Holds itself, and a timer that runs."""

    def __init__(self) -> None:
        self.itself = self
        self.timer = QTimer()
        self.timer.start(60_000)


@pytest.fixture
def ended_in() -> list[threading.Thread]:
    return []


@pytest.fixture
def leave_a_cycle(ended_in: list[threading.Thread]):
    def leave() -> None:
        weakref.finalize(Cycle(), lambda: ended_in.append(threading.current_thread()))

    return leave


@pytest.fixture
def app(qapp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    """Its worker makes at each step as much garbage as takes a full collection."""
    monkeypatch.setattr(tray_presence, "PATIENCE_MS", 600_000)
    monkeypatch.setattr(application, "WARM_MS", 0)
    gc.unfreeze()
    step = Monitor.step

    def wasteful(monitor: Monitor):
        cycles = [[] for _ in range(200_000)]
        for cycle in cycles:
            cycle.append(cycle)
        return step(monitor)

    monkeypatch.setattr(Monitor, "step", wasteful)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    made = Application(SessionBus(None))
    yield made
    assert made.stop()
    shiboken6.delete(made)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    gc.unfreeze()


def test_garbage_is_collected_again_once_all_is_loaded(qtbot, app, ended_in, leave_a_cycle) -> None:
    app.start()
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)

    leave_a_cycle()
    app.activate(None)  # who looks is told every two seconds
    qtbot.waitUntil(lambda: bool(ended_in), timeout=20_000)

    assert ended_in == [threading.main_thread()]


def test_garbage_is_collected_again_though_a_part_can_not_be_loaded(
    qtbot, app, ended_in, leave_a_cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as missing, qtbot.captureExceptions() as raised:
        missing.setitem(sys.modules, "oomtray.ui.popup.popup", None)
        app.start()
        qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)
    assert [kind for kind, _, _ in raised] == [ModuleNotFoundError]

    leave_a_cycle()
    app.activate(None)
    qtbot.waitUntil(lambda: bool(ended_in), timeout=20_000)

    assert ended_in == [threading.main_thread()]


@pytest.fixture
def collector(qapp) -> Iterator[GarbageCollector]:
    yield GarbageCollector()
    gc.unfreeze()


def test_nothing_is_collected_before_all_is_loaded(collector, ended_in, leave_a_cycle):
    leave_a_cycle()
    _waste()

    collector.collect()
    assert not ended_in


def test_what_is_loaded_by_then_is_never_looked_at_again(collector):
    collector.begin()

    assert gc.get_freeze_count() > 1000
    assert not gc.isenabled()


def test_a_thread_s_garbage_is_not_collected_there(collector, ended_in, leave_a_cycle):
    collector.begin()
    leave_a_cycle()

    thread = threading.Thread(target=_waste)
    thread.start()
    thread.join()
    assert not ended_in

    collector.collect()
    assert ended_in == [threading.main_thread()]


def _waste() -> None:
    for _ in range(2 * gc.get_threshold()[0]):
        garbage: list[object] = []
        garbage.append(garbage)
