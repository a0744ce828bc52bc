"""What the programs are set to that kill before the kernel has to: frozen facts, as their configuration has them.

Sizes are bytes, shares of a whole are per cent. `oomtray.risk.killers` judges by them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """The same in the reading before; None where there was none."""
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


KillerFacts: TypeAlias = Unjudged | Earlyoom | SystemdOomd
