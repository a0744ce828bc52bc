"""What can be done with an app or a process, and what each would bring: pure, made anew whenever a menu opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from oomtray.actions.preview import after_change, cautions
from oomtray.actions.rules.propose import service_of
from oomtray.messages import changes as action_words
from oomtray.messages.memory import ended, sentence
from oomtray.messages.names import called
from oomtray.risk.certainty import void_by
from oomtray.text import adjustment, printable, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oomtray.actions.adjust import Direction
    from oomtray.actions.reset import Origin
    from oomtray.config import Presets
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import App, Assessment, Risk, Victim

ActionId = Literal[
    "protect",
    "protect-strongly",
    "deprioritize",
    "first",
    "value",
    "reset",
    "always-protect",
    "always-deprioritize",
    "unit",
    "end",
    "kill",
    "explain",
    "details",
    "copy",
]

TEXT: dict[ActionId, str] = {
    "protect": "Protect",
    "protect-strongly": "Protect strongly",
    "deprioritize": "Deprioritize (kill this first)",
    "first": "First to go",
    "value": "Set a value…",
    "reset": "Reset",
    "always-protect": "Always protect this app…",
    "always-deprioritize": "Always deprioritize this app…",
    "unit": "Set it for the unit…",
    "end": "End",
    "kill": "Force kill…",
    "explain": "Explain…",
    "details": "Details…",
    "copy": "Copy",
}
ADJUSTING: tuple[ActionId, ...] = ("protect", "protect-strongly", "deprioritize", "first")
LASTING: tuple[ActionId, ...] = ("always-protect", "always-deprioritize", "unit")
DIALOGS: tuple[ActionId, ...] = (*LASTING, "value", "explain", "details")
DIRECTION: dict[ActionId, Direction] = {
    "protect": "down",
    "protect-strongly": "down",
    "deprioritize": "up",
    "first": "up",
    "value": "any",
    "reset": "any",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row stands for."""

    name: str
    """Printable: Firefox, or Web Content (4242)."""
    risks: tuple[Risk, ...]
    """Best rank first; never empty."""
    app: bool = False

    @classmethod
    def of_app(cls, app: App) -> Subject:
        if len(app.members) == 1:
            return cls.of_process(app.members[0])
        return cls(printable(app.name), app.members, app=True)

    @classmethod
    def of_process(cls, risk: Risk) -> Subject:
        return cls(called(risk), (risk,))

    def within(self, assessment: Assessment) -> Subject | None:
        """The same app or process in a newer assessment; None where it has ended."""
        ours = {risk.process.identity for risk in self.risks}
        if self.app:
            for app in assessment.apps:
                if app.key == self.first.app and any(risk.process.identity in ours for risk in app.members):
                    return Subject(self.name, app.members, app=True)
        risks = tuple(risk for risk in assessment.risks if risk.process.identity in ours)
        return Subject(self.name, risks, self.app) if risks else None

    @property
    def first(self) -> Risk:
        """The one that is explained: of an app, the member that dies first."""
        return self.risks[0]

    @property
    def processes(self) -> tuple[Process, ...]:
        """Those that an action can reach."""
        never = ("pid-1", "kernel-thread", "zombie")
        return tuple(risk.process for risk in self.risks if risk.why_not not in never)


@dataclass(frozen=True, slots=True)
class RowAction:
    action: ActionId
    text: str
    effect: str
    """A few words for beside it; empty where there is nothing to foresee."""
    hint: str
    """Whole sentences."""
    enabled: bool = True


def value_of(action: ActionId, presets: Presets) -> int:
    """The oom_score_adj that it stands for."""
    return {
        "protect": presets.protect,
        "protect-strongly": presets.protect_strongly,
        "deprioritize": presets.deprioritize,
        "first": presets.first,
    }[action]


def adjusting(
    assessment: Assessment, subject: Subject, presets: Presets, which: Iterable[ActionId] = ADJUSTING
) -> tuple[RowAction, ...]:
    return tuple(_adjust(assessment, subject, action, value_of(action, presets)) for action in which)


def reset(
    assessment: Assessment, subject: Subject, origins: Mapping[int, Origin], *, asking: bool = False
) -> RowAction:
    """`origins`: by pid, where each goes back to, as far as that is known; `asking`: systemd may tell of more."""
    known = {p.pid: origins[p.pid] for p in subject.processes if p.pid in origins}
    back = {p.pid: known[p.pid].value for p in subject.processes if p.pid in known and p.oom_score_adj != known[p.pid].value}
    if back:
        says = f"Goes back to {_origin([known[pid] for pid in back])}"
        return _foreseen(assessment, subject, "reset", back, says)
    if asking:
        return RowAction("reset", TEXT["reset"], "", "Asks systemd which value its unit sets, and goes back to that.")
    if known:
        hint = f"Is at {_origin(list(known.values()))}."
        return RowAction("reset", TEXT["reset"], "already", hint, enabled=False)
    hint = sentence(action_words.why("nothing-known"))
    return RowAction("reset", TEXT["reset"], "", hint, enabled=False)


