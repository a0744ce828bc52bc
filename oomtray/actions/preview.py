"""Preview a change: who would be next, and what to warn of. Pure."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from oomtray.config import Rows
from oomtray.records import dataclass
from oomtray.risk.assess import assess, private_of
from oomtray.risk.badness import ADJ_MIN
from oomtray.risk.certainty import void_by
from oomtray.risk.victim import foresee

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.kernel.snapshot import Process, Snapshot
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk
    from oomtray.risk.killer import Killer, Victim

Caution = Literal[
    "children-inherit",  # children started from now on get the value too
    "session-exposed",  # the next victim would be part of the session itself
    "nothing-large-left",  # no victim would free much, so the kernel would kill one after another
    "nothing-left",  # nothing killable would remain: the kernel panics
    "root-takes-back",  # another user's process, lowered with permission, can only be raised by root or its owner
    "right-given",  # it and its children keep the right to go as low without permission
    "no-way-back",  # it is at -1000, which can't be set again
]

_LARGE = 0.02
"""Fraction of RAM + swap that a victim must free to end a shortage for more than a moment."""

_DISPLAYS = frozenset({
    *("Xorg", "Xwayland", "gnome-shell", "kwin_wayland", "kwin_x11", "plasmashell", "mutter", "xfwm4"),
    *("sway", "labwc", "weston", "wayfire", "Hyprland", "cosmic-comp", "gnome-session-b", "startplasma-way"),
    *("startplasma-x11", "plasma_session", "ksmserver", "cinnamon", "cinnamon-sessio", "budgie-session-", "budgie-wm"),
    *("xfce4-session", "mate-session", "lxqt-session", "marco", "openbox", "i3"),
})  # fmt: skip
"""comm of programs whose end takes the session with them. A name is good enough for a warning."""


def takes_session(process: Process) -> bool:
    """Whether the process belongs to the session itself, which may end with it."""
    return process.name in _DISPLAYS or "/session.slice/" in (process.unit_cgroup or "")


@dataclass(frozen=True, slots=True)
class After:
    """The prediction after a change."""

    victim: Victim | None
    """Victim of the killer that acts first; None if nobody could be killed."""
    killers: tuple[Killer, ...]
    """Sorted by who acts first."""

    @property
    def elsewhere(self) -> tuple[Killer, ...]:
        """Killers after the first that can act and would take somebody else."""
        return tuple(
            killer
            for killer in self.killers[1:]
            if killer.idle_because is None and not _takes_it(killer, self.victim)
        )


def after(assessment: Assessment, adjusted: Mapping[int, int]) -> After:
    """Predict whom each running killer would take if these pids had these values of oom_score_adj.

    Who would be killed along with the victim is only known if it is the current one.
    """
    ranking = foresee(assessment.snapshot, adjusted)
    private = private_of(assessment)
    judged = assess(ranking, level=assessment.level, rows=Rows(), private=private)
    then, now = judged.victim, assessment.victim
    if then is not None and now is not None and then.also is None:
        same = then.risk.process.identity == now.risk.process.identity
        then = replace(then, also=now.also) if same else then
    return After(then, judged.killers)


def elsewhere(assessment: Assessment) -> tuple[Killer, ...]:
    """Return the killers that can act now and would take another victim than the one that acts first."""
    return After(assessment.victim, assessment.killers).elsewhere


def _takes_it(killer: Killer, victim: Victim | None) -> bool:
    """Whether the killer would take this victim too, or nobody."""
    theirs = killer.victim
    if theirs is None or killer.overrides:
        return True
    candidates = {risk.process.identity for risk in (theirs.risk, *theirs.near)}
    return victim is not None and victim.risk.process.identity in candidates


def cautions(assessment: Assessment, adjusted: Mapping[int, int], *, uid: int | None = None) -> tuple[Caution, ...]:
    """Return what a person (`uid`, default: this program's user) should know before these pids get these values."""
    snapshot = assessment.snapshot
    processes = {process.pid: process for process in snapshot.processes}
    lowered = {
        pid for pid, adj in adjusted.items() if pid in processes and adj < (processes[pid].oom_score_adj or 0)
    }
    found: list[Caution] = []
    if any(processes[pid].oom_score_adj == ADJ_MIN for pid in adjusted if pid in processes):
        found.append("no-way-back")
    changed = {pid for pid, adj in adjusted.items() if pid in processes and adj != processes[pid].oom_score_adj}
    if changed and _bequeaths(snapshot, changed):
        found.append("children-inherit")
    me = os.geteuid() if uid is None else uid
    if me != 0 and any(processes[pid].uid != me for pid in lowered):
        found.append("root-takes-back")
    # below 0 an owner hardly ever succeeds without permission
    if me != 0 and any(adjusted[pid] < 0 for pid in lowered):
        found.append("right-given")
    if lowered and void_by(assessment) is None:
        found.extend(_exposed(assessment, adjusted, lowered, processes))
    return tuple(found)


def _bequeaths(snapshot: Snapshot, pids: set[int]) -> bool:
    """Whether one of them starts programs: it leads a session, or has a child outside the changed ones."""
    return any(
        (process.ppid in pids and process.pid not in pids)
        or (process.pid in pids and process.pid == process.session)
        for process in snapshot.processes
    )


def _exposed(
    assessment: Assessment, adjusted: Mapping[int, int], lowered: set[int], processes: Mapping[int, Process]
) -> list[Caution]:
    now, then = assessment.victim, after(assessment, adjusted).victim
    if then is None:
        return [] if now is None else ["nothing-left"]
    if now is not None and then.risk.process.identity == now.risk.process.identity:
        return []
    found: list[Caution] = []
    if _of_session(then.risk.process, lowered, processes):
        found.append("session-exposed")
    enough = assessment.snapshot.memory.total + (assessment.snapshot.memory.swap_total or 0)
    if _frees(then.risk) < enough * _LARGE <= _frees(now.risk if now else None):
        found.append("nothing-large-left")
    return found


def _frees(risk: Risk | None) -> int:
    return (risk.frees or 0) if risk is not None else 0


def _of_session(process: Process, lowered: set[int], processes: Mapping[int, Process]) -> bool:
    """Whether it is the display, in systemd's session.slice, or an ancestor of the protected processes."""
    if takes_session(process):
        return True
    return process.pid > 1 and any(process.pid in with_ancestors(processes[pid].ppid, processes) for pid in lowered)


def with_ancestors(pid: int, table: Mapping[int, Process]) -> set[int]:
    """Return the PIDs of a process and of all above it, as far as they are in the table."""
    found: set[int] = set()
    while pid in table and pid not in found:
        found.add(pid)
        pid = table[pid].ppid
    return found
