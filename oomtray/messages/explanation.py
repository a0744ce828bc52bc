"""Why a process would be killed or not: its place in the order, what changes it, and what doesn't count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages import badness, limits
from oomtray.messages.i18n import joined, mark, tr, tr_n
from oomtray.messages.names import called, called_process, process_name
from oomtray.messages.victim import others
from oomtray.risk.certainty import certainty, rivals, void_by
from oomtray.text import adjustment, printable

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Snapshot
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.explain import Explanation, Note
    from oomtray.risk.judged import Risk, WhyNot

_WHY_NOT: dict[WhyNot, str] = {
    "pid-1": mark("The kernel never kills PID 1."),
    "kernel-thread": mark("It is a kernel thread: it has no memory of its own and is never killed."),
    "zombie": mark("It is a zombie: it has ended, its memory is already free, and there is nothing to kill."),
    "adj-minimum": mark("Its oom_score_adj is -1000: the kernel never chooses it."),
    "no-memory": mark("It has no memory of its own, so the kernel passes it over."),
    "not-eligible": mark(
        "The kernel passes it over at the moment: it is starting a program (vfork) or already dying."
    ),
}

_NOTES: dict[Note, str] = {
    "root-bonus-counts": mark(
        "On this kernel 3 % of its memory is taken off for a process of root, which isn't counted here."
    ),
    "child-may-die-instead": mark(
        "On this kernel a child with memory of its own may be killed in its parent's place."
    ),
    "score-against-system": mark(
        "The oom_score in /proc is relative to all RAM and swap, not to this control group's limit, so it may order"
        " processes differently."
    ),
    "estimated": mark("Its sizes can't be read, so this is an estimate from /proc/PID/oom_score."),
    "floor-of-one": mark("On this kernel badness is never below 1."),
    "oom_kill_allocating_task": mark(
        "vm.oom_kill_allocating_task is set: the kernel kills whichever process asks for memory at that moment, so the"
        " order doesn't decide."
    ),
    "panic_on_oom": mark("vm.panic_on_oom is set: the kernel panics instead of killing a process."),
    "incomplete": mark("Some processes may be hidden from you, so this holds for those that you can see."),
}

_NOT_COUNTED: dict[Note, str] = {
    "runtime-not-counted": mark("how long it has run"),
    "nice-not-counted": mark("its nice value"),
    "root-bonus-gone": mark("being root"),
    "children-not-counted": mark("its child processes"),
}


def who(explained: Explanation, user: str) -> str:
    """Name the process and what it belongs to, separated by commas."""
    risk = explained.risk
    said = [called(risk), tr("user {name}", name=user)]
    if risk.app is not None:
        said.append(tr("app {name}", name=printable(risk.app)))
    if risk.unit is not None:
        said.append(tr("unit {name}", name=printable(risk.unit)))
    return tr(", ").join(said)


def missing(pid: int, *, complete: bool) -> str:
    """Say that there is nothing to explain; `complete` means that all processes are visible."""
    if complete:
        return tr("there is no process {pid}", pid=pid)
    return tr("there is no process {pid} that you can see", pid=pid)


def tell(assessment: Assessment, explained: Explanation) -> tuple[str, ...]:
    """Return the explanation in whole sentences, in reading order; names in them are printable."""
    risk, notes = explained.risk, explained.notes
    said = [*badness.summed(assessment.snapshot, explained), _rank(assessment, risk, explained.killable)]
    if risk.process.oom_score_adj and risk.why_not is None:
        said += [badness.effect(assessment.snapshot, risk.process.oom_score_adj), _origin(assessment, risk)]
    said += _at_a_limit(assessment, risk)
    said += _consequences(assessment, risk)
    said += _under_others(assessment, risk)
    said += _next(assessment, explained)
    said += [badness.in_pages(explained), badness.shown(risk, notes)]
    said += told_of_counting(assessment, explained)
    return tuple(sentence for sentence in said if sentence)


def told_after(assessment: Assessment, explained: Explanation) -> list[str]:
    """Say whose limit it may die at, what else would end with it, and who would be next."""
    return [*_at_a_limit(assessment, explained.risk), *_consequences(assessment, explained.risk), *_next(assessment, explained)]


def told_of_counting(assessment: Assessment, explained: Explanation) -> list[str]:
    """Say what doesn't count, and what else to know about the numbers."""
    notes = explained.notes
    said = [] if explained.risk.badness is None else [_not_counted(assessment.snapshot, notes)]
    return said + [tr(_NOTES[note]) for note in notes if note in _NOTES]


def noted(note: Note) -> str:
    return tr(_NOTES[note])


def origin(assessment: Assessment, risk: Risk) -> str:
    """Say where its oom_score_adj comes from; empty if unknown, or if there is none."""
    return _origin(assessment, risk) if risk.process.oom_score_adj and risk.why_not is None else ""


def never(why_not: WhyNot) -> str:
    return tr(_WHY_NOT[why_not])


def _next(assessment: Assessment, explained: Explanation) -> list[str]:
    if explained.risk.rank != 1 or void_by(assessment) is not None:
        return []
    return [_afterwards(explained.without, explained.after)]


