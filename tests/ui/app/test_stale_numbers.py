"""Numbers that nothing newer follows are called old, with their age, while the app goes on; and are fresh again after that."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from oomtray.config.settings import Pace
from oomtray.dbus.session import SessionBus
from oomtray.kernel.reader import SystemReader
from oomtray.monitor import Attention, Monitor
from oomtray.risk.assessment import Assessment
from oomtray.text import size
from oomtray.ui.app import background, tray_presence
from oomtray.ui.app.application import Application
from oomtray.ui.app.background import Background, Stale, longest_silence
from oomtray.ui.app.watchdog import Watchdog
from oomtray.ui.popup.popup import Popup
from tests.rigs.processes.programs import DEADLINE
from tests.ui.parts import texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen a window is neither raised nor limited in size."""


@pytest.mark.parametrize(
    ("pace", "level", "is_open", "seconds"),
    [
        pytest.param(Pace(), "normal", False, 70, id="calm: a scan a minute"),
        pytest.param(Pace(), "normal", True, 12, id="somebody looks"),
        pytest.param(Pace(), "warning", False, 12, id="the level is raised"),
        pytest.param(Pace(open_seconds=20), "critical", True, 30, id="as it is set"),
        pytest.param(Pace(calm_seconds=3600), "normal", False, 70, id="rare scans: looked after once a minute"),
    ],
)
def test_how_long_the_worker_may_say_nothing_goes_by_the_pace_in_force(pace, level, is_open, seconds):
    assert longest_silence(pace, level, is_open=is_open) == seconds


