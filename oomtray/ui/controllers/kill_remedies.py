"""Derives what can prevent another kill from the kill, its cause and what runs now, as pure functions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from oomtray.actions.expendable import marks_of
from oomtray.actions.rules.propose import service_of
from oomtray.actions.units.limit import MemoryMax, raised
from oomtray.kernel.cgroups import MemoryCgroups, NoMemoryCgroup
from oomtray.messages import kill_page as words
from oomtray.messages.i18n import tr
from oomtray.messages.names import program_name
from oomtray.risk.own_fault import is_cause, names_of_killed
from oomtray.text import size
from oomtray.ui.controllers.row_actions import ActionId, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.rules.model import Preset
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.kill_event import KillEvent
    from oomtray.risk.postmortem import Cause


class Remedy(NamedTuple):
    """A button's content: a row-menu action for something that runs now, or a limit to raise."""

    label: str
    action: ActionId | None = None
    subject: Subject | None = None
    limit: MemoryMax | None = None
    preset: Preset | None = None
    """The preset that the unit dialog starts with, so that it does what the button says."""


def remedies(
    event: KillEvent,
    cause: Cause | None,
    assessment: Assessment | None,
    marks: Iterable[str] = (),
    *,
    held_most: bool = False,
    cgroups: str = "/sys/fs/cgroup",
) -> tuple[Remedy, ...]:
    """Return the remedies for a kill, the most useful first; `marks` are the apps marked as expendable.

    `held_most` means that the victim had filled memory itself, so that others would be killed for it if it were protected.
    """
    if event.is_drill:
        return ()
    found: list[Remedy] = []
    uid = os.getuid()
    limit = _limit(event, cause, uid, cgroups)
    if limit is not None:
        found.append(Remedy(tr("Raise the limit to {size}", size=size(limit.limit)), limit=limit))
    if assessment is None:
        return tuple(found)
    taker = _took_memory(event, cause)
    if taker is not None:
        subject = running(assessment, taker)
        action = None if subject is None else _lasting(subject, uid, "always-deprioritize", event)
        if subject is not None:
            if action is not None and taker not in names_of_killed(event):  # it went first already
                label = tr("Let {name} go first…", name=program_name(taker))
                found.append(Remedy(label, action, subject, preset="deprioritize"))
            # OOM Tray steps in for the machine, not where a group is at its limit
            if not event.confined and _markable(assessment, subject, uid, marks):
                label = tr("Mark {name} as expendable", name=program_name(taker))
                found.append(Remedy(label, "expendable", subject))
    for victim in event.victims[:1]:
        names = [name for name in (victim.app, victim.name) if name]
        if taker in names or held_most or event.outcome == "nobody" or event.killer == "oomtray":  # the user had marked it for that
            continue
        subject = next(filter(None, (running(assessment, name) for name in names)), None)
        action = None if subject is None else _lasting(subject, uid, "always-protect", event)
        if action is not None:
            found.append(Remedy(tr("Protect {name}…", name=program_name(names[0])), action, subject, preset="protect"))
    return tuple(found)


def not_now(event: KillEvent, cause: Cause | None, assessment: Assessment | None) -> str:
    """Return, as a sentence, why the advised remedy has no button.

    Empty if it has one, or if the program can't do it at all.
    """
    if cause is None:
        return ""
    if cause.remedy == "raise-memory-max" and _limit(event, cause, os.getuid()) is None:
        return words.limit_is_elsewhere()
    taker = cause.app if cause.remedy == "expendable" and not is_cause(event, cause) else None
    if taker is not None and assessment is not None and running(assessment, taker) is None:
        return words.does_not_run(program_name(taker))
    return ""


def _limit(event: KillEvent, cause: Cause | None, uid: int, cgroups: str = "/sys/fs/cgroup") -> MemoryMax | None:
    known = cause.kind == "misconfiguration" if cause is not None else _only_it_can_have_been_reached(event, cgroups)
    return raised(event.scope, uid, cgroups=cgroups) if known else None


def _only_it_can_have_been_reached(event: KillEvent, cgroups: str) -> bool:
    """Whether the kernel killed at the scope's limit, although no report says so: above it there is no other one."""
    unreported = event.killer == "kernel" and event.outcome == "killed" and event.constraint is None
    path = event.scope.path if event.scope is not None and unreported else None
    if path is None:
        return False
    try:
        MemoryCgroups(cgroups).scope(os.path.dirname(path), 0, None)
    except NoMemoryCgroup as found:
        return found.why == "no-limit"
    return False


def _markable(assessment: Assessment, subject: Subject, uid: int, marks: Iterable[str]) -> bool:
    """Whether it may be marked as expendable and isn't yet."""
    app = subject.markable(assessment, uid)
    return app is not None and not marks_of(app, subject.processes, marks)


def running(assessment: Assessment, name: str) -> Subject | None:
    """Return the running app of this name, or else the process."""
    for app in assessment.apps:
        if app.name.casefold() == name.casefold():
            return Subject.of_app(app)
    risk = next((risk for risk in assessment.risks if risk.process.name == name and risk.rank is not None), None)
    return None if risk is None else Subject.of_process(risk)


def _took_memory(event: KillEvent, cause: Cause | None) -> str | None:
    """Return the name of what grew or was largest and spared, unless a limit of its own confined the kill."""
    if cause is not None and cause.app is not None:
        return cause.app
    if event.constraint not in (None, "none"):
        return None
    if event.growing:
        return event.growing[0].app
    if event.ranking:
        largest = max(event.ranking, key=lambda one: one.rss + one.swap)
        return None if any(victim.pid == largest.pid for victim in event.victims) else largest.name
    return None


def _lasting(subject: Subject, uid: int, rule: ActionId, event: KillEvent) -> ActionId | None:
    """Return `rule`, or "unit" for a service.

    None for systemd-oomd, which doesn't read oom_score_adj, all that a rule sets, and for a raise of another user's process.
    """
    if service_of(subject.first.process, uid) is not None:
        return "unit"
    refused = rule == "always-deprioritize" and uid not in (0, subject.first.process.uid)
    return None if event.killer == "systemd-oomd" or refused else rule
