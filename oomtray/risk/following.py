"""The apps of the next victim and of the candidates after it, as far as the assessment shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.certainty import Certainty, certainty, is_forestalled, void_by

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, AppId, Risk

_MOST = 3


def shown_app(assessment: Assessment, risk: Risk) -> App | None:
    """Return the app that a process is shown under, or None if apps weren't requested.

    That of its key comes first, but need not be it: what would follow a change is judged without the scripts that apps are grouped by.
    """
    pid = risk.process.pid
    likely_first = sorted(assessment.apps, key=lambda app: app.key != risk.app)
    return next((app for app in likely_first if any(member.process.pid == pid for member in app.members)), None)


def owner(assessment: Assessment, risk: Risk) -> App | AppId | None:
    """Return the app that a process is shown under, or would be."""
    from oomtray.risk.apps import app_of

    return shown_app(assessment, risk) or app_of(risk.process, {one.pid: one for one in assessment.snapshot.processes})


def sole_app(assessment: Assessment) -> App | AppId | None:
    """Return the app of the victim if all that can't be told from it are its processes too, so that the app is certain.

    None if they belong to several, and for an interpreter, which may run anything.
    """
    from oomtray.kernel.interpreters import is_interpreter

    victim = assessment.victim
    if victim is None:
        return None
    first, *others = (owner(assessment, risk) for risk in (victim.risk, *victim.near))
    if first is None or is_interpreter(first.name):
        return None
    same = all(app is not None and (app.key, app.uid) == (first.key, first.uid) for app in others)
    return first if same else None


def certainty_of_apps(assessment: Assessment) -> Certainty:
    """Return how certain the order of apps is: the kernel may be unable to tell processes of one app apart."""
    order = certainty(assessment)
    if order != "near" or is_forestalled(assessment) or sole_app(assessment) is None:
        return order
    return "sure"


def following(assessment: Assessment) -> tuple[App | Risk, ...]:
    """Return the candidates after the victim and those near it, at most one per app and three in all.

    They are apps if those were requested, else processes. Empty if another killer than the kernel acts first,
    as its second choice depends on what the first death frees.
    """
    victim, killer = assessment.victim, assessment.killer
    if victim is None or killer is None or killer.name != "kernel" or void_by(assessment) is not None:
        return ()
    taken = {risk.process.pid for risk in (victim.risk, *victim.near)}
    found: list[App | Risk] = []
    if assessment.apps:
        ranked = [app for app in assessment.apps if app.rank is not None]
        ranked.sort(key=lambda app: app.rank or 0)
        found.extend(app for app in ranked if not any(risk.process.pid in taken for risk in app.members))
    else:
        seen = {risk.app for risk in (victim.risk, *victim.near)}
        for risk in assessment.risks:
            if risk.rank is not None and risk.process.pid not in taken and (risk.app is None or risk.app not in seen):
                seen.add(risk.app)
                found.append(risk)
    return tuple(found[:_MOST])
