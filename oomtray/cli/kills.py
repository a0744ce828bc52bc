"""`kills`: what was killed when memory ran out, by whom and why, from the record or from a saved log."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING, BinaryIO

from oomtray.cli import DONE, FAILED, USAGE, Failure, add_json_option
from oomtray.cli.times import moment
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Sequence
    from sqlite3 import Connection

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.risk.kill_event import KillEvent, Source

_LONGEST_LOOK_BACK = 7 * 86_400.0
"""Seconds back for which this machine's log is read."""
_MOST_MISSING = 64
_MOST_IDS = 100_000
"""Most kills of a log that are remembered to tell identical ones apart."""
_DIGITS = 16
"""Length of an ID."""
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
    if arguments.bundle is not None:
        return _bundle(arguments)
    if arguments.log is None:
        return _tell(arguments, _recorded(arguments.since, arguments.event))
    if arguments.event is not None:
        raise Failure(tr("name either a saved log or a recorded kill"), USAGE)
    from oomtray.kernel.kill_log.packed import PackedError, check_brotli

    gc.set_threshold(100_000)  # reading creates no cycles, and searching for them takes a twentieth of the time
    try:
        if arguments.log == "-":
            return _tell_log(sys.stdin.buffer, arguments)
        check_brotli(arguments.log)
        with open(arguments.log, "rb") as stream:
            return _tell_log(stream, arguments)
    except PackedError as error:
        from oomtray.messages.files import packed

        raise Failure(packed(arguments.log, error.packing)) from error


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


def _tell_log(stream: BinaryIO, arguments: Namespace) -> int:
    if not arguments.json:
        return _print_log(stream, arguments.since)
    _print_json(_log_as_json(stream, arguments.since))
    return DONE


def _tell(arguments: Namespace, events: Sequence[tuple[str, KillEvent]]) -> int:
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
        parts[not one[0].isdigit()].append(one)  # kills that aren't recorded yet have names of another kind
    groups = [group for part in parts for group in gathered(part, lambda one: span_of(one[1]))]
    for count, group in enumerate(groups, start=1):
        lines = kill_lines(as_one([event for _, event in group]), [number for number, _ in group], terminal)
        print("\n".join([*([""] if count > 1 else []), *lines]))
    if not count:
        print(tr("No kill was recorded."))
    return DONE


def _print_json(events: Iterable[str]) -> None:
    """Print one object on one line, with never more than one kill in memory, because a log may be endless."""
    from oomtray.cli.as_json import dumps

    before, after = dumps({"schema": 1, "events": []}).split("[")
    written = iter(events)
    first = next(written, "")  # unreadable input prints nothing
    print(before, first, sep="[", end="")
    for one in written:
        print(",", one, end="")
    print(after)


def _recorded(since: float | None, number: str | None) -> list[tuple[str, KillEvent]]:
    """Return the recorded kills, plus missing ones as far as they can be found now."""
    from oomtray.file_access import FileError
    from oomtray.history.database import Database
    from oomtray.history.kills import read_kill, read_kills
    from oomtray.history.steps_in import read_step_in, read_steps_in

    database = Database()
    try:
        with database.reading() as connection:
            if database.unusable:
                from oomtray.messages.history import unusable

                print(f"oomtray: {unusable(database.path)}", file=sys.stderr)
            if number is not None and number.isascii() and number.isdigit() and len(number) < 16:
                wanted = int(number)
                found = None if connection is None else read_kill(connection, wanted) or read_step_in(connection, wanted)
                events = [] if found is None or connection is None else [(number, _with_cause(connection, found.event))]
            else:
                recorded = [] if connection is None else list(read_kills(connection, since or 0.0))
                ours = [] if connection is None else list(read_steps_in(connection, since or 0.0))
                both = sorted([*recorded, *ours], key=lambda one: (one.event.time or 0.0, one.id))
                events = [(str(one.id), one.event) for one in both]
                events += _unrecorded(connection, since, [one.event for one in recorded])
    except FileError as error:
        from oomtray.messages.files import file_problem

        raise Failure(file_problem(error.problem)) from error
    if number is not None:
        events = [(name, event) for name, event in events if name == number]
        if not events:
            raise Failure(tr("no kill of this number was recorded: {number}", number=repr(number)), FAILED)
    return events


