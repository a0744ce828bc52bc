"""Specifies what a program that begins to watch makes of the time before, and what a log adds to what it has noticed."""

from __future__ import annotations

import json
import os
import select
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest

from oomtray.file_access import FileError, FileProblem
from oomtray.history.database import Database
from oomtray.history.kills import RecordedKill, read_kills
from oomtray.history.recorder import Recorder
from oomtray.kernel import log_lookup
from oomtray.kernel.files import boot_id
from oomtray.kernel.kill_log.facts import Invoker, Killed, KillReport
from oomtray.kernel.log_lookup import LogLookup, recent
from oomtray.kills.record import KillRecord
from oomtray.kills.unread_log import UnreadLog
from oomtray.risk.kill_event import Dead, KillEvent
from oomtray.risk.outlook import Forecast, Level
from tests.facts.memory import memory

EARLIER = min(3600.0, 0.9 * time.clock_gettime(time.CLOCK_BOOTTIME))
"""Seconds ago, within this boot."""


def report(pid: int, name: str, ago: float) -> KillReport:
    return KillReport(
        killer="kernel", outcome="killed", time=time.time() - ago, victims=(Killed(pid=pid, name=name),), invoker=Invoker(pid=5, name="cc1")
    )  # fmt: skip


def noticed(pid: int, count: int, ago: float = 0.0) -> KillEvent:
    return KillEvent(
        time=time.time() - ago, boot=boot_id(), count=count, killer="kernel", outcome="killed",
        victims=(Dead(pid=pid, name="java"),), sources=("proc-connector", "vmstat"),
    )  # fmt: skip


