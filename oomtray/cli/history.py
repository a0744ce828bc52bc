"""`history`: what the tray and `watch` have recorded, a reading a line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from oomtray.cli import DONE, Failure, add_json_option
from oomtray.cli.times import moment
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Callable

    from oomtray.history.samples import Sample


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "history",
        help=tr("show how memory was over time"),
        description=tr(
            "Show what the tray app and watch have recorded: every 2 seconds for the last hour, every 30 seconds for the last day, every 5 minutes for 30 days."
        ),
    )
    parser.add_argument("--since", metavar="TIME", type=moment, default=0.0, help=tr("leave out what is older"))
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    from oomtray.file_access import FileError
    from oomtray.history.database import Database
    from oomtray.history.samples import read

    shown = False
    line = _as_json if arguments.json else _as_text()
    try:
        with Database().reading() as connection:
            samples = () if connection is None else read(connection, arguments.since, time.time() + 1)
            for sample in samples:
                print(line(sample))
                shown = True
    except FileError as error:
        from oomtray.messages.files import file_problem

        raise Failure(file_problem(error.problem)) from error
    if not shown and not arguments.json:
        print(tr("Nothing was recorded."))
    return DONE


def _as_json(sample: Sample) -> str:
    from oomtray.cli import as_json as report

    return report.dumps(report.sample(sample))


def _as_text() -> Callable[[Sample], str]:
    from oomtray.messages.history import reading

    return reading
