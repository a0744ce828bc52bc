"""Specifies the record of readings and events: what is kept, for how long, once for two recorders, and the user's alone."""

from __future__ import annotations

import errno
import itertools
import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from oomtray.config import default_file
from oomtray.file_access import FileError, FileProblem
from oomtray.history import events
from oomtray.history.database import Database
from oomtray.history.events import Event, drop_old, put_events
from oomtray.history.kills import put_kills
from oomtray.history.recorder import Recorder
from oomtray.history.samples import AppMemory, Sample, put, read, thin
from oomtray.history.schema import EVENTS_KEPT, SETTLES, TIERS
from oomtray.risk.kill_event import Dead, KillEvent
from oomtray.risk.outlook import Forecast, Level
from tests.facts import GIB, MIB, kills
from tests.facts.assessments import app
from tests.facts.histories import settling
from tests.facts.memory import memory
from tests.facts.recorded import read_events, recorded, sample
from tests.rigs.processes.users import NOBODY, as_nobody, need_root

NOW = 1_800_000_000.0
DAY = 86_400


class Clock:
    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(database: Database, clock: Clock) -> Recorder:
    return Recorder(lambda: database, clock)


def record(database: Database, samples: Iterator[Sample] | list[Sample], now: float = NOW) -> None:
    with database.writing() as connection:
        put(connection, samples)
        thin(connection, now)


def test_a_reading_comes_back_as_it_was(database: Database) -> None:
    full = sample(
        NOW,
        memory=memory()._replace(floor=200 * MIB, reclaimable=5, swap_worth=0.5, huge_pages=2 * MIB),
        level="warning",
        cause="forecast",
        forecast=Forecast(rate=-5.5, stall=(1.0, 2.0), kill=(3.5, 9.0), ram=GIB, swap=0),
        apps=(AppMemory("firefox", "Firefox", 5 * GIB), AppMemory("code", "VS Code", GIB)),
    )
    record(database, [full])
    assert recorded(database) == [full]


def test_what_is_unknown_stays_unknown(database: Database) -> None:
    nothing = sample(
        NOW,
        memory=memory()._replace(
            **dict.fromkeys(("available", "swap_total", "swap_free", "psi_some_avg10", "psi_full_avg10", "oom_kills")),  # type: ignore[arg-type]
        ),
    )
    record(database, [nothing])
    assert recorded(database) == [nothing]


def test_two_recorders_make_one_record(database: Database) -> None:
    for _ in range(2):
        record(database, [sample(NOW + at) for at in range(0, 60, 2)])
    assert [one.time for one in recorded(database)] == [NOW + at for at in range(0, 60, 2)]


