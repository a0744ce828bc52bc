"""Judged processes and apps: how the kernel counts them, who is killed first, and how they are marked.

Sizes are bytes, badness is in pages, shares are in thousandths of the scope's total pages. The words in
`WarningMark`, `WhyNot`, `Reason` are public identifiers: JSON has them unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process

AppKind = Literal["app", "service", "session", "executable"]
WarningMark = Literal["none", "elevated", "high"]
WhyNot = Literal["pid-1", "kernel-thread", "zombie", "adj-minimum", "no-memory", "not-eligible"]
"""Why the kernel never chooses a process; not-eligible: in vfork, or already being reaped (it shows oom_score 0)."""
Reason = Literal[
    "next-victim", "near-victim", "large-share", "adj-set-by-hand", "adj-set-by-rule", "adj-inherited", "adj-set-by-unit",
    "adj-set-by-app", "adj-protected", "unit-dies-whole", "group-dies-whole", "small-but-first",
]
"""For their meaning see the table in `oomtray.risk.reasons`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One judged process."""

    process: Process
    badness: int | None
    """The kernel's own number for the scope, in pages; None if the process has no memory."""
    share: float | None
    """badness * 1000 / total pages: -1000..2000, normally 0..1000."""
    rank: int | None
    """1 is killed first; None for what can't be chosen."""
    why_not: WhyNot | None
    warning: WarningMark = "none"
    reasons: tuple[Reason, ...] = ()
    app: str | None = None
    """Key of its app."""
    unit: str | None = None
    """Innermost systemd unit (service or scope)."""
    change: float | None = None
    """Bytes per second of rss + swap; None until the process was seen twice."""
    private: int | None = None
    """Resident and swapped bytes that no other process shares; None if not read or unknown."""

    @property
    def killable(self) -> bool:
        return self.why_not is None

    @property
    def memory(self) -> int | None:
        """rss + swap in bytes, the usual measure of a process."""
        return None if self.process.rss is None else self.process.rss + (self.process.swap or 0)

    @property
    def frees(self) -> int | None:
        """Bytes that its death frees: private memory, swap and page tables.

        If private memory was not read, it is anonymous memory, swap and page tables: an upper bound, because
        anonymous pages are shared after a fork. None if the kernel doesn't report it.
        """
        p = self.process
        if self.private is not None:
            return self.private + (p.page_tables or 0)
        return None if p.rss_anon is None else p.rss_anon + (p.swap or 0) + (p.page_tables or 0)

    @property
    def frees_exact(self) -> bool:
        """Whether `frees` is exact and not an upper bound."""
        return self.private is not None


class AppId(NamedTuple):
    key: str
    name: str
    kind: AppKind
    unit: str | None
    """Innermost systemd unit of the process."""
    uid: int | None
    """Its owner: of the user manager, or of the process; None for system services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Processes that a person knows by one name."""

    key: str
    """Stable identifier, e.g. `firefox` or `mysql.service`."""
    name: str
    kind: AppKind
    members: tuple[Risk, ...]
    """Best rank first; those that can't be chosen last."""
    memory: int | None
    memory_from: Literal["cgroup", "pss", "sum"]
    """cgroup: anonymous + shared + swap of its cgroup's memory.stat; pss: the proportional shares of the members; sum:
    anonymous + swap + page tables of the members, which counts what they share after a fork several times."""
    age: float | None
    """Seconds since the oldest number in the sum was read."""
    share: float | None
    """The highest share of a member: the kernel kills processes, not apps."""
    rank: int | None
    """1 for the app of the next victim."""
    change: float | None = None
    warning: WarningMark = "none"
    uid: int | None = None
    """Owner of the app, which with the key identifies a row; None for system services."""

    @property
    def memory_exact(self) -> bool:
        """False if `memory` is only an upper bound."""
        return self.memory_from != "sum" or len(self.members) <= 1

    @property
    def adj_range(self) -> tuple[int, int] | None:
        values = [m.process.oom_score_adj for m in self.members if m.process.oom_score_adj is not None]
        return (min(values), max(values)) if values else None
