"""Print the result of a command's changes: text or JSON, one line for an error, and the exit status."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from oomtray.cli import DISMISSED, DONE, FAILED, NO_HELPER, NOT_AUTHORIZED, Failure, warn
from oomtray.cli.terminal import say

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Collection, Sequence

    from oomtray.actions.adjust import Change
    from oomtray.actions.change_plan import ChangeOutcome
    from oomtray.actions.changes import Changer
    from oomtray.actions.hurdle import Hurdle
    from oomtray.actions.journal import JournalNote
    from oomtray.actions.journal_file import Batch
    from oomtray.cli.as_json import Report
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.killer import Killer, Victim

ASKED: dict[str, int] = {
    "dismissed": DISMISSED,
    "no-helper": NO_HELPER,
    "old-helper": NO_HELPER,
    "no-pkexec": NO_HELPER,
    "not-authorised": NOT_AUTHORIZED,
    "no-agent": NOT_AUTHORIZED,
}
"""Exit status by how asking for permission ended."""
NOT_ALLOWED = frozenset({"needs-authorisation", "refused-by-kernel", "not-yours", "guarded", "hidden"})
"""Values of `Change.error` that mean missing permission."""
_TELLING = (
    "oomtray.actions.change_record",
    "oomtray.actions.preview",
    "oomtray.history.pending",
    "oomtray.history.schema",
    "oomtray.messages.actions",
    "oomtray.messages.changes",
    "oomtray.messages.permission",
    "oomtray.messages.verdicts",
    "oomtray.risk.certainty",
)
_LISTED = 20
"""Most changes that get a line each."""


def get_ready(arguments: Namespace) -> None:
    """Import what every change is told with: if a file can't be read, as during an update, nothing is changed yet."""
    for module in (*_TELLING, *(["oomtray.cli.as_json"] if arguments.json else [])):
        import_module(module)


def with_permission(
    arguments: Namespace, changer: Changer, outcome: ChangeOutcome
) -> tuple[ChangeOutcome, frozenset[str]]:
    """Ask permission for what plain writes could not do; also return the lines already printed.

    Before a dialog opens or a missing helper is reported, the changes made so far are printed.
    """
    from oomtray.actions.helper_run import missing, run

    told: frozenset[str] = frozenset()
    if outcome.wanting and not arguments.json:
        from oomtray.messages.actions import caution
        from oomtray.messages.changes import did

        lines = [did(change) for change in outcome.moved]
        print_some(lines)
        lower = any(change.error == "needs-authorisation" and (change.wanted or 0) < 0 for change in outcome.wanting)
        if lower and missing(changer.helper, changer.pkexec) is None:
            lines.append(caution("right-given"))
            say(lines[-1])
        sys.stdout.flush()
        told = frozenset(lines)
    return changer.authorize(outcome, run), told


def keep(batch: Batch | None, undone: Batch | None = None) -> None:
    """Store a change, or what an undo has restored, for the history, even if nobody is recording now."""
    from oomtray.actions import change_record

    if batch is not None:
        change_record.keep(change_record.of_batch(batch))
    if undone is not None:
        change_record.keep(change_record.of_undone(undone))


def tell_plan(
    arguments: Namespace,
    changes: Sequence[Change],
    note: JournalNote | None,
    assessment: Assessment,
    *,
    action: str = "undo",
    needs: Hurdle | None = None,
) -> int:
    """Print what would be done by `action`, and what it `needs` to go all the way."""
    from oomtray.actions.preview import after, cautions
    from oomtray.messages.actions import caution, next_then
    from oomtray.messages.changes import refusals, would
    from oomtray.risk.certainty import void_by

    possible = [change for change in changes if change.error is None]
    adjusted = {change.pid: change.after for change in possible if change.after != change.before}
    then = after(assessment, adjusted)
    if arguments.json:
        print_json(changes, then.victim)
    else:
        for change in possible:
            say(would(change))
        _print_contrary(action, possible)
        if needs is not None:
            from oomtray.messages.permission import needs as says_needs

            say(says_needs(needs))
        unsure = needs not in (None, "permission")
        for identifier in cautions(assessment, adjusted):
            if not (unsure and identifier == "right-given"):
                say(caution(identifier))
        if adjusted:
            say(next_then(then.victim, void_by(assessment), unsure=unsure))
            _print_elsewhere(then.elsewhere)
    print_note(note)
    refused = [change for change in changes if change.error is not None]
    if refused:
        raise Failure(refusals(refused, len(changes)), _status(refused))
    return DONE


