"""`fits`: whether more memory would fit; and the order of deaths until so much is free, for `list --until`."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.cli import DONE, FITS_AFTER, FITS_NOT, Failure, add_json_option, is_plain
from oomtray.messages.i18n import tr
from oomtray.text import parse_size

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from oomtray.cli.terminal import Terminal
    from oomtray.monitor import Monitor
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.fits import Deaths, Fit
    from oomtray.risk.judged import App, Risk
    from oomtray.risk.killer import Also

_MOST_READ = 64
"""Processes whose private memory is read, which takes up to 5 ms each; the others' remains an upper bound."""
_STATUS = {"yes": DONE, "after": FITS_AFTER, "no": FITS_NOT}


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "fits",
        help=tr("show whether a program of some size would still fit"),
        description=tr(
            "Show whether so much more memory would fit, what would be left, whether the computer would become slow, and"
            " which processes would have to end first. Exit status: 0 it fits, 6 only after ending those, 7 not at all."
        ),
    )
    parser.add_argument("size", metavar="SIZE", type=size, help=tr("such as 800M or 13G"))
    add_json_option(parser)
    parser.set_defaults(run=run_fits)


def run_fits(arguments: Namespace) -> int:
    from oomtray.cli.monitoring import monitoring, user_settings
    from oomtray.risk.fits import fit, inherited_adj

    with monitoring(user_settings(), once=True) as monitor:
        assessment = _without_own_process(monitor.survey(apps=True))
        told, also = with_deaths_read(monitor, assessment, lambda one, also: _deaths(fit(one, arguments.size, also)))
    found = fit(told, arguments.size, also, adj=inherited_adj(told, os.getpid()))
    if found is None:
        raise Failure(tr("how much memory is left is unknown here"))
    if arguments.json:
        from oomtray.cli import as_json as report

        print(report.dumps(report.fit(found)))
    else:
        from oomtray.messages import fits as words

        _print([words.answer(told, found), *words.notes(told, found)], told, found.deaths)
    return _STATUS[found.fits]


def run_until(arguments: Namespace) -> int:
    """Run `list --until SIZE`."""
    from oomtray.cli.monitoring import monitoring, user_settings
    from oomtray.risk.fits import deaths

    wanted: int = arguments.until
    with monitoring(user_settings(), arguments.cgroup, once=True) as monitor:
        assessment = monitor.survey(apps=True)
        assessment, also = with_deaths_read(monitor, assessment, lambda one, also: deaths(one, wanted, also))
    order = deaths(assessment, wanted, also)
    if arguments.json:
        from oomtray.cli import as_json as report

        if arguments.apps:
            print(report.dumps(report.apps(assessment, _dying(assessment, order))))
        else:
            print(report.dumps(report.processes(assessment, order.dead)))
    else:
        from oomtray.messages import fits as words

        says = [words.to_free(assessment, order), *words.uncertain(assessment, order)]
        _print(says, assessment, order, apps=arguments.apps)
    return DONE


def _print(says: list[str], assessment: Assessment, order: Deaths, *, apps: bool = False) -> None:
    """Print sentences, and the deaths below them as a table."""
    from oomtray.cli.terminal import Terminal

    terminal = Terminal.of()
    lines = [line for sentence in says for line in terminal.wrapped(sentence)]
    if order.dead:
        lines += ["", *deaths_table(assessment, order, terminal, apps=apps)]
    print("\n".join(lines))


def _dying(assessment: Assessment, order: Deaths) -> list[App]:
    """Return the apps that lose a process, in the order in which they do."""
    turn = {risk.process.pid: number for number, risk in enumerate(order.dead)}
    first = {
        number: app
        for app in assessment.apps
        if (number := min((turn[m.process.pid] for m in app.members if m.process.pid in turn), default=None)) is not None
    }
    return [app for _, app in sorted(first.items())]


