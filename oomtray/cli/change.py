"""`protect`, `deprioritize` and `reset`: their arguments, and their output."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from oomtray.cli import USAGE, Failure, add_adj_option, add_dry_run_option, add_json_option
from oomtray.cli.change_output import get_ready, keep, print_json, tell, tell_plan, with_permission
from oomtray.cli.terminal import Terminal
from oomtray.messages.i18n import tr
from oomtray.text import adjustment, name_shown, size

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Sequence

    from oomtray.actions.change_plan import Plan
    from oomtray.actions.changes import Changer
    from oomtray.actions.targets import Matches
    from oomtray.cli.as_json import Report
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.systemd.units import UnitReader


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for action, short, long in (
        ("protect", tr("let the kernel kill others first"),
         tr("Lower oom_score_adj, so that others are killed first.")),
        ("deprioritize", tr("let the kernel kill this first"),
         tr("Raise oom_score_adj, so that this is killed first.")),
        ("reset", tr("restore the original value"),
         tr("Set oom_score_adj back to what it was when first seen, or to the value of its unit.")),
    ):  # fmt: skip
        parser = commands.add_parser(action, help=short, description=long)
        parser.add_argument(
            "targets", nargs="+", metavar="TARGET", help=tr("a PID, or the exact name of a process or app")
        )
        add_adj_option(parser, reset=action == "reset")
        add_dry_run_option(parser)
        parser.add_argument("--yes", action="store_true", help=tr("change all processes that a name matches"))
        add_json_option(parser)
        parser.set_defaults(run=run_change, action=action)


def run_change(arguments: Namespace) -> int:
    from oomtray.actions.changes import Changer
    from oomtray.actions.journal import Journal
    from oomtray.actions.targets import is_pid, resolve
    from oomtray.cli.monitoring import monitoring, user_settings

    settings = user_settings()
    with monitoring(settings, once=True) as monitor:
        before = monitor.survey(apps=not all(is_pid(target) for target in arguments.targets))
        journal = Journal()
        changer = Changer(settings.actions, journal=journal)
        matches = resolve(arguments.targets, before, but=os.getpid())
        _refuse_missing(arguments, changer, matches, before)
        processes = {process.identity: process for match in matches for process in match.processes}.values()
        plan = changer.plan(arguments.action, processes, arguments.adj, unit_value=_unit_value)
        if not (arguments.yes or arguments.dry_run):
            _refuse_several(arguments, plan, matches, before)
        if arguments.dry_run:
            return _tell_plan(arguments, changer, plan, before)
        get_ready(arguments)
        with journal.alone():
            outcome = changer.apply(plan)
        outcome, told = with_permission(arguments, changer, outcome)
        keep(outcome.batch)
        after = monitor.survey(top=1) if outcome.moved else before
    return tell(arguments, outcome, before, after, told=told)


def _tell_plan(arguments: Namespace, changer: Changer, plan: Plan, before: Assessment) -> int:
    changes, needs = changer.foretell(plan), None
    if arguments.action != "reset" or arguments.adj is not None:  # an owner may go back to what it was
        from oomtray.actions.hurdle import hurdle

        needs = hurdle(changes)
    return tell_plan(arguments, changes, plan.note, before, action=plan.action, needs=needs)


def _unit_value(process: Process) -> int | None:
    from oomtray.actions.reset import unit_values

    return unit_values(_unit_reader())(process)


@cache
def _unit_reader() -> UnitReader:
    """Create the reader of units: only a reset asks systemd, and once for all processes of a unit."""
    from oomtray.systemd.units import UnitReader

    return UnitReader()


def _refuse_missing(
    arguments: Namespace, changer: Changer, matches: Sequence[Matches], assessment: Assessment
) -> None:
    missing = [match for match in matches if not match.processes]
    if not missing:
        return
    if arguments.json:
        wanted = changer.value_of(arguments.action) if arguments.adj is None else arguments.adj
        gone: list[Report] = [
            {"pid": int(match.word), "start_time": None, "name": None, "from": None, "to": wanted}
            | {"done": False, "error": "gone"}
            for match in missing
            if match.is_pid
        ]
        print_json((), assessment.victim, gone)
    from oomtray.messages.changes import no_match

    raise Failure(" ".join([*(no_match(match) for match in missing), tr("Nothing was changed.")]))


def _refuse_several(
    arguments: Namespace, plan: Plan, matches: Sequence[Matches], assessment: Assessment
) -> None:
    several = [match for match in matches if match.several]
    if not several:
        return
    found = [process for match in several for process in match.processes]
    if arguments.json:
        wanted = {step.target.pid: step.value for step in plan.steps if step.error is None}
        entries: list[Report] = [
            {"pid": p.pid, "start_time": p.start_time, "name": p.name, "from": p.oom_score_adj}
            | {"to": wanted.get(p.pid), "done": False, "error": "several-matches"}
            for p in found
        ]
        print_json((), assessment.victim, entries)
    else:
        _print_table(found)
    from oomtray.messages.changes import several_match

    counts = [several_match(match) for match in several]
    raise Failure(" ".join([*counts, tr("Name them by PID, or add --yes for all of them.")]), USAGE)


def _print_table(processes: Sequence[Process]) -> None:
    from oomtray.cli.table import Column, Row, table

    heads = (
        Column(tr("PID"), right=True),
        Column(tr("NAME"), least=8),
        Column(tr("ADJ"), right=True),
        Column(tr("MEMORY"), right=True),
    )
    rows = [
        Row(
            (
                str(process.pid),
                name_shown(process.name),
                adjustment(process.oom_score_adj),
                size(None if process.rss is None else process.rss + (process.swap or 0)),
            )
        )
        for process in processes
    ]
    terminal = Terminal.of()
    for line in table(heads, rows, terminal):
        print(terminal.written(line))
