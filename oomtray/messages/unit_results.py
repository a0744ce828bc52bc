"""The outcome of a change of a unit, or why there was none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.actions.helper_run import HELPER, Complaint
from oomtray.actions.units.request import NotWritten
from oomtray.actions.units.settings import Refusal, UnitRefused
from oomtray.actions.units.unit_files import deciding_after_ours, deciding_file
from oomtray.file_access import FileProblem
from oomtray.messages.changes import why
from oomtray.messages.files import file_problem
from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.messages.permission import permission
from oomtray.messages.units import directives
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.actions.units.changer import UnitOutcome
    from oomtray.actions.units.plan import UnitPlan
    from oomtray.systemd.manager import ManagerProblem


def not_set(unit: str) -> str:
    """Say that systemd did not do what it was asked to; `unit` must be ready for display."""
    return tr("systemd has not set this for the control group of {unit}.", unit=unit)


def undo_takes_back() -> str:
    """Name the command that undoes it."""
    return tr("`oomtray undo` takes it back.")


def done(plan: UnitPlan) -> str:
    """Say that the drop-in is in place or removed, for the terminal."""
    path = printable(plan.state.path)
    if plan.settings is None:
        return tr("{path} is removed, and systemd has noticed that.", path=path)
    return tr("{path} sets {directives}, and systemd has read it.", path=path, directives=directives(plan.settings))


def taken_back_by(outcome: UnitOutcome) -> str | None:
    """Name the commands that undo it; None if there are none, or after an undo."""
    plan = outcome.plan
    unit = printable(plan.name)
    if plan.undoes is not None or (plan.settings is None and not outcome.undoable):
        return None
    if plan.settings is None:
        return undo_takes_back()
    if not outcome.undoable:
        if plan.state.user:
            return tr("`oomtray unit reset {unit} --user` takes it back.", unit=unit)
        return tr("`oomtray unit reset {unit}` takes it back.", unit=unit)
    if plan.state.user:
        return tr("`oomtray undo` takes it back; after the next boot, `oomtray unit reset {unit} --user` does.", unit=unit)
    return tr("`oomtray undo` takes it back; after the next boot, `oomtray unit reset {unit}` does.", unit=unit)


def forgets() -> str:
    """Explain what systemd-oomd does after a user manager has reloaded, which every drop-in requires."""
    return tr("Your user manager has reloaded its files. Because of a bug in systemd, systemd-oomd may no longer watch your session for stalls until you log in again.")


def result(outcome: UnitOutcome) -> str:
    """Say what became of the change, for the message bar."""
    plan, unit = outcome.plan, printable(outcome.plan.name)
    if plan.settings is None:
        said = [tr("{unit} is again as its own files say.", unit=unit)]
    elif plan.action == "undo":
        said = [tr("{unit} has {directives} for good again.", unit=unit, directives=directives(plan.settings))]
    else:
        said = [tr("{unit} has {directives} for good.", unit=unit, directives=directives(plan.settings))]
    moved = sum(change.done for change in outcome.changes)
    if moved:
        said.append(
            tr_n("{count} running process was changed as well.", "{count} running processes were changed as well.", moved)
        )
    missed = [change.error for change in outcome.changes if change.error not in (None, "gone")]
    if missed:
        reason = why(missed[0] or "failed")
        said.append(
            tr_n(
                "{count} running process was not changed: {reason}.",
                "{count} running processes were not changed: {reason}.",
                len(missed),
                reason=reason,
            )
        )
    short = shortfall(outcome)
    return " ".join(said if short is None else [*said, short])


def shortfall(outcome: UnitOutcome) -> str | None:
    """Say how what was set has no effect, although it is in place."""
    settings, after = outcome.plan.settings, outcome.after
    if after is None or not outcome.edited:
        return None
    late = len(outcome.plan.began_meanwhile(after))
    if late:
        return tr_n(
            "{count} process began meanwhile and was not changed: run it again.",
            "{count} processes began meanwhile and were not changed: run it again.",
            late,
        )
    if settings is None:
        return None
    held = {
        "OOMScoreAdjust": after.status.oom_score_adjust,
        "OOMPolicy": after.status.oom_policy,
        "ManagedOOMPreference": after.status.oomd_preference,
    }
    for key, wanted in settings.directives.items():
        if held[key] is None or held[key] == wanted:
            continue
        by = deciding_file(after.status, key)
        values = {"setting": key, "unit": printable(after.name), "value": held[key], "wanted": wanted}
        if by in (None, after.path):
            return tr("{setting} of {unit} is {value}, not {wanted}.", **values)
        return tr("{setting} of {unit} is {value}, not {wanted}, because {path} has the last word.", path=printable(by or ""), **values)
    return None


def would_lose(plan: UnitPlan) -> list[str]:
    """Say beforehand which of its settings another file would override."""
    told = []
    for key, wanted in ({} if plan.settings is None else plan.settings.directives).items():
        last = deciding_after_ours(plan.state.status, key)
        if last is not None and last[1] != str(wanted):
            told.append(
                tr(
                    "{setting} of {unit} would not be {wanted}, because {path} has the last word.",
                    setting=key,
                    unit=printable(plan.name),
                    wanted=wanted,
                    path=printable(last[0]),
                )
            )
    return told


_NOT_WRITTEN = {
    "unsafe-path": mark("{path} is not written, because users other than root could write to its directory, or it is a link."),
    "disk-full": mark("{path} is not written, because no space is left on the disk."),
    "read-only": mark("{path} is not written, because the file system is read-only."),
    "reload-failed": mark("{path} is in place, but systemd does not reload: see systemctl daemon-reload."),
    "user-manager": mark("{path} is not written, because the unit starts everything of its user."),
    "refused-by-kernel": mark("{path} can't be written."),
    "gone": mark("{path} is not written, because its directory is gone."),
    "changed-since": mark("{path} was changed meanwhile and is left as it is. Look at it, and try again."),
}
"""Sentences by the helper's error ids."""


