"""`protect`, `deprioritize`, `reset` and `undo`: what they take, and how they tell what they did."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from oomtray.cli import DISMISSED, DONE, FAILED, NO_HELPER, NOT_AUTHORISED, USAGE, Failure
from oomtray.text import printable

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from oomtray.actions.adjust import Change
    from oomtray.actions.targets import Matches
    from oomtray.cli.changer import Changer
    from oomtray.cli.report import Report
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment, Victim

_ASKED = {
    "dismissed": DISMISSED,
    "no-helper": NO_HELPER,
    "no-pkexec": NO_HELPER,
    "not-authorised": NOT_AUTHORISED,
    "no-agent": NOT_AUTHORISED,
}
_NOT_ALLOWED = frozenset({"needs-authorisation", "refused-by-kernel", "not-yours", "hidden"})
_NAMED = 3
"""How many processes one line about many names."""


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for word, short, long in (
        (
            "protect",
            "let the kernel kill others first",
            "Lower oom_score_adj, so that others are killed first.",
        ),
        (
            "deprioritize",
            "let the kernel kill this first",
            "Raise oom_score_adj, so that this is killed first.",
        ),
        (
            "reset",
            "back to the first value",
            "Set oom_score_adj to what it was when first seen, or to its unit's.",
        ),
    ):
        parser = commands.add_parser(word, help=short, description=long)
        parser.add_argument(
            "targets", nargs="+", metavar="TARGET", help="a pid, or the exact name of a process or app"
        )
        parser.add_argument("--adj", metavar="N", type=_adj, help="this value, -999..1000, up or down")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be changed")
        parser.add_argument("--yes", action="store_true", help="all of them, where a name means several")
        parser.add_argument(
            "--json", action="store_true", help="JSON instead of text; what is unknown is null"
        )
        parser.set_defaults(run=run_change, word=word)
    parser = commands.add_parser(
        "undo", help="take back the last change", description="Take back the last change."
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of text; what is unknown is null")
    parser.set_defaults(run=run_undo, word="undo", adj=None)


def run_change(arguments: Namespace) -> int:
    from oomtray.actions.targets import is_pid, resolve
    from oomtray.cli.changer import Changer
    from oomtray.cli.survey import monitoring, user_settings

    settings = user_settings()
    with monitoring(settings, once=True) as monitor:
        before = monitor.survey(apps=not all(is_pid(word) for word in arguments.targets))
        changer = Changer(arguments.word, arguments.adj, settings.actions)
        matches = resolve(arguments.targets, before, but=os.getpid())
        _refuse_missing(arguments, changer, matches, before)
        if not (arguments.yes or arguments.dry_run):
            _refuse_several(arguments, changer, matches, before)
        processes = list(
            {process.identity: process for match in matches for process in match.processes}.values()
        )
        if arguments.dry_run:
            return _tell_plan(arguments, changer, changer.plan(processes), before)
        changes = changer.change(processes, _first_step(arguments, before))
        after = monitor.survey(top=1) if any(change.moved for change in changes) else before
    return _tell(arguments, changer, changes, before, after)


def run_undo(arguments: Namespace) -> int:
    from oomtray.cli.changer import Changer
    from oomtray.cli.survey import monitoring, user_settings

    settings = user_settings()
    with monitoring(settings, once=True) as monitor:
        before = monitor.survey(top=1)
        changer = Changer("undo", None, settings.actions)
        changes = changer.undo(_first_step(arguments, before))
        if not changes:
            if arguments.json:
                _print_json((), before.victim)
            raise Failure(changer.note or "there is nothing to undo")
        after = monitor.survey(top=1)
    return _tell(arguments, changer, changes, before, after)


def _refuse_missing(
    arguments: Namespace, changer: Changer, matches: Sequence[Matches], assessment: Assessment
) -> None:
    from oomtray.actions.targets import is_pid

    missing = [match for match in matches if not match.processes]
    if not missing:
        return
    if arguments.json:
        gone: list[Report] = [
            {"pid": int(match.word), "start_time": None, "name": None, "from": None, "to": changer.level}
            | {"done": False, "error": "gone"}
            for match in missing
            if is_pid(match.word)
        ]
        _print_json((), assessment.victim, gone)
    raise Failure(f"{', '.join(match.missing for match in missing)}; nothing was changed")


def _refuse_several(
    arguments: Namespace, changer: Changer, matches: Sequence[Matches], assessment: Assessment
) -> None:
    several = [match for match in matches if match.several]
    if not several:
        return
    found = [process for match in several for process in match.processes]
    if arguments.json:
        entries: list[Report] = [
            {"pid": p.pid, "start_time": p.start_time, "name": p.name, "from": p.oom_score_adj}
            | {"to": changer.wanted(p), "done": False, "error": "several-matches"}
            for p in found
        ]
        _print_json((), assessment.victim, entries)
    else:
        _print_table(found)
    counts = " and ".join(f"{len(match.processes)} processes match {match.word}" for match in several)
    raise Failure(f"{counts}: name them by pid, or add --yes for all of them", USAGE)


def _print_table(processes: Sequence[Process]) -> None:
    from oomtray.cli.table import Column, Row, table
    from oomtray.cli.terminal import Terminal
    from oomtray.text import adjustment, printable, size

    heads = (
        Column("PID", right=True),
        Column("NAME", least=8),
        Column("ADJ", right=True),
        Column("MEMORY", right=True),
    )
    rows = [
        Row(
            (
                str(process.pid),
                printable(process.name),
                adjustment(process.oom_score_adj),
                size(None if process.rss is None else process.rss + (process.swap or 0)),
            )
        )
        for process in processes
    ]
    terminal = Terminal.of()
    for line in table(heads, rows, terminal):
        print(terminal.written(line))


def _first_step(arguments: Namespace, before: Assessment) -> Callable[[Sequence[Change]], None] | None:
    """Says what the plain writes reached, before a dialog opens or the missing helper is complained of."""
    if arguments.json:
        return None

    def tell(changes: Sequence[Change]) -> None:
        from oomtray.actions.preview import after_change
        from oomtray.actions.words import did, next_victim

        moved = [change for change in changes if change.moved]
        for change in moved:
            print(_sentence(did(change)))
        if moved:
            then = after_change(before, {change.pid: change.after for change in moved})
            print(_sentence(next_victim(then)), flush=True)

    return tell


def _tell_plan(
    arguments: Namespace, changer: Changer, changes: Sequence[Change], assessment: Assessment
) -> int:
    from oomtray.actions.preview import after_change, cautions
    from oomtray.actions.words import caution, next_victim, subject
    from oomtray.text import adjustment

    possible = [change for change in changes if change.error is None]
    adjusted = {change.pid: change.after for change in possible if change.after != change.before}
    then = after_change(assessment, adjusted)
    if arguments.json:
        _print_json(changes, then)
    else:
        for change in possible:
            who = subject(change.name, change.pid)
            if change.after == change.before:
                print(f"{who} would stay at {adjustment(change.after)}.")
            else:
                print(f"{who} would go from {adjustment(change.before)} to {adjustment(change.after)}.")
        for identifier in cautions(assessment, adjusted):
            print(f"Note: {caution(identifier)}.")
        print(_sentence(next_victim(then)))
    _note(changer)
    refused = [change for change in changes if change.error is not None]
    if refused:
        raise Failure(_refusals(refused, len(changes)))
    return DONE


def _tell(
    arguments: Namespace, changer: Changer, changes: Sequence[Change], before: Assessment, after: Assessment
) -> int:
    from oomtray.actions.preview import cautions
    from oomtray.actions.words import caution, did

    if arguments.json:
        _print_json(changes, after.victim)
    else:
        for change in changes:
            if change.done and (change.error is None or changer.status is None):
                print(_sentence(did(change)))
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
    asked = _ASKED.get(changer.status or "")
    if asked == DISMISSED:
        return DISMISSED
    if asked is not None:
        raise Failure(changer.says or _refusals(short, len(changes)), asked)
    refused = any(change.error in _NOT_ALLOWED for change in short)
    message = _refusals(short, len(changes)) + (f" ({changer.says})" if changer.says else "")
    raise Failure(message, NOT_AUTHORISED if refused else FAILED)


def _refusals(short: Sequence[Change], count: int) -> str:
    """One line for all that were not changed, or not all the way."""
    from oomtray.actions.words import says, subject, why

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


def _victim(before: Assessment, after: Assessment) -> str:
    from oomtray.actions.words import subject
    from oomtray.text import size

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
        print(f"oomtray: note: {printable(changer.note)}", file=sys.stderr)


def _print_json(changes: Sequence[Change], victim: Victim | None, refused: Sequence[Report] = ()) -> None:
    from oomtray.cli import report

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


def _adj(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = None
    if value == -1000:
        raise argparse.ArgumentTypeError(
            "-1000 is never set: its children would inherit it; -999 is the lowest"
        )
    if value is None or not -999 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from -999 to 1000")
    return value
