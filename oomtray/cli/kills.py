"""`kills`: what was killed when memory ran out, by whom and why, from the record or from a saved log."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from oomtray.cli import DONE, FAILED, USAGE, Failure, add_json_option
from oomtray.cli.times import moment
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from oomtray.cli.terminal import Terminal
    from oomtray.risk.kill_event import KillEvent

_ROWS = 5
"""Of a ranking in a terminal; JSON has all of it."""


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "kills",
        help=tr("show what was killed, by whom and why"),
        description=tr(
            "Show what was killed when memory ran out, by whom and why: what the tray app and watch have recorded, or what a"
            " saved log says: dmesg, syslog or the journal in any of its forms."
        ),
    )
    parser.add_argument("event", metavar="EVENT", nargs="?", help=tr("show only the kill of this number"))
    parser.add_argument(
        "--bundle",
        metavar="EVENT",
        help=tr("print the kill of this number for a bug report, without the names of users, computers and files"),
    )
    parser.add_argument("--log", metavar="FILE", help=tr("the log to read; - is standard input"))
    parser.add_argument(
        "--since", metavar="TIME", type=moment, help=tr("leave out what was before: seconds since 1970, or ISO 8601")
    )
    add_json_option(parser)
    parser.set_defaults(run=run_kills)


def run_kills(arguments: Namespace) -> int:
    import sys

    if arguments.bundle is not None:
        return _bundle(arguments)
    if arguments.log is None:
        return _tell(arguments, _recorded(arguments.since, arguments.event))
    if arguments.event is not None:
        raise Failure(tr("name either a saved log or a recorded kill"), USAGE)
    if arguments.log == "-":
        return _tell(arguments, _logged(sys.stdin.buffer, arguments.since))
    with open(arguments.log, "rb") as stream:
        return _tell(arguments, _logged(stream, arguments.since))


def _bundle(arguments: Namespace) -> int:
    from oomtray.cli.kill_bundle import bundle
    from oomtray.file_access import FileError

    if arguments.log is not None or arguments.event is not None:
        raise Failure(tr("name either a saved log or a recorded kill"), USAGE)
    number = arguments.bundle
    known = number.isascii() and number.isdigit() and len(number) < 16
    try:
        told = bundle(int(number)) if known else None
    except FileError as error:
        from oomtray.messages.files import file_problem

        raise Failure(file_problem(error.problem)) from error
    if told is None:
        raise Failure(tr("no kill of this number was recorded: {number}", number=repr(number)), FAILED)
    print(told)
    return DONE


def _tell(arguments: Namespace, events: Iterable[tuple[str, KillEvent]]) -> int:
    from oomtray.cli.terminal import Terminal

    if arguments.json:
        from oomtray.cli.as_json import dumps, kill

        print(dumps({"schema": 1, "events": [kill(event, number) for number, event in events]}))
        return DONE
    terminal, count = Terminal.of(), 0
    for count, (number, event) in enumerate(events, start=1):
        print("\n".join([*([""] if count > 1 else []), *_lines(event, None if arguments.log else number, terminal)]))
    if not count:
        print(tr("The log tells of no kill.") if arguments.log else tr("No kill was recorded."))
    return DONE


def _recorded(since: float | None, number: str | None) -> list[tuple[str, KillEvent]]:
    from oomtray.file_access import FileError
    from oomtray.history.database import Database
    from oomtray.history.kills import read_kill, read_kills

    try:
        with Database().reading() as connection:
            if number is not None:
                known = number.isascii() and number.isdigit() and len(number) < 16
                found = read_kill(connection, int(number)) if known and connection is not None else None
                if found is None:
                    raise Failure(tr("no kill of this number was recorded: {number}", number=repr(number)), FAILED)
                return [(str(found.id), found.event)]
            if connection is None:
                return []
            return [(str(one.id), one.event) for one in read_kills(connection, since or 0.0, 1e12)]
    except FileError as error:
        from oomtray.messages.files import file_problem

        raise Failure(file_problem(error.problem)) from error


def _logged(stream: BinaryIO, since: float | None) -> Iterator[tuple[str, KillEvent]]:
    """Each with an id that it keeps as long as the log stays the same."""
    from hashlib import blake2s
    from time import time

    from oomtray.kernel.kill_log.reading import read
    from oomtray.risk.report_event import from_report

    seen: dict[str, int] = {}
    for report in read(stream, time()):
        if since is None or report.time is None or report.time >= since:
            what = repr((report.time, report.uptime, report.killer, report.victims, report.invoker))
            name = blake2s(what.encode("utf-8", "replace"), digest_size=8).hexdigest()
            seen[name] = seen.get(name, 0) + 1
            yield name if seen[name] == 1 else f"{name}-{seen[name]}", from_report(report)


def _lines(event: KillEvent, number: str | None, terminal: Terminal) -> list[str]:
    from oomtray.cli.table import Column, Row, table
    from oomtray.messages.kills import details, headline, numbered
    from oomtray.text import adjustment, printable, size, wrap

    says = headline(event) if number is None else numbered(event, number)
    lines = [terminal.styled(terminal.written(line), "bold") for line in wrap(says, terminal.columns)]
    for sentence in details(event):
        lines += [terminal.written(line) for line in wrap(sentence, terminal.columns)]
    page, ranked = event.page_size, event.ranking
    if ranked and page is not None:
        rows = [
            Row((str(one.pid), size(one.rss + one.swap), adjustment(one.oom_score_adj), size(one.badness * page), printable(one.name)))
            for one in ranked[:_ROWS]
        ]
        right = [Column(head, right=True) for head in (tr("PID"), tr("HELD"), tr("ADJ"), tr("COUNTED"))]
        lines += table((*right, Column(tr("NAME"), least=8)), rows, terminal)
    return lines