def failure(outcome: UnitOutcome, helper: str = HELPER) -> str:
    """Say what went wrong with the drop-in, or with asking for permission."""
    failed = outcome.failure
    match failed:
        case None | Complaint():
            return permission(outcome.status, failed, helper=helper) or tr("It was not done.")
        case NotWritten(path, "not-ours"):
            return refused(Refusal("not-ours", outcome.plan.name, path))
        case NotWritten(path, error) if error in _NOT_WRITTEN:
            return tr(_NOT_WRITTEN[error], path=printable(path))
        case NotWritten(path, error):
            return tr("{path} is not written: {error}.", path=printable(path), error=printable(error))
    path, reason = printable(outcome.plan.state.path), manager_problem(failed)
    if outcome.plan.settings is None:
        return tr("{path} is removed. {reason} Try systemctl --user daemon-reload.", path=path, reason=reason)
    return tr("{path} is written. {reason} Try systemctl --user daemon-reload.", path=path, reason=reason)


_REFUSED = {
    "no-service": mark("{unit} is not a service, and only services can be given a lasting value."),
    "template": mark("{unit} is a template: name one instance of it, such as {instance}."),
    "no-unit-name": mark("{unit} is not the name of one service."),
    "user-manager": mark("{unit} starts everything of its user, which would all inherit the value."),
    "no-unit": mark("There is no unit {unit} in the system's manager."),
    "no-own-unit": mark("There is no unit {unit} in your user manager."),
    "masked": mark("{unit} is masked, so it can't run and nothing can be set for it."),
    "unloadable": mark("systemd can't load {unit} ({detail}): see systemctl status {unit}."),
    "transient": mark("{unit} is transient: it exists only while it runs, so nothing can be set for good."),
    "unread-directory": mark("Your user manager does not read {detail}, where the drop-in would be."),
    "not-ours": mark("{detail} was not written by OOM Tray and is left as it is."),
    "objection": mark("systemd does not take this for {unit}: {detail}."),
    "changed-since": mark("{detail} was changed since and is left as it is."),
    "not-exact": mark("{detail} had lines before that OOM Tray doesn't write, so it is left as it is."),
    "no-process-group": mark("{unit} is neither a service nor a scope, so systemd-oomd has no preference for it."),
    "all-of-a-user": mark("{unit} holds everything of its user, so systemd-oomd has no preference for it."),
    "not-running": mark("{unit} isn't running, so there is nothing to set."),
    "preference-changed-since": mark("The preference of {unit} was changed to {detail} since and is left as it is."),
    "limit-changed-since": mark("The memory limit of {unit} was changed to {detail} since and is left as it is."),
    "limit-not-lower": mark("{unit} may use {detail} by now, so there is nothing to raise."),
}
_NO_LIMIT = {
    "limit-changed-since": mark("The memory limit of {unit} was taken away since, which is left as it is."),
    "limit-not-lower": mark("{unit} has no memory limit any more, so there is nothing to raise."),
}
_MANAGER = {
    "no-bus": mark("The system's manager can't be reached: it has no bus here."),
    "no-connection": mark("The system's manager can't be reached."),
    "no-answer": mark("The system's manager does not answer."),
    "not-loaded": mark("The system's manager does not take {unit}: {detail}."),
    "not-told": mark("The system's manager says nothing about {unit}: {detail}."),
    "not-reloaded": mark("The system's manager does not reload: {detail}."),
    "not-set": mark("The system's manager does not set this for {unit}: {detail}."),
    "not-allowed": mark("Only root may set this for {unit}."),
    "not-authorised": mark("You were not authorized to change {unit}."),
}
_NOT_ALLOWED = mark("Your user manager does not let you set this for {unit}.")
_OWN_MANAGER = {
    "no-bus": mark("Your user manager can't be reached: it has no bus here."),
    "no-connection": mark("Your user manager can't be reached."),
    "no-answer": mark("Your user manager does not answer."),
    "not-loaded": mark("Your user manager does not take {unit}: {detail}."),
    "not-told": mark("Your user manager says nothing about {unit}: {detail}."),
    "not-reloaded": mark("Your user manager does not reload: {detail}."),
    "not-set": mark("Your user manager does not set this for {unit}: {detail}."),
    "not-allowed": _NOT_ALLOWED,
    "not-authorised": _NOT_ALLOWED,
}


