"""`unit`: show a service's lasting settings, change them, and reset them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from oomtray.cli import DONE, add_adj_option, add_dry_run_option
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Callable

    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.plan import UnitPlan


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "unit",
        help=tr("set what a service gets whenever it starts"),
        description=tr("Set values for a service: by a drop-in file of its unit, and in its running processes."),
    )
    verbs = parser.add_subparsers(metavar="show|protect|deprioritize|reset|set", required=True)
    for word, run, short, long in (
        ("show", run_show, tr("show what is set for a service"),
         tr("Show what is set for a service, and what its processes really have.")),
        ("protect", run_change, tr("let the kernel kill others first"),
         tr("Let the kernel kill others first, now and whenever the service starts.")),
        ("deprioritize", run_change, tr("let the kernel kill this first"),
         tr("Let the kernel kill this first, now and whenever the service starts.")),
        ("reset", run_change, tr("remove what was set here"),
         tr("Remove what OOM Tray has set for a service.")),
    ):  # fmt: skip
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
                help=tr("what systemd-oomd does: nothing special, kill others first, or never kill this"),
            )
        if word != "show":
            add_dry_run_option(verb)
        verb.set_defaults(run=run, action=word)
    _add_set(verbs)


def _add_set(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verb = verbs.add_parser(
        "set",
        help=tr("set what systemd-oomd does with it"),
        description=tr(
            "Set how systemd-oomd treats a running service or scope, with all its processes. A service of the system keeps it"
            " for good, anything else until it ends or you log out."
        ),
    )
    verb.add_argument("name", metavar="NAME", help=tr("a service or scope, as systemctl names it"))
    verb.add_argument("--user", action="store_true", help=tr("one of your user manager, not of the system"))
    verb.add_argument(
        "--oomd",
        choices=("none", "avoid", "omit"),
        required=True,
        help=tr("what systemd-oomd does: nothing special, kill others first, or never kill this"),
    )
    add_dry_run_option(verb)
    verb.set_defaults(run=run_set, action="set")


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
    from oomtray.actions.units.settings import UnitSettings
    from oomtray.cli.monitoring import user_settings

    asked = UnitSettings()
    if arguments.action != "reset":
        asked = UnitSettings(arguments.adj, arguments.policy, arguments.oomd)
    changer = UnitChanger(user_settings().actions)
    return _carry_out(arguments, changer, lambda: changer.plan(arguments.action, arguments.name, asked, user=arguments.user))


def _carry_out(arguments: Namespace, changer: UnitChanger, make: Callable[[], UnitPlan]) -> int:
    from oomtray.actions.units.settings import UnitRefused
    from oomtray.cli.unit_output import failure_of, print_notes, tell, tell_plan

    try:
        plan = make()
        if arguments.dry_run or plan.nothing:
            tell_plan(plan)
            return DONE
        if changer.call(plan) is not None and changer.missing() is None:
            print_notes(plan)
            sys.stdout.flush()
        return tell(changer.apply(plan), noted=changer.call(plan) is not None)
    except UnitRefused as refused:
        raise failure_of(refused, arguments, changer) from refused


def run_set(arguments: Namespace) -> int:
    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.preference import PreferenceChanger
    from oomtray.actions.units.settings import UnitRefused, completed
    from oomtray.cli.unit_output import foretell_preference, preference_failure, tell_preference

    if not arguments.user and completed(arguments.name).endswith(".service"):
        units = UnitChanger()
        return _carry_out(arguments, units, lambda: units.prefer(arguments.name, arguments.oomd))
    changer = PreferenceChanger()
    try:
        if arguments.dry_run:
            return foretell_preference(changer.look(arguments.name, user=arguments.user), arguments.oomd)
        return tell_preference(changer.set([arguments.name], arguments.oomd, user=arguments.user))
    except UnitRefused as refused:
        raise preference_failure(refused) from refused
