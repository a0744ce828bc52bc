"""Units: their state, and what a change of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr, tr_n
from oomtray.risk.badness import ADJ_MIN
from oomtray.text import adjustment, printable

if TYPE_CHECKING:
    from oomtray.actions.units.plan import UnitPlan
    from oomtray.actions.units.settings import UnitSettings
    from oomtray.actions.units.state import UnitState

# -- the state of a unit


def whose(state: UnitState) -> str:
    name = printable(state.name)
    return tr("{unit} of your user manager", unit=name) if state.user else tr("{unit} of the system's manager", unit=name)


def manager(*, user: bool) -> str:
    """Said before a unit was examined."""
    return tr("A service of your user manager.") if user else tr("A service of the system's manager.")


def summary(state: UnitState) -> str:
    """Describe the unit's state, for its dialog."""
    count, value = len(state.members), adjustment(state.status.oom_score_adjust)
    if not count:
        stands = tr("It isn't running, and oom_score_adj is {value}.", value=value)
    else:
        stands = tr_n(
            "It runs {count} process, and oom_score_adj is {value}.",
            "It runs {count} processes, and oom_score_adj is {value}.",
            count,
            value=value,
        )
    return f"{manager(user=state.user)} {stands} {policy(state)}"


def policy(state: UnitState) -> str:
    """Say what a death by the kernel does to the unit."""
    count = len(state.members)
    if not state.policy_counts:
        return tr("OOMPolicy has no effect here, because memory is not counted by cgroup v2.")
    if state.status.oom_policy == "continue" and state.status.ends_with_main:
        return tr("One death leaves the rest of the unit running, except that of its main process.")
    if state.status.oom_policy == "continue":
        return tr("One death leaves the rest of the unit running.")
    if state.status.oom_policy not in ("stop", "kill"):
        return tr("What one death does to the unit is not known.")
    if count > 1:
        return tr_n("One death ends the whole unit with its {count} process.", "One death ends the whole unit with its {count} processes.", count)
    return tr("One death ends the whole unit.")


def process_count(count: int, others: int) -> str:
    """Give the number of processes; `others` of them have another value than the unit sets."""
    if not others:
        return f"{count}"
    return tr("{count}, {others} with another value than the unit sets", count=count, others=others)


def directives(settings: UnitSettings) -> str:
    """Return the directives: `OOMScoreAdjust=-500, OOMPolicy=continue`."""
    return ", ".join(f"{key}={value}" for key, value in settings.directives.items())


# -- what a change means


def notes(plan: UnitPlan) -> list[str]:
    """Say what to know before the change, for the dialog."""
    told = _notes(plan)
    count = len(plan.moves)
    if count:
        told.append(
            tr_n(
                "{count} running process gets the value at once, without a restart.",
                "{count} running processes get the value at once, without a restart.",
                count,
            )
        )
    return told


def notes_in_terminal(plan: UnitPlan) -> list[str]:
    """Say what to know before the change, with the options and commands that help."""
    state, settings, unit = plan.state, plan.settings, printable(plan.name)
    told = []
    if plan.stays is not None:
        told.append(tr("{unit} keeps the {value} that it has already; --adj sets another value.", unit=unit, value=adjustment(plan.stays)))
    if settings is None:
        if plan.action == "reset" and state.ours is not None and plan.value is None and state.runs:
            told.append(tr("What its processes go back to is not known, so they keep what they have until its next start."))
        return told
    told += _notes(plan)
    if plan.counts_as is not None:
        told.append(
            tr("Going lower needs permission for each process (oomtray protect PID), or a unit of the system's manager.")
        )
    if settings.oom_policy is None and state.dies_whole and plan.action != "prefer":
        told.append(
            tr_n(
                "One death ends the whole unit with its {count} process; --policy continue leaves the others running.",
                "One death ends the whole unit with its {count} processes; --policy continue leaves the others running.",
                len(state.members),
            )
        )
    elif settings.oom_policy is not None and not state.policy_counts:
        told.append(policy(state))
    if not plan.checked:
        told.append(tr("systemd-analyze is not installed, so the file was not checked beforehand."))
    return told


def _notes(plan: UnitPlan) -> list[str]:
    state, settings, unit = plan.state, plan.settings, printable(plan.name)
    if settings is None:
        return []
    told = []
    if state.sessions and settings.oom_score_adjust is not None:
        told.append(
            tr("{unit} starts sessions or jobs of users: everything started in its sessions inherits this value.", unit=unit)
        )
        if any(member.name == "sshd" and member.adj == ADJ_MIN for member in state.members):
            # OpenSSH's port-linux.c: the listener remembers its initial value, which each session gets
            told.append(
                tr("sshd gives its sessions the value that it was started with: they get this one from its next start.")
            )
    if plan.counts_as is not None:
        told.append(
            tr(
                "Your user manager runs at {floor}, and what it starts can't go lower: {value} counts as {counts}.",
                floor=adjustment(state.floor),
                value=adjustment(settings.oom_score_adjust),
                counts=adjustment(plan.counts_as),
            )
        )
    if settings.oomd in ("avoid", "omit") and state.user:
        told.append(tr("For a user's unit, systemd-oomd respects this when it stalls for memory, not when swap runs out."))
    never = sum(member.adj == ADJ_MIN for member in state.members)
    if never and settings.oom_score_adjust is not None:
        told.append(
            tr_n(
                "{count} process stays at {value}, which no kill reaches.",
                "{count} processes stay at {value}, which no kill reaches.",
                never,
                value=ADJ_MIN,
            )
        )
    if not state.runs:
        told.append(tr("{unit} isn't running: this applies from its next start.", unit=unit))
    return told


def floor(state: UnitState) -> str:
    """Say that the user's own manager allows no lower value."""
    return tr("Your user manager runs at {floor}, and what it starts can't go lower.", floor=adjustment(state.floor))


def would_leave_running(state: UnitState) -> str:
    if state.user:
        return tr("`oomtray unit protect {unit} --policy continue --user` would leave the others running.", unit=printable(state.name))
    return tr("`oomtray unit protect {unit} --policy continue` would leave the others running.", unit=printable(state.name))


def note(text: str) -> str:
    return tr("Note: {note}", note=text)


def nothing_to_do(plan: UnitPlan) -> str | None:
    """Say that there is nothing to do; None if a note says so already."""
    unit = printable(plan.name)
    if plan.action == "reset":
        return tr("{unit} has no drop-in of OOM Tray: there is nothing to take back.", unit=unit)
    return tr("{unit} is set so already.", unit=unit) if plan.stays is None else None
