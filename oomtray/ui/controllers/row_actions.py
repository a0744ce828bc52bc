"""Which actions an app or process has and what each would change, computed anew whenever a menu opens."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from signal import SIGTERM
from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import DIRECTION
from oomtray.actions.preview import after, cautions
from oomtray.actions.rules.propose import service_of
from oomtray.actions.signals import refusal
from oomtray.messages import actions as messages
from oomtray.messages.i18n import tr
from oomtray.messages.names import app_name, called, title, told_name
from oomtray.messages.numbers import about_size, at_most
from oomtray.records import dataclass
from oomtray.risk.certainty import void_by
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.reset import Origin
    from oomtray.config import Presets, StepIn
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, AppId, Risk

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
    "expendable",
    "end",
    "kill",
    "explain",
    "details",
    "copy",
]

PRESETS: tuple[ActionId, ...] = ("protect", "protect-strongly", "deprioritize", "first")
_ENDING: tuple[ActionId, ...] = ("end", "kill")
LASTING: tuple[ActionId, ...] = ("always-protect", "always-deprioritize", "unit")
DIALOGS: tuple[ActionId, ...] = (*LASTING, "value", "explain", "details")


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    """Printable, such as Firefox, or Web Content (4242) for one of several processes."""
    risks: tuple[Risk, ...]
    """Best rank first; never empty."""
    app: bool = False

    @classmethod
    def of_app(cls, app: App) -> Subject:
        if len(app.members) == 1:
            return cls(app_name(app), app.members)
        return cls(app_name(app), app.members, app=True)

    @classmethod
    def of_process(cls, risk: Risk) -> Subject:
        return cls(called(risk), (risk,))

    def within(self, assessment: Assessment) -> Subject | None:
        """Return this app or process as of a newer assessment, or None if it has ended."""
        ours = {risk.process.identity for risk in self.risks}
        if self.app:
            for app in assessment.apps:
                if app.key == self.first.app and any(risk.process.identity in ours for risk in app.members):
                    return Subject(self.name, app.members, app=True)
        risks = tuple(risk for risk in assessment.risks if risk.process.identity in ours)
        return Subject(self.name, risks, self.app) if risks else None

    def markable(self, assessment: Assessment, uid: int) -> AppId | None:
        """Return its app if that may be marked as expendable; `uid` is the user's own.

        None for a script, too: marks and rules know only everything that its interpreter runs.
        """
        from oomtray.actions.expendable import (
            may_be_marked,  # the idle tray does without what only menus need
        )

        table = {process.pid: process for process in assessment.snapshot.processes}
        app = may_be_marked(self.processes, table, uid=uid, own_pid=os.getpid())
        return app if app is not None and self.first.app in (None, app.key) else None

    @property
    def first(self) -> Risk:
        """The process that is explained: for an app, the member that dies first."""
        return self.risks[0]

    @property
    def processes(self) -> tuple[Process, ...]:
        """The processes that an action can reach."""
        never = ("pid-1", "kernel-thread", "zombie")
        return tuple(risk.process for risk in self.risks if risk.why_not not in never)


@dataclass(frozen=True, slots=True)
class RowAction:
    action: ActionId
    effect: str = ""
    """A few words beside the label; empty if there is nothing to predict."""
    hint: str = ""
    """Whole sentences, one per line."""
    enabled: bool = True
    checked: bool | None = None
    """Whether it is switched on; None for an entry that isn't a switch."""

    @property
    def text(self) -> str:
        return messages.label(self.action)


Titled = Callable[["Assessment", "Risk"], str]
"""Returns the display name of a process's app."""
Sharing = Mapping[int, tuple[int, ...]]
"""The other processes that share a process's memory and thus its value, by pid.

See `oomtray.kernel.shared_memory`.
"""
_NO_SHARING: Sharing = {}


def adjusting(
    assessment: Assessment,
    subject: Subject,
    presets: Presets,
    which: Iterable[ActionId] = PRESETS,
    *,
    sharing: Sharing = _NO_SHARING,
    titled: Titled = title,
) -> tuple[RowAction, ...]:
    return tuple(
        _preset(assessment, subject, action, presets.value(action), sharing=sharing, titled=titled) for action in which
    )