def _with_cause(connection: Connection, event: KillEvent) -> KillEvent:
    # imports everything that reads readings, which a list of kills doesn't need
    from oomtray.history.before import with_cause

    return with_cause(connection, event)


def _unrecorded(
    connection: Connection | None, since: float | None, recorded: list[KillEvent]
) -> list[tuple[str, KillEvent]]:
    """Find kills since the record's end, by this machine's log and the kernel's count; no log is read if that
    matches.
    """
    from oomtray.history.kills import counted
    from oomtray.kernel.files import boot_id, oom_kills
    from oomtray.risk.kill_event import KillEvent, same_kill

    boot, now = boot_id(), time.time()
    booted = now - time.clock_gettime(time.CLOCK_BOOTTIME)
    known, last = (None, None) if connection is None or boot is None else counted(connection, boot, booted)
    count = oom_kills()
    if last is not None and known is None:
        known = 0
    missing = None if count is None or known is None else count - known
    if (missing is not None and missing <= 0) or (since or 0.0) > now:
        return []
    from oomtray.kernel.log_lookup import recent
    from oomtray.kernel.visibility import sees_all

    begin = max(since or 0.0, now - _LONGEST_LOOK_BACK, last or 0.0)
    found = [(name, event) for name, event in _named(recent(begin), "kernel-log") if not any(same_kill(event, one) for one in recorded)]
    named = sum(event.killer == "kernel" for _, event in found)
    unnamed = 0 if count is None or missing is None or not sees_all() else max(missing - named, 0)
    shown = min(unnamed, _MOST_MISSING)
    return found + [
        (
            f"count-{number}",
            KillEvent(
                time=now, not_before=None if last is None else min(last, now), boot=boot, count=number, killer="kernel", outcome="unknown", sources=("vmstat",),
                kills=unnamed - shown + 1 if place == 0 else 1,
            ),
        )
        for place, number in enumerate(range((count or 0) - shown + 1, (count or 0) + 1))
    ]  # fmt: skip


def _log_as_json(stream: BinaryIO, since: float | None) -> Iterator[str]:
    """Yield the kills of a log, each as JSON."""
    from oomtray.cli.as_json import dumps, kill
    from oomtray.kernel.kill_log.parts import tell_in_parts
    from oomtray.risk.report_event import from_report

    def texts(reports: Iterable[KillReport]) -> Iterator[str]:
        for one in _since(reports, since):
            digest = _digest(one)
            yield digest + dumps(kill(from_report(one), digest))

    ids = _Ids()
    for text in tell_in_parts(stream, time.time(), None, texts, len(os.sched_getaffinity(0)), _LARGEST):
        digest, told = text[:_DIGITS], text[_DIGITS:]
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


def _named(reports: Iterable[KillReport], source: Source) -> Iterator[tuple[str, KillEvent]]:
    """Yield each kill with an ID that stays the same as long as the log does."""
    from oomtray.risk.report_event import from_report

    ids = _Ids()
    for report in reports:
        yield ids.of(_digest(report)), from_report(report, source)


class _Ids:
    """Gives identical kills different IDs."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, digest: str) -> str:
        seen = self._seen
        if len(seen) >= _MOST_IDS:
            seen.clear()
        times = seen[digest] = seen.get(digest, 0) + 1
        return digest if times == 1 else f"{digest}-{times}"


def _digest(report: KillReport) -> str:
    from hashlib import blake2s

    # a date computed from the time since boot differs each time
    at = report.time if report.uptime is None else report.uptime
    what = repr((at, report.killer, report.victims, report.invoker))
    return blake2s(what.encode("utf-8", "replace"), digest_size=_DIGITS // 2).hexdigest()
