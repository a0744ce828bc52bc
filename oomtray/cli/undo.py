"""`undo`: undo the last change of processes, units or files, whichever of the user's programs made it."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from oomtray.cli import DONE, Failure, add_dry_run_option, add_json_option
from oomtray.cli.change_output import (
    get_ready,
    keep,
    print_json,
    print_note,
    tell,
    tell_plan,
    with_permission,
)
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Sequence

    from oomtray.actions.adjust import Change
    from oomtray.actions.journal import Journal
    from oomtray.actions.journal_file import Batch, Edit, UnitChange
    from oomtray.actions.units.changer import UnitOutcome
    from oomtray.actions.units.preference import PreferencesOutcome
    from oomtray.actions.units.settings import UnitRefused
    from oomtray.cli.as_json import Report


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "undo",
        help=tr("undo the last change"),
        description=tr(
            "Undo the last change since the computer was started: of processes, of a unit or its memory limit, of rules,"
            " of what is expendable, or of settings."
        ),
    )
    add_dry_run_option(parser)
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    from oomtray.actions.journal import Journal

    journal = Journal()
    with nullcontext() if arguments.dry_run else journal.alone():
        return _undo(arguments, journal)


def _undo(arguments: Namespace, journal: Journal) -> int:
    batch = journal.last()
    if batch is not None and batch.edit is not None:
        print_note(journal.note)
        return _undo_edit(arguments, batch, batch.edit, journal)
    if batch is None or not batch.units:
        return _undo_processes(arguments, batch, journal)
    print_note(journal.note)
    if batch.action == "limit":
        return _undo_limit(arguments, batch, journal)
    return (_undo_live if batch.units[0].live else _undo_drop_in)(arguments, batch, journal)


def _undo_processes(arguments: Namespace, batch: Batch | None, journal: Journal) -> int:
    from oomtray.actions.changes import Changer
    from oomtray.cli.monitoring import monitoring, user_settings

    note, settings = journal.note, user_settings()
    with monitoring(settings, once=True) as monitor:
        before = monitor.survey(top=1)
        if batch is None:
            if arguments.json:
                print_json((), before.victim)
            from oomtray.messages.changes import journal_note

            why = [] if note is None else [journal_note(note)]
            if note is None or note.id != "unreadable":
                why.insert(0, tr("There is nothing to undo."))
            raise Failure(" ".join(why))
        changer = Changer(settings.actions, journal=journal)
        plan = changer.undo(batch)
        if arguments.dry_run:
            return tell_plan(arguments, changer.foretell(plan), note, before)
        get_ready(arguments)
        outcome, told = with_permission(arguments, changer, changer.apply(plan))
        keep(outcome.batch, outcome.undone)
        after = monitor.survey(top=1)
    return tell(arguments, outcome, before, after, told=told)


# a drop-in


def _undo_drop_in(arguments: Namespace, batch: Batch, journal: Journal) -> int:
    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.settings import UnitRefused
    from oomtray.cli import unit_output as output

    (unit,) = batch.units
    changer = UnitChanger(journal=journal)
    try:
        plan = changer.undo(batch)
        if arguments.dry_run:
            if arguments.json:
                _print_json([move.foretold for move in plan.moves], [_told(unit, done=False)])
            else:
                output.tell_plan(plan)
            return DONE
        outcome = changer.apply(plan)
    except UnitRefused as refused:
        raise _refused(arguments, [unit], refused, batch, journal) from refused
    if not arguments.json and plan.nothing:
        output.tell_plan(plan)
        return output.finished(outcome)
    if not arguments.json:
        return output.tell(outcome, noted=False)
    _print_json(outcome.changes, [_told(unit, done=outcome.edited, error=_error(outcome))])
    return output.finished(outcome)


def _error(outcome: UnitOutcome) -> str | None:
    """Return the identifier of the error that prevented the edit of the drop-in."""
    from oomtray.actions.units.request import NotWritten
    from oomtray.systemd.manager import ManagerProblem

    if outcome.edited:
        return None
    match outcome.failure:
        case NotWritten(error=error):
            return error
        case ManagerProblem(id=identifier):
            return identifier
    return outcome.status


# how systemd-oomd treats a unit, without a file


def _undo_live(arguments: Namespace, batch: Batch, journal: Journal) -> int:
    from oomtray.actions.units.preference import PreferenceChanger
    from oomtray.actions.units.settings import UnitRefused
    from oomtray.messages.preference import did, would
    from oomtray.messages.unit_results import not_as_before, refused

    changer = PreferenceChanger(journal=journal)
    try:
        if arguments.dry_run:
            found = changer.foretell(batch)
            if arguments.json:
                _print_json((), [_told(unit, done=False) for unit in batch.units])
            else:
                print("\n".join(would(unit, preference) for unit, preference in found))
            return DONE
        outcome = changer.undo(batch)
    except UnitRefused as error:
        raise _refused(arguments, batch.units, error, batch, journal) from error
    keep(outcome.batch, outcome.undone)
    short = [did(one) for one in outcome.units if not one.done]
    if arguments.json:
        _print_json((), [_told_live(unit, outcome) for unit in batch.units])
    elif len(short) < len(outcome.units):
        print("\n".join(did(one) for one in outcome.units if one.done))
    sys.stdout.flush()
    print_note(outcome.note)
    short += [not_as_before(unit.name, refused(error.why)) for unit, error in outcome.refused]
    if short:
        raise Failure(" ".join(short))
    return DONE


def _told_live(unit: UnitChange, outcome: PreferencesOutcome) -> Report:
    why = next((error.why.id for one, error in outcome.refused if one is unit), None)
    if why is None and not all(one.done for one in outcome.units if one.after.name == unit.name):
        why = "not-set"
    return _told(unit, done=why is None, error=why)


# the memory limit of a unit


def _undo_limit(arguments: Namespace, batch: Batch, journal: Journal) -> int:
    from oomtray.actions.units.limit import LimitChanger
    from oomtray.actions.units.settings import UnitRefused
    from oomtray.messages.limit_change import did, would

    changer = LimitChanger(journal=journal)
    (unit,) = batch.units
    try:
        if arguments.dry_run:
            then = changer.foretell(batch)
            if arguments.json:
                _print_json((), [_told(unit, done=False)])
            else:
                print(would(then))
            return DONE
        outcome = changer.undo(batch)
    except UnitRefused as error:
        raise _refused(arguments, batch.units, error, batch, journal) from error
    keep(outcome.batch, outcome.undone)
    if arguments.json:
        _print_json((), [_told(unit, done=outcome.done, error=None if outcome.done else "not-set")])
    elif outcome.done:
        print(did(outcome))
    sys.stdout.flush()
    print_note(outcome.note)
    if not outcome.done:
        raise Failure(did(outcome))
    return DONE


# an edit of the rules file or the settings


def _undo_edit(arguments: Namespace, batch: Batch, edit: Edit, journal: Journal) -> int:
    from oomtray.actions.file_edits import undo
    from oomtray.config.toml_file import NotEdited
    from oomtray.messages.file_edits import did, not_undone, would

    if arguments.dry_run:
        says = would(batch.action, edit)
    else:
        try:
            keep(None, undo(journal, batch))
        except NotEdited as error:
            if arguments.json:
                _print_json((), ())
            raise Failure(not_undone(edit, error)) from error
        says = did(batch.action, edit)
    if arguments.json:
        _print_json((), ())
    else:
        print(says)
    sys.stdout.flush()
    print_note(journal.note)
    return DONE


# of units


def _refused(
    arguments: Namespace, units: Sequence[UnitChange], error: UnitRefused, batch: Batch, journal: Journal
) -> Failure:
    """Report a refused undo.

    An undo that can never succeed is forgotten, so that the next one takes the change before it.
    """
    from oomtray.actions.units.settings import Refusal
    from oomtray.cli.unit_output import denial
    from oomtray.messages.unit_results import not_as_before, refused

    if arguments.json:
        _print_json((), [_told(unit, done=False, error=error.why.id) for unit in units])
    if isinstance(error.why, Refusal) and not arguments.dry_run and not units[0].live:  # their changers forget them
        journal.take_back(batch)
    if not arguments.dry_run:
        print_note(journal.note)
    return Failure(not_as_before(units[0].name, refused(error.why)), denial(error))


def _told(unit: UnitChange, *, done: bool, error: str | None = None) -> Report:
    return {
        "name": unit.name,
        "user": unit.user,
        "live": unit.live,
        "from": unit.after,
        "to": unit.before,
        "done": done,
        "error": error,
    }


def _print_json(changes: Sequence[Change], units: Sequence[Report]) -> None:
    from oomtray.cli.monitoring import monitoring, user_settings

    with monitoring(user_settings(), once=True) as monitor:
        victim = monitor.survey(top=1).victim
    print_json(changes, victim, units=units)
    sys.stdout.flush()
