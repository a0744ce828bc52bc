"""`explain`: how one process comes by its badness, and what would happen without it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from oomtray.cli import DONE, Failure

if TYPE_CHECKING:
    from argparse import Namespace

    from oomtray.cli.terminal import Terminal
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.explain import Explanation

LARGEST_PID = 1 << 22
"""PID_MAX_LIMIT of a 64-bit kernel (include/linux/threads.h)."""


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "explain",
        help="why a process would be killed, or not",
        description="Show how the kernel comes by the badness of a process, what protects or exposes it, and who"
        " would die in its place.",
    )
    parser.add_argument("pid", metavar="PID", type=_pid)
    parser.add_argument("--json", action="store_true", help="JSON instead of text; what is unknown is null")
    parser.set_defaults(run=run_explain)


def run_explain(arguments: Namespace) -> int:
    from oomtray.cli.monitoring import monitoring, user_settings
    from oomtray.risk.explain import explain

    with monitoring(user_settings(), once=True) as monitor:
        assessment = monitor.survey()
    try:
        explained = explain(assessment, arguments.pid)
    except KeyError:
        seen = "" if assessment.snapshot.complete else " that you can see"
        raise Failure(f"there is no process {arguments.pid}{seen}") from None
    if arguments.json:
        from oomtray.cli import as_json as report

        print(report.dumps(report.explanation(assessment, explained)))
    else:
        from oomtray.cli.terminal import Terminal

        print("\n".join(explanation(assessment, explained, Terminal.of())))
    return DONE


def explanation(assessment: Assessment, explained: Explanation, terminal: Terminal) -> list[str]:
    """Who it is, the sum as a table where it has one, and the sentences."""
    from oomtray.messages.explanation import tell
    from oomtray.text import wrap

    lines = [
        terminal.styled(terminal.written(line), "bold") for line in wrap(_who(explained), terminal.columns)
    ]
    if explained.risk.badness is not None:
        lines += ["", *_sum(assessment, explained, terminal)]
    lines.append("")
    for sentence in tell(assessment, explained):
        lines += [terminal.written(line) for line in wrap(sentence, terminal.columns)]
    return lines


def _who(explained: Explanation) -> str:
    from oomtray.kernel.users import login_name
    from oomtray.messages.listing import called
    from oomtray.text import printable

    risk = explained.risk
    uid = risk.process.uid
    belongs = [f"{called(risk)} of {login_name(uid) or f'uid {uid}'}"]
    if risk.app is not None:
        belongs.append(f"app {printable(risk.app)}")
    if risk.unit is not None:
        belongs.append(f"unit {printable(risk.unit)}")
    return ", ".join(belongs)


def _sum(assessment: Assessment, explained: Explanation, terminal: Terminal) -> list[str]:
    from oomtray.cli.table import Column, Row, table
    from oomtray.kernel.snapshot import PAGE_SIZE
    from oomtray.text import UNKNOWN, adjustment, share_percent, size

    risk, parts = explained.risk, explained.parts
    adj = adjustment(risk.process.oom_score_adj)
    whole = "RAM and swap" if assessment.snapshot.scope.kind == "system" else "the cgroup's limit"
    summands = (
        ("resident", parts.rss),
        ("swapped out", parts.swap),
        ("page tables", parts.page_tables),
        (f"oom_score_adj {adj}", parts.adjustment),
        (f"badness, {share_percent(risk.share)} of {whole}", risk.badness),
    )
    rows = [
        Row(
            (
                UNKNOWN if pages is None else str(pages),
                size(None if pages is None else pages * PAGE_SIZE),
                what,
            )
        )
        for what, pages in summands
    ]
    return table(
        (Column("PAGES", right=True), Column("MEMORY", right=True), Column("", least=8)), rows, terminal
    )


def _pid(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= LARGEST_PID):
        raise argparse.ArgumentTypeError(f"{text!r} is not a process id")
    return int(text)
