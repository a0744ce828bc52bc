"""What an assessment says in plain words: the level, the next victim, and what makes that uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.certainty import INSTEAD, void_by
from oomtray.text import about, percent, printable, size

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment, LevelName, Reason, Risk, Victim, WarningMark, WhyNot
    from oomtray.risk.certainty import Certainty

LEVEL: dict[LevelName, str] = {
    "normal": "Memory is fine",
    "warning": "Memory is getting tight",
    "critical": "Memory is nearly gone",
}
STALLING: dict[LevelName, str] = {
    "normal": "Memory is fine",
    "warning": "Programs are waiting for memory",
    "critical": "Programs hardly get on for want of memory",
}
"""Where it is not what is used that makes the level, but that programs stall (PSI)."""
NEVER: dict[WhyNot, str] = {
    "pid-1": "never: pid 1",
    "kernel-thread": "never: kernel thread",
    "zombie": "never: zombie",
    "adj-minimum": "never: adj -1000",
    "no-memory": "never: no memory",
    "not-eligible": "not now",
}
REASONS: dict[Reason, str] = {
    "small-but-first": "by its adj, not its size",
    "adj-set-by-app": "adj not inherited",
    "adj-set-by-unit": "adj set by its unit",
    "adj-set-by-hand": "adj set from here",
    "unit-dies-whole": "ends its unit",
    "group-dies-whole": "ends its cgroup",
}
"""Reasons that a row names in words; the others show in a column of their own."""
MARKS: dict[WarningMark, str] = {"high": "!!", "elevated": "!", "none": ""}
NEAR_SHOWN = 3


def called(risk: Risk) -> str:
    return f"{printable(risk.process.name)} ({risk.process.pid})"


def summary(assessment: Assessment) -> list[str]:
    """Sentences in the order in which a person needs them; the first names the level."""
    said = [_level(assessment)]
    if assessment.seconds_left is not None:
        said.append(f"It lasts {about(assessment.seconds_left)} at this rate.")
    victim, void = assessment.victim, void_by(assessment)
    if void is not None:
        said.append(f"{_once_gone(assessment)}, the kernel would {INSTEAD[void]}.")
        said.append(f"vm.{void} is set, so the order by badness decides nothing.")
    elif victim is None:
        said.append(f"There is no process{_where(assessment)} that the kernel could kill.")
    else:
        said += _victim(assessment, victim)
    return said


def _level(assessment: Assessment) -> str:
    memory, level = assessment.snapshot.memory, assessment.level
    headline = (STALLING if level.cause == "stall" else LEVEL)[level.name]
    # with --cgroup as well: nothing here is measured of the group but who in it would be killed
    machine = "" if assessment.snapshot.scope.kind == "system" else "The whole machine: "
    return (
        f"{machine}{headline}: {percent(memory.used_percent)} used, {size(memory.available)} left"
        f" of {size(memory.total)}."
    )


def _once_gone(assessment: Assessment) -> str:
    scope = assessment.snapshot.scope
    return f"If {'memory' if scope.kind == 'system' else printable(scope.path or '/')} ran out now"


def _where(assessment: Assessment) -> str:
    scope = assessment.snapshot.scope
    return "" if scope.kind == "system" else f" in {printable(scope.path or '/')}"


def _victim(assessment: Assessment, victim: Victim) -> list[str]:
    seen = "" if assessment.snapshot.complete else ", of the processes that you can see,"
    frees = "" if victim.risk.frees is None else f", which would free about {size(victim.risk.frees)}"
    said = [f"{_once_gone(assessment)}, the {victim.killer} would kill{seen} {called(victim.risk)}{frees}."]
    if victim.near:
        names = [called(risk) for risk in victim.near[:NEAR_SHOWN]]
        more = len(victim.near) - len(names)
        listed = ", ".join(names) + (f" and {more} more" if more > 0 else "")
        said.append(f"It may as well be {listed}: they are closer than the kernel counts.")
    if victim.also is not None:
        count, unit = len(victim.also.pids), printable(victim.also.unit)
        whole = f"its unit {unit}" if victim.also.cause == "oom-policy-stop" else f"its cgroup {unit}"
        said.append(f"This ends {whole} with all its {count} processes.")
    return said


def warning(risk: Risk, order: Certainty = "sure") -> str:
    """The words of a row's warning column; a mark of its own shape leads the serious ones.

    The next victim is marked whatever its share: elevated is said only where the share is that large. Nobody is next
    where the order is void.
    """
    if risk.why_not is not None:
        return NEVER[risk.why_not]
    words = []
    if order != "void" and ("near-victim" in risk.reasons or "next-victim" in risk.reasons):
        words.append("next victim" if order == "sure" and "next-victim" in risk.reasons else "maybe next")
    if risk.warning == "high" or "large-share" in risk.reasons:
        words.append(risk.warning)
    words += [REASONS[reason] for reason in risk.reasons if reason in REASONS]
    mark = MARKS[risk.warning]
    return f"{mark} {', '.join(words)}" if mark and words else ", ".join(words)
