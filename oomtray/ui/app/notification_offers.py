"""Which processes the buttons of a notification act on, decided once when a level is notified; pure."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.kernel.interpreters import is_interpreter
from oomtray.messages.names import app_name, told_name
from oomtray.records import dataclass
from oomtray.risk.apps import app_of
from oomtray.risk.certainty import void_by
from oomtray.ui.controllers.replacement_victim import by_size, goes_as_chosen, may_be_hit, unranked
from oomtray.ui.controllers.row_actions import Subject

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.growing_apps import GrowingApp
    from oomtray.risk.judged import AppId, Risk


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered; None if nothing would help, or nothing could be done without a password."""

    protect: Subject | None = None
    end: Subject | None = None
    first: Subject | None = None


def offers(assessment: Assessment, *, critical: bool, uid: int) -> Offers:
    """Return the offers; `uid` is the user's own.

    Nobody is offered in place of a victim that the user chose, as on the popup's card. Only root can end or raise
    other users' processes; nobody is asked for a password to do that.
    """
    own_pid = os.getpid()
    void = void_by(assessment) is not None
    victim = None if assessment.victim is None else _subject(assessment, assessment.victim.risk)
    spared = None if assessment.victim is None else _app_of_victim(assessment, assessment.victim.risk) or victim
    grows = _fastest_that_may_end(assessment, uid, own_pid)
    may_end = victim if victim is not None and may_be_hit(victim.first.process, uid, own_pid) else None
    if not critical:
        return Offers(protect=None if void else spared, end=grows)
    biggest = _biggest(assessment, uid, own_pid)
    if void:
        return Offers(end=grows or biggest)
    first = None
    chosen = assessment.victim is not None and goes_as_chosen(assessment.victim.risk)
    same = biggest is not None and victim is not None and biggest.first.process.identity == victim.first.process.identity
    if not chosen and not same:
        first = biggest
    return Offers(end=grows or may_end, first=first)


def cause(assessment: Assessment) -> AppId | None:
    """Return the app that causes the shortage: the fastest growing one, else the largest process's; or None."""
    if assessment.growing:
        return assessment.growing[0].app
    processes = assessment.snapshot.processes
    largest = max(processes, key=lambda one: (one.rss_anon or 0) + (one.swap or 0), default=None)
    return None if largest is None else app_of(largest, {one.pid: one for one in processes})


def _fastest_that_may_end(assessment: Assessment, uid: int, own_pid: int) -> Subject | None:
    for grown in assessment.growing:
        if grown.app.kind in ("app", "executable"):
            mine = tuple(one for one in grown.growing if may_be_hit(one, uid, own_pid))
            if mine:
                return _to_end(assessment, grown, mine)
    return None


def _to_end(assessment: Assessment, grown: GrowingApp, mine: tuple[Process, ...]) -> Subject:
    """Return the growing process or, if none accounts for most of the growth, all of them.

    Of an interpreter, only the fastest: what else it runs may have nothing to do with that.
    """
    if len(mine) == 1 or grown.main is mine[0] or (grown.app.kind == "executable" and is_interpreter(grown.app.name)):
        return _subject(assessment, _risk(assessment, mine[0]))
    return Subject(app_name(grown.app), tuple(_risk(assessment, one) for one in mine), app=True)


def _app_of_victim(assessment: Assessment, risk: Risk) -> Subject | None:
    """Return the victim's app, which the popup's button protects too: otherwise another of its processes is next.

    None if it has no other process. While no popup is open its processes are found here, unless they only share
    an executable, because everything that an interpreter runs would be one app.
    """
    identity = risk.process.identity
    shown = next((app for app in assessment.apps if any(one.process.identity == identity for one in app.members)), None)
    if shown is not None:
        return Subject.of_app(shown) if len(shown.members) > 1 else None
    table = {one.pid: one for one in assessment.snapshot.processes}
    app = app_of(risk.process, table)
    if assessment.apps or app is None or app.kind not in ("app", "service"):
        return None
    others = [one for one in table.values() if one.rss is not None and one.pid != risk.process.pid and _is_of(app, app_of(one, table))]
    if not others:
        return None
    return Subject(app_name(app), (risk, *(_risk(assessment, one) for one in others)), app=True)


def _is_of(app: AppId, other: AppId | None) -> bool:
    return other is not None and (other.key, other.uid) == (app.key, app.uid)


def _biggest(assessment: Assessment, uid: int, own_pid: int) -> Subject | None:
    """Return the user's own killable process that would free most."""
    found = by_size(assessment, uid, own_pid)
    return _subject(assessment, found[0]) if found else None


def _subject(assessment: Assessment, risk: Risk) -> Subject:
    """Return a subject with the name that notifications use."""
    return Subject(told_name(assessment, risk), (risk,))


def _risk(assessment: Assessment, process: Process) -> Risk:
    """Return a process's judgment; only the first rows are judged while nobody looks."""
    judged = (risk for risk in assessment.risks if risk.process.identity == process.identity)
    return next(judged, None) or unranked(process)
