"""`kills`: what was killed when memory ran out, by whom and why, from the record or from a saved log."""

from __future__ import annotations

import gc
import os
import time
from typing import TYPE_CHECKING, BinaryIO

from oomtray.cli import DONE, FAILED, USAGE, Failure, add_json_option, warn
from oomtray.cli.times import moment
from oomtray.kills.unrecorded import DIGITS, KillIds, digest_of, is_recorded, unrecorded
from oomtray.messages.i18n import tr
from oomtray.text import wrap

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Sequence
    from sqlite3 import Connection

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.risk.kill_event import KillEvent

_LARGEST = 1 << 30
"""Largest log in bytes whose kills as JSON are sure to fit into the space for temporary files."""


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
    gc.set_threshold(100_000)  # kills have no cycles, and searching for them takes a twentieth of the time
    if sum(one is not None for one in (arguments.bundle, arguments.log, arguments.event)) > 1:
        raise Failure(tr("name either a saved log or a recorded kill"), USAGE)
    if arguments.bundle is not None:
        return _print_bundle(arguments.bundle)
    if arguments.log is None:
        from oomtray.cli.kill_as_text import RANKED

        return _tell(arguments, *_recorded(arguments.since, arguments.event, None if arguments.json else RANKED))
    from oomtray.cli.input import opened
    from oomtray.kernel.kill_log.packed import PackedError, check_brotli

    try:
        if arguments.log != "-":
            check_brotli(arguments.log)
        with opened(arguments.log) as stream:
            return _tell_log(stream, arguments)
    except PackedError as error:
        from oomtray.messages.files import packed

        raise Failure(packed(arguments.log, error.packing)) from error


def _print_bundle(number: str) -> int:
    from oomtray.cli.kill_bundle import bundle, bundle_of

    told = bundle(int(number)) if is_recorded(number) else None
    if told is None:
        ((name, event),) = _recorded(None, number)[0]
        told = bundle_of(event, name)
    print(told)
    return DONE


def _tell_log(stream: BinaryIO, arguments: Namespace) -> int:
    if not arguments.json:
        return _print_log(stream, arguments.since)
    _print_json(_log_as_json(stream, arguments.since))
    return DONE


def _tell(arguments: Namespace, events: Sequence[tuple[str, KillEvent]], unnamed: int) -> int:
    if arguments.json:
        from oomtray.cli.as_json import dumps, kill

        _print_json(dumps(kill(event, number)) for number, event in events)
        return DONE
    from oomtray.cli.kill_as_text import kill_lines
    from oomtray.cli.terminal import Terminal
    from oomtray.risk.unseen_kills import as_one, gathered, span_of

    terminal, count = Terminal.of(), 0
    parts: tuple[list[tuple[str, KillEvent]], ...] = ([], [])
    for one in events:
        parts[not is_recorded(one[0])].append(one)  # kills that aren't recorded yet have names of another kind
    groups = [group for part in parts for group in gathered(part, lambda one: span_of(one[1]))]
    groups.sort(key=lambda group: group[-1][1].time or 0.0)
    for count, group in enumerate(groups, start=1):
        lines = kill_lines(as_one([event for _, event in group]), [number for number, _ in group], terminal)
        print("\n".join([*([""] if count > 1 else []), *lines]))
    if not count:
        print(tr("No kill was recorded."))
    for line in _of_unnamed(unnamed, [event for _, event in events]):
        print("\n".join(wrap(terminal.written(line), terminal.columns)))
    return DONE


def _of_unnamed(count: int, told: Sequence[KillEvent]) -> list[str]:
    """Say of how many kills only the count is known, and how to learn more."""
    if not count:
        return []
    from oomtray.actions.helper_run import HELPER
    from oomtray.actions.kill_reports import log_is_open
    from oomtray.messages import kills as words

    is_open = log_is_open() or any("kernel-log" in event.sources and event.killer == "kernel" for event in told)
    if is_open:
        return [] if told else [words.not_in_log(count)]
    counted = words.counted_besides(count) if told else words.counted_only(count)
    return [*([""] if told else []), counted, words.may_name_them(has_helper=os.path.exists(HELPER))]