def test_two_recorders_may_begin_a_record_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite refuses to switch a new file to its log while another program prepares it, and waits for nothing."""
    Path(database.path).parent.mkdir(0o700)
    Path(database.path).touch(0o600)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("oomtray.history.database.time.sleep", lambda _: other.execute("ROLLBACK"))
        record(database, [sample(NOW)])
        assert not other.in_transaction
    assert len(recorded(database)) == 1


def test_a_batch_has_the_record_to_itself_from_its_first_look(database: Database) -> None:
    """One that reads, and writes once another program has written, is refused at once, and its readings aren't recorded."""
    record(database, [sample(NOW)])
    with (
        closing(sqlite3.connect(database.path, timeout=0)) as other,
        database.writing(),
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def test_old_readings_lie_ever_further_apart_and_the_worst_of_them_stays(database: Database) -> None:
    begin = NOW - 31 * DAY
    lows = {NOW - 30 * 60: MIB, NOW - 5 * 3600: 2 * MIB, NOW - 10 * DAY: 3 * MIB}
    for batch in range(int(begin), int(NOW), DAY // 4):
        times = range(batch, batch + DAY // 4, 20 if batch > NOW - DAY else 150)
        samples = [sample(at, memory=memory(available=4 * GIB)) for at in times]
        samples += [sample(at + 6, memory=memory(available=low)) for at, low in lows.items() if at in times]
        record(database, sorted(samples, key=lambda one: one.time), batch + DAY / 4)
    got = recorded(database)
    gaps = {
        "hour": min(b.time - a.time for a, b in itertools.pairwise(got) if a.time > NOW - 3500),
        "day": min(b.time - a.time for a, b in itertools.pairwise(got) if NOW - 80_000 < a.time < NOW - 7200),
        "month": min(b.time - a.time for a, b in itertools.pairwise(got) if a.time < NOW - 2 * DAY),
    }
    assert gaps["hour"] < 30 <= gaps["day"] + 20 < 300 - 20 <= gaps["month"]
    assert got[0].time >= NOW - TIERS[-1].kept - TIERS[-1].slot
    left = [one.memory.available for one in got]
    assert all(low in left for low in lows.values()), "a low that lasted one reading is still there"
    assert left.count(MIB) == left.count(2 * MIB) == left.count(3 * MIB) == 1


def test_a_period_is_told_without_gap_or_overlap(database: Database) -> None:
    record(database, [sample(NOW - 7200 + at) for at in range(0, 7200, 10)])
    times = [one.time for one in recorded(database, NOW - 7000, NOW - 100)]
    assert times == sorted(set(times))
    assert times[0] < NOW - 7000 + 60
    assert NOW - 120 < times[-1] < NOW - 100


def test_a_month_at_full_rate_is_small(database: Database) -> None:
    apps = tuple(AppMemory(f"app{number}", f"App {number}", GIB - number) for number in range(8))
    for batch in range(0, 3 * 3600, 600):
        record(database, [sample(NOW + batch + at, apps=apps) for at in range(0, 600, 2)], NOW + batch + 600)
    with database.reading() as connection:
        assert connection is not None
        rows = connection.execute("SELECT tier, count(*) FROM reading GROUP BY tier ORDER BY tier").fetchall()
        bytes_a_row = os.path.getsize(database.path) / sum(count for _, count in rows)
    most = sum(tier.kept // tier.slot + 2 for tier in TIERS)
    assert rows[0][1] <= TIERS[0].kept // TIERS[0].slot + 2
    assert most * bytes_a_row < 60e6


class TestEvents:
    def test_the_same_event_is_one_and_takes_what_becomes_known(self, database: Database) -> None:
        for data in ({"name": None}, {"name": "java"}):
            with database.writing() as connection:
                put_events(connection, [Event("kill", "boot-1/812/4242", NOW, data)])
        with database.reading() as connection:
            assert connection is not None
            (event,) = read_events(connection, "kill")
        assert event.data == {"name": "java"}

    def test_kills_are_kept_for_a_year(self, database: Database) -> None:
        with database.writing() as connection:
            put_events(connection, [Event("kill", str(at), NOW + at, {}) for at in (0, 10 * DAY)])
            later = NOW + EVENTS_KEPT + DAY
            put(connection, map(sample, settling(later)))
            thin(connection, later)
            drop_old(connection, later)
            assert [event.key for event in read_events(connection, "kill")] == [str(10 * DAY)]

    def test_what_waited_for_somebody_who_opens_the_record_takes_the_place_of_what_is_too_old(self, database: Database) -> None:
        """The tray itself never opens it."""
        now = time.time()
        record(database, list(map(sample, settling(now))), now)
        database.pending.append([Event("change", "old", now - EVENTS_KEPT - DAY, {}), Event("change", "new", now, {})])
        with database.writing() as connection:
            assert [event.key for event in read_events(connection, "change")] == ["new"]

    def test_what_happens_in_a_loop_does_not_fill_the_disk(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(events, "EVENTS_MOST", 5)
        with database.writing() as connection:
            for number in range(8):
                put_events(connection, [Event("kill", str(number), NOW + number, {}), Event("told", str(number), NOW, {})])
            drop_old(connection, NOW + 10)
            assert [event.key for event in read_events(connection, "kill")] == ["3", "4", "5", "6", "7"]
            assert len(list(read_events(connection, "told"))) == 8, "of one moment none is older than another"


class TestFile:
    def test_it_is_the_users_alone(self, database: Database) -> None:
        record(database, [sample(NOW)])
        for name in os.listdir(os.path.dirname(database.path)):
            assert stat.S_IMODE(os.stat(os.path.join(os.path.dirname(database.path), name)).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(os.path.dirname(database.path)).st_mode) == 0o700

    def test_nothing_recorded_is_no_error_and_makes_no_file(self, database: Database) -> None:
        assert recorded(database) == []
        assert not os.path.exists(database.path)

    @pytest.mark.parametrize(
        "content",
        [b"this is no database at all, however long it goes on" * 100, b"SQLite format 3\0" + b"\xff" * 5000],
        ids=["text", "broken"],
    )
    def test_what_is_broken_is_set_aside(self, database: Database, content: bytes) -> None:
        os.makedirs(os.path.dirname(database.path), 0o700)
        Path(database.path).write_bytes(content)
        assert recorded(database) == []
        assert database.unusable
        record(database, [sample(NOW)])
        assert len(recorded(database)) == 1
        assert not database.unusable
        assert database.aside == f"{database.path}.damaged-1"
        assert Path(database.aside).read_bytes() == content
        record(database, [sample(NOW + 10)])
        with database.reading() as connection:
            assert connection is not None
            (told,) = read_events(connection, "set-aside")
        assert told.data == {"aside": "history.db.damaged-1"}

    def test_a_good_file_that_another_program_has_begun_meanwhile_is_not_set_aside(self, database: Database) -> None:
        record(database, [sample(NOW)])
        broken = sqlite3.DatabaseError("database disk image is malformed")
        broken.sqlite_errorcode = sqlite3.SQLITE_CORRUPT

        def found_broken() -> None:
            os.rename(database.path, f"{database.path}.damaged-1")
            record(Database(database.path), [sample(NOW + 10)])
            raise broken

        with pytest.raises(FileError), database.writing():
            found_broken()
        assert [one.time for one in recorded(database)] == [NOW + 10]
        assert database.aside is None

    def test_a_question_never_makes_the_file_though_it_is_cleared_at_that_moment(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record(database, [sample(NOW)])
        monkeypatch.setattr(database, "_check", database.clear)
        assert recorded(database) == []
        assert os.listdir(os.path.dirname(database.path)) == []

    def test_clearing_takes_the_log_before_the_file_that_it_belongs_to(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A new file beside an old one's log would have what is in that."""
        record(database, [sample(NOW)])
        taken: list[str] = []
        monkeypatch.setattr(os, "unlink", lambda name, **_: taken.append(name))
        database.clear()
        assert taken.index("history.db") > max(taken.index("history.db-wal"), taken.index("history.db-shm"))

    @pytest.mark.parametrize("name", ["a?b", "a#b", "50%25", "a b", "é"])
    def test_the_directory_may_have_any_name(self, tmp_path: Path, name: str) -> None:
        database = Database(str(tmp_path / name / "history.db"))
        record(database, [sample(NOW)])
        assert len(recorded(database)) == 1
        assert os.listdir(tmp_path) == [name]

    def test_a_page_that_is_broken_further_in_costs_one_batch(self, database: Database, clock: Clock) -> None:
        record(database, [sample(NOW - at) for at in range(0, 3000, 2)])
        with open(database.path, "r+b") as file:
            file.seek(4096)
            file.write(b"\xaa" * 40_000)
        recorder = Recorder(lambda: database, clock)
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        clock.now += 100
        recorder.flush()
        assert recorder.problem is None
        assert [one.time for one in recorded(database)] == [NOW]
        assert database.aside is not None

    def test_a_newer_versions_file_is_set_aside(self, database: Database) -> None:
        record(database, [sample(NOW)])
        with closing(sqlite3.connect(database.path)) as newer:
            newer.execute("PRAGMA user_version = 99")
        assert recorded(database) == []
        record(database, [sample(NOW + 10)])
        assert [one.time for one in recorded(database)] == [NOW + 10]

    def test_what_a_later_version_has_added_without_a_new_number_is_left_alone(self, database: Database) -> None:
        """A tray of the day before, which still runs, and a command of today share the record."""
        record(database, [sample(NOW - 4000, apps=(AppMemory("a", "A", 5),))])
        with closing(sqlite3.connect(database.path)) as later:
            for table in ("reading", "app", "app_memory", "event"):
                later.execute(f"ALTER TABLE {table} ADD COLUMN added TEXT")
            later.execute("CREATE TABLE added (id INTEGER PRIMARY KEY)")
            later.commit()
        record(database, [sample(NOW, apps=(AppMemory("a", "A", 7),))])
        with database.writing() as connection:
            put_events(connection, [Event("told", "x", NOW, {})])
            put_kills(connection, [kills.leak()], NOW)
        assert [one.time for one in recorded(database)] == [NOW - 4000, NOW]
        assert database.aside is None

    @pytest.mark.parametrize(("put_there", "trouble"), [(os.mkfifo, "not-regular"), (os.mkdir, "not-regular")])
    def test_what_is_no_file_is_left_alone(self, database: Database, put_there, trouble: str) -> None:
        os.makedirs(os.path.dirname(database.path), 0o700)
        put_there(database.path)
        with pytest.raises(FileError) as failed, database.writing():
            pass
        assert failed.value.problem.id == trouble

    def test_a_link_is_not_followed(self, database: Database, tmp_path: Path) -> None:
        os.makedirs(os.path.dirname(database.path), 0o700)
        (tmp_path / "precious").write_bytes(b"")
        os.symlink(tmp_path / "precious", database.path)
        with pytest.raises(FileError) as failed, database.writing():
            pass
        assert failed.value.problem.id == "is-link"
        assert (tmp_path / "precious").read_bytes() == b""

    def test_where_the_clock_was_set_back_it_is_written_at_once(self, database: Database, recorder: Recorder, clock: Clock) -> None:
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        clock.now -= 3600
        recorder.add(memory(available=1), Level(), Forecast())
        assert next(one.memory.available for one in recorded(database)) == 1

    def test_what_can_not_be_written_is_tried_again_a_minute_later(self, database: Database, recorder: Recorder, clock: Clock) -> None:
        Path(database.path).mkdir(parents=True)
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        Path(database.path).rmdir()
        for seconds, told in ((59, True), (1, False)):
            clock.now += seconds
            recorder.flush()
            assert (recorder.problem is not None) is told
        assert len(recorded(database)) == 1

    def test_what_waited_for_room_when_it_was_cleared_does_not_come_back(
        self, database: Database, recorder: Recorder, clock: Clock
    ) -> None:
        Path(database.path).mkdir(parents=True)
        recorder.add_event(Event("change", "a", NOW, {}))
        recorder.add_kills([KillEvent(time=NOW, killer="kernel", outcome="killed", victims=(Dead(pid=7, name="java"),))])
        assert recorder.problem is not None
        recorder.cleared_at = NOW + 1
        Path(database.path).rmdir()
        clock.now += 100
        recorder.add_event(Event("change", "b", clock.now, {}))
        with database.reading() as connection:
            assert connection is not None
            assert [event.key for event in read_events(connection, "change")] == ["b"]
            assert list(read_events(connection, "kill")) == []

    def test_what_another_program_gathered_before_it_was_cleared_does_not_come_back(
        self, database: Database, recorder: Recorder, clock: Clock
    ) -> None:
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        for _ in range(5):
            clock.now += 2
            recorder.add(memory(), Level(), Forecast())
        Database(database.path).clear()
        clock.now += 2
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        assert [one.time for one in recorded(database)] == [clock.now]

    def test_clearing_leaves_nothing(self, database: Database) -> None:
        record(database, [sample(NOW)])
        database.clear()
        assert os.listdir(os.path.dirname(database.path)) == []

    @pytest.mark.parametrize("whose", ["own", "another's"])
    def test_clearing_follows_no_link_of_the_directory(self, database: Database, tmp_path: Path, whose: str) -> None:
        """Root may run with a home whose user has laid the link."""
        elsewhere = Database(str(tmp_path / "elsewhere/history.db"))
        record(elsewhere, [sample(NOW)])
        link = os.path.dirname(database.path)
        os.makedirs(os.path.dirname(link), exist_ok=True)
        os.symlink(os.path.dirname(elsewhere.path), link)
        if whose == "another's":
            need_root()
            os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
        with pytest.raises(FileError):
            database.clear()
        assert len(recorded(elsewhere)) == 1

    def test_a_directory_that_the_user_may_not_write_is_named_in_the_words_of_the_program(self, tmp_path: Path) -> None:
        database = Database(str(tmp_path / "oomtray/history.db"))
        record(database, [sample(NOW)])
        directory = Path(database.path).parent
        command = [sys.executable, "-m", "oomtray", "history"]
        if os.geteuid() == 0:  # who may write everywhere
            command = as_nobody(command)
            for path in (directory, *directory.iterdir()):
                os.chown(path, NOBODY, NOBODY)
        directory.chmod(0o555)
        environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (1, f"oomtray: {database.path} can't be read: Permission denied.\n")

    @pytest.mark.parametrize(
        ("flags", "free", "code", "told"),
        [
            pytest.param(os.ST_RDONLY, 1, sqlite3.SQLITE_CANTOPEN, errno.EROFS, id="read-only"),
            pytest.param(0, 0, sqlite3.SQLITE_IOERR, errno.ENOSPC, id="full"),
            pytest.param(0, 1, sqlite3.SQLITE_IOERR | 10 << 8, errno.EIO, id="device"),
            pytest.param(0, 1, sqlite3.SQLITE_CORRUPT, errno.EUCLEAN, id="damaged"),
        ],
    )
    def test_the_systems_error_behind_one_of_sqlites_is_found(
        self, flags: int, free: int, code: int, told: int, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record(database, [sample(NOW)])
        place = os.statvfs(database.path)
        found = os.statvfs_result((*place[:4], free, *place[5:8], flags, place[9]))
        monkeypatch.setattr(os, "statvfs", lambda _: found)
        failure = sqlite3.OperationalError("SQLite's own words")
        failure.sqlite_errorcode = code
        with pytest.raises(FileError) as caught, database.reading():
            raise failure
        assert caught.value.problem == FileProblem("unreadable", database.path, told)

    def test_text_that_is_no_utf8_keeps_nobody_from_the_rest(self, database: Database) -> None:
        record(database, [sample(NOW)])
        with database.writing() as connection:
            assert connection.execute("SELECT CAST(x'ff41' AS TEXT)").fetchall() == [("\\xffA",)]

    def test_a_second_writer_waits_its_turn(self, database: Database) -> None:
        record(database, [sample(NOW)])
        with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with database.reading() as connection:
                assert connection is not None, "readers never wait"
            other.execute("COMMIT")
        record(database, [sample(NOW + 10)])
        assert len(recorded(database)) == 2


class TestRecorder:
    def test_readings_gather_and_are_written_in_batches(self, recorder: Recorder, database: Database, clock: Clock) -> None:
        recorder.add(memory(), Level(), Forecast())
        assert recorded(database) == []
        for _ in range(40):
            clock.now += 2
            recorder.add(memory(), Level(), Forecast())
        assert 30 <= len(recorded(database)) <= 41

    def test_while_somebody_looks_they_are_written_soon(self, recorder: Recorder, database: Database, clock: Clock) -> None:
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        recorder.watched = True
        for _ in range(5):
            clock.now += 2
            recorder.add(memory(), Level(), Forecast())
        assert len(recorded(database)) == 6

    def test_what_was_read_before_a_kill_is_written_with_it(self, recorder: Recorder, database: Database, clock: Clock) -> None:
        recorder.add(memory(), Level(), Forecast())
        clock.now += 2
        recorder.add_kills([KillEvent(time=clock.now, killer="kernel", outcome="unknown")])
        assert len(recorded(database)) == 1

    def test_a_level_that_rises_is_written_at_once(self, recorder: Recorder, database: Database, clock: Clock) -> None:
        recorder.add(memory(), Level(), Forecast())
        clock.now += 2
        recorder.add(memory(used=95), Level("critical", 5.0, "used"), Forecast())
        assert [one.level for one in recorded(database)] == ["normal", "critical"]

    def test_a_reading_names_the_largest_apps(self, recorder: Recorder, database: Database) -> None:
        apps = (*tuple(app(f"app{number}", memory=number * MIB) for number in range(20)), app("unknown", memory=None))
        recorder.add(memory(), Level(), Forecast(), apps)
        recorder.flush()
        (one,) = recorded(database)
        assert [found.key for found in one.apps] == [f"app{number}" for number in range(19, 11, -1)]

    def test_apps_are_wanted_more_often_while_memory_is_short(self, recorder: Recorder, clock: Clock) -> None:
        recorder.add(memory(), Level(), Forecast(), (app("app"),))
        clock.now += 40
        assert not recorder.wants_apps
        recorder.add(memory(used=95), Level("critical", 5.0, "used"), Forecast())
        assert recorder.wants_apps

    def test_what_is_read_once_is_one_reading_although_its_apps_come_later(
        self, recorder: Recorder, database: Database, clock: Clock
    ) -> None:
        read_once = memory()
        recorder.add(read_once, Level(), Forecast())
        clock.now += 2  # a scan takes its time
        recorder.add(read_once, Level(), Forecast(), (app("app"),))
        recorder.flush()
        (one,) = recorded(database)
        assert (one.time, len(one.apps)) == (NOW, 1)

    def test_a_full_disk_is_told_and_what_came_meanwhile_is_kept(self, tmp_path: Path, clock: Clock) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root may mount")
        place = tmp_path / "full"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k,mode=700", "tmpfs", place], check=True)
        try:
            database = Database(str(place / "history.db"))
            recorder = Recorder(lambda: database, clock)
            filler = place / "filler"
            filler.write_bytes(b"x" * 500_000)
            recorder.add(memory(), Level(), Forecast())
            recorder.flush()
            assert recorder.problem is not None
            assert recorder.problem.id == "unwritable"
            filler.unlink()
            clock.now += 100
            recorder.add(memory(), Level(), Forecast())
            assert recorder.problem is None
            assert [one.time for one in recorded(database)] == [NOW, NOW + 100]
        finally:
            subprocess.run(["umount", place], check=True)

    def test_a_clock_that_is_set_back_does_not_stop_it(self, recorder: Recorder, database: Database, clock: Clock) -> None:
        recorder.add(memory(), Level(), Forecast())
        clock.now -= 10 * DAY
        recorder.add(memory(), Level(), Forecast())
        clock.now += 200
        recorder.add(memory(), Level(), Forecast())
        recorder.flush()
        assert len(recorded(database)) == 3


class TestAClockThatIsSetAhead:
    """By a wrong date, a battery that is empty, a virtual machine that slept: what is kept must not seem too old at once."""

    @pytest.fixture
    def before(self, database: Database, recorder: Recorder, clock: Clock) -> list[float]:
        """The times of what is recorded then: three days of readings, and a kill."""
        with database.writing() as connection:
            put_events(connection, [Event("kill", "java", NOW - 3 * DAY, {})])
        record(database, [sample(NOW - 3 * DAY + at) for at in range(0, 3 * DAY, 300)])
        record(database, [sample(NOW - 600 + at) for at in range(0, 600, 2)])
        clock.now = NOW + 2 * EVENTS_KEPT
        return [one.time for one in recorded(database)]

    def runs(self, recorder: Recorder, clock: Clock, seconds: int) -> None:
        for _ in range(0, seconds, 100):
            clock.now += 100
            recorder.add(memory(), Level(), Forecast())

    def kept(self, database: Database) -> tuple[list[float], list[str]]:
        with database.reading() as connection:
            assert connection is not None
            times = [one.time for one in read(connection, 0, NOW)]
            return times, [event.key for event in read_events(connection, "kill")]

    def test_nothing_is_lost_where_it_is_set_back(
        self, database: Database, recorder: Recorder, clock: Clock, before: list[float]
    ) -> None:
        self.runs(recorder, clock, 1800)
        assert self.kept(database) == (before, ["java"])
        clock.now = NOW
        self.runs(recorder, clock, 2 * 3600)
        times, kills = self.kept(database)
        assert times[0] == before[0]
        assert kills == ["java"]
        at_most = [one.time for one in recorded(database, NOW, NOW + 2 * 3600)]
        assert max(b - a for a, b in itertools.pairwise(at_most)) < 400, "what is read then is handed on from tier to tier"

    def test_it_counts_once_so_much_was_recorded_by_it(
        self, database: Database, recorder: Recorder, clock: Clock, before: list[float]
    ) -> None:
        clock.now -= clock.now % TIERS[-1].slot
        self.runs(recorder, clock, SETTLES - TIERS[-1].slot - 100)
        times, kills = self.kept(database)
        assert times[0] == before[0]
        assert kills == ["java"]
        self.runs(recorder, clock, 2 * TIERS[-1].slot)
        assert self.kept(database) == ([], [])


def test_readings_are_kept_for_as_long_as_the_settings_say(database: Database, xdg: Path) -> None:
    times = [*(NOW - hours * 3600 for hours in range(20 * 24, 0, -1)), *settling(NOW)]
    record(database, list(map(sample, times)), NOW - 20 * DAY)
    config = Path(default_file())
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[history]\ndays = 7\n")
    with database.writing() as connection:
        thin(connection, NOW)
    assert recorded(database)[0].time == pytest.approx(NOW - 7 * DAY, abs=3600)


def test_a_record_that_can_not_be_looked_for_is_no_empty_one(tmp_path: Path) -> None:
    """As for a user who may not enter its directory: a loop of links stops root, too."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(FileError) as caught, Database(str(loop / "history.db")).reading():
        pass
    assert caught.value.problem.id == "unreadable"