def size(text: str) -> int:
    plain = text if is_plain(text) else ""
    count = parse_size(plain)
    if count is None and parse_size(plain.strip().removeprefix("-")) is not None:
        raise argparse.ArgumentTypeError(tr("a size can't be negative: {value}", value=repr(text)))
    if count is None:
        raise argparse.ArgumentTypeError(tr("{value} is not a size such as 800M or 13G", value=repr(text)))
    return count


def with_deaths_read(
    monitor: Monitor, assessment: Assessment, find: Callable[[Assessment, dict[int, Also]], Deaths]
) -> tuple[Assessment, dict[int, Also]]:
    """Read private memory of those who would die and who dies with them; return the assessment with that.

    `find` is called again after each reading, because more must die if the first ones free less than
    expected.
    """
    from oomtray.cli.exact_memory import private_memory

    read: dict[int, int | None] = {}
    also: dict[int, Also] = {}
    while True:
        unread = [risk for risk in find(assessment, also).dead if risk.process.pid not in read]
        unread = unread[: max(_MOST_READ - len(read), 0)]
        if not unread:
            return assessment, also
        read |= private_memory([risk.process for risk in unread])
        also |= monitor.ends_with([risk.process for risk in unread], assessment.snapshot)
        assessment = _with_private(assessment, read)


def deaths_table(assessment: Assessment, order: Deaths, terminal: Terminal, *, apps: bool) -> list[str]:
    """Render a row for each death, or for consecutive deaths of one app, with the total freed by then."""
    from oomtray.cli.table import Column, Row, table
    from oomtray.messages.fits import row_name
    from oomtray.messages.names import title
    from oomtray.messages.numbers import bounded

    rows, freed, exact = [], 0, True
    groups = _grouped(assessment, order.dead) if apps else [(risk,) for risk in order.dead]
    for number, group in enumerate(groups, 1):
        known = [risk for risk in group if risk.frees is not None]
        frees = sum(risk.frees or 0 for risk in known)
        its_exact = all(risk.frees_exact for risk in known)
        freed, exact = freed + frees, exact and its_exact
        first = group[0]
        who = title(assessment, first) if apps else row_name(assessment, first)
        rows.append(
            Row((
                str(number),
                str(len(group)) if apps else str(first.process.pid),
                who,
                bounded(frees if known else None, exact=its_exact),
                bounded(freed, exact=exact),
            ))
        )  # fmt: skip
    heads = (
        Column("#", right=True, dropped=2),
        Column(tr("PROCESSES") if apps else tr("PID"), right=True),
        Column(tr("APP") if apps else tr("NAME"), least=8, good=20),
        Column(tr("FREES"), right=True),
        Column(tr("IN ALL"), right=True, dropped=1),
    )
    return table(heads, rows, terminal)


def _grouped(assessment: Assessment, dead: tuple[Risk, ...]) -> list[tuple[Risk, ...]]:
    from itertools import groupby

    from oomtray.risk.following import shown_app

    return [tuple(group) for _, group in groupby(dead, key=lambda risk: shown_app(assessment, risk))]


def _without_own_process(assessment: Assessment) -> Assessment:
    """Leave out this command, which ends by itself before anybody reads its answer."""
    risks = tuple(risk for risk in assessment.risks if risk.process.pid != os.getpid())
    return replace(assessment, risks=risks)


def _with_private(assessment: Assessment, private: dict[int, int | None]) -> Assessment:
    def told(risk: Risk) -> Risk:
        own = private.get(risk.process.pid)
        return risk if own is None else replace(risk, private=own)

    apps = tuple(replace(app, members=tuple(map(told, app.members))) for app in assessment.apps)
    return replace(assessment, risks=tuple(map(told, assessment.risks)), apps=apps)


def _deaths(found: Fit | None) -> Deaths:
    from oomtray.risk.fits import Deaths

    return Deaths(0, (), reached=False) if found is None else found.deaths