def _print_json(events: Iterable[str]) -> None:
    """Print one object on one line, with never more than one kill in memory, because a log may be endless."""
    from oomtray.cli.as_json import SCHEMA, dumps

    before, after = dumps({"schema": SCHEMA, "events": []}).split("[")
    written = iter(events)
    first = next(written, "")  # unreadable input prints nothing
    print(before, first, sep="[", end="")
    for one in written:
        print(",", one, end="")
    print(after)


def _recorded(since: float | None, number: str | None, most_ranked: int | None = None) -> tuple[list[tuple[str, KillEvent]], int]:
    """Return the recorded kills, plus missing ones as far as they can be found now, oldest first, and how many more were counted."""
    from oomtray.history.database import Database
    from oomtray.history.kills import read_kill, read_kills, read_step_in, read_steps_in

    database, unnamed = Database(), 0
    with database.reading() as connection:
        if database.unusable:
            from oomtray.messages.history import unusable

            warn(unusable(database.path))
        if number is not None and is_recorded(number):
            wanted = int(number)
            found = None if connection is None else read_kill(connection, wanted) or read_step_in(connection, wanted)
            events = [] if found is None or connection is None else [(number, _with_cause(connection, found.event))]
        else:
            recorded = [] if connection is None else list(read_kills(connection, since or 0.0, most_ranked))
            ours = [] if connection is None else list(read_steps_in(connection, since or 0.0))
            both = sorted([*recorded, *ours], key=lambda one: (one.event.time or 0.0, one.id))
            events = [(str(one.id), one.event) for one in both]
            lacking = unrecorded(connection, since, [one.event for one in recorded])
            events, unnamed = events + lacking.kills, lacking.unnamed
            events.sort(key=lambda one: one[1].time or 0.0)
    if number is not None:
        events = [(name, event) for name, event in events if name == number]
        if not events:
            raise Failure(tr("no kill of this number was recorded: {number}", number=repr(number)), FAILED)
        unnamed = 0
    return events, unnamed


def _with_cause(connection: Connection, event: KillEvent) -> KillEvent:
    # imports everything that reads readings, which a list of kills doesn't need
    from oomtray.history.kill_cause import with_cause

    return with_cause(connection, event)


def _log_as_json(stream: BinaryIO, since: float | None) -> Iterator[str]:
    """Yield the kills of a log, each as JSON."""
    from oomtray.cli.as_json import dumps, kill
    from oomtray.kernel.kill_log.parts import tell_in_parts
    from oomtray.risk.report_event import from_report

    def texts(reports: Iterable[KillReport]) -> Iterator[str]:
        for one in _since(reports, since):
            digest = digest_of(one)
            yield digest + dumps(kill(from_report(one), digest))

    ids = KillIds()
    for text in tell_in_parts(stream, time.time(), None, texts, len(os.sched_getaffinity(0)), _LARGEST):
        digest, told = text[:DIGITS], text[DIGITS:]
        name = ids.of(digest)
        yield told if name == digest else told.replace(digest, name, 1)


def _print_log(stream: BinaryIO, since: float | None) -> int:
    """Print the kills of a log as text, with only the first rows of their rankings."""
    from oomtray.cli.kill_as_text import RANKED, kill_lines
    from oomtray.cli.terminal import Terminal
    from oomtray.kernel.kill_log.parts import tell_in_parts
    from oomtray.risk.report_event import from_report

    terminal, count = Terminal.of(), 0

    def texts(reports: Iterable[KillReport]) -> Iterator[str]:
        for one in _since(reports, since):
            yield "\n".join(kill_lines(from_report(one, most_ranked=RANKED), [], terminal))

    # a log may be endless, so each report is printed as it is found
    for count, text in enumerate(tell_in_parts(stream, time.time(), RANKED, texts, len(os.sched_getaffinity(0))), start=1):
        print(text if count == 1 else "\n" + text)
    if not count:
        from oomtray.messages.kills import none_in_log

        print(none_in_log())
    return DONE


def _since(reports: Iterable[KillReport], since: float | None) -> Iterable[KillReport]:
    return (one for one in reports if since is None or one.time is None or one.time >= since)
