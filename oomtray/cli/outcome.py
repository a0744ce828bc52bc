"""How a command tells what became of its changes: text or JSON, one line for what went wrong, and the exit status."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from oomtray.cli import DISMISSED, DONE, FAILED, NO_HELPER, NOT_AUTHORIZED, Failure

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from oomtray.actions.adjust import Change
    from oomtray.actions.changes import Changer
    from oomtray.cli.as_json import Report
    from oomtray.risk.assessment import Assessment, Victim

ASKED: dict[str, int] = {
    "dismissed": DISMISSED,
    "no-helper": NO_HELPER,
    "no-pkexec": NO_HELPER,
    "not-authorised": NOT_AUTHORIZED,
    "no-agent": NOT_AUTHORIZED,
}
"""Exit status, by how asking for permission ended."""
NOT_ALLOWED = frozenset({"needs-authorisation", "refused-by-kernel", "not-yours", "hidden"})
"""What stands for a missing permission in `Change.error`."""
_LISTED = 20
"""How many changes are told in a line each."""
_NAMED = 3
"""How many processes one line about many names."""


def first_step(arguments: Namespace) -> Callable[[Sequence[Change]], None] | None:
    """Says what the plain writes reached, before a dialog opens or the missing helper is complained of."""
    if arguments.json:
        return None

    def tell(changes: Sequence[Change]) -> None:
        from oomtray.messages.changes import did

        # who is next is told when all is done
        print_some([_sentence(did(change)) for change in changes if change.moved])
        sys.stdout.flush()

    return tell


def tell_plan(
    arguments: Namespace, changer: Changer, changes: Sequence[Change], assessment: Assessment
) -> int:
    from oomtray.actions.preview import after_change, cautions
    from oomtray.messages.changes import caution, next_victim, subject
    from oomtray.risk.certainty import void_by
    from oomtray.text import adjustment

    possible = [change for change in changes if change.error is None]
    adjusted = {change.pid: change.after for change in possible if change.after != change.before}
    then = after_change(assessment, adjusted)
    if arguments.json:
        print_json(changes, then)
    else:
        for change in possible:
            who = subject(change.name, change.pid)
            if change.after == change.before:
                print(f"{who} would stay at {adjustment(change.after)}.")
            else:
                print(f"{who} would go from {adjustment(change.before)} to {adjustment(change.after)}.")
        for identifier in cautions(assessment, adjusted):
            print(f"Note: {caution(identifier)}.")
        print(_sentence(next_victim(then, void_by(assessment))))
    _note(changer)
    refused = [change for change in changes if change.error is not None]
    if refused:
        raise Failure(refusals(refused, len(changes)))
    return DONE


def tell(
    arguments: Namespace, changer: Changer, changes: Sequence[Change], before: Assessment, after: Assessment
) -> int:
    from oomtray.actions.preview import cautions
    from oomtray.messages.changes import caution, did

    if arguments.json:
        print_json(changes, after.victim)
    else:
        done = [change for change in changes if change.done and (change.error is None or changer.status is None)]
        print_some([_sentence(did(change)) for change in done])
        moved = {change.pid: change.after for change in changes if change.moved}
        if moved:
            for identifier in cautions(before, moved):
                print(f"Note: {caution(identifier)}.")
            print(_victim(before, after))
        sys.stdout.flush()
    _note(changer)
    return _finish(changer, changes)


def _finish(changer: Changer, changes: Sequence[Change]) -> int:
    short = [change for change in changes if change.error is not None]
    if not short:
        return DONE
    asked = ASKED.get(changer.status or "")
    if asked == DISMISSED:
        return DISMISSED
    if asked is not None:
        raise Failure(changer.says or refusals(short, len(changes)), asked)
    refused = any(change.error in NOT_ALLOWED for change in short)
    message = refusals(short, len(changes)) + (f" ({changer.says})" if changer.says else "")
    raise Failure(message, NOT_AUTHORIZED if refused else FAILED)


def refusals(short: Sequence[Change], count: int) -> str:
    """One line for all that were not changed, or not all the way."""
    from oomtray.messages.changes import says, subject, why

    if len(short) == 1:
        return says(short[0])
    reasons: dict[str, list[Change]] = {}
    for change in short:
        reasons.setdefault(why(change.error or "failed", change.wanted), []).append(change)
    told = []
    for reason, some in reasons.items():
        names = ", ".join(subject(change.name, change.pid) for change in some[:_NAMED])
        more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
        told.append(f"{names}{more}: {reason}")
    return f"{len(short)} of {count} were not changed as wanted; {'; '.join(told)}"


def print_some(lines: Sequence[str]) -> None:
    """A rule or an app may change hundreds at once."""
    for line in lines[:_LISTED]:
        print(line)
    if len(lines) > _LISTED:
        print(f"And {len(lines) - _LISTED} more.")


def _victim(before: Assessment, after: Assessment) -> str:
    from oomtray.messages.changes import next_victim, subject
    from oomtray.risk.certainty import void_by
    from oomtray.text import size

    void = void_by(after)
    if void is not None:
        return _sentence(next_victim(after.victim, void))
    if after.victim is None:
        return "Nothing is left that the kernel could kill."
    process, frees = after.victim.risk.process, after.victim.risk.frees
    same = before.victim is not None and before.victim.risk.process.identity == process.identity
    would = "" if frees is None else f", which would free about {size(frees)}"
    return f"The next victim is {'still' if same else 'now'} {subject(process.name, process.pid)}{would}."


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text.startswith("then ") else f"{text}."


def _note(changer: Changer) -> None:
    if changer.note is not None:
        from oomtray.messages.changes import journal_note

        print(f"oomtray: {journal_note(changer.note)}", file=sys.stderr)


def print_json(changes: Sequence[Change], victim: Victim | None, refused: Sequence[Report] = ()) -> None:
    from oomtray.cli import as_json as report

    entries = [
        {
            "pid": change.pid,
            "start_time": change.start_time,
            "name": change.name,
            "from": change.before,
            "to": change.after,
            "done": change.done,
            "error": change.error,
        }
        for change in changes
    ]
    print(
        report.dumps(
            {"schema": report.SCHEMA, "changes": [*entries, *refused], "next_victim": report.victim(victim)}
        )
    )
