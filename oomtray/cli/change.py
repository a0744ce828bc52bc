"""`protect`, `deprioritize`, `reset` and `undo`: what they take, and how they tell what they did."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from oomtray.cli import USAGE, Failure, add_adj_option, add_dry_run_option, add_json_option
from oomtray.cli.outcome import first_step, print_json, tell, tell_plan
from oomtray.messages.i18n import tr
from oomtray.text import printable

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Sequence

    from oomtray.actions.changes import Changer
    from oomtray.actions.targets import Matches
    from oomtray.cli.as_json import Report
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.systemd.units import UnitReader

def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for word, short, long in (
        (
            "protect",
            tr("let the kernel kill others first"),
            tr("Lower oom_score_adj, so that others are killed first."),
        ),
        (
            "deprioritize",
            tr("let the kernel kill this first"),
            tr("Raise oom_score_adj, so that this is killed first."),
        ),
        (
            "reset",
            tr("restore the original value"),
            tr("Set oom_score_adj back to what it was when first seen, or to the value of its unit."),
        ),
    ):
        parser = commands.add_parser(word, help=short, description=long)
        parser.add_argument(
            "targets", nargs="+", metavar="TARGET", help=tr("a PID, or the exact name of a process or app")
        )
        add_adj_option(parser)
        add_dry_run_option(parser)
        parser.add_argument("--yes", action="store_true", help=tr("change all processes that a name matches"))
        add_json_option(parser)
        parser.set_defaults(run=run_change, word=word)
    parser = commands.add_parser(
        "undo", help=tr("undo the last change"), description=tr("Undo the last change.")
    )
    add_json_option(parser)
    parser.set_defaults(run=run_undo, word="undo", adj=None)


def run_change(arguments: Namespace) -> int:
    from oomtray.actions.changes import Changer
    from oomtray.actions.targets import is_pid, resolve
    from oomtray.cli.monitoring import monitoring, user_settings

    settings = user_settings()
    with monitoring(settings, once=True) as monitor:
        before = monitor.survey(apps=not all(is_pid(word) for word in arguments.targets))
        changer = Changer(arguments.word, arguments.adj, settings.actions, unit_value=_unit_value)
        matches = resolve(arguments.targets, before, but=os.getpid())
        _refuse_missing(arguments, changer, matches, before)
        if not (arguments.yes or arguments.dry_run):
            _refuse_several(arguments, changer, matches, before)
        processes = list(
            {process.identity: process for match in matches for process in match.processes}.values()
        )
        if arguments.dry_run:
            return tell_plan(arguments, changer, changer.plan(processes), before)
        changes = changer.change(processes, first_step(arguments))
        after = monitor.survey(top=1) if any(change.moved for change in changes) else before
    return tell(arguments, changer, changes, before, after)


def _unit_value(process: Process) -> int | None:
    from oomtray.actions.reset import unit_values

    return unit_values(_unit_reader())(process)


@cache
def _unit_reader() -> UnitReader:
    """Only a reset asks systemd, and once for all processes of a unit."""
    from oomtray.systemd.units import UnitReader

    return UnitReader()


def run_undo(arguments: Namespace) -> int:
    from oomtray.actions.changes import Changer
    from oomtray.cli.monitoring import monitoring, user_settings

    settings = user_settings()
    with monitoring(settings, once=True) as monitor:
        before = monitor.survey(top=1)
        changer = Changer("undo", None, settings.actions)
        changes = changer.undo(first_step(arguments))
        if not changes:
            if arguments.json:
                print_json((), before.victim)
            from oomtray.messages.changes import journal_note

            raise Failure("there is nothing to undo" if changer.note is None else journal_note(changer.note))
        after = monitor.survey(top=1)
    return tell(arguments, changer, changes, before, after)


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
        print_json((), assessment.victim, gone)
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
        print_json((), assessment.victim, entries)
    else:
        _print_table(found)
    counts = " and ".join(f"{len(match.processes)} processes match {match.word}" for match in several)
    raise Failure(f"{counts}: name them by pid, or add --yes for all of them", USAGE)


def _print_table(processes: Sequence[Process]) -> None:
    from oomtray.cli.table import Column, Row, table
    from oomtray.cli.terminal import Terminal
    from oomtray.text import adjustment, size

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