def _rank(assessment: Assessment, risk: Risk, killable: int) -> str:
    if risk.why_not is not None:
        return never(risk.why_not)
    if risk.rank != 1:
        return tr_n(
            "It is number {rank} of the {count} process that the kernel could kill.",
            "It is number {rank} of the {count} processes that the kernel could kill.",
            killable,
            rank=risk.rank,
        )
    if void_by(assessment) is not None:
        return tr_n(
            "It is the only process that the kernel could kill.",
            "It is the first of the {count} processes that the kernel could kill.",
            killable,
        )
    if certainty(assessment) == "near":
        return tr_n(
            "It is the only process that the kernel could kill: it may be killed next.",
            "It is the first of the {count} processes that the kernel could kill: it may be killed next.",
            killable,
        )
    return tr_n(
        "It is the only process that the kernel could kill: it would be killed next.",
        "It is the first of the {count} processes that the kernel could kill: it would be killed next.",
        killable,
    )


def _origin(assessment: Assessment, risk: Risk) -> str:
    """Say where its oom_score_adj comes from; empty if unknown."""
    if "adj-set-by-hand" in risk.reasons:
        return tr("Its setting was made by you in OOM Tray.")
    if "adj-set-by-rule" in risk.reasons:
        return tr("Its setting comes from your rule.")
    if "adj-set-by-unit" in risk.reasons:
        return tr("Its setting comes from its unit {unit}.", unit=printable(risk.unit or ""))
    parent = next((p for p in assessment.snapshot.processes if p.pid == risk.process.ppid), None)
    if parent is None:
        return ""
    name = process_name(parent.name, parent.pid)
    if "adj-inherited" in risk.reasons:
        return tr("Its setting is inherited from its parent {parent}.", parent=name)
    if "adj-set-by-app" in risk.reasons:
        return tr(
            "Its setting was made by the program, or by somebody for it: its parent {parent} has {adj}.",
            parent=name,
            adj=adjustment(parent.oom_score_adj),
        )
    return ""


def _at_a_limit(assessment: Assessment, risk: Risk) -> list[str]:
    """Describe the cgroups around it that are close to limits of their own: the kernel kills there, whatever the order says."""
    if risk.process.cgroup is None or risk.why_not is not None:
        return []
    inside = f"{risk.process.cgroup.rstrip('/')}/"
    around = [group for group in assessment.limits if inside.startswith(f"{group.path.rstrip('/')}/")]
    return [sentence for group in around for sentence in limits.of_group(group, assessment.snapshot.at, called_process)]


def _consequences(assessment: Assessment, risk: Risk) -> list[str]:
    victim, close = assessment.victim, rivals(assessment, risk)
    said = []
    if close:
        said.append(tr("The kernel's count is too coarse to tell it from {names}: it would be one of these.",
                       names=others(close)))  # fmt: skip
    if victim is None or victim.risk.process.pid != risk.process.pid or victim.also is None:
        return said
    count, unit = len(victim.also.pids), printable(victim.also.unit)
    if victim.also.main:
        said.append(
            tr_n(
                "It is the main process of {unit}, so the {count} process of it would end with it.",
                "It is the main process of {unit}, so all {count} processes of it would end with it.",
                count,
                unit=unit,
            )
        )
    elif victim.also.cause == "oom-policy-stop":
        said.append(
            tr_n(
                "Because of its OOMPolicy, the {count} process of {unit} would end with it.",
                "Because of its OOMPolicy, all {count} processes of {unit} would end with it.",
                count,
                unit=unit,
            )
        )
    else:
        said.append(
            tr_n(
                "Because of memory.oom.group, the {count} process of {unit} would end with it.",
                "Because of memory.oom.group, all {count} processes of {unit} would end with it.",
                count,
                unit=unit,
            )
        )
    return said


def _under_others(assessment: Assessment, risk: Risk) -> list[str]:
    """Say what the killers besides the kernel would do."""
    if len(assessment.killers) < 2:
        return []
    from oomtray.messages.verdicts import told
    from oomtray.risk.verdicts import verdicts

    return told(verdicts(assessment, risk))


def _afterwards(without: Risk | None, after: Risk | None) -> str:
    if without is None:
        return tr(
            "No other process could be killed: if it were protected from ever being chosen, the kernel would panic."
        )
    name = called(without)
    if after is None:
        return tr(
            "If this process alone were protected, {name} would be next. Once it had died, nothing that can be killed would be left.",
            name=name,
        )
    if after.process.pid != without.process.pid:
        return tr(
            "If this process alone were protected, {name} would be next. Once it had died, {other} would be.",
            name=name,
            other=called(after),
        )
    return tr("If this process alone is protected or ends, {name} is next.", name=name)


def _not_counted(snapshot: Snapshot, notes: tuple[Note, ...]) -> str:
    what = joined([tr(words) for note, words in _NOT_COUNTED.items() if note in notes])
    major, minor = snapshot.kernel_release
    if not major:
        return tr("On current kernels these don't count: {what}.", what=what)
    return tr("On this kernel ({release}) these don't count: {what}.", release=f"{major}.{minor}", what=what)
