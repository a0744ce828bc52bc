"""Specifies who is named as killed, by when it was seen to end."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oomtray.history.kills import RecordedKill
from oomtray.kernel.cgroups import MemoryCgroups
from oomtray.kernel.process_handle import open_process
from oomtray.kernel.reader import SystemReader
from oomtray.kills.record import KillRecord
from oomtray.kills.watch import KillWatch
from tests.facts import MIB
from tests.facts.assessments import assessment, risk
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
