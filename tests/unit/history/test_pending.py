"""Specifies how readings wait beside the record: none is lost or told twice, and who opens the record has them."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oomtray.file_access import FileError
from oomtray.history import separate_process
from oomtray.history.database import Database
from oomtray.history.events import Event
from oomtray.history.kills import put_kills
from oomtray.history.pending import Pending, pending_path
from oomtray.history.recorder import Recorder
from oomtray.history.samples import AppMemory, row_of
from oomtray.history.schema import TIERS
from oomtray.risk.kill_event import KillEvent
from oomtray.risk.outlook import Forecast, Level
from tests.facts.histories import settling
from tests.facts.memory import memory
from tests.facts.recorded import read_events, recorded, sample
from tests.rigs.commands.program import TREE

NOW = 1_800_000_000.0


def test_what_waits_is_told_as_if_it_had_been_in_the_record(database: Database) -> None:
    full = sample(
        NOW,
        forecast=Forecast(rate=5.5, stall=(60.0, 90.0), ram=7),
        level="warning",
        cause="forecast",
        apps=(AppMemory("a", "A", 9), AppMemory("b", "브라우저", 8)),
    )
    database.pending.append([row_of(full), row_of(sample(NOW + 2))])
    assert recorded(database) == [full, sample(NOW + 2)]
    assert not database.pending.waits
    assert recorded(database) == [full, sample(NOW + 2)]


def test_lines_are_added_below_those_that_wait(database: Database) -> None:
    sizes = [database.pending.append([row_of(sample(NOW + at))]) for at in (0, 2)]
    content = Path(database.pending.path).read_bytes()
    assert content.count(b"\n") == len(content.splitlines()) == 2
    assert sizes == [content.index(b"\n") + 1, len(content)]


def test_it_is_the_users_alone(database: Database) -> None:
    database.pending.append([row_of(sample(NOW))])
    assert stat.S_IMODE(os.stat(database.pending.path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(database.pending.path)).st_mode) == 0o700


def test_clearing_the_record_clears_what_waits(database: Database) -> None:
    database.pending.append([row_of(sample(NOW))])
    database.clear()
    assert recorded(database) == []


def test_what_was_not_put_in_waits_on(database: Database) -> None:
    database.pending.append([row_of(sample(NOW))])
    with pytest.raises(RuntimeError), database.writing():
        raise RuntimeError
    assert database.pending.waits
    assert recorded(database) == [sample(NOW)]


def test_a_reading_that_was_put_in_twice_is_one(database: Database) -> None:
    for _ in range(2):  # the power went between the record's commit and the emptying of the file
        database.pending.append([row_of(sample(NOW))])
        assert recorded(database) == [sample(NOW)]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"[18000000", id="torn"),
        pytest.param(b"\x00\x00\x00", id="zeros"),
        pytest.param(b"[]", id="empty"),
        pytest.param(b"[1, 2]", id="too short"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(json.dumps([*["x"] * 22, []]).encode(), id="texts"),
        pytest.param(json.dumps([NOW, 2**70, *[0] * 20, []]).encode(), id="too large a number"),
        pytest.param(json.dumps([NOW + 9, *[0] * 21, [[1, 2, 3], ["\udc80", "\udc80", 5]]]).encode(), id="apps of other types"),
        pytest.param(b'{"time": 5}', id="no event"),
        pytest.param(b'{"kind": "rumor", "key": "x", "time": 5, "data": {}}', id="no kind of event"),
    ],
)
def test_a_line_that_is_none_costs_no_other(database: Database, line: bytes) -> None:
    database.pending.append([row_of(sample(NOW))])
    with open(database.pending.path, "ab") as file:
        file.write(line)
    database.pending.append([row_of(sample(NOW + 60))])
    assert [one.time for one in recorded(database)][-1] == NOW + 60
    assert sample(NOW) in recorded(database) or line.startswith(b"[18")


def test_readings_that_waited_for_long_are_thinned_like_all(database: Database) -> None:
    now = time.time()
    long_ago = now - 3 * TIERS[0].kept
    times = [*(long_ago + seconds for seconds in range(0, 300, 2)), *reversed(settling(now))]
    database.pending.append([row_of(sample(at)) for at in times])
    with database.writing():
        pass
    kept = [one.time for one in recorded(database) if long_ago <= one.time < long_ago + 299]
    assert 10 <= len(kept) <= 11, "one each half minute"


def test_nothing_is_added_where_there_is_no_room(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    place = tmp_path / "full"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", place], check=True)
    try:
        pending = Pending(str(place / "waits"))
        row = row_of(sample(NOW))
        pending.append([row])
        size = os.stat(pending.path).st_size
        with pytest.raises(FileError) as told:
            pending.append([row] * 1000)
        assert told.value.problem.id == "unwritable"
        assert os.stat(pending.path).st_size == size
    finally:
        subprocess.run(["umount", place], check=True)


def test_it_takes_no_more_than_it_gives_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomtray.history.pending.MOST_BYTES", 1000)
    rows = [row_of(sample(NOW + 2 * number)) for number in range(20)]
    for row in rows[:2]:
        database.pending.append([row])
    with pytest.raises(FileError) as told:
        database.pending.append(rows[2:])
    assert told.value.problem.id == "too-large"
    assert len(recorded(database)) == 2
    database.pending.append([rows[2]])
    assert len(recorded(database)) == 3


def test_who_holds_it_for_too_long_is_told_of(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomtray.history.pending.LOCK_SECONDS", 0.05)
    database.pending.append([row_of(sample(NOW))])
    with open(database.pending.path, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(FileError) as told:
            database.pending.append([row_of(sample(NOW))])
    assert told.value.problem.id == "locked"


@pytest.mark.parametrize("put_there", [pytest.param(os.mkfifo, id="FIFO"), pytest.param(os.mkdir, id="directory")])
def test_what_is_no_file_is_left_alone(database: Database, put_there: object) -> None:
    os.makedirs(os.path.dirname(database.path), 0o700)
    put_there(database.pending.path)  # type: ignore[operator]
    with pytest.raises(FileError):
        database.pending.append([row_of(sample(NOW))])


def test_a_link_is_not_followed(database: Database, tmp_path: Path) -> None:
    os.makedirs(os.path.dirname(database.path), 0o700)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    os.symlink(victim, database.pending.path)
    with pytest.raises(FileError):
        database.pending.append([row_of(sample(NOW))])
    assert victim.read_text() == "mine"


class TestLazyRecorder:
    @pytest.fixture
    def recorder(self, database: Database) -> Recorder:
        self.opened, self.now = 0, NOW

        def open_database() -> Database:
            self.opened += 1
            return database

        return Recorder(open_database, lambda: self.now, Pending(pending_path(database.path)))

    def test_readings_wait_and_the_record_is_not_opened(self, recorder: Recorder, database: Database) -> None:
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        assert self.opened == 0
        assert [one.time for one in recorded(database)] == [NOW]

    def test_what_is_told_while_memory_is_short_waits_too(self, recorder: Recorder, database: Database) -> None:
        told = Event("told", "x", NOW, {"level": "critical", "by": "메모리"})
        recorder.add_event(told)
        recorder.add(memory(), Level("critical", 5.0, "used"), Forecast())
        assert self.opened == 0
        with database.reading() as connection:
            assert connection is not None
            assert list(read_events(connection, "told")) == [told]

    def test_a_kill_is_written_at_once_with_all_that_waits(self, recorder: Recorder, database: Database) -> None:
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        (told,) = recorder.add_kills([KillEvent(time=NOW, killer="kernel", outcome="unknown")])
        assert told.id > 0
        assert not database.pending.waits
        self.now += 2
        recorder.add(memory(), Level("critical", 5.0, "used"), Forecast())
        assert database.pending.waits, "readings cost little also after that"
        assert [one.level for one in recorded(database)] == ["normal", "critical"]

    def test_it_loads_no_sqlite(self, tmp_path: Path) -> None:
        code = (
            "import sys; from oomtray.history.recorder import user_recorder; from oomtray.risk.outlook import Forecast, Level;"
            "from tests.facts.memory import memory; r = user_recorder(lazy=True); r.add(memory(), Level(), Forecast()); r.flush();"
            "assert r.problem is None, r.problem; assert 'sqlite3' not in sys.modules and 'subprocess' not in sys.modules"
        )
        env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
        subprocess.run([sys.executable, "-c", code], cwd=TREE, env=env, check=True)
        assert (tmp_path / "oomtray" / "history.db-pending").stat().st_size > 0


class TestElsewhere:
    @pytest.fixture(autouse=True)
    def _state(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        self.database = Database()

    def test_what_waits_is_put_in(self) -> None:
        self.database.pending.append([row_of(sample(NOW))])
        separate_process.merge()
        assert not self.database.pending.waits
        assert recorded(self.database) == [sample(NOW)]

    def test_nothing_recorded_is_nothing_known(self) -> None:
        assert separate_process.look_back("boot", 0.0, 0.0) == (None, None, 0)
        assert not os.path.exists(self.database.path)

    def test_it_tells_up_to_which_kill_is_recorded_and_how_many_were_not_told_of(self) -> None:
        self.database.pending.append([row_of(sample(NOW + 30))])
        with self.database.writing() as connection:
            put_kills(connection, [KillEvent(time=NOW, boot="boot", count=7, killer="kernel", outcome="unknown")], NOW)
        assert separate_process.look_back("boot", NOW - 100, NOW - 100) == (7, NOW + 30, 1)

    def test_nothing_is_loaded_from_the_directory_where_the_program_was_started(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Anybody may have put a json.py into /tmp."""
        for name in ("json.py", "sqlite3.py", "oomtray.py"):
            (tmp_path / name).write_text("raise SystemExit(1)\n")
        monkeypatch.chdir(tmp_path)
        assert separate_process.look_back("boot", 0.0, 0.0) == (None, None, 0)

    def test_one_that_takes_too_long_is_ended(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        slow = tmp_path / "slow"
        slow.write_text("#!/bin/sh\nexec sleep 600\n")
        slow.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(slow))
        monkeypatch.setattr("oomtray.history.separate_process.SECONDS", 0.1)
        assert separate_process.look_back("boot", 0.0, 0.0) is None

    def test_no_answer_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nonexistent/python")
        assert separate_process.look_back("boot", 0.0, 0.0) is None
