"""`kills`: what was killed when memory ran out, by whom and why, from a saved log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from oomtray.cli import DONE, USAGE, Failure, add_json_option
from oomtray.cli.times import moment
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterator

    from oomtray.cli.terminal import Terminal
    from oomtray.kernel.kill_log.facts import Killed, KillReport

_ROWS = 5
"""Of a ranking in a terminal; JSON has all of it."""
_CERTAINTY = {"killed": "certain", "nobody": "certain", "panic": "certain"}


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "kills",
        help=tr("show what was killed, by whom and why"),
        description=tr(
            "Show what was killed when memory ran out, by whom and why, from a saved log: dmesg, syslog or the journal in"
            " any of its forms."
        ),
    )
    parser.add_argument("--log", metavar="FILE", help=tr("the log to read; - is standard input"))
    parser.add_argument(
        "--since", metavar="TIME", type=moment, help=tr("leave out what was before: seconds since 1970, or ISO 8601")
    )
    add_json_option(parser)
    parser.set_defaults(run=run_kills)


def run_kills(arguments: Namespace) -> int:
    import sys

    if arguments.log is None:
        raise Failure(tr("name a log to read, as in: journalctl -k | oomtray kills --log -"), USAGE)
    if arguments.log == "-":
        return _tell(arguments, sys.stdin.buffer)
    with open(arguments.log, "rb") as stream:
        return _tell(arguments, stream)


def _tell(arguments: Namespace, stream: BinaryIO) -> int:
    from oomtray.cli.terminal import Terminal

    reports = _since(stream, arguments.since)
    if arguments.json:
        from oomtray.cli.as_json import dumps

        print(dumps({"schema": 1, "events": _numbered(_event(report) for report in reports)}))
        return DONE
    terminal, count = Terminal.of(), 0
    for count, report in enumerate(reports, start=1):
        print("\n".join([*([""] if count > 1 else []), *_lines(report, terminal)]))
    if not count:
        print(tr("The log tells of no kill."))
    return DONE


def _since(stream: BinaryIO, since: float | None) -> Iterator[KillReport]:
    from time import time

    from oomtray.kernel.kill_log import read

    for report in read(stream, time()):
        if since is None or report.time is None or report.time >= since:
            yield report


def _lines(report: KillReport, terminal: Terminal) -> list[str]:
    from oomtray.cli.table import Column, Row, table
    from oomtray.messages.kills import details, headline
    from oomtray.risk.postmortem import cause, ranking
    from oomtray.text import adjustment, printable, size, wrap

    ranked = ranking(report)
    lines = [terminal.styled(terminal.written(line), "bold") for line in wrap(headline(report), terminal.columns)]
    for sentence in details(report, ranked, cause(report)):
        lines += [terminal.written(line) for line in wrap(sentence, terminal.columns)]
    page = report.machine.page_size
    if ranked and page is not None:
        rows = [
            Row((str(one.pid), size(one.rss + one.swap), adjustment(one.oom_score_adj), size(one.badness * page), printable(one.name)))
            for one in ranked[:_ROWS]
        ]
        right = [Column(head, right=True) for head in (tr("PID"), tr("HELD"), tr("ADJ"), tr("COUNTED"))]
        lines += table((*right, Column(tr("NAME"), least=8)), rows, terminal)
    return lines


def _numbered(events: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with an id that it keeps as long as the log stays the same."""
    from hashlib import blake2s

    seen: dict[str, int] = {}
    numbered = []
    for event in events:
        what = repr((event["time"], event.pop("uptime"), event["killer"], event["victims"], event["trigger"]))
        name = blake2s(what.encode("utf-8", "replace"), digest_size=8).hexdigest()
        seen[name] = seen.get(name, 0) + 1
        numbered.append({"id": name if seen[name] == 1 else f"{name}-{seen[name]}", **event})
    return numbered


def _event(report: KillReport) -> dict[str, Any]:
    from oomtray.risk.postmortem import cause, ranking

    certainty = _CERTAINTY.get(report.outcome, report.outcome)
    found, ranked = cause(report), ranking(report)
    invoker = report.invoker
    return {
        "time": report.time,
        "uptime": report.uptime,
        "killer": report.killer,
        "scope": _scope(report),
        "victims": [_victim(one) for one in report.victims],
        "trigger": None if invoker is None else {"pid": invoker.pid, "name": invoker.name},
        "certain": certainty == "certain",
        "certainty": certainty,
        "cause": None
        if found is None
        else {"kind": found.kind, "confidence": found.confidence, "evidence": found.evidence, "remedy": found.remedy},
        "constraint": report.constraint,
        "manual": report.manual,
        "sources": ["log"],
        "foretold": None,
        "ranking": None
        if ranked is None
        else [
            {"pid": one.pid, "name": one.name, "badness": one.badness, "oom_score_adj": one.oom_score_adj,
             "rss": one.rss, "swap": one.swap}
            for one in ranked
        ],
    }  # fmt: skip


def _scope(report: KillReport) -> dict[str, Any] | None:
    from oomtray.risk.postmortem import total_pages

    if report.limit is not None or report.constraint == "memcg":
        limit = report.limit
        return {
            "kind": "cgroup",
            "path": None if limit is None else limit.path,
            "limit": None if limit is None else limit.limit,
            "total_pages": total_pages(report),
        }
    if report.constraint is None:
        return None
    return {"kind": "system", "total_pages": total_pages(report)}


def _victim(victim: Killed) -> dict[str, Any]:
    from oomtray.risk.app_names import named_by
    from oomtray.systemd.unit_names import unit_of

    unit = unit_of(victim.cgroup)
    app = named_by(victim.cgroup)
    return {
        "pid": victim.pid,
        "start_time": None,
        "name": victim.name,
        "freed": victim.freed,
        "oom_score_adj": victim.adj,
        "uid": victim.uid,
        "unit": None if unit is None else unit.name,
        "app": None if app is None else app.name,
        "command": victim.command,
    }
