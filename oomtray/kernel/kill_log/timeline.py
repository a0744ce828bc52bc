"""The events of a log in order, the last ones open for what later lines add."""

from __future__ import annotations

from collections import deque
from itertools import repeat
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.open_report import OpenReport
from oomtray.kernel.kill_log.row_sieve import UNRANKED, Sieve
from oomtray.kernel.kill_log.task_reader import TaskReader, is_ranked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.kernel.kill_log.lines import Line
    from oomtray.kernel.killer_names import Killer

_HELD = 16
"""How many events later lines may still add to."""
_TOO_OLD = 600.0
"""Seconds after which a line can't belong to a report that began before."""
_ASKED = 120.0
"""Most seconds between a signal by earlyoom and the kernel's kill of the same process."""
_OVERTAKEN = 3
"""How many reports may begin and end before one that began earlier ends."""
_AT_ONCE = 30.0
"""Seconds within which lines of two reports may be interleaved."""
_IN_ONE_KILL = 5.0
"""Most seconds between two kills of one group."""
_PAUSE = 0.5
"""Seconds that hardly pass between two kills of one group."""
_OF_UNITS = 3.0
"""Seconds within which systemd notices a kill in one unit after the other."""
_LINES = 4_000
"""After this many unrelated lines, a report counts as truncated."""


