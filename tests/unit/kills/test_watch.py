"""Specifies who is named as killed, by when it was seen to end."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from oomtray.history.kills import RecordedKill
from oomtray.kernel.cgroups import MemoryCgroups
from oomtray.kernel.exits import Exit
from oomtray.kernel.process_handle import open_process
from oomtray.kernel.reader import SystemReader
from oomtray.kills.record import KillRecord
from oomtray.kills.watch import KillWatch
from oomtray.systemd.oomd_signals import OomdSignals
from oomtray.systemd.units import UnitReader
from tests.facts import MIB
from tests.facts.assessments import assessment, killer, risk
from tests.facts.memory import memory
from tests.facts.processes import process
from tests.facts.snapshots import snapshot
from tests.rigs.processes.programs import wait_for
from tests.rigs.processes.users import sleeper


class Machine:
    """One on which the kernel has killed four, and whose first in the order is a sleeper of ours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cgroups: MemoryCgroups | None = None, cgroup: str | None = None) -> None:
        monkeypatch.setattr("oomtray.kills.watch._DEADLINE", 0.1)
        self.count, self.reader = 4, SystemReader()
        if cgroups is not None:
            monkeypatch.setattr(self.reader, "cgroups", cgroups)
        monkeypatch.setattr(self.reader, "oom_kills", lambda: self.count)
        self.watch = KillWatch(self.reader, KillRecord(None, counted=4), counted=4, ways=("pidfd",))
        self.first = sleeper()
        with open_process(self.first.pid) as handle:
            self.watch.take(assessment(risks=(risk(of=process(self.first.pid, start_time=handle.start_time, cgroup=cgroup)),)))

    def first_ends(self) -> None:
        self.first.kill()
        self.first.wait()
        assert select.select([self.watch], [], [], 10)[0], "its end is told"

    def kill(self) -> list[RecordedKill]:
        self.count += 1
        found: list[RecordedKill] = []
        wait_for(lambda: found.extend(self.watch.check()) or found, "the kill")
        return found


@contextmanager
def machines(monkeypatch: pytest.MonkeyPatch, cgroups: MemoryCgroups | None = None, cgroup: str | None = None) -> Iterator[Machine]:
    one = Machine(monkeypatch, cgroups, cgroup)
    yield one
    one.first.kill()
    one.first.wait()
    one.watch.close()
    one.reader.close()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    with machines(monkeypatch) as one:
        yield one


def test_who_was_seen_to_end_before_the_kill_is_not_its_victim(machine: Machine) -> None:
    machine.first_ends()
    assert machine.watch.check() == []
    (told,) = machine.kill()
    assert (told.event.outcome, told.event.victims) == ("unknown", ())


def test_who_ends_with_the_kill_is(machine: Machine) -> None:
    machine.first_ends()
    (told,) = machine.kill()
    assert [one.pid for one in told.event.victims] == [machine.first.pid]