class Machine:
    """A record, and a log that can be read; each `watching` is a program that begins to watch."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.log: list[KillReport] = []
        self.asked: list[float] = []
        self.answers = threading.Event()
        self.answers.set()
        self.open: list[KillRecord] = []

    def recorder(self, ago: float = 0.0) -> Recorder:
        return Recorder(lambda: Database(self.path), lambda: time.time() - ago)

    def watched(self, ago: float, kills: int) -> None:
        """Somebody has watched until so many seconds ago, when the kernel had counted so many kills."""
        recorder = self.recorder(ago)
        recorder.add(memory(oom_kills=kills), Level(), Forecast())
        recorder.flush()

    def watching(self, counted: int, *, tells: bool = True) -> Watching:
        lookup = LogLookup(self.read)
        record = KillRecord(self.recorder(), counted=counted, tells=tells, log=lookup, unread=UnreadLog(f"{self.path}.unread"))
        self.open.append(record)
        return Watching(record)

    def read(self, since: float) -> list[KillReport]:
        self.asked.append(since)
        assert self.answers.wait(10)
        return [one for one in self.log if one.time is not None and one.time >= since]

    def recorded(self) -> list[KillEvent]:
        with Database(self.path).reading() as connection:
            return [] if connection is None else [one.event for one in read_kills(connection, 0)]


class Watching:
    """A program that watches, and what it has to tell."""

    def __init__(self, record: KillRecord) -> None:
        self._record = record

    def told(self, *events: KillEvent) -> list[RecordedKill]:
        return self._record.news([*events])

    def told_by_the_log(self) -> list[RecordedKill]:
        poll = select.poll()
        poll.register(self._record.fileno(), select.POLLIN)
        assert poll.poll(10_000)
        return self._record.news([])


@pytest.fixture
def machine(tmp_path: Path):
    machine = Machine(str(tmp_path / "history.db"))
    yield machine
    for record in machine.open:
        record.close()


def names(kills: list[RecordedKill]) -> list[str | None]:
    return [one.event.victims[0].name if one.event.victims else None for one in kills]


def test_the_first_start_tells_of_nothing_before_it(machine: Machine) -> None:
    assert machine.watching(counted=17).told() == []
    assert machine.asked == []


def test_kills_that_nobody_watched_are_told_once_at_the_next_start(machine: Machine) -> None:
    machine.watched(ago=EARLIER, kills=3)
    machine.log = [report(7, "java", ago=EARLIER / 2), report(8, "cc1", ago=EARLIER / 4)]
    machine.answers.clear()
    after = machine.watching(counted=5)
    assert after.told() == [], "the log is asked first"
    machine.answers.set()
    told = after.told_by_the_log()
    assert names(told) == ["java", "cc1"]
    assert all(one.missed for one in told)
    assert after.told() == machine.watching(counted=5).told() == []


def test_without_a_log_the_count_is_told(machine: Machine) -> None:
    machine.watched(ago=EARLIER, kills=3)
    told = machine.watching(counted=5).told_by_the_log()
    assert names(told) == [None, None]
    assert [one.event.certainty for one in told] == ["unknown", "unknown"]


def test_more_than_are_recorded_one_by_one_are_recorded_with_their_number(machine: Machine) -> None:
    machine.watched(ago=EARLIER, kills=3)
    told = machine.watching(counted=20_003).told_by_the_log()
    assert len(told) == 65
    assert sum(one.event.kills for one in told) == 20_000
    assert machine.watching(counted=20_003).told() == []
    assert len(machine.watching(counted=20_004).told_by_the_log()) == 1


def test_of_many_the_log_tells_some(machine: Machine) -> None:
    machine.watched(ago=EARLIER, kills=3)
    machine.log = [report(pid, "java", ago=EARLIER / 2) for pid in range(100, 200)]
    told = machine.watching(counted=1_003).told_by_the_log()
    assert names(told).count("java") == 100
    assert sum(one.event.kills for one in told) == 1_000


def test_what_another_program_recorded_is_told_by_the_first_that_tells(machine: Machine) -> None:
    machine.watched(ago=60, kills=3)
    silent = machine.watching(counted=3, tells=False)
    assert names(silent.told(noticed(7, count=4))) == ["java"]
    told = machine.watching(counted=4).told_by_the_log()
    assert names(told) == ["java"]
    assert told[0].missed


def test_a_kill_that_was_noticed_takes_from_the_log_who_asked(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomtray.kills.record.LOG_DELAY", 0.0)
    watching = machine.watching(counted=3)
    machine.log = [report(7, "java", ago=0)]
    assert names(watching.told(noticed(7, count=4))) == ["java"]
    assert watching.told_by_the_log() == [], "it was told already"
    (event,) = machine.recorded()
    assert event.trigger is not None
    assert set(event.sources) == {"proc-connector", "vmstat", "kernel-log"}


class TestAWatcherThatEndsWhileTheLogIsRead:
    def test_what_only_the_log_tells_is_recorded_by_the_next(self, machine: Machine) -> None:
        """The kernel counts no kill of another killer."""
        machine.watched(ago=EARLIER, kills=3)
        machine.log = [report(7, "java", ago=EARLIER / 2)._replace(killer="earlyoom")]
        machine.answers.clear()
        assert machine.watching(counted=3).told() == []
        machine.watched(ago=0, kills=3)
        machine.open.pop().close()
        machine.answers.set()
        assert names(machine.watching(counted=3).told_by_the_log()) == ["java"]
        assert machine.watching(counted=3).told() == []
        assert len(machine.asked) == 2, "it was read to its end"

    def test_who_was_killed_while_nobody_watched_is_named_by_the_next(self, machine: Machine) -> None:
        machine.watched(ago=EARLIER, kills=3)
        machine.log = [report(7, "java", ago=EARLIER / 2)]
        machine.answers.clear()
        machine.watching(counted=4).told()
        machine.watched(ago=0, kills=4)
        machine.open.pop().close()
        machine.answers.set()
        assert names(machine.watching(counted=4).told_by_the_log()) == ["java"]
        assert len(machine.recorded()) == 1

    def test_what_could_not_be_written_is_read_again_by_the_next(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        """It would only be retried by the watcher that has read it."""
        machine.watched(ago=EARLIER, kills=3)
        machine.log = [report(7, "java", ago=EARLIER / 2)._replace(killer="earlyoom")]

        def full(_database: Database) -> NoReturn:
            raise FileError(FileProblem("unwritable", machine.path))

        with monkeypatch.context() as patched:
            patched.setattr(Database, "writing", full)
            machine.watching(counted=3).told_by_the_log()
        machine.open.pop().close()
        machine.watched(ago=0, kills=3)
        assert names(machine.watching(counted=3).told_by_the_log()) == ["java"]

    def test_the_next_completes_what_was_just_noticed(self, machine: Machine) -> None:
        machine.log = [report(7, "java", ago=0)]
        machine.watching(counted=3).told(noticed(7, count=4))
        machine.open.pop().close()
        machine.watching(counted=4).told_by_the_log()
        (event,) = machine.recorded()
        assert "kernel-log" in event.sources

    @pytest.mark.parametrize("content", [b"", b"soon", b"nan", b"inf", b"\xff"])
    def test_what_cannot_be_understood_asks_for_nothing(self, machine: Machine, content: bytes) -> None:
        Path(f"{machine.path}.unread").write_bytes(content)
        machine.watched(ago=0, kills=3)
        assert machine.watching(counted=3).told() == []
        assert machine.asked == []

    def test_a_log_of_long_ago_is_not_read(self, machine: Machine) -> None:
        Path(f"{machine.path}.unread").write_bytes(b"5.0")
        machine.watching(counted=3).told_by_the_log()
        assert machine.asked[0] > time.time() - 8 * 86_400


def test_a_recorder_that_was_killed_before_it_wrote_is_made_up_for(machine: Machine) -> None:
    machine.watching(counted=3).told(noticed(7, count=4))
    again = machine.watching(counted=5, tells=False)
    again.told_by_the_log()
    assert [event.count for event in machine.recorded()] == [4, 5]


def test_a_user_who_wants_no_record_is_told_all_the_same(machine: Machine) -> None:
    record = KillRecord(machine.recorder(), counted=3, tells=True, keeps=lambda: False, log=LogLookup(machine.read))
    machine.open.append(record)
    (told,) = Watching(record).told(noticed(7, count=4))
    assert told.id == 0
    assert machine.recorded() == []


@pytest.mark.parametrize(
    ("script", "found"),
    [
        pytest.param("exit 1", 0, id="refused"),
        pytest.param(
            'printf \'%s\\n\' \'{"__REALTIME_TIMESTAMP":"NOW000000","_TRANSPORT":"kernel","MESSAGE":"Out of memory: Killed process 5 (x) total-vm:1kB"}\'',
            1, id="a report",
        ),
        pytest.param(
            'printf \'%s\\n\' \'{"__REALTIME_TIMESTAMP":"NOW000000","SYSLOG_IDENTIFIER":"systemd","MESSAGE":"x: Failed with result \'"\'oom-kill\'"\'."}\'',
            0, id="a unit that is down, perhaps for a kill of long ago",
        ),
    ],
)  # fmt: skip
def test_the_journal_is_read_as_far_as_it_may_be(tmp_path: Path, script: str, found: int) -> None:
    journal = tmp_path / "journalctl"
    journal.write_text("#!/bin/sh\n" + script.replace("NOW", str(round(time.time()))) + "\n")
    journal.chmod(0o755)
    told = recent(time.time() - 60, journal=str(journal), kmsg=str(tmp_path / "none"))
    assert [one.victims[0].name for one in told] == ["x"] * found


def test_a_killers_name_alone_is_not_believed(tmp_path: Path) -> None:
    """Another user may call a program earlyoom, and log what that would."""
    journal = tmp_path / "journalctl"
    journal.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >'{tmp_path}/asked'\n")
    journal.chmod(0o755)
    recent(time.time() - 60, journal=str(journal), kmsg=str(tmp_path / "none"))
    asked = [word for word in (tmp_path / "asked").read_text().splitlines() if not word.startswith("-")]
    wanted = [one.split() for one in " ".join(asked).split(" + ")]
    assert wanted[0] == ["_TRANSPORT=kernel"]
    assert {tuple(one) for one in wanted[1:]} == {
        (f"SYSLOG_IDENTIFIER={name}", whose)
        for name in ("systemd", "systemd-oomd", "earlyoom", "nohang")
        for whose in ("_SYSTEMD_SLICE=system.slice", "_UID=0", f"_UID={os.geteuid()}")
    }


def test_no_more_of_the_journal_is_read_than_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody can log under the name of a killer, and as much as he likes."""
    now = round(time.time())
    kill = {"__REALTIME_TIMESTAMP": f"{now}000000", "_TRANSPORT": "kernel", "MESSAGE": "Out of memory: Killed process 5 (x) total-vm:1kB"}
    flood = json.dumps(kill) + "\n" + "x" * 2000
    journal = tmp_path / "journalctl"
    journal.write_text(f"#!/bin/sh\nprintf '%s' '{flood}'\nexec sleep 600\n")  # it doesn't end by itself
    journal.chmod(0o755)
    monkeypatch.setattr(log_lookup, "_PATIENCE", 5.0)
    monkeypatch.setattr(log_lookup, "_MOST", 1000)
    (told,) = recent(now - 60, journal=str(journal), kmsg=str(tmp_path / "none"))
    assert told.victims[0].pid == 5


