"""The monitor as `list`, `watch` and `explain` use it, with the user's settings."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, cast

from oomtray.cli import Failure, warn
from oomtray.paths import APP, state_home
from oomtray.risk.set_here import SetHere

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oomtray.actions.journal import Journal
    from oomtray.config import Settings
    from oomtray.history.recorder import Recorder
    from oomtray.kernel.reader import SystemReader
    from oomtray.kills.watch import KillWatch
    from oomtray.monitor import Monitor
    from oomtray.systemd.units import UnitFacts, UnitReader

_PATIENCE = 1.0
"""Seconds that the end of a recording waits for what the log says of a kill that was just noticed."""


def user_settings() -> Settings:
    """Load the user's settings; problems are printed on standard error, and the rest counts."""
    from oomtray.config import default_file, load

    path = default_file()
    settings, problems = load(path)
    if problems:
        from oomtray.messages.settings import problem

        for wrong in problems:
            warn(problem(path, wrong))
    return settings


class SetByHand:
    """Values of oom_score_adj set through this program, by (pid, start time).

    The journal, if there is one, is read when the first process is looked up.
    """

    @cached_property
    def _values(self) -> Mapping[tuple[int, int], int]:
        directory = os.path.join(state_home(), APP)
        return _journal(directory).last_given() if os.path.isdir(directory) else {}

    def get(self, identity: tuple[int, int]) -> int | None:
        return self._values.get(identity)


@lru_cache(maxsize=1)
def _journal(directory: str) -> Journal:
    """The journal in a directory; the same one for each look of `watch`, as it rereads only a changed file."""
    from oomtray.actions.journal import Journal

    return Journal(directory)


class SetByRule:
    """The value that a rule gave to one process, by (pid, start time), if it is recorded.

    The record, if there is one, is read when that process is looked up.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def get(self, identity: tuple[int, int]) -> int | None:
        return self._value(identity[1]) if identity[0] == self._pid else None

    def _value(self, start_time: int) -> int | None:
        from oomtray.history.pending import pending_path
        from oomtray.history.schema import default_path

        if not any(map(os.path.exists, (default_path(), pending_path(default_path())))):
            return None  # and SQLite, which takes long to load, isn't needed
        from oomtray.file_access import FileError
        from oomtray.history.database import Database
        from oomtray.history.events import set_by_rule

        began = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        try:
            with Database().reading() as connection:
                return None if connection is None else set_by_rule(connection, self._pid, began + start_time / os.sysconf("SC_CLK_TCK"))
        except FileError:
            return None  # commands that show the record say so


class Units:
    """A unit reader that is created for the first query: a command without one needs no D-Bus."""

    def __init__(self) -> None:
        self._reader: UnitReader | None = None

    def facts(self, name: str, uid: int | None = None) -> UnitFacts | None:
        return self._made().facts(name, uid)

    def result(self, name: str, uid: int | None = None) -> str | None:
        return self._made().result(name, uid)

    def _made(self) -> UnitReader:
        if self._reader is None:
            from oomtray.systemd.units import UnitReader

            self._reader = UnitReader()
        return self._reader

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()


def _set_here() -> SetHere:
    return SetHere(SetByHand())


def _kill_watch(
    recorder: Recorder | None, units: UnitReader, reader: SystemReader, counted: int | None
) -> KillWatch:
    from oomtray.kills.watch import user_kill_watch

    return user_kill_watch(reader, recorder, counted, _set_here, units=units)


@contextmanager
def monitoring(
    settings: Settings, cgroup: str | None = None, *, once: bool = False, record: bool = False, explained: int | None = None
) -> Iterator[Monitor]:
    """Provide a monitor while the command runs; `once` for a single survey, `record` to keep its readings.

    `explained` is the PID of the process for which it should know whether a rule set its value.
    Raises Failure if `cgroup` is not a memory cgroup, has no limit that applies to it, or disappears
    meanwhile.
    """
    from oomtray.kernel.cgroups import NoMemoryCgroup
    from oomtray.monitor import Monitor

    units = Units()
    recorder = None
    if record and settings.history.record:
        from oomtray.history.recorder import user_recorder

        recorder = user_recorder()
    monitor = Monitor(
        settings,
        scope_path=cgroup,
        once=once,
        units=cast("UnitReader", units),
        set_here=_set_here if explained is None else lambda: SetHere(SetByHand(), SetByRule(explained)),
        recorder=recorder,
        kill_watch=partial(_kill_watch, recorder, cast("UnitReader", units)) if record else None,
    )
    try:
        yield monitor
    except NoMemoryCgroup as error:
        from oomtray.messages.start import no_memory_cgroup

        raise Failure(no_memory_cgroup(error)) from error
    finally:
        monitor.close(patience=_PATIENCE if record else 0.0)
        units.close()
        if recorder is not None:
            _tell_record(recorder)


def _tell_record(recorder: Recorder) -> None:
    """Report problems with the record once, at the end: in between, a message would appear inside a picture."""
    if recorder.aside is not None or recorder.problem is not None:
        from oomtray.messages.history import not_written
        from oomtray.messages.history_events import set_aside

        if recorder.aside is not None:
            warn(set_aside(os.path.basename(recorder.aside)))
        if recorder.problem is not None:
            warn(not_written(recorder.problem))