def test_one_that_no_scan_has_seen_is_named_by_its_pid(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = [Exit(pid=(1 << 22) + 5, signal=9, at=time.monotonic(), source="proc-connector")]
    monkeypatch.setattr(machine.watch._sources, "exits", lambda: [ends.pop()] if ends else [])
    (told,) = machine.kill()
    assert ([one.pid for one in told.event.victims], told.event.foretold) == ([(1 << 22) + 5], None)


def test_a_service_that_is_restarted_at_once_does_not_clear_the_one_that_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if started and killed between two scans: nobody has seen its control group before."""
    (tmp_path / "cgroup.controllers").write_text("cpu memory\n")
    (directory := tmp_path / "shop.service").mkdir()
    (directory / "memory.events.local").write_text("oom_kill 0\n")
    with machines(monkeypatch, MemoryCgroups(str(tmp_path)), cgroup="/shop.service") as machine:
        machine.first_ends()
        machine.count += 1
        assert machine.watch.check() == [], "another may end yet"
        directory.rename(tmp_path / "removed")
        directory.mkdir()
        (directory / "memory.events.local").write_text("oom_kill 0\n")
        found: list[RecordedKill] = []
        wait_for(lambda: found.extend(machine.watch.check()) or found, "the kill")
    event = found[0].event
    assert ([one.pid for one in event.victims], event.certainty) == ([machine.first.pid], "certain")


@pytest.mark.parametrize(("used", "grew"), [(96, ["program7"]), (58, [])], ids=["while memory is short", "while plenty is left"])
def test_what_grew_took_memory_only_where_it_ran_out(machine: Machine, used: float, grew: list[str]) -> None:
    (first,) = machine.watch._scan.leaders
    for mib, at in ((100, 1000.0), (300, 1010.0)):
        rows = first, process(7, name="hog")._replace(rss=mib * MIB, rss_anon=mib * MIB)
        machine.watch.take(assessment(risks=(risk(of=first),), snapshot=snapshot(*rows, at=at, memory=memory(used=used))))
    machine.first_ends()
    (told,) = machine.kill()
    assert [one.app for one in told.event.growing] == grew


class Units:
    """What systemd would say: the second's service has failed because of a kill."""

    def result(self, name: str, uid: int | None = None) -> str:
        return "oom-kill" if (name, uid) == ("second.service", None) else "success"


def test_of_those_that_are_gone_without_a_word_the_one_whose_unit_failed_by_a_kill_is_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomtray.kills.watch._DEADLINE", 0.0)
    count, reader = 4, SystemReader()
    monkeypatch.setattr(reader, "oom_kills", lambda: count)
    watch = KillWatch(reader, KillRecord(None, counted=4), counted=4, ways=(), units=cast(UnitReader, Units()))
    gone = [process(pid, start_time=1, unit_cgroup=f"/system.slice/{name}.service") for pid, name in ((7, "first"), (8, "second"))]
    watch.take(assessment(risks=tuple(risk(of=one, rank=rank) for rank, one in enumerate(gone, start=1))))
    count = 7
    found: list[RecordedKill] = []
    wait_for(lambda: found.extend(watch.check()) or found, "the kills")
    told = [([one.pid for one in kill.event.victims], kill.event.outcome, kill.event.sources) for kill in found]
    watch.close()
    reader.close()
    assert told == [([8], "likely", ("vmstat", "unit-result")), ([7], "likely", ("vmstat",)), ([], "unknown", ("vmstat",))]


class Oomd:
    """systemd-oomd's signals: it has killed a group once."""

    def __init__(self) -> None:
        self.lost, self.paths = False, ["/system.slice/shop.service"]
        self._ours, self._its = socket.socketpair()

    def fileno(self) -> int:
        return self._ours.fileno()

    def read(self) -> list[str]:
        told, self.paths = self.paths, []
        return told

    def close(self) -> None:
        self._ours.close()
        self._its.close()


def test_of_a_group_that_oomd_killed_those_that_are_gone_are_named() -> None:
    reader = SystemReader()
    watch = KillWatch(reader, KillRecord(None, counted=None), counted=None, ways=(), oomd=lambda: cast(OomdSignals, Oomd()))
    with sleeper() as left:
        with open_process(left.pid) as handle:
            lives = process(left.pid, start_time=handle.start_time, cgroup="/system.slice/shop.service")
        rows = lives, process(1 << 22, cgroup="/system.slice/shop.service"), process((1 << 22) + 1, cgroup="/system.slice/other.service")
        watch.take(assessment(risks=tuple(risk(of=one) for one in rows), killers=(killer(name="systemd-oomd"),)))
        (told,) = watch.check()
        assert watch.check() == []
        left.kill()
    watch.close()
    reader.close()
    event = told.event
    assert ([one.pid for one in event.victims], event.killer, event.outcome, event.sources) == ([1 << 22], "systemd-oomd", "killed", ("oomd-signal",))