class Timeline:
    """Holds the last events until no later line can add to them."""

    def __init__(self, most_tasks: int | None = None) -> None:
        """`most_tasks` is as for `read`."""
        self._most = most_tasks
        self._events: deque[OpenReport] = deque()
        self._tasks = TaskReader()
        self._open: list[OpenReport] = []
        """The kernel's reports that may still be open; checked with every line, and mostly one or none."""
        self.has_kills = False
        """Whether the log has the kernel's own lines on kills."""
        self._reload: OpenReport | None = None
        """When a manager of units was last reloaded; None once an event came long after."""

    @property
    def full(self) -> bool:
        """Whether the first event is ready."""
        return len(self._events) > _HELD

    @property
    def waiting(self) -> bool:
        """Whether a report is open, so that every line must be read."""
        while self._open:
            last = self._open[-1]
            if not last.ended and last.unread < _LINES:
                return True
            self._open.pop()
        return False

    def sieve(self, report: OpenReport) -> Sieve | None:
        """Return a sieve for the rows of its table; None if all must be kept."""
        columns = tuple(report.table.columns)
        if not is_ranked(columns):
            return UNRANKED
        return None if self._most is None else self._tasks.sieve(columns)

    def state(self) -> object:
        """Part of `Reading.state`."""
        return list(self._events), [one is event for one in self._open for event in self._events], self.has_kills, self._reload

    def unread(self, lines: int = 1) -> None:
        """Count `lines` lines that belonged to no report."""
        for one in self._open:
            one.unread += lines

    def begin(self, line: Line, killer: Killer = "kernel") -> OpenReport:
        report = _of_line(line, killer)
        self._events.append(report)
        if not self.just_reloaded(line):
            self._reload = None
        if killer == "kernel":
            self._open.append(report)
        return report

    def done(self, *, all_of_them: bool = False) -> Iterator[KillReport]:
        """Yield the events that nothing can be added to any more."""
        while self._events and (all_of_them or len(self._events) > _HELD):
            event = self._events.popleft()
            self._open = [one for one in self._open if one is not event]
            told = event.ended or not event.headless or event.chosen is not None or event.task is not None
            if not event.dropped and told and not (event.of_slice and self.has_kills):
                yield from repeat(event.report(self._tasks, self._most), event.kills)

    def reloaded(self, line: Line) -> None:
        self._reload = _of_line(line, "kernel")

    def just_reloaded(self, line: Line) -> bool:
        return self._reload is not None and same_place(self._reload, line) and _at_once(self._reload, line)

    def recent(self, line: Line, killer: Killer, pid: int | None = None) -> Iterator[OpenReport]:
        """Yield a killer's events on the line's host, the last one first; with `pid`, those with this victim."""
        for event in reversed(self._events):
            if event.killer == killer and not event.dropped and (pid is None or event.has_victim(pid)) and same_place(event, line):
                yield event

    def open_for(self, line: Line) -> OpenReport | None:
        """Return the kernel's report that a line belongs to: the last open one, of the same caller if lines name it."""
        overtaken = 0
        for event in reversed(self._events):  # for every line: a generator would take twice as long
            if event.killer != "kernel" or event.dropped or not same_place(event, line):
                continue
            if event.outcome != "unknown":
                overtaken += line.caller is None
                if overtaken > _OVERTAKEN:
                    return None
            elif line.caller is None or event.caller in {None, line.caller}:
                return event if not overtaken or _goes_on(event, line) else None
        return None

    def open_before(self, line: Line, report: OpenReport) -> Iterator[OpenReport]:
        """Yield the open reports that began before `report`, the last one first."""
        begun = False
        for event in self.recent(line, "kernel"):
            if begun and not event.ended and event.caller in {None, line.caller} and _at_once(event, line):
                yield event
            begun = begun or event is report

    def for_choice(self, line: Line, pid: int | None) -> OpenReport | None:
        """Return the open report in which a line names the chosen PID; of mixed reports, the first without one."""
        last = self.open_for(line)
        if last is None:
            return None
        if last.mixed:
            both = [last, *(one for one in self.open_before(line, last) if one.mixed)]
            return next((one for one in reversed(both) if one.task is None and one.chosen is None), last)
        if pid is not None and last.beside is not None and last.table.row(pid) is None:
            listed = next((one for one in self.open_before(line, last) if one.table.row(pid) is not None), None)
            if listed is not None:
                return listed
        if line.caller is None and last is not self.last_for(line) and (pid is None or last.table.row(pid) is None):
            return None  # it belongs to another report, which has lost its head
        if pid is not None and {last.task, last.chosen} - {None, pid}:
            return None  # as where a search has left nothing but these lines
        return last

    def last_for(self, line: Line) -> OpenReport | None:
        return next(self.recent(line, "kernel"), None)

    def for_victim(self, line: Line, pid: int) -> OpenReport | None:
        """Return the open report that names the PID as chosen, has it in its table, or is the last that could."""
        candidates = [event for event in reversed(self._events) if event.killer == "kernel" and not event.ended and same_place(event, line)]
        for event in candidates:
            if pid in {event.task, event.chosen}:
                return event
        for event in candidates:
            if not event.mixed and event.table.row(pid) is not None:
                return event
        last = self.open_for(line)
        if last is not None and last.mixed:
            return self.for_choice(line, pid)
        if last is not None and (last.chosen is not None or (last.task is None and (not last.table.count or last.table.cut))):
            return last  # a child of the chosen process may die instead, in Linux 5.0 of that of the summary, too
        return None

    def knows(self, line: Line, pid: int) -> bool:
        return any(self.recent(line, "kernel", pid))

    def just_killed(self, line: Line, pid: int | None, cgroup: str) -> OpenReport | None:
        """Return the report of the kill of which a line tells only now, as where lines are out of order."""
        report = None if pid is None else next(self.recent(line, "kernel", pid), None)
        if report is None or report.task is not None or report.from_unit or not soon(report, line):
            return None
        report.victims[:] = [one._replace(cgroup=cgroup) if one.pid == pid else one for one in report.victims]
        return report

    def drop_copy(self, line: Line, pid: int, name: str) -> bool:
        """Drop a copy of a report whose kill was already logged at that moment, as if syslog received each line twice.

        The dropped report is the one that this line ends, which began before the other one's end. A report
        that began later is kept, because in a log joined from copies, closer copies would otherwise make for
        fewer kills. Return whether one was dropped.
        """
        first = next((event for event in self.recent(line, "kernel", pid) if _has_told(event, line, pid, name)), None)
        if first is None:
            return False
        earlier = False
        for event in self.recent(line, "kernel"):
            earlier = earlier or event is first
            beside = not event.ended and (earlier or event.beside is not None)
            if beside and _same_moment((first.time, first.uptime), (event.time, event.uptime)) and (event.mixed or first.asks == event.asks):
                first.has_copy = event.dropped = True
                return True
        return False

    def is_again(self, line: Line, pid: int, name: str) -> bool:
        """Whether a kill outside of a report is one that has been told.

        Of a group that is killed whole, the kernel tells the chosen process twice, with others in between
        (mm/oom_kill.c: oom_kill_memcg_member), which a search for kills has left without their report.
        """
        between: list[OpenReport] = []
        for event in self.recent(line, "kernel"):
            if event.has_victim(pid) and any(one.pid == pid and one.name == name for one in event.victims):
                if event.group or not _is_timed(event, line) or not soon(event, line):
                    return False
                if not _same_moment((event.told_at, event.last_kill), (line.time, line.uptime)) or between:
                    _regroup(event, between, line)
                return True
            if event.invoker is not None or event.task is not None or event.chosen is not None or event.from_unit or event.of_any_kind:
                return False
            between.append(event)
        return False

    def drop_retold(self, line: Line, pid: int, name: str) -> None:
        """Drop what is known of this kill alone, and only from what should have followed its line."""
        for event in self.recent(line, "kernel", pid):
            event.dropped = event.dropped or (event.retold and [one.name for one in event.victims] == [name])

    def drop_told_by_unit(self, report: OpenReport, line: Line) -> None:
        """Drop what a unit told of this kill before the kernel, as where two programs write one log."""
        parts = (report.cgroup or "").split("/")
        for event in self.recent(line, "kernel"):
            if by_units_at_once(event, line) and (event.victims[0].cgroup or "")[1:] in parts:
                event.dropped = True

    def merge_asked(self, report: OpenReport, pid: int, name: str) -> None:
        """Merge an event in which another killer asked this process to end into the kernel's report."""
        for event in self._events:
            if event.killer not in {"earlyoom", "nohang"} or event.dropped:
                continue
            asked = [one for one in event.victims if one.pid == pid and one.name[:15] == name[:15]]
            apart = (
                abs(event.time - report.time) if event.time is not None and report.time is not None else 0.0
            )
            if asked and apart <= _ASKED:
                event.dropped = True
                if comes_before(event, report, in_log=True):
                    report.asked_by = event.killer


