"""What the programs are set to that kill before the kernel has to: frozen facts, as their configuration has them.

Sizes are bytes, shares of a whole are per cent. `oomtray.risk.killers` judges by them.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.kernel.swap import ZramDevice

Program = Literal["systemd-oomd", "earlyoom", "nohang", "low-memory-monitor", "oomd", "bustd"]
Reach = Literal["all", "own", "none"]
"""Whose processes a killer may end: all (CAP_KILL), those of the user who asks, or none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """The process of a killer."""

    name: Program
    pid: int
    start_time: int
    uid: int
    reach: Reach


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A killer whose next victim can't be foreseen: its rule is not known here, or it can't reach anybody."""

    daemon: Daemon


@dataclass(frozen=True, slots=True)
class Least:
    """How little must be left of something; where both are given, the lower counts."""

    percent: float | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlyoom:
    """The options of earlyoom (earlyoom(1)); it acts when memory and swap are both as low as this."""

    daemon: Daemon
    memory: Least = Least(10.0)
    swap: Least = Least(10.0)
    of_user_memory: bool = False
    """From 1.8 on the share is of MemAvailable + AnonPages, and not of MemTotal."""
    prefer: str | None = None
    """POSIX extended regular expressions that names are searched for."""
    avoid: str | None = None
    ignore: str | None = None
    ignore_root: bool = False
    by_rss: bool = False
    """The largest resident set dies, instead of the highest oom_score."""
    whole_group: bool = False
    """The whole process group of the victim is killed."""
    ignore_positive_adj: bool = False
    """An oom_score_adj above 0 is taken off again (-i, until 1.6)."""
    dry_run: bool = False
    groups: Mapping[int, int] = field(default_factory=dict)
    """Process groups by pid; read where whole groups are killed."""


Property = Literal["name", "cgroup_v1", "cgroup_v2", "uid", "realpath", "cwd", "cmdline", "environ"]
"""What nohang looks at in a process."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points that nohang adds to the badness of processes of which something matches (@BADNESS_ADJ_RE_...)."""

    property: Property
    points: int
    """Those above 0 count only for processes whose oom_score_adj is not below 0."""
    pattern: str
    """A regular expression of Python's."""


@dataclass(frozen=True, slots=True)
class SoftAction:
    """A command that nohang runs for a victim instead of sending it SIGTERM (@SOFT_ACTION_RE_...)."""

    property: Property
    pattern: str
    command: str


@dataclass(frozen=True, slots=True)
class NohangLimit:
    """One of the thresholds of nohang: it acts where memory and swap, memory and zram, or memory and pressure are past it."""

    memory: Least
    swap: Least
    zram: Least
    """How much RAM zram must take at least."""
    pressure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Nohang:
    """nohang as it is set (nohang(8), nohang.conf of 0.2); the defaults are those of its own file."""

    daemon: Daemon
    soft: NohangLimit = NohangLimit(Least(5.0), Least(10.0), Least(55.0), 40.0)
    """At which it sends SIGTERM, or runs a command."""
    hard: NohangLimit = NohangLimit(Least(2.0), Least(4.0), Least(60.0), 90.0)
    """At which it sends SIGKILL."""
    zram_checked: bool = False
    pressure_checked: bool = False
    ignore_positive_adj: bool = False
    adjustments: tuple[Adjustment, ...] = ()
    soft_actions: tuple[SoftAction, ...] = ()
    least_badness: int = 1
    """Whoever is below is left alone."""
    dry_run: bool = False
    """Whether the daemon was started to show something, not to watch."""
    hierarchies: frozenset[Property] = frozenset({"cgroup_v2"})
    """The kinds of control groups that there are here; nothing stands for a process's place in others."""
    zram: ZramDevice | None = None
    """All zram devices together; read where it looks at them."""
    pressure: float | None = None
    """The average of the pressure that it looks at, in per cent; read where it does."""
    texts: Mapping[tuple[int, int], Mapping[Property, str | None]] = field(default_factory=dict)
    """cwd, cmdline and environ by (pid, start time), those that it looks at; None where they may not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowMemoryMonitor:
    """low-memory-monitor as it is set (low-memory-monitor.conf)."""

    daemon: Daemon
    kills: bool | None = False
    """Whether the daemon has the kernel kill at once (TriggerKernelOom=); else it only sends signals on D-Bus. None: unknown."""


Preference = Literal["none", "avoid", "omit"]
Action = Literal["kill-all", "kill-by-pgscan", "kill-by-swap"]


@dataclass(frozen=True, slots=True)
class Watched:
    """A control group that systemd-oomd keeps an eye on; it kills something below it."""

    path: str
    uid: int = 0
    """Who owns it."""
    limit: float | None = None
    """Pressure in per cent above which it acts; None where that is the default."""
    stall: float | None = None
    """full avg10 of its memory.pressure now."""
    holds: int | None = None
    """Bytes that its processes hold in RAM and in swap, without the files that they read; None where that is not told."""
    rules: tuple[str, ...] = ()
    """Names of `.oomrule` files that hold for it (OOMRules=, from 261 on)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A control group that systemd-oomd can kill: one without others in it, or with memory.oom.group."""

    path: str
    uid: int = 0
    memory: int
    swap: int
    scanned: int
    """pgscan of memory.stat: pages that reclaim has looked at."""
    scanned_before: int | None = None
    """pgscan of memory.stat in the reading before; None where there was none."""
    preference: Preference = "none"


@dataclass(frozen=True, slots=True)
class OomRule:
    """An `.oomrule` file (oomd.conf(5) of 261): what it asks for must all hold."""

    action: Action
    pressure: float | None = None
    swap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemdOomd:
    """systemd-oomd as it is set (oomd.conf(5)), and what it watches."""

    daemon: Daemon
    swap_limit: float = 90.0
    pressure_limit: float = 60.0
    duration: float = 30.0
    """Seconds for which the pressure must be above its limit."""
    swap: tuple[Watched, ...] | None = None
    """Below which it kills when memory and swap are used up; None: unknown."""
    pressure: tuple[Watched, ...] | None = None
    ruled: tuple[Watched, ...] = ()
    rules: Mapping[str, OomRule] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    dry_run: bool = False


KillerFacts: TypeAlias = Unjudged | Earlyoom | SystemdOomd | Nohang | LowMemoryMonitor
