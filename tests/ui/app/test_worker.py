"""The worker thread tells what the monitor says, outlives its errors, and ends when asked."""

from __future__ import annotations

import errno
import os
import sys
import threading

import pytest
from PySide6.QtCore import Qt

from oomtray.actions.rules.service import RulesService
from oomtray.config import Presets, Settings
from oomtray.monitor import Attention, Monitor
from oomtray.ui.app import background, worker
from oomtray.ui.app.background import Background
from oomtray.ui.app.worker import Unreadable, Update, Worker
from tests.facts import desktops
from tests.rigs.processes.proc_tree import ProcTree
from tests.ui.qt.across import Across


class Script:
    """A monitor that does what a test says, a step at a time."""

    def __init__(self, *steps) -> None:
        self.steps = list(steps)
        self.steps_done = 0
        self.closed = False
        self.woken = threading.Event()
        self.attended: list[Attention] = []

    def step(self):
        self.steps_done += 1
        done = self.steps.pop(0) if self.steps else None
        if isinstance(done, BaseException):
            raise done
        return done

    def wait(self) -> None:
        if not self.steps:
            self.woken.wait()
            self.woken.clear()

    def wake(self) -> None:
        self.woken.set()

    def attend(self, attention) -> None:
        self.attended.append(attention)

    def close(self) -> None:
        self.closed = True


class Hanging(Script):
    """A monitor whose first step waits for `goes_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs, self.goes_on = threading.Event(), threading.Event()

    def step(self):
        self.hangs.set()
        self.goes_on.wait()


@pytest.fixture
def run(qtbot, monkeypatch):
    """Starts a worker on these steps; ends it with the test."""
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0.01)
    workers = []

    def start(monitor, heard):
        made = Worker(monitor)
        across = Across(made.told)
        across.told.connect(heard.append)
        workers.append((made, across))
        made.start()
        return made

    yield start
    for made, _across in workers:
        made.stop()


def test_each_assessment_arrives_in_the_guis_thread(run, qtbot):
    first, second = desktops.desktop(), desktops.desktop("warning")
    heard: list = []

    run(Script(first, None, second), heard)

    qtbot.waitUntil(lambda: len(heard) == 2)
    assert [update.assessment for update in heard] == [first, second]
    assert all(isinstance(update, Update) for update in heard)


def test_news_is_emitted_in_the_main_thread_so_that_the_worker_runs_nothing_of_qt(run, qtbot):
    heard: list = []
    emitted_in: list[threading.Thread] = []
    made = run(Script(desktops.desktop(), OSError(5, "Input/output error")), heard)
    made.told.connect(lambda _: emitted_in.append(threading.current_thread()), Qt.ConnectionType.DirectConnection)

    qtbot.waitUntil(lambda: len(heard) == 2)

    assert emitted_in == [threading.main_thread()] * 2


def test_the_interpreters_code_is_locked_in_memory_after_the_first_news_and_once(run, qtbot, monkeypatch):
    heard: list = []
    told_before: list[int] = []
    monkeypatch.setattr(worker, "lock_code", lambda: told_before.append(monitor.steps_done))
    monitor = Script(OSError(5, "Input/output error"), *[desktops.desktop() for _ in range(3)])

    run(monitor, heard)

    qtbot.waitUntil(lambda: len(heard) == 4)  # so all that follows the third is done
    assert told_before == [2]


def test_an_error_is_told_and_the_next_step_is_tried(run, qtbot, caplog):
    after = desktops.desktop()
    heard: list = []

    run(Script(OSError(5, "Input/output error"), OSError(5, "Input/output error"), after), heard)

    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard[0] == Unreadable("Input/output error")
    assert heard[2].assessment is after
    assert len(caplog.records) == 1, "the same error is logged once"


def test_an_error_is_told_where_no_more_code_can_be_read(run, qtbot, monkeypatch):
    """As where too many files are open: an error in telling it would end the thread for good."""
    for module in ("files", "system_errors"):
        monkeypatch.setitem(sys.modules, f"oomtray.messages.{module}", None)
    heard: list = []

    run(Script(OSError(errno.EMFILE, "Too many open files", "/proc/meminfo"), desktops.desktop()), heard)

    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[0] == Unreadable("/proc/meminfo: Too many open files")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        pytest.param(OSError(5, "Input/output error", "/proc/meminfo"), "/proc/meminfo: Input/output error", id="file"),
        pytest.param(KeyError("MemTotal"), "KeyError: 'MemTotal'", id="a fault of the program"),
    ],
)
def test_an_error_is_told_as_the_system_says_it(run, qtbot, error, says):
    heard: list = []

    run(Script(error), heard)

    qtbot.waitUntil(lambda: bool(heard))
    assert heard[0] == Unreadable(says)


def test_stopping_wakes_it_and_gives_everything_back(run, qtbot):
    monitor = Script()
    made = run(monitor, [])
    qtbot.waitUntil(made.isRunning)

    made.stop()

    assert made.isFinished()
    assert monitor.closed
    made.stop()


def test_stopping_one_that_was_never_started(qtbot):
    monitor = Script()
    made = Worker(monitor)

    made.stop()

    assert monitor.closed


def test_stopping_one_that_hangs_is_given_up(qtbot, monkeypatch):
    monkeypatch.setattr(worker, "STOP_SECONDS", 0.05)
    monitor = Hanging()
    made = Worker(monitor)
    made.start()
    assert monitor.hangs.wait(10)

    assert not made.stop()
    assert not made.stop(), "safe to call twice"
    assert not monitor.closed, "the thread may still use its descriptors"

    monitor.goes_on.set()
    assert made.wait(10_000)
    assert made.stop()


def test_a_rules_file_that_never_ends_does_not_hang_it(qtbot, tmp_path):
    """S3: a FIFO in its place blocked the worker for good, behind an icon that looked calm."""
    os.mkfifo(tmp_path / "rules.toml")
    tree = ProcTree(tmp_path / "proc")
    monitor = Monitor(Settings(), proc=str(tree), cgroups="/nowhere")
    made = Worker(monitor, rules=RulesService(Presets(), str(tmp_path / "rules.toml")))
    across = Across(made.told)

    with qtbot.waitSignal(across.told) as told:
        made.start()

    assert isinstance(told.args[0], Update)
    assert made.stop()


def test_with_the_real_monitor(run, qtbot, tmp_path):
    tree = ProcTree(tmp_path / "proc")
    monitor = Monitor(Settings(), proc=str(tree), cgroups="/nowhere")
    heard: list = []
    made = run(monitor, heard)
    qtbot.waitUntil(lambda: bool(heard))

    made.attend(Attention(open=True, apps=True, top=None))

    qtbot.waitUntil(lambda: len(heard) > 1)
    assert all(isinstance(update, Update) for update in heard)


def test_one_that_can_not_be_started_is_told_and_tried_again(qtbot, monkeypatch):
    failures = [ImportError("cannot import name 'new'"), OSError(errno.EIO, "", "/usr/lib/oomtray/x.py")]
    reported, told, starts = [], [], []

    def start(_shared):
        starts.append(1)
        if len(starts) <= len(failures):
            raise failures[len(starts) - 1]

    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: reported.append(error))
    monkeypatch.setattr(background, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(Background, "_start_worker", start)
    shared = Background()
    shared.news.connect(told.append)
    shared.start_worker()
    qtbot.waitUntil(lambda: len(starts) == 3)
    assert told == [
        Unreadable("ImportError: cannot import name 'new'"),
        Unreadable("/usr/lib/oomtray/x.py: Input/output error"),
    ]
    assert reported == failures
