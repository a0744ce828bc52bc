"""Notice every kill for lack of memory, find the victim, and record it.

Runs in the monitor's thread, between its steps. The kernel's count shows that there was a kill. The proc
connector and pidfds of the first in the order tell who ended by SIGKILL, and the last scan what these were.
If the user may read a log, it confirms that afterwards. While nothing is killed, all of this sleeps.
"""

from __future__ import annotations

import math
import select
import time
from typing import TYPE_CHECKING

from oomtray.kernel.cgroups import NoMemoryCgroup
from oomtray.kernel.files import boot_id
from oomtray.kernel.process_handle import open_process
from oomtray.kills.cgroup_counts import CgroupKills
from oomtray.kills.ended import EndedProcess, EndedProcesses
from oomtray.kills.sources import KillSources
from oomtray.risk.badness import ADJ_MIN
from oomtray.risk.kill_event import Dead, KillEvent, group_victim
from oomtray.risk.kill_match import Ended, Match, inside, match
from oomtray.risk.last_scan import LastScan
from oomtray.risk.set_here import SetHere
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oomtray.history.kills import RecordedKill
    from oomtray.history.recorder import Recorder
    from oomtray.kernel.reader import SystemReader
    from oomtray.kernel.snapshot import Process, Scope
    from oomtray.kills.record import KillRecord
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.growing_apps import Growth
    from oomtray.risk.kill_event import Grew, KillerId, KillScope, Source
    from oomtray.systemd.oomd_signals import OomdSignals
    from oomtray.systemd.units import UnitReader

_SETTLE = 0.25
"""Seconds without a further death until the seen ones count as all."""
_DEADLINE = 3.0
"""Seconds that a victim may take to end: the kernel allows a large one that long."""
_PAUSE = 0.02
"""Least seconds between two checks at the end, where a kill is overdue."""
_MOST_NAMED = 64
"""Most processes of a group that are named as killed with it."""
_MOST_FOLLOWED = 54
"""Most processes in cgroups with a limit that are followed, in addition to the first of the order."""


