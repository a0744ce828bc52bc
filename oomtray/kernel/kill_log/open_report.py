"""A report of the kernel while its lines come in."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.facts import Invoker, Killed, KillReport, Limit, Machine, Zone
from oomtray.kernel.kill_log.gfp import usable_zones
from oomtray.kernel.kill_log.task_table import TaskTable
from oomtray.records import dataclass
from oomtray.systemd.unit_names import unescape

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.chosen import Chosen
    from oomtray.kernel.kill_log.lines import Line
    from oomtray.kernel.kill_log.task_reader import TaskReader
    from oomtray.kernel.killer_names import Constraint, Killer, Outcome

_PIECE = re.compile(r"\b(\d{1,12})\*(\d{1,7})kB")
_UNLIMITED = 1 << 53
"""Kilobytes from which a limit counts as none: the kernel writes its largest number of pages."""


@dataclass(slots=True)
class OpenReport:
    """What is known so far; `report` turns it into facts."""

    killer: Killer = "kernel"
    time: float | None = None
    uptime: float | None = None
    host: str | None = None
    caller: str | None = None
    outcome: Outcome = "unknown"
    dropped: bool = False
    victims: list[Killed] = field(default_factory=list)
    _pids: set[int] = field(default_factory=set, repr=False)
    """PIDs of the victims; a group may have very many."""
    invoker: Invoker | None = None
    constraint: Constraint | None = None
    manual: bool = False
    allocating: bool = False
    lowered: bool = False
    order: int | None = None
    mask: str = ""
    cpuset: str | None = None
    nodes_allowed: str | None = None
    """Nodes that the invoker's cpuset allows."""
    nodes_of_policy: str | None = None
    """Nodes that its memory policy allows, as Linux 4.11 to 4.20 write them; 4.9 and 4.10 write those of the cpuset if it has none."""
    release: tuple[int, int] | None = None
    chosen: int | None = None
    choice: Chosen | None = None
    """What a whole line tells of the chosen task."""
    cgroup: str | None = None
    """Cgroup of the chosen task."""
    task: int | None = None
    """PID of the chosen task, from the line `oom-kill:`."""
    owner: int | None = None
    """Uid of the chosen task, from there."""
    group: bool = False
    of_machine: bool = False
    """Whether the kernel's words say that no cgroup's limit was reached."""
    before_group: int = 0
    """How many victims it had when the line came that the whole group is killed."""
    latest: int | None = None
    """PID of the last kill line."""
    last_kill: float | None = None
    """Uptime of the last kill line."""
    told_at: float | None = None
    """Time of the last kill line."""
    asked_by: Killer | None = None
    from_unit: bool = False
    unit: str | None = None
    """The unit that has reported the kill of one of its processes, where no line names the victim."""
    unit_is_down: bool = False
    """Whether its unit has reported that it ended because of this."""
    beside: int | None = None
    """How far it has come in the lines of `ONCE`, if it began before another report's end."""
    mixed: bool = False
    """Whether its lines are interleaved with those of another report and can't be told apart."""
    has_copy: bool = False
    """Whether the log has its lines twice, possibly interleaved."""
    head: Line | None = None
    """Its first line."""
    heads: int = 1
    """How many lines, equal to the second, may be its first."""
    _last: str | None = field(default=None, repr=False)
    """The last line of a report whose lines the log has twice."""
    headless: bool = False
    """Whether its beginning is lost, so that without a victim or a choice it isn't an event."""
    left: bool = False
    """Whether a headless report came in between, so that lines after another's end aren't its own."""
    of_any_kind: bool = False
    """Known only from a line that doesn't say what ran out, such as the OOM reaper's."""
    retold: bool = False
    """Known only from a line that follows the kernel's own of the kill: its reaper's, or another program's."""
    limit: dict[str, int] = field(default_factory=dict)
    limit_path: str | None = None
    table: TaskTable = field(default_factory=TaskTable)
    unread: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    """Numbers of the whole machine: pages, or kilobytes if the key says so."""
    zones: list[Zone] = field(default_factory=list)
    smallest_block: int | None = None
    blocks: list[str] = field(default_factory=list)
    """Lines with the sizes of free pieces, if more than one contiguous page was requested."""
    pages_and_kilobytes: tuple[int, int] | None = None
    """Of the victim's address space."""

    @property
    def watched(self) -> bool:
        """Whether each line must be parsed, as it may belong to another report."""
        return self.beside is not None and not self.mixed

    @property
    def ended(self) -> bool:
        return self.dropped or self.outcome != "unknown"

    @property
    def of_slice(self) -> bool:
        """Whether only a slice told of it, which does so again whenever its manager has forgotten what it knew.

        Of a kill below it that no unit tells of, as in a container, the kernel does.
        """
        return self.from_unit and self.victims[0].name.endswith(".slice")

    @property
    def kills(self) -> int:
        """How many kills it stands for: nothing follows equal first lines that are not copies, but found by a search."""
        alone = self._last is None and not self.ended and {self.task, self.chosen, self.unit} == {None}
        return self.heads if alone else 1

    @property
    def asks(self) -> str | None:
        """Name of the process that asked for memory."""
        return None if self.invoker is None else self.invoker.name

    def add_victim(self, victim: Killed) -> None:
        """Add a victim, once per PID."""
        if victim.pid is None or victim.pid not in self._pids:
            self.victims.append(victim)
        if victim.pid is not None:
            self._pids.add(victim.pid)

    def add_unit(self, unit: str) -> None:
        """Add a unit that tells of this kill: each slice around the process's own unit may tell of it, too."""
        assert self.cgroup is not None
        self.unit = max(filter(None, (self.unit, unit)), key=self.cgroup.split("/").index)

    def give_latest(self) -> Killed | None:
        """Give up the victim of the last kill line if that is the first of another group, whose line comes now."""
        if not self.group or len(self.victims) <= self.before_group or self.victims[-1].pid != self.latest:
            return None
        self._pids.discard(self.latest or 0)
        return self.victims.pop()

    def is_twin(self, text: str) -> bool:
        """Whether a line repeats the one before it because the log has each line twice."""
        again, self._last = text == self._last, text
        return again

    def has_victim(self, pid: int) -> bool:
        return pid in self._pids

    def page_size(self) -> int | None:
        if self.smallest_block is not None:
            return self.smallest_block * 1024
        if self.pages_and_kilobytes is not None:
            pages, kilobytes = self.pages_and_kilobytes
            for size in (4, 8, 16, 64, 256):
                if pages and abs(kilobytes / pages - size) < 0.01 * size:
                    return size * 1024
        return None

    def report(self, reader: TaskReader, most: int | None) -> KillReport:
        """Make the report; `most` limits its tasks as in `read`."""
        size, constraint = self.page_size(), self._constraint()
        tasks, whole = ((), not self.table.count) if size is None or self.mixed else self.table.tasks(size, reader, most)
        outcome, victims = self.outcome, tuple(map(self._with_owner, self.victims))
        if outcome == "unknown" and self.unit is not None:
            outcome, victims = "one-of", (Killed(pid=None, name=unescape(self.unit), cgroup=self.cgroup),)
        choice = self.choice
        thread = victims[0].pid if len(victims) == 1 else None if victims or choice is None else choice.pid
        process = None if thread is None or self.mixed else self.table.process(thread)
        if process is not None and process != thread:  # its first thread had ended, so the kernel took another one's ID and name
            victims = tuple(victim._replace(pid=process) for victim in victims)
            choice = choice._replace(pid=process) if choice is not None and choice.pid == thread else choice
            tasks = tuple(task._replace(pid=process) if task.pid == thread else task for task in tasks)
        if self.has_copy:
            tasks = tuple({task.pid: task for task in tasks}.values())
        return KillReport(
            killer=self.killer,
            outcome=outcome,
            time=self.time,
            uptime=self.uptime,
            host=self.host,
            victims=victims,
            invoker=None if self.mixed else self.invoker,
            constraint=constraint,
            manual=self.manual,
            allocating=self.allocating,
            lowered=self.lowered,
            order=self.order,
            mask=int(self.mask, 16) if self.mask else None,
            nodes_allowed=frozenset(_listed(self.nodes_allowed)) if self.nodes_allowed and constraint == "cpuset" else None,
            release=self.release,
            chosen=choice,
            machine=self._machine(size),
            limit=self._limit(),
            tasks=tasks,
            whole_table=whole,
            asked_by=self.asked_by,
            from_unit=self.from_unit,
        )

    def _with_owner(self, victim: Killed) -> Killed:
        """Fill in user and oom_score_adj from the table: before Linux 5.3 the kill line lacks them."""
        if victim.pid is None or not self.table.count or self.mixed or (victim.uid is not None and victim.adj is not None):
            return victim
        uid, adj = self.table.owner(victim.pid)
        return victim._replace(
            uid=uid if victim.uid is None else victim.uid, adj=adj if victim.adj is None else victim.adj
        )

    def _constraint(self) -> Constraint | None:
        if self.constraint is not None or self.killer != "kernel":
            return self.constraint
        if (self.limit_path is not None or (self.limit and not self.numbers.get("ram"))) and not self.of_machine:
            return "memcg"
        if self.manual:
            return "none"
        if self.nodes_allowed is not None and any(zone.node is not None for zone in self.zones):
            if self.nodes_of_policy not in {None, "(null)", self.nodes_allowed}:
                return "mempolicy"
            nodes, allowed = {zone.node for zone in self.zones if zone.node is not None}, _listed(self.nodes_allowed)
            # only usable nodes have their zones listed; some machines have no memory on node 0
            return "none" if nodes <= allowed and (0 in allowed or self.cpuset == "/") else "cpuset"
        if self.numbers.get("ram") or (self.of_machine and self.victims and (not self.table.count or self.headless)):
            return "none"
        # a container's process asking for memory charged to a memory cgroup, in a report without more
        contained = self.cpuset is not None and re.fullmatch(r"\S*[0-9a-f]{64}\S*", self.cpuset)
        if (
            contained
            and self.order == 0
            and self.mask in {"0xd0", "0x24000c0", "0x14000c0", "0x6000c0", "0xcc0"}
        ):
            return "memcg"
        return None

    def _limit(self) -> Limit | None:
        if self.of_machine or self.constraint not in {None, "memcg"}:
            return None  # these lines are another report's
        if self.mixed:
            return None if self.limit_path is None or self.task is None else Limit(path=self.limit_path)
        if not self.limit and self.limit_path is None:
            return None
        return Limit(
            path=self.limit_path,
            usage=self._kilobytes("usage"),
            limit=self._kilobytes("limit"),
            hits=self.limit.get("failcnt"),
            swap_limit=self._kilobytes("swap"),
        )

    def _kilobytes(self, name: str) -> int | None:
        value = self.limit.get(name)
        return None if value is None or value >= _UNLIMITED or value * 1024 >= 1 << 62 else value * 1024

    def _machine(self, size: int | None) -> Machine:
        if not (self.numbers or self.zones or self.blocks):
            return Machine(page_size=size)

        def pages(name: str) -> int | None:
            value = self.numbers.get(name)
            return None if value is None or size is None else value * size

        def kilobytes(name: str) -> int | None:
            value = self.numbers.get(name)
            return None if value is None else value * 1024

        ram, reserved = pages("ram"), pages("reserved") or 0
        return Machine(
            page_size=size,
            ram=None if ram is None or reserved >= ram else ram - reserved,  # old kernels may count backwards
            swap_total=kilobytes("swap total kB"),
            slab_unreclaimable=pages("slab"),
            huge_pages=kilobytes("huge pages kB"),
            files=pages("files"),
            free=pages("free"),
            free_pieces=_pieces(self.blocks, usable_zones(int(self.mask, 16) if self.mask else None)),
            zones=tuple(self.zones),
        )


def _pieces(lines: list[str], zones: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return (size of a free piece, bytes free in pieces of that size), of these zones."""
    found: dict[int, int] = {}
    for line in lines:
        if line.partition(":")[0].split()[-1] not in zones:
            continue
        for count, kilobytes in _PIECE.findall(line):
            found[int(kilobytes) << 10] = found.get(int(kilobytes) << 10, 0) + (int(count) * int(kilobytes) << 10)
    return tuple(sorted(found.items()))


def _listed(text: str) -> set[int]:
    """Parse a list such as 0-1,3; at most 1024 nodes."""
    numbers: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first.isdigit() and len(first) < 5:
            end = int(last) if last.isdigit() and len(last) < 5 else int(first)
            numbers.update(range(int(first), min(end, 1024) + 1))
    return numbers
