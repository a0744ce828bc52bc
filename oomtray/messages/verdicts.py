"""What the killers besides the kernel would do with a process, and what would change that."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from oomtray.messages.i18n import joined, mark, tr, tr_n
from oomtray.messages.killers import group_ends, unit_ends
from oomtray.messages.names import called, unit_name
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.oomd_step import OomdStep
    from oomtray.risk.killer import GoesBy, Killer
    from oomtray.risk.killers.oomd_preference import OomdGroup
    from oomtray.risk.verdicts import Verdict, Would

_WOULD: dict[Would, str] = {
    "next": mark("{killer} would kill it next."),
    "one-of": mark("{killer} would kill it next, or another that is too close to tell apart."),
    "never": mark("{killer} never kills it."),
    "not-watched": mark("{killer} doesn't watch its control group, so it never kills it."),
    "idle": mark("{killer} is running but can't act now: `oomtray doctor` says why."),
    "unknown": mark("Whom {killer} would kill is unknown."),
}


_GOES_BY: dict[GoesBy, str] = {
    "score": mark("{killer} goes by oom_score, so protecting it counts there too."),
    "score-below-zero": mark("{killer} ignores an oom_score_adj above 0: protecting it counts there only below 0."),
    "size": mark("{killer} goes by resident memory, so oom_score_adj changes nothing there."),
    "kernel": mark("{killer} has the kernel kill, so protecting it counts there too."),
}
_COMMANDS = 3
"""How many units have a command each after one change."""


def told(verdicts: Iterable[Verdict]) -> list[str]:
    """Say for each killer what it would do, and what that depends on."""
    return [sentence for verdict in verdicts for sentence in (_would(verdict), *_depends_on(verdict))]


def told_apart(verdicts: Iterable[Verdict]) -> tuple[list[str], list[str]]:
    """Return what `told` says as two lists: what each would do, and what that depends on."""
    known = list(verdicts)
    return [_would(verdict) for verdict in known], [said for verdict in known for said in _depends_on(verdict)]


def _depends_on(verdict: Verdict) -> list[str]:
    if verdict.would in ("idle", "unknown", "not-watched", "never"):
        return []
    if verdict.killer.name == "systemd-oomd":
        return [] if verdict.group is None else _with_it(verdict) + _what_counts(verdict.group)
    if verdict.killer.goes_by in _GOES_BY:
        return [tr(_GOES_BY[verdict.killer.goes_by], killer=verdict.killer.name)]
    return []


def _would(verdict: Verdict) -> str:
    killer, group = verdict.killer, verdict.group
    if verdict.would == "next" and group is not None and len(group.pids) > 1:
        return tr_n(
            "{killer} would kill it next, with all of {unit}: {count} process.",
            "{killer} would kill it next, with all of {unit}: {count} processes.",
            len(group.pids),
            killer=killer.name,
            unit=printable(group.name),
        )
    if verdict.would == "later":
        return tr("{killer} would kill {name} before it.", killer=killer.name, name=target(killer))
    return tr(_WOULD[verdict.would], killer=killer.name)


def _with_it(verdict: Verdict) -> list[str]:
    """Say what would die together with one of several, in a separate sentence."""
    group = verdict.group
    if group is None or verdict.would != "one-of" or len(group.pids) < 2:
        return []
    ends = group_ends if group.unit is None else unit_ends
    return [ends(group.name, len(group.pids))]


def target(killer: Killer) -> str:
    """Name what it takes next within a sentence: a unit with its processes, or one process; empty if nobody."""
    victim, takes = killer.victim, killer.takes
    if victim is None:
        return ""
    if takes is None or len(takes.pids) < 2 or killer.name != "systemd-oomd":
        return called(victim.risk)
    return tr_n(
        "{unit} with its {count} process", "{unit} with its {count} processes", len(takes.pids), unit=unit_name(takes.unit)[0]
    )


def _what_counts(group: OomdGroup) -> list[str]:
    """Say what would keep systemd-oomd from killing it."""
    if group.can_be_spared:
        said = [tr("What counts there isn't oom_score_adj but the preference of its unit: {command}", command=command(group))]
    elif group.honored and group.preference != "none" and group.ignored:
        said = [tr("Its unit's preference is {preference}.", preference=group.preference)]
    elif group.honored and group.preference != "none":
        said = [tr("Its unit's preference is {preference}, so systemd-oomd takes others first.", preference=group.preference)]
    elif group.unit is None:
        return [tr("Its control group isn't a unit's own, so no preference can be set for it.")]
    else:
        return [nothing_counts()]
    return [*said, *limits(group)]


def nothing_counts() -> str:
    return tr("systemd-oomd ignores its unit's preference, because its control group doesn't belong to root.")


def limits(group: OomdGroup) -> list[str]:
    """Say where this group's preference has no effect although it has one elsewhere."""
    if not group.honored or not group.ignored:
        return []
    if "swap" in group.ignored and "stall" in group.honored:
        return [
            tr("That counts when apps stall, but not when swap is full: then systemd-oomd ignores preferences of groups that don't belong to root.")
        ]
    return [tr("systemd-oomd ignores that in some cases, because its control group doesn't belong to root.")]


def still_takes(step: OomdStep) -> list[str]:
    """Say, after a protection from the kernel, what systemd-oomd may still take, and what can't be helped."""
    first, more = step.exposed[0], len(step.exposed) - 1
    said = [
        tr_n(
            "systemd-oomd doesn't look at oom_score_adj and may still kill {unit} with its {count} process.",
            "systemd-oomd doesn't look at oom_score_adj and may still kill {unit} with all its {count} processes.",
            len(first.pids),
            unit=printable(first.name),
        )
    ]
    if more:
        said.append(tr_n("The same holds for {count} more control group.", "The same holds for {count} more control groups.", more))
    return said + ([] if step.settable else _unsettable(first))


def spares_first(step: OomdStep) -> list[str]:
    """Say, before a protection where systemd-oomd acts first, what is set."""
    names = joined([printable(group.name) for group in step.settable])
    first = tr("systemd-oomd would act first, and it doesn't look at oom_score_adj.")
    if step.preference == "omit":
        return [first, tr("Sets that it never kills {units}.", units=names)]
    return [first, tr("Sets that it takes others before {units}.", units=names)]


def _unsettable(group: OomdGroup) -> list[str]:
    if group.can_be_spared:
        return [tr("Only its owner or root may set its preference: {command}", command=command(group))]
    return _what_counts(group)


def commands(step: OomdStep) -> list[str]:
    """Give the commands for the second step, and say where a preference has no effect."""
    groups = step.settable[:_COMMANDS]
    said = [tr("To spare it there too: {command}", command=command(group, step.preference)) for group in groups]
    return said + (limits(groups[0]) if groups else [])


def command(group: OomdGroup, preference: str = "avoid") -> str:
    """Return the shell command that sets it; empty if the group isn't a unit's own."""
    if group.unit is None:
        return ""
    user = [] if group.unit.uid is None else ["--user"]
    return shlex.join(["oomtray", "unit", "set", *user, group.unit.name, "--oomd", preference])


# below a preview

def elsewhere(killers: Iterable[Killer]) -> list[str]:
    """Say whom other killers would take, if not the same process."""
    from oomtray.messages.victim import killer_name

    return [
        tr("Under {killer} it is {name}.", killer=killer_name(killer.name), name=target(killer)) for killer in killers
    ]
