"""`drill`: a real kill in a small cgroup of its own, noticed, named and explained."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from oomtray.cli import DONE, FAILED, Failure, add_json_option
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace

    from oomtray.drill import Drill, NoDrill


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "drill",
        help=tr("let the kernel kill a small program, and see that it is noticed"),
        description=tr(
            "Start a small program in a cgroup of its own that may use 64 MiB, let it take more until the kernel kills it, and show"
            " that the kill is noticed, named and explained. Nothing else is touched. Exit status: 0 the kill was named, 1 it was not."
        ),
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    from oomtray.drill import NoDrill, hold

    try:
        held = hold()
    except NoDrill as failed:
        raise _refused(failed, as_json=arguments.json) from failed
    if arguments.json:
        from oomtray.cli.as_json import kill

        _print_json(
            held=True,
            pid=held.pid,
            killed_after=round(held.killed_after, 3),
            noticed_after=None if held.noticed_after is None else round(held.noticed_after, 3),
            named=held.named,
            event=None if held.event is None else kill(held.event, "drill"),
        )
    else:
        _print(held)
    return DONE if held.named else FAILED


def _refused(failed: NoDrill, *, as_json: bool) -> Failure:
    from oomtray.messages.drill import why_not

    if as_json:
        _print_json(held=False, why_not=failed.why, detail=failed.detail or None)
    return Failure(why_not(failed.why, failed.detail))


def _print(held: Drill) -> None:
    from oomtray.cli.terminal import say
    from oomtray.drill import LIMIT, NAME
    from oomtray.messages import drill as words
    from oomtray.messages.kills import details, headline

    says = [words.killed(NAME, held.pid, LIMIT, held.killed_after), words.noticed(held.event, held.noticed_after, named=held.named)]
    if held.event is not None:
        says += [headline(held.event, time.time()), *details(held.event, in_drill=True)]
    if held.named:
        says.append(words.works())
    for sentence in says:
        say(sentence)


def _print_json(**known: object) -> None:
    """Print all fields; those that are not `known` are null, and without a kill none was named."""
    from oomtray.cli.as_json import SCHEMA, dumps

    fields = ("held", "why_not", "detail", "pid", "killed_after", "noticed_after", "named", "event")
    print(dumps({"schema": SCHEMA} | dict.fromkeys(fields) | {"named": False} | known))