class Reader:
    """The reader of /proc; while `stuck` it blocks, and `blocks` says that it does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.blocks, self._goes_on = threading.Event(), threading.Event()
        self._goes_on.set()
        read = SystemReader.memory

        def memory(reader: SystemReader):
            if not self._goes_on.is_set():
                self.blocks.set()
                self._goes_on.wait()
            return read(reader)

        monkeypatch.setattr(SystemReader, "memory", memory)

    def get_stuck(self) -> None:
        self._goes_on.clear()

    def go_on(self) -> None:
        self._goes_on.set()


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setattr(background, "PATIENCE_SECONDS", 0.5)
    made = Reader(monkeypatch)
    yield made
    made.go_on()


@pytest.fixture
def shared(qtbot, reader: Reader) -> Iterator[Background]:
    made = Background()
    yield made
    reader.go_on()
    assert made.stop()


def test_a_worker_that_never_reads_anything_is_found_out(qtbot, reader, shared):
    reader.get_stuck()

    with qtbot.waitSignal(shared.news) as news:
        shared.start_worker()

    assert news.args == [Stale(None)]


def test_a_worker_that_gets_stuck_is_found_out_and_so_is_its_recovery(qtbot, reader, shared):
    with qtbot.waitSignal(shared.news, check_params_cb=lambda news: isinstance(news, Assessment)):
        shared.start_worker()
    last = shared.assessment

    reader.get_stuck()
    with qtbot.waitSignal(shared.news, check_params_cb=lambda news: isinstance(news, Stale)) as stale:
        shared.wake()

    assert reader.blocks.is_set()
    assert stale.args[0].age >= background.PATIENCE_SECONDS
    assert (shared.assessment, shared.last_read) == (None, last)

    with qtbot.waitSignal(shared.news, check_params_cb=lambda news: isinstance(news, Assessment)):
        reader.go_on()
    assert shared.assessment is not last


def test_a_step_that_has_just_begun_gets_its_time_before_numbers_are_called_old(qtbot, reader, shared, monkeypatch):
    with qtbot.waitSignal(shared.news, check_params_cb=lambda news: isinstance(news, Assessment)):
        shared.start_worker()
    reader.get_stuck()
    shared.wake()
    assert reader.blocks.wait(DEADLINE)
    watchdog, told = shared.findChild(Watchdog), []
    shared.news.connect(told.append)

    monkeypatch.setattr(background, "PATIENCE_SECONDS", 10 * DEADLINE)
    watchdog.overdue.emit()
    assert told == []
    assert watchdog.runs, "it looks again when that time is over"

    monkeypatch.setattr(background, "PATIENCE_SECONDS", 0.0)
    watchdog.overdue.emit()
    assert [type(news) for news in told] == [Stale]


def test_a_worker_that_gets_stuck_when_it_is_woken_is_found_out_though_older_news_come_first(
    qtbot, reader, shared, monkeypatch
):
    rests, wait = threading.Event(), Monitor.wait

    def rest(monitor: Monitor) -> None:
        rests.set()
        wait(monitor)

    monkeypatch.setattr(Monitor, "wait", rest)
    shared.start_worker()
    assert rests.wait(20)  # its first news are on their way, and nobody has taken them yet

    reader.get_stuck()
    with qtbot.waitSignal(shared.news, check_params_cb=lambda news: isinstance(news, Stale)):
        shared.wake()


def test_a_worker_with_nothing_to_tell_is_not_stale(qtbot, shared, monkeypatch):
    """Where scans are rare its steps show that it lives."""
    looks: list[float] = []

    def look(*_, **__) -> float:
        looks.append(0.05)
        return 0.05

    with qtbot.waitSignal(shared.news):
        shared.start_worker()
    monkeypatch.setattr(background, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(background, "longest_silence", look)
    shared.news.connect(lambda news: looks.append(-1) if isinstance(news, Stale) else None)
    shared.wake()

    qtbot.waitUntil(lambda: len(looks) > 3)
    assert -1 not in looks


def test_what_was_looked_at_before_the_worker_started_is_looked_at_then(qtbot, shared):
    """Else a popup that opens with the app stays at the calm pace, without its rows."""
    shared.attend(Attention(open=True, apps=True, top=None))

    with qtbot.waitSignal(shared.news) as news:
        shared.start_worker()

    assert news.args[0].apps


@pytest.fixture
def popup(qtbot, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Iterator[Popup]:
    """That of the whole app, once it shows numbers."""
    monkeypatch.setattr(tray_presence, "PATIENCE_MS", 600_000)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    app = Application(SessionBus(None))
    app.start()
    app.activate(None)
    (made,) = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Popup) and widget.isVisible())
    made.show_as_window("no panel")  # and not hidden because something else has the focus
    qtbot.waitUntil(lambda: made.assessment is not None)
    yield made
    reader.go_on()
    assert app.stop()
    shiboken6.delete(app)  # with its timers, which would show a window to later tests
    for number, handler in handlers.items():
        signal.signal(number, handler)


def ink(popup: Popup) -> QColor:
    """In what color the header says how much is left."""
    says = size(popup.assessment.snapshot.memory.left)
    label = next(label for label in popup.header.findChildren(QLabel) if label.text() == says)
    return label.palette().color(QPalette.ColorRole.WindowText)


def test_the_header_tells_the_age_of_the_last_reading_and_counts_on(qtbot, reader, popup):
    fresh, inked = texts(popup.header)[0], ink(popup)
    reader.get_stuck()

    qtbot.waitUntil(lambda: texts(popup.header)[0] == "No new readings", timeout=20_000)
    first = texts(popup.header)[1]
    assert first.startswith("Numbers are ")
    assert ink(popup) != inked
    assert popup.card.isEnabled(), "what it offers still works"

    qtbot.waitUntil(lambda: texts(popup.header)[1] != first)  # the GUI goes on although the worker hangs
    popup.hide()
    popup.open(None)
    assert texts(popup.header)[0] == "No new readings"

    reader.go_on()
    qtbot.waitUntil(lambda: texts(popup.header)[0] == fresh)
    assert ink(popup) == inked


def test_a_pause_is_not_taken_for_a_worker_that_hangs(qtbot, reader, popup):
    popup.pause_wanted.emit(True)
    reader.get_stuck()

    popup.pause_wanted.emit(False)
    qtbot.waitUntil(lambda: texts(popup.header)[0] == "No new readings")

    popup.pause_wanted.emit(True)
    assert texts(popup.header)[0] == "Paused"