def test_what_systemd_says_of_a_slice_is_no_kill_of_its_own(tmp_path: Path) -> None:
    """As an ordinary user finds it in the journal, who sees the user's manager alone: it tells of a slice, too, and once it
    is reloaded it tells of each slice in which there ever was a kill.
    """
    now = round(time.time())

    def line(unit: str, at: int) -> str:
        message = f"{unit}: A process of this unit has been killed by the OOM killer."
        return json.dumps({"__REALTIME_TIMESTAMP": f"{at}000000", "SYSLOG_IDENTIFIER": "systemd", "MESSAGE": message})

    lines = [line("app.slice", now - 30), line("app-x-1.scope", now - 10), line("app.slice", now - 10)]
    journal = tmp_path / "journalctl"
    journal.write_text("#!/bin/sh\ncat <<'END'\n" + "\n".join(lines) + "\nEND\n")
    journal.chmod(0o755)
    told = recent(now - 60, journal=str(journal), kmsg=str(tmp_path / "none"))
    assert [one.victims[0].name for one in told] == ["app-x-1.scope"]


def test_the_ring_buffer_stands_in_for_a_journal(tmp_path: Path) -> None:
    uptime = time.clock_gettime(time.CLOCK_MONOTONIC)
    (tmp_path / "kmsg").write_text(f"3,900,{uptime * 1e6:.0f},-;Out of memory: Killed process 5 (x) total-vm:1kB\n")
    (told,) = recent(time.time() - 60, journal=str(tmp_path / "none"), kmsg=str(tmp_path / "kmsg"))
    assert told.time == pytest.approx(time.time(), abs=5)


