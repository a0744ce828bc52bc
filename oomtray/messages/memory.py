"""What the icon, the popup and the notifications say: pure functions of an assessment, plain text throughout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from oomtray.risk.certainty import INSTEAD, certainty, void_by
from oomtray.text import UNKNOWN, about, adjustment, percent, printable, share_percent, size

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import App, Assessment, LevelName, Risk, WhyNot

HEADLINE: dict[LevelName, str] = {
    "normal": "Memory is fine",
    "warning": "Memory is getting tight",
    "critical": "Memory is nearly gone",
}
STALLING: dict[LevelName, str] = {
    "normal": "Memory is fine",
    "warning": "Programs are waiting for memory",
    "critical": "Programs hardly get on for want of memory",
}
PAUSED = "Paused: nothing is being watched"
WAITING = "Reading the system…"
UNREADABLE = "The system can't be read"
NEVER: dict[WhyNot, str] = {
    "pid-1": "never killed: pid 1",
    "kernel-thread": "never killed: a part of the kernel",
    "zombie": "has ended already",
    "adj-minimum": "never killed: set to -1000",
    "no-memory": "holds no memory",
    "not-eligible": "passed over just now",
}
_NEAR_SHOWN = 2


def headline(assessment: Assessment) -> str:
    level = assessment.level
    return (STALLING if level.cause == "stall" else HEADLINE)[level.name]


def used(memory: Memory) -> str:
    return f"{percent(memory.used_percent)} used"


def left(memory: Memory) -> str:
    return f"{size(memory.available)} left"


def of_total(memory: Memory) -> str:
    swap = f" and {size(memory.swap_total)} of swap" if memory.swap_total else ""
    return f"{size(memory.total)} of RAM{swap}"


def swap_and_stall(memory: Memory) -> str:
    swap = "no swap" if memory.swap_total == 0 else f"swap {percent(memory.swap_percent)}"
    stall = memory.psi_full_avg10
    return f"{swap} · stall {UNKNOWN if stall is None else f'{stall:.1f} %'}"


def lasts(assessment: Assessment) -> str:
    """Empty where nothing is running out."""
    seconds = assessment.seconds_left
    return "" if seconds is None else f"Lasts {about(seconds)} at this rate"


@dataclass(frozen=True, slots=True)
class Note:
    """A line under the next victim; its shape says how serious it is."""

    shape: Literal["info", "warning"]
    text: str


@dataclass(frozen=True, slots=True)
class Next:
    """What the popup says of the next victim."""

    lead: str
    """A whole sentence where `name` is empty."""
    name: str
    frees: str
    notes: tuple[Note, ...] = ()


def called(risk: Risk) -> str:
    return f"{printable(risk.process.name)} ({risk.process.pid})"


def app_of(assessment: Assessment, risk: Risk) -> App | None:
    """The app that the process is shown under, where apps were asked for."""
    pid = risk.process.pid
    for app in assessment.apps:
        if app.key == risk.app and any(member.process.pid == pid for member in app.members):
            return app
    return None


def full_name(assessment: Assessment, risk: Risk) -> str:
    """Firefox · Web Content (4242); the process alone where it bears its app's name."""
    app = app_of(assessment, risk)
    if app is None or app.name.casefold() == risk.process.name.casefold():
        return called(risk)
    return f"{printable(app.name)} · {called(risk)}"


def next_victim(assessment: Assessment) -> Next:
    scope, complete = assessment.snapshot.scope, assessment.snapshot.complete
    gone = "memory" if scope.kind == "system" else printable(scope.path or "/")
    lead = f"If {gone} ran out now, the kernel would"
    void = void_by(assessment)
    if void is not None:
        set_ = Note("warning", f"the order below decides nothing, as vm.{void} is set")
        return Next(f"{lead} {INSTEAD[void]}", "", "", (set_,))
    lead += " kill"
    notes = []
    if not complete:
        notes.append(Note("info", "this counts only the processes that you can see; others are hidden from you"))
    victim = assessment.victim
    if victim is None:
        return Next(lead, "nothing: no process can be chosen", "", tuple(notes))
    if victim.near:
        lead = f"{lead} one of these"
    if victim.also is not None:
        whole, count = printable(victim.also.unit), len(victim.also.pids)
        kind = "unit" if victim.also.cause == "oom-policy-stop" else "control group"
        notes.append(Note("warning", f"this ends the {kind} {whole} with its {count} processes"))
    if victim.near:
        names = [called(risk) for risk in victim.near[:_NEAR_SHOWN]]
        more = len(victim.near) - len(names)
        listed = ", ".join(names) + (f" and {more} more" if more else "")
        notes.append(Note("info", f"or {listed}: too close to tell apart"))
    frees = victim.risk.frees
    return Next(
        lead,
        full_name(assessment, victim.risk),
        "" if frees is None else f"would free about {size(frees)}",
        tuple(notes),
    )


def tooltip(assessment: Assessment) -> str:
    """One sentence for the icon."""
    memory = assessment.snapshot.memory
    said = f"{headline(assessment)}: {used(memory)}, {left(memory)}"
    victim, void = assessment.victim, void_by(assessment)
    if void is not None:
        said += f"; if it ran out now, the kernel would {INSTEAD[void]}"
    elif victim is not None:
        choice = f"one of {len(victim.near) + 1}, such as " if victim.near else ""
        said += f"; next to be killed: {choice}{called(victim.risk)}"
    return said


def caption(assessment: Assessment, count: int) -> str:
    """Above the names of the first so many in the kernel's order."""
    order, victim = certainty(assessment), assessment.victim
    if order == "void":
        return "Highest badness:"
    if order == "sure" or victim is None:
        return "Would be killed first:"
    close = len(victim.near) + 1
    which = "all" if close >= count else f"the first {close}"
    return f"Would be killed first ({which} too close to tell apart):"


def sentence(text: str) -> str:
    return text[:1].upper() + ended(text[1:])


def ended(text: str) -> str:
    """With a full stop; it may begin with a name, which stays as it is."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def phrases(risk: Risk, app: str | None = None) -> tuple[str, ...]:
    """Short plain words for a row that is high, or low, for another reason than its size; `app` is the app's name."""
    said = []
    adj = adjustment(risk.process.oom_score_adj)
    unit = printable(risk.unit or "its unit")
    for reason in risk.reasons:
        match reason:
            case "near-victim":
                said.append("may be next")
            case "large-share":
                said.append(f"{share_percent(risk.share)} of all memory")
            case "adj-set-by-app":
                said.append(f"{adj} set by {printable(app or risk.app or 'itself')}")
            case "adj-set-by-unit":
                said.append(f"{adj} set by {unit}")
            case "adj-set-by-hand":
                said.append(f"{adj} set by you")
            case "adj-inherited":
                said.append(f"{adj} inherited")
            case "adj-protected":
                said.append("protected")
            case "unit-dies-whole":
                session = unit.startswith("session-")
                said.append("whole session would die" if session else f"all of {unit} would stop")
            case "group-dies-whole":
                said.append("its whole control group would die")
            case "small-but-first":
                said.append("first by its adjustment, not its size")
    return tuple(said)
