"""The record's side of noticing kills: earlier unwatched kills, additions from a log, and what the user was told."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from itertools import chain, repeat
from typing import TYPE_CHECKING

from oomtray.kernel.files import boot_id
from oomtray.kernel.log_lookup import LogLookup
from oomtray.kernel.visibility import sees_all
from oomtray.risk.kill_event import Dead, KillEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oomtray.history.kills import RecordedKill
    from oomtray.history.recorder import Recorder
    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.kernel.snapshot import Process
    from oomtray.kills.followed_processes import FollowedProcesses
    from oomtray.kills.unread_log import UnreadLog

_MOST_MISSED = 64
"""Most unwatched kills that are recorded one by one."""
_LONGEST_LOOK_BACK = 7 * 86_400.0
"""Seconds before the start for which a log is read, and for which the user is still told of kills."""
_UNWATCHED = 300.0
"""Seconds without a record after which the log may have kills that the kernel doesn't count."""
_LOG_SPAN, LOG_DELAY = 30.0, 2.0
"""Seconds before a kill at which its report may begin, and after it until the report is in the log."""


class KillRecord:
    """Record kills and complete them from a log. Not thread-safe.

    `fileno` is readable once a log has answered; `news` takes in the answer.
    """

    def __init__(
        self,
        recorder: Recorder | None,
        *,
        counted: int | None,
        tells: bool = False,
        keeps: Callable[[], bool] = lambda: True,
        log: LogLookup | None = None,
        followed: FollowedProcesses | None = None,
        unread: UnreadLog | None = None,
        cgroup_kills: Callable[[str], tuple[int | None, int] | None] = lambda _: None,
    ) -> None:
        """`counted` is the kernel's current count of kills; `cgroup_kills` returns a cgroup's inode and count.

        `followed` has the processes that the watcher before followed, `unread` what it hasn't read of the log. `keeps`: whether the user wants a
        record now. With `tells`, news also include kills recorded by others, or earlier, that the user was
        not told of.
        """
        self._recorder, self._tells, self._keeps = recorder, tells, keeps
        self._log = log or LogLookup()
        self._followed = followed
        self._unread = unread
        self._cgroup_kills = cgroup_kills
        self._boot = boot_id()
        self._looked_back = False
        self._looking = False
        """Whether the time before the start is being looked up in the log."""
        self._rest: KillEvent | None = None
        """Earlier kills that are too many to be recorded one by one, until the log has answered."""
        self._look_back(counted)

    def fileno(self) -> int:
        return self._log.fileno()

    @property
    def awaits_log(self) -> bool:
        """Whether the log was asked and has not answered."""
        return self._log.pending

    def hurry(self) -> None:
        """Read the log now if it was asked, instead of a while after the kill."""
        self._log.hurry()

    def close(self) -> None:
        self._log.close()

    def follow(
        self, processes: Sequence[Process], told: Callable[[Process], Dead], kills: Mapping[str, tuple[int | None, int]]
    ) -> None:
        """Store the followed processes for the next watcher; as `FollowedProcesses.keep`."""
        if self._followed is not None and self._boot is not None and self._keeps():
            self._followed.keep(self._boot, processes, told, kills)

    def news(self, events: list[KillEvent]) -> list[RecordedKill]:
        """Record these kills, and return them with all others that are to be told."""
        if self._recorder is None or not self._keeps():
            from oomtray.history.kills import RecordedKill

            return [RecordedKill(0, event) for event in events]
        logged = self._read_log(self._recorder)
        found = self._recorder.add_kills(events) if events else []
        if found:
            self._ask(time.time() - _LOG_SPAN, LOG_DELAY)
        return self._told(self._recorder, [*logged, *found])

    def _look_back(self, counted: int | None) -> None:
        """Record unwatched kills by their count, and look up their victims in the log."""
        if self._recorder is None or self._boot is None or not self._keeps():
            return
        now = time.time()
        known, since = self._recorder.counted_kills(self._boot, now - _LONGEST_LOOK_BACK)
        if known is None and since is not None:
            known = 0  # the record ends before this boot
        missed = max(counted - known, 0) if counted is not None and known is not None else 0
        if not sees_all():
            missed = 0  # this program doesn't see all processes, but the kernel counts kills of the whole machine
        if missed and counted is not None:
            numbers = range(counted - min(missed, _MOST_MISSED) + 1, counted + 1)
            gone = [] if self._followed is None else self._followed.gone(self._boot, self._cgroup_kills)
            dead = self._recorder.killed(now - _LONGEST_LOOK_BACK) if gone else frozenset()
            gone = [one for one in gone if (one.pid, one.start_time) not in dead]
            unseen = KillEvent(
                time=now, not_before=since, boot=self._boot, killer="kernel", outcome="unknown", sources=("vmstat",)
            )
            likely = [replace(unseen, outcome="likely", victims=(one,)) for one in gone]
            events = zip(chain(likely, repeat(unseen)), numbers, strict=False)
            self._recorder.add_kills([replace(event, count=number) for event, number in events])
            if missed > _MOST_MISSED:
                self._rest = replace(unseen, count=counted - _MOST_MISSED, kills=missed - _MOST_MISSED)
        begins = []
        if missed or (since is not None and now - since > _UNWATCHED):
            begins.append(-math.inf if since is None else since - _LOG_SPAN)
        unread = None if self._unread is None else self._unread.since()
        if unread is not None:
            begins.append(unread)
        if begins:
            self._ask(max(min(begins), now - _LONGEST_LOOK_BACK), 0.0)
            self._looking = True
        self._recorder.flush()  # from this reading on, every kill is known to be either recorded or missed

    def _ask(self, since: float, delay: float) -> None:
        if self._unread is not None:
            self._unread.keep(since)
        self._log.ask(since, delay)

    def _read_log(self, recorder: Recorder) -> list[RecordedKill]:
        """Take in the log's answer; return only kills that nobody else had noticed."""
        reports = self._log.take()
        if reports is None:
            return []
        began = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        told = recorder.add_kills([_of_boot(report, self._boot, began) for report in reports])
        if self._unread is not None and not self._log.pending and all(one.id for one in told):
            self._unread.clear()
        if self._looking:
            self._looking = False
            self._record_rest(recorder, told)
            return []  # still untold, like those recorded by another program
        return [one for one in told if one.new]

    def _record_rest(self, recorder: Recorder, logged: list[RecordedKill]) -> None:
        """Record as one event the kills that neither the log nor an event of their own covers."""
        rest, self._rest = self._rest, None
        if rest is None:
            return
        seen = sum(one.new and one.event.killer == "kernel" and one.event.boot == rest.boot for one in logged)
        if rest.kills > seen:
            recorder.add_kills([replace(rest, kills=rest.kills - seen)])

    def _told(self, recorder: Recorder, news: list[RecordedKill]) -> list[RecordedKill]:
        if not self._tells:
            return news
        if not self._looked_back and not self._looking:
            self._looked_back = True
            here = {one.id for one in news}
            before = recorder.untold_kills(time.time() - _LONGEST_LOOK_BACK)
            news = [*(replace(one, missed=True) for one in before if one.id not in here), *news]
        if news:
            recorder.add_told(news)
        return news


def _of_boot(report: KillReport, boot: str | None, began: float) -> KillEvent:
    from oomtray.risk.report_event import from_own_log  # not needed by a tray that sees no kill

    event = from_own_log(report)
    of_this = report.killer == "kernel" and report.time is not None and report.time >= began
    return replace(event, boot=boot) if of_this else event