def setting(assessment: Assessment, subject: Subject, value: int) -> RowAction:
    """Exactly this value, whichever way that is."""
    change = {p.pid: value for p in subject.processes if p.oom_score_adj != value}
    if not change:
        return RowAction("value", TEXT["value"], "already", f"Is at {adjustment(value)} already.", enabled=False)
    lower = any((p.oom_score_adj or 0) > value for p in subject.processes)
    choice = _foreseen(assessment, subject, "value", change, f"Sets oom_score_adj to {adjustment(value)}")
    password = "\nGoes as far as it may without a password, and asks before more." if lower else ""
    return RowAction(choice.action, choice.text, choice.effect, choice.hint + password)


def ending(subject: Subject) -> tuple[RowAction, ...]:
    count = len(subject.processes)
    held = [risk.frees for risk in subject.risks if risk.frees is not None]
    brings = f"frees about {size(sum(held))}" if held else ""
    whom = subject.name if not subject.app else f"the {'one process' if count == 1 else f'{count} processes'} of {subject.name}"
    return (
        RowAction("end", TEXT["end"], brings, f"Asks {whom} to end, as closing it would.", bool(count)),
        RowAction("kill", TEXT["kill"], "", f"Ends {whom} at once: what is not saved is lost.", bool(count)),
    )


def lasting(subject: Subject, uid: int) -> tuple[RowAction, ...]:
    """What holds for processes to come as well; `uid` is the user's own."""
    service = service_of(subject.first.process, uid)
    if service is not None:
        whose = "your own manager" if service.user else "the system"
        return (RowAction("unit", TEXT["unit"], "", f"Sets it for {printable(service.name)} of {whose}, at each start too."),)
    enabled = bool(subject.processes)
    return (
        RowAction("always-protect", TEXT["always-protect"], "", "Shows the rule before it is added.", enabled),
        RowAction("always-deprioritize", TEXT["always-deprioritize"], "", "Shows the rule before it is added.", enabled),
    )


def _adjust(assessment: Assessment, subject: Subject, action: ActionId, value: int) -> RowAction:
    down = DIRECTION[action] == "down"
    change = {
        p.pid: value
        for p in subject.processes
        if p.oom_score_adj is None or (p.oom_score_adj > value if down else p.oom_score_adj < value)
    }
    if not change:
        already = (
            f"Already at {value:+d} or {'below' if down else 'above'}."
            if subject.processes
            else "It can't be changed."
        )
        return RowAction(action, TEXT[action], "already" if subject.processes else "", already, enabled=False)
    says = f"{'Lowers' if down else 'Raises'} oom_score_adj to {value:+d}"
    return _foreseen(assessment, subject, action, change, says)


def _foreseen(
    assessment: Assessment, subject: Subject, action: ActionId, change: dict[int, int], says: str
) -> RowAction:
    then = after_change(assessment, change)
    hint = [sentence(f"{says}: {action_words.next_victim(then, void_by(assessment))}")]
    hint += [f"Note: {ended(action_words.caution(caution))}" for caution in cautions(assessment, change)]
    if DIRECTION[action] == "down":
        hint.append("Goes as far as it may without a password, and asks before more.")
    return RowAction(action, TEXT[action], _brings(assessment, subject, then), "\n".join(hint))


def _brings(assessment: Assessment, subject: Subject, then: Victim | None) -> str:
    if void_by(assessment) is not None:
        return "the order is void"
    if then is None:
        return "then nothing is left to kill"
    now, name = assessment.victim, printable(then.risk.process.name)
    ours = {risk.process.identity for risk in subject.risks}
    if now is not None and {now.risk.process.identity, then.risk.process.identity} <= ours:
        return "is still next"
    if now is not None and then.risk.process.identity == now.risk.process.identity:
        return f"{name} stays next"
    return f"then {name} is next" + ("" if then.risk.frees is None else f", frees about {size(then.risk.frees)}")


def _origin(origins: Sequence[Origin]) -> str:
    values = _values(origin.value for origin in origins)
    sources = {origin.source for origin in origins}
    if sources == {"unit"}:
        return f"{values}, which its unit sets"
    return f"{values}, as before OOM Tray changed it" + (", or as its unit sets it" if "unit" in sources else "")


def _values(values: Iterable[int]) -> str:
    low, high = min(seen := list(values)), max(seen)
    return adjustment(low) if low == high else f"{adjustment(low)} to {adjustment(high)}"
