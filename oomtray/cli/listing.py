"""`list` and `watch`: the processes or apps in the order in which they would be killed."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from oomtray.cli import DONE, add_json_option, is_plain, not_from
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    from argparse import Namespace

    from oomtray.cli.terminal import Terminal
    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment

ROWS = 10
INTERVAL = 2.0
SHORTEST_INTERVAL = 0.1
CLEAR, HOME, END_OF_LINE, END_OF_SCREEN = "\x1b[2J", "\x1b[H", "\x1b[K", "\x1b[J"


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = commands.add_parser(
        "list",
        help=tr("show which processes would be killed, in order"),
        description=tr("List processes in the order in which the kernel would kill them when memory runs out."),
    )
    shown = _add_rows(listing.add_mutually_exclusive_group())
    shown.add_argument(
        "--all", action="store_true", help=tr("show every process, including those that can't be killed")
    )
    shown.add_argument(
        "--until",
        metavar="SIZE",
        type=_size,
        help=tr("show the processes that would be killed until this much is free, such as 4G"),
    )
    kind = listing.add_mutually_exclusive_group()
    kind.add_argument(
        "--processes",
        action="store_true",
        help=tr(
            "show a row for each process (the default); MEMORY is all that it has in RAM and swap, also what it shares"
        ),
    )
    kind.add_argument(
        "--apps",
        action="store_true",
        help=tr(
            "show a row for each app; HOLDS is what its processes hold together, with what they share counted once or left out,"
            " so it may be less than the MEMORY of one of them"
        ),
    )
    _add_common(listing)
    listing.set_defaults(run=run_list)

    watching = commands.add_parser(
        "watch",
        help=tr("show the list again and again, with what has changed"),
        description=tr("Show the list again at each interval, with how fast each process grows or shrinks."),
    )
    watching.add_argument(
        "-i", dest="interval", metavar="SECONDS", type=_seconds, default=INTERVAL, help=tr("seconds between two readings ({default})", default=f"{INTERVAL:g}")
    )
    watching.add_argument(
        "-c",
        dest="count",
        metavar="COUNT",
        type=_at_least_one,
        help=tr("stop after this many readings instead of at Ctrl+C"),
    )
    _add_rows(watching)
    _add_common(watching)
    watching.set_defaults(run=run_watch)


def run_list(arguments: Namespace) -> int:
    if arguments.until is not None:
        from oomtray.cli.fits import run_until

        return run_until(arguments)
    from oomtray.cli.monitoring import monitoring, user_settings

    settings = user_settings()
    rows = None if arguments.all else arguments.rows
    with monitoring(settings, arguments.cgroup, once=True) as monitor:
        assessment = monitor.survey(top=None if arguments.apps else _judged(rows), apps=arguments.apps)
        if arguments.apps:
            from oomtray.cli.exact_memory import with_shares

            assessment = with_shares(assessment, rows)
    if arguments.json:
        from oomtray.cli import as_json as report

        if arguments.apps:
            print(report.dumps(report.apps(assessment, assessment.apps[:rows])))
        else:
            print(report.dumps(report.processes(assessment, assessment.risks[:rows])))
    else:
        from oomtray.cli.as_text import listing
        from oomtray.cli.terminal import Terminal

        print("\n".join(listing(assessment, settings.levels, Terminal.of(), rows, apps=arguments.apps)))
    return DONE


def _judged(rows: int | None) -> int | None:
    """Return how many rows to judge for this many shown: the next victim is shown above them, even with 0 rows."""
    return None if rows is None else max(rows, 1)


def run_watch(arguments: Namespace) -> int:
    from oomtray.cli.monitoring import monitoring, user_settings
    from oomtray.cli.signals import unwound
    from oomtray.kernel.locked_code import lock_code

    settings = user_settings()
    with unwound(), monitoring(settings, arguments.cgroup, record=arguments.cgroup is None) as monitor:
        due, shown = time.monotonic(), 0
        while True:
            assessment = monitor.survey(top=_judged(arguments.rows), steady=True)
            if arguments.json:
                _print_object(assessment, arguments.rows)
            else:
                _print_picture(assessment, settings.levels, arguments.rows, first=shown == 0)
            shown += 1
            if shown == arguments.count:
                return DONE
            if shown == 1:
                lock_code()
            now = time.monotonic()
            due = max(due + arguments.interval, now)
            monitor.rest(due - now)


def _print_object(assessment: Assessment, rows: int) -> None:
    from oomtray.cli import as_json as report

    print(report.dumps(report.processes(assessment, assessment.risks[:rows], changes=True)), flush=True)


def _print_picture(assessment: Assessment, thresholds: Thresholds, rows: int, *, first: bool) -> None:
    """Draw over the previous picture if the cursor can be moved, else below it after a blank line."""
    from oomtray.cli.as_text import listing
    from oomtray.cli.terminal import Terminal

    terminal = Terminal.of()
    lines = listing(assessment, thresholds, terminal, rows)
    if terminal.cursor:
        lines = _within(terminal, assessment, thresholds, rows, lines)
        picture = HOME + "".join(f"{line}{END_OF_LINE}\n" for line in lines) + END_OF_SCREEN
        sys.stdout.write((CLEAR if first else "") + picture)
    else:
        sys.stdout.write(("" if first else "\n") + "".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _within(
    terminal: Terminal, assessment: Assessment, thresholds: Thresholds, rows: int, lines: list[str]
) -> list[str]:
    """Reduce the rows until the picture fits the window: one that scrolls can't be drawn over."""
    from oomtray.cli.as_text import listing

    room = (terminal.lines or len(lines) + 1) - 1
    excess = len(lines) - room
    if excess > 0:
        lines = listing(assessment, thresholds, terminal, max(min(rows, len(assessment.risks)) - excess, 0))
    return lines[:room]


def _add_rows(parser: argparse._ActionsContainer) -> argparse._ActionsContainer:
    parser.add_argument(
        "-n",
        dest="rows",
        metavar="N",
        type=_count,
        default=ROWS,
        help=tr("show this many rows ({default})", default=ROWS),
    )
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cgroup",
        metavar="PATH",
        help=tr("count only the processes in this memory cgroup, against its limit (a path as in /proc/PID/cgroup)"),
    )
    add_json_option(parser)


def _size(text: str) -> int:
    from oomtray.cli.fits import size

    return size(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise not_from(text, 0, 999_999_999)
    return int(text)


def _at_least_one(text: str) -> int:
    count = _count(text)
    if count < 1:
        raise argparse.ArgumentTypeError(tr("there must be at least one reading"))
    return count


def _seconds(text: str) -> float:
    try:
        seconds = float(text) if is_plain(text) else 0.0
    except ValueError:
        seconds = 0.0
    if not SHORTEST_INTERVAL <= seconds <= 86400:
        raise argparse.ArgumentTypeError(
            tr(
                "{value} is not a number of seconds from {lowest} to {highest}",
                value=repr(text), lowest=SHORTEST_INTERVAL, highest=86400,
            )
        )
    return seconds