def reset(
    assessment: Assessment,
    subject: Subject,
    origins: Mapping[int, Origin],
    *,
    asking: bool = False,
    sharing: Sharing = _NO_SHARING,
    titled: Titled = title,
) -> RowAction:
    """Return the reset entry.

    `origins` has, by pid, each known original value; `asking` means systemd may know more.
    """
    known = {p.pid: origins[p.pid] for p in subject.processes if p.pid in origins}
    back = {p.pid: known[p.pid].value for p in subject.processes if p.pid in known and p.oom_score_adj != known[p.pid].value}
    if back:
        says = messages.goes_back([known[pid] for pid in back])
        return _foreseen(assessment, subject, "reset", back, says, sharing=sharing, titled=titled)
    if asking:
        return RowAction("reset", hint=tr("Asks systemd which value its unit sets, and goes back to that."))
    if known:
        return RowAction("reset", messages.already(), messages.is_back(list(known.values())), enabled=False)
    if not subject.processes:
        return _beyond_reach(subject, "reset")
    if any("adj-set-by-rule" in risk.reasons for risk in subject.risks):
        return RowAction("reset", messages.set_by_rule(), messages.no_way_back_from_rule(), enabled=False)
    return RowAction("reset", messages.never_changed(), messages.no_way_back(), enabled=False)


def setting(assessment: Assessment, subject: Subject, value: int) -> RowAction:
    """Return the entry for setting exactly this value, higher or lower."""
    change = {p.pid: value for p in subject.processes if p.oom_score_adj != value}
    if not change:
        return RowAction("value", messages.already(), messages.is_at(value), enabled=False)
    change = _without_refused(subject, change)
    if not change:
        return RowAction("value", *messages.of_another_user(), enabled=False)
    found = _foreseen(assessment, subject, "value", change)
    if any((p.oom_score_adj or 0) > value for p in subject.processes):
        found = replace(found, hint=f"{found.hint}\n{messages.asks_before_more()}")
    return found


def ending(subject: Subject, gives_back: int | None = None) -> tuple[RowAction, ...]:
    """Return the entries that end the subject.

    `gives_back` is how many bytes that truly frees, if it was read meanwhile.
    """
    count = len(subject.processes)
    if not count:
        return tuple(_beyond_reach(subject, one) for one in _ENDING)
    own = os.getuid()
    if all(process.uid != own and _is_refused(process) for process in subject.processes):
        return tuple(RowAction(one, *messages.of_another_user(ends=True), enabled=False) for one in _ENDING)
    held = [risk.frees for risk in subject.risks if risk.frees is not None]
    exact = len(subject.risks) == 1 and subject.first.frees_exact
    count_bytes = sum(held) if gives_back is None else gives_back
    known = about_size(count_bytes) if exact or gives_back is not None else at_most(count_bytes)
    effect = tr("frees {size}", size=known) if held or gives_back is not None else ""
    end = messages.asks_to_end(subject.name, count, app=subject.app)
    kill = messages.ends_at_once(subject.name, count, app=subject.app)
    return RowAction("end", effect, end), RowAction("kill", "", kill)


def _is_refused(process: Process) -> bool:
    """Whether the kernel refuses a signal to it: not always if it runs under another uid, as in one's own rootless container."""
    refused = refusal(*process.identity, SIGTERM)
    return refused is not None and refused.error == "not-yours"


def lasting(subject: Subject, uid: int) -> tuple[RowAction, ...]:
    """Return the entries that also hold for future processes; `uid` is the user's own."""
    service = service_of(subject.first.process, uid)
    if service is not None:
        return (RowAction("unit", hint=messages.sets_unit(printable(service.name), user=service.user)),)
    if not subject.processes:
        return _beyond_reach(subject, "always-protect"), _beyond_reach(subject, "always-deprioritize")
    hint = tr("Shows the rule before it is added.")
    raised = RowAction("always-deprioritize", hint=hint)
    if uid not in (0, subject.first.process.uid):  # the rule would name that user, and never be applied
        raised = RowAction("always-deprioritize", *messages.of_another_user(), enabled=False)
    return RowAction("always-protect", hint=hint), raised


def expendable(assessment: Assessment, subject: Subject, step_in: StepIn, uid: int) -> RowAction | None:
    """Return the entry that allows ending the subject's app to keep the computer responsive.

    None if no app may be marked. `uid` is the user's own.
    """
    # imported here because the idle tray does without what only this menu needs
    from oomtray.actions.expendable import marks_of
    from oomtray.messages import step_in as step_in_messages

    app = subject.markable(assessment, uid)
    if app is None:
        return None
    marked = bool(marks_of(app, subject.processes, step_in.expendable))
    hint = step_in_messages.may_be_ended(app_name(app), on=step_in.enabled)
    return RowAction("expendable", hint=hint, checked=marked)


