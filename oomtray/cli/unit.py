"""`unit`: what a service is set to for good, and setting it: show, protect, deprioritize, reset."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from oomtray.cli import (
    DISMISSED,
    DONE,
    FAILED,
    NOT_AUTHORIZED,
    USAGE,
    Failure,
    add_adj_option,
    add_dry_run_option,
)
from oomtray.messages.i18n import tr
from oomtray.text import adjustment, printable

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable

    from oomtray.actions.units.changer import UnitChanger, UnitOutcome
    from oomtray.actions.units.plan import UnitPlan
    from oomtray.actions.units.state import UnitState

_SHOWN = 8
"""Processes named for one unit."""


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
        verb.set_defaults(run=run, word=word)


def run_show(arguments: Namespace) -> int:
    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.settings import UnitRefused

    try:
        state = UnitChanger().look(arguments.name, user=arguments.user)
    except UnitRefused as refused:
        raise _failure(refused, arguments, UnitChanger()) from refused
    _show(state)
    return DONE


def run_change(arguments: Namespace) -> int:
    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.settings import UnitRefused, UnitSettings
    from oomtray.cli.monitoring import user_settings

    asked = UnitSettings()
    if arguments.word != "reset":
        asked = UnitSettings(arguments.adj, arguments.policy, arguments.oomd)
    changer = UnitChanger(user_settings().actions)
    try:
        plan = changer.plan(arguments.word, arguments.name, asked, user=arguments.user)
        if arguments.dry_run or plan.nothing:
            _tell_plan(plan)
            return DONE
        if changer.call(plan) is not None and changer.missing() is None:
            _notes(plan)
            sys.stdout.flush()
        return _tell(changer.apply(plan), noted=changer.call(plan) is not None)
    except UnitRefused as refused:
        raise _failure(refused, arguments, changer) from refused


def _show(state: UnitState) -> None:
    from oomtray.messages import units as words
    from oomtray.messages.changes import process_name
    from oomtray.text import UNKNOWN

    status = state.status
    wanted = status.oom_score_adjust
    differing = [member for member in state.members if wanted is not None and member.adj != wanted]
    others = [path for path in status.drop_in_paths if path != state.path]
    ours = "none" if state.ours is None else f"{state.path}: {_directives(state.ours.directives)}"
    count = len(state.members)
    whose = "your own" if state.user else "the system's"
    print(f"{status.name} of {whose} manager")
    for head, value in (
        ("OOMScoreAdjust", adjustment(wanted)),
        ("OOMPolicy", f"{status.oom_policy or UNKNOWN}: {words.policy(state)}"),
        ("ManagedOOMPreference", status.oomd_preference or UNKNOWN),
        ("Control group", status.control_group or "none, it doesn't run"),
        ("Unit file", status.fragment_path or UNKNOWN),
        ("Our drop-in", state.blocked or ours),
        ("Other drop-ins", ", ".join(others) or "none"),
        ("Processes", f"{count}{f', {len(differing)} with another value than the unit sets' if differing else ''}"),
    ):
        print(f"   {head:22}{printable(value)}")
    _print_some(f"      {process_name(member.name, member.pid)}  {adjustment(member.adj)}" for member in state.members)
    if state.floor is not None and wanted is not None and wanted < state.floor:
        _note(f"your own manager runs at {adjustment(state.floor)}, and what it starts is not allowed less")
    if state.dies_whole:
        _note(f"oomtray unit protect {status.name} --policy continue{_user(state)} would leave the others running")


def _tell_plan(plan: UnitPlan) -> None:
    from oomtray.messages.changes import process_name

    if plan.nothing:
        if plan.word == "reset":
            print(f"{plan.name} has no drop-in of OOM Tray: there is nothing to take back.")
        elif plan.stays is None:
            print(f"{plan.name} is set so already.")
    elif plan.text is None:
        print(f"{printable(plan.state.path)} would be removed.")
    else:
        print(f"{printable(plan.state.path)} would hold:")
        for line in plan.text.splitlines():
            print(f"   {line}")
    _print_some(
        f"{process_name(move.member.name, move.member.pid)} would go from {adjustment(move.member.adj)}"
        f" to {adjustment(move.to)}."
        for move in plan.moves
    )
    _notes(plan)


def _tell(outcome: UnitOutcome, *, noted: bool) -> int:
    from oomtray.cli.change_output import ASKED, NOT_ALLOWED
    from oomtray.messages import units as words
    from oomtray.messages.changes import did, refusals

    plan = outcome.plan
    if outcome.edited:
        path = printable(plan.state.path)
        if plan.settings is None:
            print(f"{path} is removed, and systemd has read it so.")
        else:
            print(f"{path} sets {_directives(plan.settings.directives)}, and systemd has read it.")
        _print_some(did(change) for change in outcome.changes if change.done)
        if not noted:
            _notes(plan)
        if plan.settings is not None:
            print(f"`oomtray unit reset {plan.name}{_user(plan.state)}` takes it back; `oomtray undo` does not.")
        sys.stdout.flush()
    asked = ASKED.get(outcome.status)
    if asked == DISMISSED:
        return DISMISSED
    if asked is not None:
        raise Failure(outcome.says or "no permission was given", asked)
    if outcome.says is not None:
        raise Failure(outcome.says)
    missed = [change for change in outcome.changes if change.error is not None and change.error != "gone"]
    if missed:
        refused = any(change.error in NOT_ALLOWED for change in missed)
        raise Failure(refusals(missed, len(outcome.changes)), NOT_AUTHORIZED if refused else FAILED)
    shortfall = words.short(outcome)
    if shortfall is not None:
        raise Failure(shortfall)
    return DONE


def _failure(refused: Exception, arguments: Namespace, changer: UnitChanger) -> Failure:
    from oomtray.actions.units.settings import NoService

    if isinstance(refused, NoService):
        return Failure(str(refused), USAGE)
    return Failure(f"{refused}{_elsewhere(refused, arguments, changer)}")


def _elsewhere(refused: Exception, arguments: Namespace, changer: UnitChanger) -> str:
    """Where the other manager has the unit that this one lacks."""
    from oomtray.actions.units.settings import NoSuchUnit, UnitRefused

    if not isinstance(refused, NoSuchUnit):
        return ""
    try:
        changer.look(arguments.name, user=not arguments.user)
    except UnitRefused:
        return ""
    if arguments.user:
        return "; the system's has one of that name: leave out --user"
    return "; your own has one of that name: add --user"


def _directives(directives: dict[str, int | str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in directives.items())


def _user(state: UnitState) -> str:
    return " --user" if state.user else ""


def _notes(plan: UnitPlan) -> None:
    from oomtray.messages import units as words

    for note in words.before(plan):
        _note(note)


def _note(text: str) -> None:
    print(f"Note: {printable(text)}.")


def _print_some(lines: Iterable[str]) -> None:
    """A service may have hundreds of processes."""
    lines = list(lines)
    for line in lines[:_SHOWN]:
        print(line)
    if len(lines) > _SHOWN:
        print(f"   and {len(lines) - _SHOWN} more")