def test_kills_in_the_ring_buffer_are_as_far_apart_as_their_stamps(tmp_path: Path) -> None:
    """However long it takes to read them; who asks again is told the same times."""
    lines = [f"3,{n},{n}000000,-;Out of memory: Killed process {n} (x) total-vm:1kB\n" for n in (5, 7, 12)]
    (tmp_path / "kmsg").write_text("".join(lines))
    told = recent(0.0, journal=str(tmp_path / "none"), kmsg=str(tmp_path / "kmsg"))
    assert [(one.time or 0) - (told[0].time or 0) for one in told] == pytest.approx([0, 2, 7], abs=2e-6)


SUSPENDED = """\
6,470,45452551,-;PM: suspend entry (deep)
6,474,45637022,-;OOM killer disabled.
6,485,45794589,-;OOM killer enabled.
6,488,45821285,-;PM: suspend exit
"""
"""As Linux 6.1 writes it, which has just slept for 1000 s; its clock stood at 45.7 s meanwhile."""
AGAIN = SUSPENDED.replace(",45", ",55")
FIRST = "5,0,0,-;Linux version 6.1.0-56-cloud-amd64\n"
BEFORE, AFTER = (f"3,{n},{n}000000,-;Out of memory: Killed process 5 (x) total-vm:1kB\n" for n in (40, 50))