def asking_value(subject: Subject) -> RowAction:
    if not subject.processes:
        return _beyond_reach(subject, "value")
    return RowAction("value", hint=tr("Any oom_score_adj. What it would change is shown first."))


def telling() -> tuple[RowAction, ...]:
    """Return the entries that change nothing."""
    return (
        RowAction("details", hint=tr("Its command line, parent and children, files, connections and more.")),
        RowAction("explain", hint=tr("Why this number, and what comes after.")),
        RowAction("copy", hint=tr("As one line of text, with tabs.")),
    )


def _beyond_reach(subject: Subject, action: ActionId) -> RowAction:
    """Return an entry for a subject whose processes no action can reach."""
    from oomtray.messages.rows import (
        never,  # the tray's menu, which is filled while idle, hardly ever says it
    )

    effect = messages.unendable() if action in _ENDING else messages.unchangeable()
    why = subject.first.why_not
    return RowAction(action, effect, "" if why is None else never(why), enabled=False)


def _preset(
    assessment: Assessment, subject: Subject, action: ActionId, value: int, *, sharing: Sharing, titled: Titled
) -> RowAction:
    spared = _spared(assessment, subject, action)
    if spared is not None:
        return spared
    down = DIRECTION[action] == "down"
    change = {
        p.pid: value
        for p in subject.processes
        if p.oom_score_adj is None or (p.oom_score_adj > value if down else p.oom_score_adj < value)
    }
    if not subject.processes:
        return _beyond_reach(subject, action)
    if not change:
        return RowAction(action, messages.already(), messages.is_beyond(value, down=down), enabled=False)
    change = _without_refused(subject, change)
    if not change:
        return RowAction(action, *messages.of_another_user(), enabled=False)
    says = messages.lowers(value) if down else messages.raises(value)
    found = _foreseen(assessment, subject, action, change, says, sharing=sharing, titled=titled)
    return replace(found, hint=f"{found.hint}\n{messages.asks_before_more()}") if down else found


def _without_refused(subject: Subject, change: dict[int, int]) -> dict[int, int]:
    """Leave out raises of other users' processes: the kernel refuses them, and the helper never raises."""
    uid = os.getuid()
    before = {p.pid: p.oom_score_adj or 0 for p in subject.processes if uid not in (0, p.uid)}
    return {pid: value for pid, value in change.items() if value <= before.get(pid, value)}


def _spared(assessment: Assessment, subject: Subject, action: ActionId) -> RowAction | None:
    """Return Protect's entry if systemd-oomd acts first, where it means something else."""
    if len(assessment.killers) < 2:
        return None
    from oomtray.actions.oomd_step import first_step

    step = first_step(assessment, subject.processes, os.geteuid(), action)
    if step is None:
        return None
    from oomtray.messages.verdicts import limits, spares_first

    return RowAction(action, tr("spared by systemd-oomd"), "\n".join([*spares_first(step), *limits(step.settable[0])]))


def _foreseen(
    assessment: Assessment,
    subject: Subject,
    action: ActionId,
    change: dict[int, int],
    says: str = "",
    *,
    sharing: Sharing = _NO_SHARING,
    titled: Titled = title,
) -> RowAction:
    others = {other: value for pid, value in change.items() for other in sharing.get(pid, ()) if other not in change}
    found = after(assessment, change | others)
    then = found.victim
    hint = [says] if says else []
    if others:
        hint.append(messages.shared_by(len(others)))
    hint.append(messages.next_then(then, void_by(assessment), partial(told_name, assessment)))
    if found.elsewhere:
        from oomtray.messages.verdicts import elsewhere  # only needed if there is a killer besides the kernel

        hint += elsewhere(found.elsewhere)
    hint += [messages.caution(caution) for caution in cautions(assessment, change | others)]
    ours = {risk.process.identity for risk in subject.risks}
    ours |= {process.identity for process in assessment.snapshot.processes if process.pid in others}
    raises = DIRECTION.get(action) == "up"
    return RowAction(action, messages.effect(assessment, then, ours, raises=raises, titled=titled), "\n".join(hint))