def _of_line(line: Line, killer: Killer) -> OpenReport:
    return OpenReport(killer=killer, time=line.time, uptime=line.uptime, host=line.host, caller=line.caller)


def by_units_at_once(event: OpenReport, line: Line) -> bool:
    """Whether an event is told by a unit, at the moment of a line."""
    return event.from_unit and (event.time is None or line.time is None or abs(event.time - line.time) <= _OF_UNITS)


def soon(event: OpenReport, line: Line) -> bool:
    """Whether the line may tell of another process of the group that an event tells of."""
    if event.last_kill is not None and line.uptime is not None:
        return abs(line.uptime - event.last_kill) <= _IN_ONE_KILL
    return event.told_at is None or line.time is None or abs(line.time - event.told_at) <= _IN_ONE_KILL


def paused(event: OpenReport, line: Line) -> bool:
    """Whether time has passed since an event's last kill, as far as stamps tell, which may be in whole seconds."""
    if event.last_kill is not None and line.uptime is not None:
        return line.uptime - event.last_kill > _PAUSE
    return event.told_at is not None and line.time is not None and line.time - event.told_at > _PAUSE


def comes_before(signal: OpenReport | Line, killed: OpenReport, *, in_log: bool) -> bool:
    """Whether a signal was sent before the kernel's kill: `in_log` where their times don't tell.

    A log's lines may be out of order where programs write it side by side, or where it was joined from two.
    """
    if signal.uptime is not None and killed.last_kill is not None:
        later = killed.last_kill - signal.uptime
    elif signal.time is not None and killed.told_at is not None:
        later = killed.told_at - signal.time
    else:
        later = 0.0
    return later > 0 or (later == 0 and in_log)


def _is_timed(event: OpenReport, line: Line) -> bool:
    return (event.last_kill is not None and line.uptime is not None) or (event.told_at is not None and line.time is not None)


def _regroup(event: OpenReport, others: list[OpenReport], line: Line) -> None:
    """Take the victims of other events into a group's."""
    for other in reversed(others):
        other.dropped = True
        for victim in other.victims:
            event.add_victim(victim)
    event.group, event.last_kill, event.told_at = True, line.uptime, line.time


def _has_told(event: OpenReport, line: Line, pid: int, name: str) -> bool:
    """Whether an event has this kill at exactly the line's moment."""
    if event.group or all((victim.pid, victim.name) != (pid, name) for victim in event.victims):
        return False
    return _same_moment((event.told_at, event.last_kill), (line.time, line.uptime))


def _same_moment(one: tuple[float | None, float | None], other: tuple[float | None, float | None]) -> bool:
    """Compare times, which may be in whole seconds, and uptimes, as far as both have them."""
    known = [
        abs(ours - theirs) <= apart for ours, theirs, apart in zip(one, other, (1.0, 0.0), strict=True) if ours is not None and theirs is not None
    ]
    return bool(known) and all(known)


def _goes_on(event: OpenReport, line: Line) -> bool:
    """Whether a report goes on after others came and went, rather than having lost its end."""
    return (event.mixed or bool(event.table.columns) or _may_contain_another(event)) and not event.left and _at_once(event, line)


def _may_contain_another(event: OpenReport) -> bool:
    """Whether another report may come between its lines: they share a lock since Linux 4.2."""
    return event.release is not None and event.release < (4, 2)


def _at_once(event: OpenReport, line: Line) -> bool:
    if (event.uptime is None, event.time is None) != (line.uptime is None, line.time is None):
        return False  # lines of one time have one form
    if event.uptime is not None and line.uptime is not None:
        return abs(line.uptime - event.uptime) <= _AT_ONCE
    return event.time is None or line.time is None or abs(line.time - event.time) <= _AT_ONCE


def same_place(event: OpenReport, line: Line) -> bool:
    if event.host is not None and line.host is not None and event.host != line.host:
        return False
    if event.uptime is not None and line.uptime is not None:
        return -1.0 <= line.uptime - event.uptime <= _TOO_OLD
    if event.time is not None and line.time is not None:
        return abs(line.time - event.time) <= _TOO_OLD
    return True
