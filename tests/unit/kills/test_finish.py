"""What a watch still does of a kill that it has noticed when it is to end: it completes it from the log, within a bound."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from typing import cast

import pytest

from oomtray.history.database import Database
from oomtray.history.kills import read_kills
from oomtray.history.recorder import Recorder
from oomtray.history.samples import read
from oomtray.kernel.kill_log.facts import KillReport
from oomtray.kernel.log_lookup import LogLookup
from oomtray.kernel.reader import SystemReader
from oomtray.kills.monitor import KillMonitor
from oomtray.kills.record import KillRecord
from oomtray.kills.watch import KillWatch
from oomtray.monitor import Monitor
from oomtray.risk.kill_event import KillEvent
from tests.unit.kills.test_record import noticed, report


class Ending:
    """A monitor whose watch has just noticed the kill of 7, java; `log` is what the log says of it."""

    def __init__(self, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.log, self.asked = path, [report(7, "java", ago=0)], 0
        self.answers = threading.Event()
        self.answers.set()
        monkeypatch.setattr("oomtray.kills.record.LOG_DELAY", 3600.0)
        self._recorder = Recorder(lambda: Database(path), time.time)
        self.reader = SystemReader()
        monkeypatch.setattr(self.reader, "oom_kills", lambda: 4)
        self.monitor = KillMonitor(self.reader, lambda *_: self._watch(), time.monotonic)
        self.monitor.begin()

    def _watch(self) -> KillWatch:
        self.record = KillRecord(self._recorder, counted=4, log=LogLookup(self._read))
        return KillWatch(self.reader, self.record, counted=4, ways=())

    def notices(self) -> None:
        self.record.news([noticed(7, count=4)])

    def _read(self, _since: float) -> list[KillReport]:
        self.asked += 1
        assert self.answers.wait(10)
        return self.log

    def recorded(self) -> list[KillEvent]:
        with Database(self.path).reading() as connection:
            assert connection is not None
            return [one.event for one in read_kills(connection, 0)]


@pytest.fixture
def ending(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ending]:
    one = Ending(str(tmp_path / "history.db"), monkeypatch)
    yield one
    one.answers.set()
    one.reader.close()


def test_the_log_completes_the_kill(ending: Ending) -> None:
    ending.notices()
    ending.monitor.close(patience=10.0)
    (event,) = ending.recorded()
    assert ("kernel-log" in event.sources, event.trigger is not None) == (True, True)
    assert ending.asked == 1


def test_without_patience_it_does_not(ending: Ending) -> None:
    ending.notices()
    ending.monitor.close()
    (event,) = ending.recorded()
    assert (event.sources, ending.asked) == (("proc-connector", "vmstat"), 0)


def test_a_log_that_does_not_answer_is_not_waited_for(ending: Ending) -> None:
    ending.answers.clear()
    ending.notices()
    ended = threading.Thread(target=ending.monitor.close, args=(0.1,), daemon=True)
    ended.start()
    ended.join(5)
    assert not ended.is_alive(), "it takes ten seconds to answer"
    (event,) = ending.recorded()
    assert "kernel-log" not in event.sources


def test_where_nothing_was_noticed_nothing_is_read(ending: Ending) -> None:
    begun = time.monotonic()
    ending.monitor.close(patience=60.0)
    assert ending.asked == 0
    assert time.monotonic() - begun < 30


class Impatient:
    """A watch during whose end Ctrl+C is pressed again."""

    due = math.inf
    closed = False

    def fileno(self) -> int:
        return 0

    def take(self, _assessment: object) -> None:
        pass

    def check(self) -> list[object]:
        return []

    def finish(self, _seconds: float) -> None:
        raise KeyboardInterrupt

    def close(self) -> None:
        self.closed = True


def test_who_does_not_wait_for_the_log_loses_no_readings(tmp_path) -> None:
    path, watch = str(tmp_path / "history.db"), Impatient()
    recorder = Recorder(lambda: Database(path), time.time)
    monitor = Monitor(recorder=recorder, kill_watch=lambda *_: cast("KillWatch", watch))
    monitor.survey(top=1)
    monitor.rest(0.0)
    with pytest.raises(KeyboardInterrupt):
        monitor.close(patience=1.0)
    assert watch.closed
    with Database(path).reading() as connection:
        assert connection is not None
        assert len(list(read(connection, 0, time.time() + 1))) == 1
