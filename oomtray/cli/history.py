"""`history`: what the tray and `watch` have recorded, one reading per line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from oomtray.cli import DONE, Failure, add_json_option
from oomtray.cli.times import moment
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterator
    from sqlite3 import Connection

_INDENT = 2
"""Columns by which the further lines of a reading are indented, if the terminal is too narrow for it."""


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "history",
        help=tr("show how memory was over time"),
        description=tr(
            "Show what the tray app and watch have recorded: every 2 seconds for an hour, every 30 seconds for a day, and every"
            " 5 minutes for 30 days, or as many as are set."
        ),
    )
    parser.add_argument(
        "--since",
        metavar="TIME",
        type=moment,
        default=0.0,
        help=tr("leave out what was before: seconds since 1970, or ISO 8601"),
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    from oomtray.cli.terminal import Terminal
    from oomtray.history.database import Database

    terminal = Terminal.of()
    shown, database, unwritten = False, Database(), None
    lines = _as_json if arguments.json else _as_text
    with database.reading() as connection:
        for line in () if connection is None else lines(connection, arguments.since, time.time() + 1):
            try:
                print(line if arguments.json else terminal.hanging(line, indent=_INDENT))
            except OSError as error:  # an error of the output, not of the record
                unwritten = error
                break
            shown = True
    if unwritten is not None:
        raise unwritten
    if database.unusable:
        from oomtray.messages.history import unusable

        raise Failure(unusable(database.path))
    if not shown and not arguments.json:
        print(tr("Nothing was recorded."))
    return DONE


def _as_json(connection: Connection, since: float, until: float) -> Iterator[str]:
    """Yield only readings, as `replay` reads them."""
    from oomtray.cli import as_json as report
    from oomtray.history.samples import read

    for sample in read(connection, since, until):
        yield report.dumps(report.sample(sample))


def _as_text(connection: Connection, since: float, until: float) -> Iterator[str]:
    from heapq import merge
    from operator import itemgetter

    from oomtray.history.period import read_recorded
    from oomtray.history.samples import read
    from oomtray.messages.history import happened, reading
    from oomtray.risk.unseen_kills import gathered

    readings = ((sample.time, reading(sample)) for sample in read(connection, since, until))
    now, groups = time.time(), gathered(read_recorded(connection, since, until), lambda event: event.unseen)
    events = ((group[-1].time, happened(group, now)) for group in groups)
    for _time, line in merge(readings, events, key=itemgetter(0)):
        yield line
