"""`unit`: show what a service is set to for good, set it, and reset it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from oomtray.cli import (
    DONE,
    add_adj_option,
    add_dry_run_option,
)
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "unit",
        help=tr("set what a service gets whenever it starts"),
        description=tr("Set values for a service: by a drop-in file of its unit, and in its running processes."),
    )
    verbs = parser.add_subparsers(metavar="show|protect|deprioritize|reset", required=True)
    for word, run, short, long in (
        (
            "show",
            run_show,
            tr("show what is set for a service"),
            tr("Show what is set for a service, and what its processes really have."),
        ),
        (
            "protect",
            run_change,
            tr("let the kernel kill others first"),
            tr("Let the kernel kill others first, now and whenever the service starts."),
        ),
        (
            "deprioritize",
            run_change,
            tr("let the kernel kill this first"),
            tr("Let the kernel kill this first, now and whenever the service starts."),
        ),
        (
            "reset",
            run_change,
            tr("remove what was set here"),
            tr("Remove what OOM Tray has set for a service."),
        ),
    ):
        verb = verbs.add_parser(word, help=short, description=long)
        verb.add_argument("name", metavar="NAME", help=tr("a service, as systemctl names it"))
        verb.add_argument("--user", action="store_true", help=tr("a service of your user manager, not of the system"))
        if word in ("protect", "deprioritize"):
            add_adj_option(verb)
            verb.add_argument(
                "--policy",
                choices=("continue", "stop", "kill"),
                help=tr("what happens to the service when one process is killed: the others continue, are stopped, or are killed"),
            )
            verb.add_argument(
                "--oomd",
                choices=("none", "avoid", "omit"),
                help=tr("what systemd-oomd does: nothing special, avoid the service, or never kill it"),
            )
        if word != "show":
            add_dry_run_option(verb)
        verb.set_defaults(run=run, action=word)


def run_show(arguments: Namespace) -> int:
    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.settings import UnitRefused
    from oomtray.cli.unit_output import failure_of, show

    changer = UnitChanger()
    try:
        state = changer.look(arguments.name, user=arguments.user)
    except UnitRefused as refused:
        raise failure_of(refused, arguments, changer) from refused
    show(state)
    return DONE


def run_change(arguments: Namespace) -> int:
    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.settings import UnitRefused, UnitSettings
    from oomtray.cli.monitoring import user_settings
    from oomtray.cli.unit_output import failure_of, print_notes, tell, tell_plan

    asked = UnitSettings()
    if arguments.action != "reset":
        asked = UnitSettings(arguments.adj, arguments.policy, arguments.oomd)
    changer = UnitChanger(user_settings().actions)
    try:
        plan = changer.plan(arguments.action, arguments.name, asked, user=arguments.user)
        if arguments.dry_run or plan.nothing:
            tell_plan(plan)
            return DONE
        if changer.call(plan) is not None and changer.missing() is None:
            print_notes(plan)
            sys.stdout.flush()
        return tell(changer.apply(plan), noted=changer.call(plan) is not None)
    except UnitRefused as refused:
        raise failure_of(refused, arguments, changer) from refused
