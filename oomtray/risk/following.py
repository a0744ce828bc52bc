"""The candidates after the next victim, as far as the assessment shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.certainty import void_by

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, Risk

_MOST = 3


def shown_app(assessment: Assessment, risk: Risk) -> App | None:
    """Return the app that a process is shown under, or None if apps weren't requested."""
    pid = risk.process.pid
    for app in assessment.apps:
        if app.key == risk.app and any(member.process.pid == pid for member in app.members):
            return app
    return None


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