@pytest.mark.parametrize(
    ("log", "slept", "begin", "end"),
    [
        pytest.param(FIRST + SUSPENDED + AFTER, 1000.0, 0, 0, id="before the kill"),
        pytest.param(FIRST + BEFORE + SUSPENDED, 1000.0, 1000, 1000, id="after it"),
        pytest.param(FIRST + BEFORE + SUSPENDED + AGAIN, 1000.0, 1000, 1000, id="twice after it"),
        pytest.param(FIRST + SUSPENDED + AFTER + AGAIN, 1000.0, 1000, 0, id="before and after it, nothing tells how long each"),
        pytest.param(BEFORE + SUSPENDED, 1000.0, 1000, 0, id="after it, and perhaps before: the log's begin is overwritten"),
        pytest.param(AFTER, 1000.0, 0, 0, id="before it, which was overwritten"),
        pytest.param(FIRST + BEFORE, 1000.0, 1000, 0, id="in a kernel of other words"),
        pytest.param(FIRST + BEFORE + SUSPENDED.replace("6,4", "14,4"), 1000.0, 1000, 0, id="these words by a program"),
        pytest.param(FIRST + BEFORE + SUSPENDED, 0.0004, 0, 0, id="the clocks are a moment apart"),
    ],
)
def test_a_kill_in_the_ring_buffer_was_so_much_earlier_as_the_machine_has_slept_since(
    tmp_path: Path, log: str, slept: float, begin: int, end: int
) -> None:
    """The buffer's stamps stand still in a suspend."""
    (tmp_path / "kmsg").write_text(log)
    clock = {time.CLOCK_MONOTONIC: 60.0, time.CLOCK_BOOTTIME: 60.0 + slept}.__getitem__
    (told,) = recent(0.0, journal=str(tmp_path / "none"), kmsg=str(tmp_path / "kmsg"), clock=clock)
    now, ago = time.time(), 60 - (told.uptime or 0)
    assert told.time == pytest.approx(now - ago - end, abs=5)
    assert told.not_before == (None if begin == end else pytest.approx(now - ago - begin, abs=5))


def test_who_is_in_a_hurry_need_not_wait_for_the_delay(machine: Machine) -> None:
    """Which a test would not outlast."""
    lookup = LogLookup(machine.read)
    assert not lookup.pending
    machine.log = [report(7, "java", ago=1)]
    lookup.ask(0.0, 3600.0)
    assert lookup.pending
    lookup.hurry()
    poll = select.poll()
    poll.register(lookup.fileno(), select.POLLIN)
    assert poll.poll(10_000)
    assert [one.victims[0].name for one in lookup.take() or ()] == ["java"]
    assert not lookup.pending
    lookup.close()


def test_what_was_asked_for_and_not_begun_is_not_read_at_the_close(machine: Machine) -> None:
    lookup = LogLookup(machine.read)
    lookup.ask(0.0, 3600.0)
    lookup.close()
    assert machine.asked == []


def test_a_log_answers_once() -> None:
    lookup = LogLookup(lambda _since: [])
    lookup.ask(0.0, 0.0)
    poll = select.poll()
    poll.register(lookup.fileno(), select.POLLIN)
    assert poll.poll(10_000)
    assert lookup.take() == []
    assert lookup.take() is None
    lookup.close()
