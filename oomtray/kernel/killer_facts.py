"""Settings of the programs that kill before the kernel has to: frozen facts from their configuration.

Sizes are bytes, shares are percentages. `oomtray.risk.killers` judges by them.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.kernel.killer_names import Program
    from oomtray.kernel.swap import ZramDevice

Reach = Literal["all", "own", "none"]
"""Whose processes a killer may end: everybody's (CAP_KILL), those of this program's user, or nobody's."""


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
    """A killer whose next victim can't be predicted, as its rule is unknown or it can't end any process."""

    daemon: Daemon


@dataclass(frozen=True, slots=True)
class Least:
    """A minimum of something that must be left; if both are given, the lower one counts."""

    percent: float | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlyoom:
    """earlyoom's options (earlyoom(1)); it acts when memory and swap are both this low."""

    daemon: Daemon
    memory: Least = Least(10.0)
    swap: Least = Least(10.0)
    of_user_memory: bool = False
    """From 1.8 on the percentage is of MemAvailable + AnonPages, not of MemTotal."""
    prefer: str | None = None
    """POSIX extended regular expressions that are searched for in names."""
    avoid: str | None = None
    ignore: str | None = None
    ignore_root: bool = False
    by_rss: bool = False
    """Kill the process with the most resident memory, not the highest oom_score."""
    whole_group: bool = False
    """Kill the victim's whole process group."""
    ignore_positive_adj: bool = False
    """Subtract an oom_score_adj above 0 again (-i, until 1.6)."""
    dry_run: bool = False
    groups: Mapping[int, int] = field(default_factory=dict)
    """Process groups by PID; only read if whole groups are killed."""


Property = Literal["name", "cgroup_v1", "cgroup_v2", "uid", "realpath", "cwd", "cmdline", "environ"]
"""Attributes of a process that nohang matches."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points that nohang adds to the badness of matching processes (@BADNESS_ADJ_RE_...)."""

    property: Property
    points: int
    """Positive points count only for processes whose oom_score_adj is not below 0."""
    pattern: str
    """A Python regular expression."""


@dataclass(frozen=True, slots=True)
class SoftAction:
    """A command that nohang runs for a victim instead of sending SIGTERM (@SOFT_ACTION_RE_...)."""

    property: Property
    pattern: str
    command: str


@dataclass(frozen=True, slots=True)
class NohangLimit:
    """One threshold of nohang: it acts if memory and swap, memory and zram, or memory and pressure are past it."""

    memory: Least
    swap: Least
    zram: Least
    """How much RAM zram must use at least."""
    pressure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Nohang:
    """nohang's settings (nohang(8), nohang.conf of 0.2), with the defaults of its own file."""

    daemon: Daemon
    soft: NohangLimit = NohangLimit(Least(5.0), Least(10.0), Least(55.0), 40.0)
    """At which it sends SIGTERM or runs a command."""
    hard: NohangLimit = NohangLimit(Least(2.0), Least(4.0), Least(60.0), 90.0)
    """At which it sends SIGKILL."""
    zram_checked: bool = False
    pressure_checked: bool = False
    ignore_positive_adj: bool = False
    adjustments: tuple[Adjustment, ...] = ()
    soft_actions: tuple[SoftAction, ...] = ()
    least_badness: int = 1
    """Processes below this badness are left alone."""
    dry_run: bool = False
    """Whether the daemon was started to show something, not to monitor."""
    hierarchies: frozenset[Property] = frozenset({"cgroup_v2"})
    """The kinds of cgroups on this machine; a process has no path to match in the others."""
    zram: ZramDevice | None = None
    """All zram devices together; only read if nohang checks them."""
    pressure: float | None = None
    """Current average of the pressure that nohang checks, in percent; only read if it does."""
    texts: Mapping[tuple[int, int], Mapping[Property, str | None]] = field(default_factory=dict)
    """cwd, cmdline and environ by (pid, start time), if nohang matches them; None if unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowMemoryMonitor:
    """low-memory-monitor's settings (low-memory-monitor.conf)."""

    daemon: Daemon
    kills: bool | None = False
    """Whether it makes the kernel kill (TriggerKernelOom=) instead of only sending D-Bus signals; None if unknown."""


Preference = Literal["none", "avoid", "omit"]
Action = Literal["kill-all", "kill-by-pgscan", "kill-by-swap"]


@dataclass(frozen=True, slots=True)
class Watched:
    """A cgroup that systemd-oomd watches, to kill one below it."""

    path: str
    uid: int = 0
    """Owner of the cgroup."""
    limit: float | None = None
    """Pressure in percent above which it acts; None for the default."""
    stall: float | None = None
    """Current full avg10 of its memory.pressure."""
    holds: int | None = None
    """Bytes that its processes hold in RAM and swap, without file cache; None if unknown."""
    rules: tuple[str, ...] = ()
    """Names of the `.oomrule` files that apply to it (OOMRules=, from 261 on)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A cgroup that systemd-oomd can kill: one without children, or with memory.oom.group."""

    path: str
    uid: int = 0
    memory: int
    swap: int
    scanned: int
    """pgscan of memory.stat: pages scanned by reclaim."""
    scanned_before: int | None = None
    """pgscan at the reading before; None at the first."""
    preference: Preference = "none"


@dataclass(frozen=True, slots=True)
class OomRule:
    """An `.oomrule` file (oomd.conf(5) of 261), all of whose conditions must hold."""

    action: Action
    pressure: float | None = None
    swap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemdOomd:
    """systemd-oomd's settings (oomd.conf(5)), and what it watches."""

    daemon: Daemon
    swap_limit: float = 90.0
    pressure_limit: float = 60.0
    duration: float = 30.0
    """Seconds for which the pressure must exceed its limit."""
    swap: tuple[Watched, ...] | None = None
    """Cgroups below which it kills when memory and swap are used up; None if unknown."""
    pressure: tuple[Watched, ...] | None = None
    ruled: tuple[Watched, ...] = ()
    rules: Mapping[str, OomRule] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    dry_run: bool = False


KillerFacts: TypeAlias = Unjudged | Earlyoom | SystemdOomd | Nohang | LowMemoryMonitor