class KillWatch:
    """Watch for kills. Not thread-safe.

    `fileno` is readable once a process was killed; then, and when `due`, `check` returns the kills. `close`
    also closes `record`.
    """

    def __init__(
        self,
        reader: SystemReader,
        record: KillRecord,
        *,
        counted: int | None,
        set_here: Callable[[], SetHere] = SetHere,
        ways: Sequence[Source] = ("proc-connector", "pidfd"),
        units: UnitReader | None = None,
        oomd: Callable[[], OomdSignals | None] = lambda: None,
    ) -> None:
        """`counted` is the kernel's count of kills at the start; `ways`: the sources for deaths.

        `units` asks systemd how a unit has ended; `oomd` is called for its signals once systemd-oomd runs.
        """
        self._units = units
        self._reader = reader
        self._record = record
        self._set_here = set_here
        self._boot = boot_id()
        self._sources = KillSources(ways, oomd)
        self._sources.add(record.fileno())
        self._counted = counted
        self._since: float | None = None
        """When the first unexplained kill was counted."""
        self._suspects: tuple[Process, ...] = ()
        self._growth: Growth | None = None
        """Growth up to the first unexplained kill, because later scans no longer include the victim."""
        self._ended = EndedProcesses(limit_of=self._limit_of, inode_of=reader.cgroups.inode)
        self._cgroup_kills = CgroupKills(reader.cgroups)
        self._scan = LastScan()

    def fileno(self) -> int:
        return self._sources.fileno()

    @property
    def due(self) -> float:
        """Monotonic time at which `check` is due; infinite if all is explained."""
        if self._since is not None:
            last = max((one.at for one in self._ended), default=math.inf)
            return min(max(last, self._since) + _SETTLE, self._since + _DEADLINE)
        return self._ended.first + _SETTLE

    def take(self, assessment: Assessment) -> None:
        """Remember the result of a scan, and follow the first in its order."""
        self._read_exits()
        self._begin(assessment.snapshot.memory.oom_kills)
        self._scan.take(assessment, self._reader.limited.most)
        limited = self._reader.limited.paths
        self._cgroup_kills.see(limited)
        if any(one.name == "systemd-oomd" for one in assessment.killers):
            self._sources.listen_to_oomd()
        within = inside(assessment.snapshot.processes, limited) if limited else ()
        followed = tuple({one.pid: one for one in (*self._scan.leaders, *within[:_MOST_FOLLOWED])}.values())
        self._sources.follow([one.pid for one in followed])
        now = time.monotonic()
        self._record.follow(followed, lambda one: self._scan.dead(one, now, SetHere()), self._cgroup_kills.accounted)

    def check(self) -> list[RecordedKill]:
        """Read who has ended; return, and if there is a record also record, the kills for memory among them."""
        now = time.monotonic()
        self._read_exits()
        count = self._reader.oom_kills()
        if count is None:
            self._ended.explain_but((), now)
            return self._record.news([])
        kills = self._begin(count)
        told = self._by_oomd(now)
        return self._record.news([*told, *(self._by_kernel(kills, now) if kills else self._by_others(now))])

    def finish(self, seconds: float) -> None:
        """Explain what was noticed, and complete it from the log, as far as that is possible in so many seconds."""
        until = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        self.check()
        while self._record.awaits_log or self.due < math.inf:
            self._record.hurry()
            now = time.monotonic()
            if now >= until:
                return
            poll.poll(max(min(self.due, until) - now, _PAUSE) * 1000)
            self.check()

    def close(self) -> None:
        self._sources.close()
        self._record.close()

    def _begin(self, count: int | None) -> int:
        """Return the number of unexplained kills; at the first of them, keep the order by which the kernel chose."""
        if count is None:
            return 0
        if self._counted is None:
            self._counted = count
        kills = max(count - self._counted, 0)
        if not kills:
            self._since = None
        elif self._since is None:
            self._since, self._suspects, self._growth = time.monotonic(), self._scan.leaders, self._scan.growth
        return kills

    def _read_exits(self) -> None:
        self._ended.take(self._sources.exits(), self._scan, time.monotonic())

    # explanations

    def _by_kernel(self, kills: int, now: float) -> list[KillEvent]:
        assert self._since is not None
        candidates = [one for one in self._ended if one.signal in (9, None)]
        overdue = now >= self._since + _DEADLINE
        last = max((one.at for one in candidates), default=math.inf)
        settled = overdue or (len(candidates) >= kills and now >= max(last, self._since) + _SETTLE)
        order = {process.pid: rank for rank, process in enumerate(self._suspects)}
        found = match(kills, [self._judged(one, order) for one in candidates], settled=settled)
        events = [self._event(one, now) for one in found]
        left = kills - sum(one.kills for one in found)
        if overdue and left > 0:
            events += self._by_absence(left, now)
        if left <= 0 or overdue:
            self._since = None
            self._ended.explain_all(now)
            self._count_cgroups()
        return events

    def _count_cgroups(self) -> None:
        """Accept the cgroups' counts, unless somebody was killed meanwhile: a kill not yet counted must not be lost."""
        counts = self._cgroup_kills.read()
        if self._reader.oom_kills() == self._counted:
            self._cgroup_kills.begin_anew(counts)

    def _judged(self, one: EndedProcess, order: Mapping[int, int]) -> Ended:
        process = one.process
        path = None if process is None else process.cgroup
        is_counted = path is not None and self._reader.cgroups.inode(path) == one.inode
        return Ended(
            pid=one.pid,
            by_signal=one.signal == 9,
            rank=order.get(one.pid),
            cgroup=path,
            cgroup_kills=self._cgroup_kills.left(path) if path is not None and is_counted else None,
            killable=process is None or process.oom_score_adj != ADJ_MIN,
            group=None if path is None else self._reader.cgroups.oom_group(path),
        )

    def _event(self, found: Match, now: float) -> KillEvent:
        assert self._counted is not None
        self._counted += found.kills
        ended = self._ended.named(found.pids)
        self._ended.explain(found.pids, now, keep=found.outcome == "one-of")
        sources: dict[Source, None] = {}
        for one in ended:
            sources |= one.sources
        if found.outcome == "killed":
            paths = [one.process.cgroup for one in ended if one.process is not None and one.process.cgroup is not None]
            told = [self._cgroup_kills.account(path) for path in paths]
            if any(told):
                sources["memory-events"] = None
        first = ended[0]
        scope = self._scan.scope(first.limit, first.process)
        return KillEvent(
            time=time.time() - max(now - min(one.at for one in ended), 0.0),
            boot=self._boot,
            count=self._counted,
            killer="kernel",
            outcome=found.outcome,
            victims=tuple(self._dead(one, now, self._scan.least_held(scope)) for one in ended),
            scope=scope,
            sources=(*sources, "vmstat"),
            foretold=None if first.process is None else self._scan.foretold(first.process, first.at),
            growing=self._grew(scope),
        )

    def _by_absence(self, kills: int, now: float) -> list[KillEvent]:
        """Explain kills of which no end was reported: the first in the order that is gone is probably the victim."""
        assert self._counted is not None
        gone = [process for process in self._suspects if not self._lives(process) and not self._ended.is_explained(process.pid)]
        failed = {process.pid for process in gone if self._unit_was_killed(process)}
        gone.sort(key=lambda process: process.pid not in failed)
        events = []
        for _ in range(kills):
            self._counted += 1
            process = gone.pop(0) if gone else None
            if process is None and not self._scan.complete:
                continue  # the victim may be a process that can't be seen from here
            scope = None if process is None else self._scan.scope(self._limit_of(process), process)
            least = self._scan.least_held(scope)
            events.append(
                KillEvent(
                    time=time.time() - _DEADLINE,
                    boot=self._boot,
                    count=self._counted,
                    killer="kernel",
                    outcome="unknown" if process is None else "likely",
                    victims=() if process is None else (self._scan.dead(process, now, self._set_here(), least=least),),
                    scope=scope,
                    sources=("vmstat", "unit-result") if process is not None and process.pid in failed else ("vmstat",),
                    foretold=None if process is None else self._scan.foretold(process, now - _DEADLINE),
                    growing=self._grew(scope),
                )
            )
            if process is not None:
                self._ended.explain([process.pid], now)
        return events

    def _by_others(self, now: float) -> list[KillEvent]:
        """Explain ends without a kernel kill: probably kills of another killer that was about to act, else no event."""
        expected = self._scan.expected() if self._ended else {}
        self._ended.explain_but(expected, now)
        if not self._ended or now < self.due:
            return []
        by: dict[KillerId, list[EndedProcess]] = {}
        for one in self._ended:
            if one.signal in (9, 15, None):
                by.setdefault(expected[one.pid], []).append(one)
        self._ended.explain_all(now)
        return [
            KillEvent(
                time=time.time() - max(now - ended[0].at, 0.0),
                boot=self._boot,
                killer=killer,
                outcome="likely",
                victims=tuple(self._dead(one, now) for one in ended),
                scope=self._scan.scope(None),
                sources=tuple({source: None for one in ended for source in one.sources}),
                foretold=None if ended[0].process is None else self._scan.foretold(ended[0].process, ended[0].at),
                growing=self._scan.grew(None, self._scan.growth),
            )
            for killer, ended in by.items()
        ]

    def _by_oomd(self, now: float) -> list[KillEvent]:
        """Report whole control groups, with those of their processes that are gone now."""
        events = []
        for path in self._sources.killed_by_oomd():
            within = inside([one for one in self._scan.table.values() if not self._lives(one)], [path])
            self._ended.explain([one.pid for one in within], now)
            hand = self._set_here()
            events.append(
                KillEvent(
                    time=time.time(),
                    boot=self._boot,
                    killer="systemd-oomd",
                    outcome="killed",
                    victims=tuple(self._scan.dead(one, now, hand) for one in within[:_MOST_NAMED]) or (group_victim(path),),
                    scope=self._scan.scope(None),
                    sources=("oomd-signal",),
                    foretold=self._scan.foretold(within[0], now) if within else None,
                    growing=self._scan.grew(None, self._scan.growth),
                )
            )
        return events

    # facts

    def _unit_was_killed(self, process: Process) -> bool:
        unit = unit_of(process.unit_cgroup)
        return unit is not None and self._units is not None and self._units.result(unit.name, unit.uid) == "oom-kill"

    def _dead(self, one: EndedProcess, now: float, least: float = 0) -> Dead:
        if one.process is None:
            return Dead(pid=one.pid, name=one.name)
        return self._scan.dead(one.process, now, self._set_here(), least=least)

    def _lives(self, process: Process) -> bool:
        try:
            with open_process(process.pid, process.start_time) as handle:
                return not handle.zombie
        except OSError:
            return False

    def _grew(self, scope: KillScope | None) -> tuple[Grew, ...]:
        """Return what grew there; of a kill at an unknown place, growth elsewhere may not be the reason."""
        return self._scan.grew(scope, self._growth if scope is not None else None)

    def _limit_of(self, process: Process | None) -> Scope | None:
        if process is None or process.cgroup is None:
            return None
        try:
            return self._reader.cgroups.scope(process.cgroup, 0, None)
        except NoMemoryCgroup:
            return None


def user_kill_watch(
    reader: SystemReader,
    recorder: Recorder | None,
    counted: int | None,
    set_here: Callable[[], SetHere],
    *,
    tells: bool = False,
    keeps: Callable[[], bool] = lambda: True,
    units: UnitReader | None = None,
) -> KillWatch:
    """Create the user's watch, which continues where the record ends, if there is a recorder."""
    from oomtray.kills.followed_processes import FollowedProcesses
    from oomtray.kills.record import KillRecord
    from oomtray.kills.unread_log import UnreadLog
    from oomtray.systemd import oomd_signals

    record = KillRecord(
        recorder,
        counted=counted,
        tells=tells,
        keeps=keeps,
        followed=FollowedProcesses(),
        unread=UnreadLog(),
        cgroup_kills=reader.cgroups.inode_and_kills,
    )
    return KillWatch(reader, record, counted=counted, set_here=set_here, units=units, oomd=oomd_signals.connect)