def refused(why: Refusal | FileProblem | ManagerProblem) -> str:
    """Say why nothing is set for a unit."""
    if isinstance(why, FileProblem):
        return file_problem(why)
    if not isinstance(why, Refusal):
        return manager_problem(why)
    template = _REFUSED["no-own-unit" if why.id == "no-unit" and why.user else why.id]
    unit = printable(why.name) or tr("(an empty name)")
    if why.id in _NO_LIMIT:
        return tr(template, unit=unit, detail=size(int(why.detail))) if why.detail.isdigit() else tr(_NO_LIMIT[why.id], unit=unit)
    return tr(template, unit=unit, instance=unit.replace("@.", "@NAME."), detail=printable(why.detail))


def refused_there(error: UnitRefused, *, user: bool) -> str:
    """Say why a unit was refused that the other manager has; `user` means that the user's own was asked."""
    if user:
        return tr("{reason} The system's manager has one of that name: leave out --user.", reason=refused(error.why))
    return tr("{reason} Your user manager has one of that name: add --user.", reason=refused(error.why))


def manager_problem(problem: ManagerProblem) -> str:
    template = (_MANAGER if problem.uid is None else _OWN_MANAGER)[problem.id]
    said = tr(template, unit=printable(problem.name), detail=printable(problem.detail))
    if problem.uid == 0:
        return tr("{reason} Run this as the user whose service it is.", reason=said)
    return said


def not_as_before(name: str, why: str) -> str:
    """Say that an undo was refused."""
    return tr("{unit} is not as before: {reason}", unit=printable(name), reason=why)
