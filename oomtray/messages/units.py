"""What a unit's settings and their change mean, as sentences without a full stop, for the terminal and the desktop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.actions.units.state import NEVER
from oomtray.actions.units.unit_files import last_word
from oomtray.text import adjustment

if TYPE_CHECKING:
    from oomtray.actions.units.changer import UnitOutcome
    from oomtray.actions.units.plan import UnitPlan
    from oomtray.actions.units.state import UnitState


def policy(state: UnitState) -> str:
    """What one death by the kernel does to the unit."""
    count = len(state.members)
    if not state.policy_counts:
        return "without effect here, as memory is not counted by cgroup v2"
    if state.status.oom_policy == "continue":
        return "one death leaves the rest of the unit running"
    if state.status.oom_policy not in ("stop", "kill"):
        return "what one death does to the unit is not known"
    if count > 1:
        return f"one death ends the whole unit with its {count} processes"
    return "one death ends the whole unit"


def inherited(plan: UnitPlan) -> list[str]:
    """Who else gets the value, where the unit starts sessions."""
    state, settings = plan.state, plan.settings
    if not state.sessions or settings is None or settings.oom_score_adjust is None:
        return []
    notes = [f"{plan.name} starts sessions or jobs of users: everything started in its sessions inherits this value"]
    if any(member.name == "sshd" and member.adj == NEVER for member in state.members):
        # OpenSSH's port-linux.c: the listener keeps in mind what it was started with, and each session gets that
        notes.append("sshd gives its sessions the value that it was started with: they get this one from its next start")
    return notes


def before(plan: UnitPlan) -> list[str]:
    """What is to be known of a plan."""
    state, settings = plan.state, plan.settings
    notes = []
    if plan.stays is not None:
        notes.append(f"{plan.name} keeps the {adjustment(plan.stays)} that it has already; --adj sets another value")
    if settings is None:
        if plan.word == "reset" and state.ours is not None and plan.value is None and state.runs:
            notes.append("what its processes go back to is not known, so they keep what they have until its next start")
        return notes
    notes += inherited(plan)
    if plan.counts_as is not None:
        notes.append(
            f"your own manager runs at {adjustment(state.floor)}, and what it starts is not allowed less:"
            f" {adjustment(settings.oom_score_adjust)} counts as {adjustment(plan.counts_as)}. Less needs permission for"
            " each process (oomtray protect PID), or a unit of the system's manager"
        )
    if settings.oom_policy is None:
        if state.dies_whole:
            notes.append(f"{policy(state)}; --policy continue leaves the others running")
    elif not state.policy_counts:
        notes.append(f"OOMPolicy is {policy(state)}")
    if settings.oomd in ("avoid", "omit") and state.user:
        notes.append("systemd-oomd heeds this for a user's unit where it stalls for memory, not where swap runs out")
    never = sum(member.adj == NEVER for member in state.members)
    if never and settings.oom_score_adjust is not None:
        notes.append(f"{_processes(never)} at {NEVER}, which no kill reaches, and {'stays' if never == 1 else 'stay'} there")
    if not state.runs:
        notes.append(f"{plan.name} doesn't run now: this counts from its next start")
    if not plan.checked:
        notes.append("systemd-analyze is not there to check it beforehand")
    return notes


def short(outcome: UnitOutcome) -> str | None:
    """Where what was set doesn't hold, though it is in place."""
    settings, after = outcome.plan.settings, outcome.after
    if after is None or not outcome.edited:
        return None
    late = len(outcome.plan.began_meanwhile(after))
    if late:
        return f"{_processes(late)} new since this was asked for and not changed: run it again"
    if settings is None:
        return None
    held = {
        "OOMScoreAdjust": after.status.oom_score_adjust,
        "OOMPolicy": after.status.oom_policy,
        "ManagedOOMPreference": after.status.oomd_preference,
    }
    for key, wanted in settings.directives.items():
        if held[key] is not None and held[key] != wanted:
            by = last_word(after.status, key)
            because = f": {by} has the last word" if by not in (None, after.path) else ""
            return f"{key} of {after.name} is {held[key]}, not {wanted}{because}"
    return None


def _processes(count: int) -> str:
    return "one process is" if count == 1 else f"{count} processes are"
