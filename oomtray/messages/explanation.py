"""The sentences of an explanation: the sum first, then what moves it, then what no longer counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.risk.certainty import void_by
from oomtray.text import adjustment, printable, share_percent, size

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Snapshot
    from oomtray.risk.assessment import Assessment, Reason, Risk, WhyNot
    from oomtray.risk.explain import Explanation, Note

_WHY_NOT: dict[WhyNot, str] = {
    "pid-1": "The kernel never kills pid 1.",
    "kernel-thread": "It is a kernel thread: it has no memory of its own and is never killed.",
    "zombie": "It is a zombie: it has ended, its memory is already free, and there is nothing to kill.",
    "adj-minimum": "Its oom_score_adj is -1000: the kernel never chooses it.",
    "no-memory": "It has no memory of its own, so the kernel passes it over.",
    "not-eligible": "The kernel passes it over at the moment: it is starting a program (vfork) or already dying.",
}

_NOTES: dict[Note, str] = {
    "root-bonus-counts": "On this kernel a process of root still gets 3 % of its memory taken off, which isn't"
    " counted here.",
    "child-may-die-instead": "On this kernel a child with memory of its own may be killed in its parent's place.",
    "score-against-system": "The oom_score that /proc shows is measured against all RAM and swap, not against this"
    " control group's limit, so it may order processes differently.",
    "estimated": "Its sizes can't be read, so this is about what /proc/PID/oom_score says.",
    "floor-of-one": "On this kernel badness never falls below 1.",
    "oom_kill_allocating_task": "vm.oom_kill_allocating_task is set: the kernel kills whichever process asks for memory"
    " at that moment, so the order doesn't decide.",
    "panic_on_oom": "vm.panic_on_oom is set: the kernel panics instead of killing a process.",
    "incomplete": "Some processes may be hidden from you, so this holds for those that you can see.",
}

_GONE: dict[Note, str] = {
    "runtime-not-counted": "how long it has run",
    "nice-not-counted": "its nice value",
    "root-bonus-gone": "being root",
    "children-not-counted": "its child processes",
}


def tell(assessment: Assessment, explained: Explanation) -> tuple[str, ...]:
    """Whole sentences in reading order; names in them are printable."""
    risk, notes = explained.risk, explained.notes
    said = [
        _sum(assessment.snapshot, explained),
        _rank(assessment, risk, explained.killable),
        _adjustment(assessment, risk),
    ]
    said += _consequences(assessment, risk)
    if risk.rank == 1 and void_by(assessment) is None:
        said.append(_afterwards(explained.without, explained.after))
    said.append(_exactly(explained))
    said.append(_shown(risk, notes))
    if risk.badness is not None:
        said.append(_uncounted(assessment.snapshot, notes))
    said += [_NOTES[note] for note in notes if note in _NOTES]
    return tuple(sentence for sentence in said if sentence)


def _sum(snapshot: Snapshot, explained: Explanation) -> str:
    """In sizes, as a person knows them."""
    risk, parts, total = explained.risk, explained.parts, explained.total_pages
    if risk.badness is None or risk.why_not is not None:
        return ""
    whole = size(total * PAGE_SIZE)
    where = "RAM and swap" if snapshot.scope.kind == "system" else f"memory of {printable(snapshot.scope.path or '/')}"
    counts = size(abs(risk.badness) * PAGE_SIZE)
    if risk.badness < 0:
        said = f"It counts as {counts} less than nothing"
    else:
        about = "about " if "estimated" in explained.notes else ""
        said = f"It counts as {about}{counts}, {share_percent(risk.share)} of {whole} of {where}"
    if "estimated" in explained.notes:
        return f"{said}."
    held = [f"{size((parts.rss or 0) * PAGE_SIZE)} in memory"]
    held += [f"{size(parts.swap * PAGE_SIZE)} swapped out"] if parts.swap else []
    held += [f"{size(parts.page_tables * PAGE_SIZE)} of page tables"] if parts.page_tables else []
    if parts.adjustment:
        verb = "added" if parts.adjustment > 0 else "taken off"
        adj = adjustment(risk.process.oom_score_adj)
        held.append(f"{size(abs(parts.adjustment) * PAGE_SIZE)} {verb} for its oom_score_adj of {adj}")
    return f"{said}: {', '.join(held[:-1])}{' and ' if len(held) > 1 else ''}{held[-1]}."


def _exactly(explained: Explanation) -> str:
    """The same as the kernel reckons it (mm/oom_kill.c, oom_badness)."""
    risk, parts, total = explained.risk, explained.parts, explained.total_pages
    if risk.badness is None or risk.why_not is not None or "estimated" in explained.notes:
        return ""
    summands = f"{parts.rss or 0} resident + {parts.swap or 0} swapped + {parts.page_tables or 0} of page tables"
    if parts.adjustment:
        sign, adj = "+" if parts.adjustment > 0 else "-", adjustment(risk.process.oom_score_adj)
        summands += f" {sign} {abs(parts.adjustment)} for {adj} (each step is {total // 1000})"
    return f"In pages, as the kernel reckons: badness {risk.badness} of {total} = {summands}."


def _rank(assessment: Assessment, risk: Risk, killable: int) -> str:
    if risk.why_not is not None:
        return _WHY_NOT[risk.why_not]
    if risk.rank == 1:
        sure = void_by(assessment) is None
        return f"It is the first of {killable} that the kernel could kill{': it would die next' if sure else ''}."
    return f"It is number {risk.rank} of {killable} that the kernel could kill."


def _adjustment(assessment: Assessment, risk: Risk) -> str:
    process = risk.process
    adj = process.oom_score_adj
    if not adj or risk.why_not is not None:
        return ""
    pages = abs(adj) * (assessment.snapshot.scope.total_pages // 1000)
    amount = f"{size(pages * PAGE_SIZE)} of memory"
    effect = f"makes it count as if it held {amount} " + ("more" if adj > 0 else "less")
    return f"Its oom_score_adj of {adjustment(adj)} {effect}{_origin(assessment, risk)}."


def _origin(assessment: Assessment, risk: Risk) -> str:
    parent = next((p for p in assessment.snapshot.processes if p.pid == risk.process.ppid), None)
    above = "its parent" if parent is None else f"its parent {printable(parent.name)} ({parent.pid})"
    theirs = "" if parent is None else f", which has {adjustment(parent.oom_score_adj)}"
    told: dict[Reason, str] = {
        "adj-inherited": f"; it has it from {above}, as children inherit it",
        "adj-set-by-unit": f"; it was given to its unit {printable(risk.unit or '')} when that was started",
        "adj-set-by-hand": "; it was set from here",
        "adj-set-by-app": f"; it isn't from {above}{theirs}: the program has set it, or someone for it",
    }
    return next((told[reason] for reason in risk.reasons if reason in told), "")


def _consequences(assessment: Assessment, risk: Risk) -> list[str]:
    victim = assessment.victim
    if victim is None or victim.risk.process.pid != risk.process.pid:
        return []
    said = []
    if victim.near and void_by(assessment) is None:
        names = ", ".join(f"{printable(r.process.name)} ({r.process.pid})" for r in victim.near[:3])
        more = len(victim.near) - 3
        others = f"{names} and {more} more" if more > 0 else names
        said.append(f"The kernel counts too coarsely to tell it from {others}: it would be one of these.")
    if victim.also is not None:
        count, unit = len(victim.also.pids), printable(victim.also.unit)
        why = "its OOMPolicy" if victim.also.cause == "oom-policy-stop" else "memory.oom.group"
        said.append(f"With it {why} would end all {count} processes of {unit}.")
    return said


def _afterwards(without: Risk | None, after: Risk | None) -> str:
    if without is None:
        return "No other process could be killed: if it were protected from ever being chosen, the kernel would panic."
    named = f"{printable(without.process.name)} ({without.process.pid})"
    said = f"If it were protected, {named} would be next"
    if after is None:
        return f"{said}; once it had died, nothing that can be killed would be left."
    if after.process.pid != without.process.pid:
        return f"{said}; once it had died, {printable(after.process.name)} ({after.process.pid})."
    return f"Whether it is protected or dies, {named} is next."


def _shown(risk: Risk, notes: tuple[Note, ...]) -> str:
    score = risk.process.oom_score
    if score is None or risk.why_not is not None:
        return ""
    if "score-666-is-empty" not in notes:
        return f"/proc shows it as oom_score {score}: per mille, never below 0."
    return f"/proc shows it as oom_score {score}: on this scale a process without memory reads 666, and 1333 is all of it."


def _uncounted(snapshot: Snapshot, notes: tuple[Note, ...]) -> str:
    gone = [words for note, words in _GONE.items() if note in notes]
    major, minor = snapshot.kernel_release
    kernel = f"On this kernel ({major}.{minor})" if major else "On current kernels"
    return f"{kernel} these count for nothing: {', '.join(gone[:-1])} and {gone[-1]}."