def tell(
    arguments: Namespace,
    outcome: ChangeOutcome,
    before: Assessment,
    after: Assessment,
    *,
    told: Collection[str] = (),
) -> int:
    """Print the outcome and return the exit status; lines in `told` are not printed again."""
    from oomtray.actions.preview import cautions, elsewhere
    from oomtray.messages.actions import caution, next_now
    from oomtray.messages.changes import did
    from oomtray.risk.certainty import void_by

    if arguments.json:
        print_json(outcome.changes, after.victim)
    else:
        print_some([line for change in outcome.changes if change.done and (line := did(change)) not in told])
        _print_contrary(outcome.action, outcome.moved)
        moved = {change.pid: change.after for change in outcome.moved}
        if moved:
            for line in map(caution, cautions(before, moved)):
                if line not in told:
                    say(line)
            say(next_now(before.victim, after.victim, void_by(after)))
            _print_elsewhere(elsewhere(after))
        _print_oomd_step(outcome, before)
        sys.stdout.flush()
    print_note(outcome.note)
    return _finish(outcome)


def _print_contrary(action: str, changes: Sequence[Change]) -> None:
    """Print that a value given with `--adj` does the opposite of what the command is called, if it does."""
    from oomtray.messages.changes import contrary

    note = contrary(action, changes)
    if note is not None:
        say(note)


def _print_elsewhere(killers: Sequence[Killer]) -> None:
    """Print whom the later killers take, if it is somebody else."""
    if killers:
        from oomtray.messages.verdicts import elsewhere

        for line in elsewhere(killers):
            say(line)


def _print_oomd_step(outcome: ChangeOutcome, before: Assessment) -> None:
    """Print which protected processes systemd-oomd may still take, and the command against that."""
    kept = {change.pid for change in outcome.changes if change.done}
    if outcome.action != "protect" or len(before.killers) < 2 or not kept:
        return
    from oomtray.actions.oomd_step import oomd_step
    from oomtray.messages.verdicts import commands, still_takes

    protected = [process for process in before.snapshot.processes if process.pid in kept]
    step = oomd_step(before, protected, os.geteuid())
    if step is not None:
        print("\n".join([*still_takes(step), *commands(step)]))


def _finish(outcome: ChangeOutcome) -> int:
    from oomtray.messages.changes import refusals
    from oomtray.messages.permission import permission

    short = [change for change in outcome.changes if change.error is not None]
    if not short:
        return DONE
    status = outcome.status
    asked = None if status is None else ASKED.get(status)
    stays = [change for change in short if change.error == "right-stays"]
    if stays and len(stays) == len(short):  # the request itself was carried out
        warn(refusals(stays, len(outcome.changes)))
        return DISMISSED if asked == DISMISSED else DONE
    if asked == DISMISSED:
        return DISMISSED
    more = "" if status is None else permission(status, outcome.complaint)
    if asked is not None:
        raise Failure(more, asked)
    says = refusals(short, len(outcome.changes))
    raise Failure(f"{says} {more}" if more else says, _status(short))


def _status(short: Sequence[Change]) -> int:
    return NOT_AUTHORIZED if any(change.error in NOT_ALLOWED for change in short) else FAILED


def print_some(lines: Sequence[str]) -> None:
    """Print at most some lines: a rule or an app may change hundreds at once."""
    for line in lines[:_LISTED]:
        say(line)
    more = len(lines) - _LISTED
    if more > 0:
        from oomtray.messages.rules import and_more

        say(and_more(more))


def print_note(note: JournalNote | None) -> None:
    if note is not None:
        from oomtray.messages.changes import journal_note

        warn(journal_note(note))


def print_json(
    changes: Sequence[Change], victim: Victim | None, refused: Sequence[Report] = (), units: Sequence[Report] = ()
) -> None:
    """Print changes as JSON. `units`: results for units, only for an undo of one."""
    from oomtray.cli import as_json as report

    entries = [
        {"pid": change.pid, "start_time": change.start_time, "name": change.name or None}
        | {"from": change.before, "to": change.after, "done": change.done, "error": change.error}
        for change in changes
    ]
    document = {"schema": report.SCHEMA, "changes": [*entries, *refused], "next_victim": report.victim(victim)}
    print(report.dumps(document | ({"units": [*units]} if units else {})))
