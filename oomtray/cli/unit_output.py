"""A unit in the terminal: its state, a planned change, and the result of one."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from oomtray.actions.units.settings import Oomd, UnitRefused
from oomtray.cli import DISMISSED, DONE, FAILED, NOT_AUTHORIZED, USAGE, Failure
from oomtray.messages import unit_results as results
from oomtray.messages import units as says
from oomtray.messages.changes import did, refusals, would_go
from oomtray.messages.i18n import tr
from oomtray.messages.names import process_name
from oomtray.text import UNKNOWN, adjustment, columns, pad, printable

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from oomtray.actions.units.changer import UnitChanger, UnitOutcome
    from oomtray.actions.units.plan import UnitPlan
    from oomtray.actions.units.preference import PreferencesOutcome, UnitPreference
    from oomtray.actions.units.state import UnitState

OOMD_RUNS = "/run/systemd/oom"
"""Directory of systemd-oomd, which systemd creates and removes with it."""
_NO_SERVICE = ("no-service", "template", "no-unit-name", "user-manager")
"""Why a name can't be a service's."""
_DENIED = ("not-allowed", "not-authorised")
_SHOWN = 8
"""Most processes named for one unit."""


def show(state: UnitState) -> None:
    status = state.status
    wanted = status.oom_score_adjust
    others = sum(wanted is not None and member.adj != wanted for member in state.members)
    none = tr("none")
    ours = none
    if state.blocked is not None:
        ours = results.refused(state.blocked)
    elif state.ours is not None:
        ours = f"{state.path}: {says.directives(state.ours)}"
    print(says.whose(state))
    lines = [
        ("OOMScoreAdjust", adjustment(wanted)),
        ("OOMPolicy", f"{status.oom_policy or UNKNOWN}: {says.policy(state)}"),
        ("ManagedOOMPreference", status.oomd_preference or UNKNOWN),
        (tr("Control group"), status.control_group or tr("none, because it isn't running")),
        (tr("Unit file"), status.fragment_path or UNKNOWN),
        (tr("Our drop-in"), ours),
        (tr("Other drop-ins"), ", ".join(path for path in status.drop_in_paths if path != state.path) or none),
        (tr("Processes"), says.process_count(len(state.members), others)),
    ]
    width = max(columns(head) for head, _ in lines) + 2
    for head, value in lines:
        print(f"   {pad(head, width)}{printable(value)}")
    _print_some([f"      {process_name(member.name, member.pid)}  {adjustment(member.adj)}" for member in state.members])
    if state.floor is not None and wanted is not None and wanted < state.floor:
        print(says.note(says.floor(state)))
    if state.dies_whole:
        print(says.note(says.would_leave_running(state)))


def tell_plan(plan: UnitPlan) -> None:
    path = printable(plan.state.path)
    if plan.nothing:
        nothing = says.nothing_to_do(plan)
        if nothing is not None:
            print(nothing)
    elif plan.text is None:
        print(tr("{path} would be removed.", path=path))
    else:
        print(tr("{path} would hold:", path=path))
        for line in plan.text.splitlines():
            print(f"   {line}")
    _print_some(
        [would_go(process_name(move.member.name, move.member.pid), move.member.adj, move.to) for move in plan.moves]
    )
    print_notes(plan)
    for line in results.would_lose(plan):
        print(says.note(line))


def print_notes(plan: UnitPlan) -> None:
    for note in says.notes_in_terminal(plan):
        print(says.note(note))


def tell(outcome: UnitOutcome, *, noted: bool) -> int:
    """Print the outcome and return the exit status. Raises Failure."""
    plan = outcome.plan
    if outcome.edited:
        print(results.done(plan))
        _print_some([did(change) for change in outcome.changes if change.done])
        if not noted:
            print_notes(plan)
        back = results.taken_back_by(outcome)
        if back is not None:
            print(back)
        if plan.state.user and os.path.isdir(OOMD_RUNS):
            print(says.note(results.forgets()))
        sys.stdout.flush()
    return finished(outcome)


def finished(outcome: UnitOutcome) -> int:
    """Record the outcome and return the exit status. Raises Failure."""
    from oomtray.cli.change_output import ASKED, NOT_ALLOWED, keep, print_note

    keep(outcome.batch, outcome.undone)
    print_note(outcome.note)
    asked = ASKED.get(outcome.status)
    if asked == DISMISSED:
        return DISMISSED
    if asked is not None or outcome.failure is not None or not outcome.edited:
        raise Failure(results.failure(outcome), FAILED if asked is None else asked)
    missed = [change for change in outcome.changes if change.error is not None and change.error != "gone"]
    if missed:
        not_allowed = any(change.error in NOT_ALLOWED for change in missed)
        raise Failure(refusals(missed, len(outcome.changes)), NOT_AUTHORIZED if not_allowed else FAILED)
    short = results.shortfall(outcome)
    if short is not None:
        raise Failure(short)
    return DONE


def failure_of(error: UnitRefused, arguments: Namespace, changer: UnitChanger) -> Failure:
    """Build the failure, and point to the other manager if that has the unit which this one lacks."""
    if error.why.id in _NO_SERVICE:
        return Failure(results.refused(error.why), USAGE)
    if error.why.id == "no-unit":
        try:
            changer.look(arguments.name, user=not arguments.user)
            return Failure(results.refused_there(error, user=arguments.user))
        except UnitRefused:
            pass
    return Failure(results.refused(error.why))


def denial(error: UnitRefused) -> int:
    """Return the exit status: whether it was for want of permission."""
    return NOT_AUTHORIZED if error.why.id in _DENIED else FAILED


def foretell_preference(unit: UnitPreference, preference: Oomd) -> int:
    from oomtray.messages.preference import would

    print(would(unit, preference))
    return _print_limits(unit, preference)


def tell_preference(outcome: PreferencesOutcome) -> int:
    """Print what was done and its limits; return the exit status. Raises Failure."""
    from oomtray.cli.change_output import keep, print_note
    from oomtray.messages import preference as words

    (done,) = outcome.units
    if done.done:
        print(words.did(done))
        if done.changed and done.wanted != "none":
            print(words.lasts(done.after))
        if done.changed:
            print(words.taken_back_by(done, recorded=outcome.batch is not None))
        sys.stdout.flush()
    keep(outcome.batch)
    print_note(outcome.note)
    if not done.done:
        raise Failure(words.did(done))
    return _print_limits(done.after, done.wanted)


def _print_limits(unit: UnitPreference, preference: Oomd) -> int:
    if preference != "none":
        for line in _limits(unit):
            print(says.note(line))
    return DONE


def _limits(unit: UnitPreference) -> list[str]:
    """Return notes on when the preference isn't honored with this machine's settings."""
    from oomtray.cli.monitoring import monitoring, user_settings
    from oomtray.messages.preference import void
    from oomtray.messages.verdicts import limits
    from oomtray.risk.killers.oomd_preference import oomd_group

    with monitoring(user_settings(), once=True) as monitor:
        assessment = monitor.survey(top=1)
    killer = next((one for one in assessment.killers if one.name == "systemd-oomd"), None)
    group = oomd_group(assessment.snapshot, unit.control_group)
    nothing = void(killer, group)
    if nothing is not None:
        return [nothing]
    return [] if group is None else limits(group)


def preference_failure(error: UnitRefused) -> Failure:
    return Failure(results.refused(error.why), denial(error))


def _print_some(lines: Sequence[str]) -> None:
    """Print at most some lines: a service may have hundreds of processes."""
    from oomtray.messages.rules import and_more

    for line in lines[:_SHOWN]:
        print(line)
    if len(lines) > _SHOWN:
        print(f"   {and_more(len(lines) - _SHOWN)}")
