"""`explain`: how a process's badness is computed, and what would happen without it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from oomtray.cli import DONE, Failure, add_json_option
from oomtray.messages.i18n import tr
from oomtray.text import UNKNOWN, columns, pad, size, wrap

if TYPE_CHECKING:
    from argparse import Namespace

    from oomtray.cli.terminal import Style, Terminal
    from oomtray.kernel.process_facts import ProcessFacts
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.explain import Explanation

LARGEST_PID = 1 << 22
"""PID_MAX_LIMIT of a 64-bit kernel (include/linux/threads.h)."""
_MOST_LINES = 8
"""Most lines of a command line in a terminal; a pipe and JSON get all of it."""
_LEAST_ROOM = 20


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "explain",
        help=tr("show why a process would be killed, or not"),
        description=tr(
            "Show how the kernel computes the badness of a process, what protects or exposes it, and which process would"
            " be killed in its place."
        ),
    )
    parser.add_argument("pid", metavar="PID", type=_pid, help=tr("the number of a process"))
    add_json_option(parser)
    parser.set_defaults(run=run_explain)


def run_explain(arguments: Namespace) -> int:
    from oomtray.actions.targets import process_of_thread
    from oomtray.cli.monitoring import monitoring, user_settings
    from oomtray.risk.explain import explain

    pid = process_of_thread(arguments.pid) or arguments.pid
    with monitoring(user_settings(), once=True, explained=pid) as monitor:
        assessment = monitor.survey()
    explained = _explained(assessment, pid)
    process = explained.risk.process
    facts = _facts(process)
    sharers = _sharers(facts)
    if sharers:
        explained = explain(assessment, process.pid, sharers=sharers)
    if arguments.json:
        from oomtray.cli import as_json as report

        print(report.dumps(report.explanation(assessment, explained, facts)))
    else:
        from oomtray.cli.terminal import Terminal

        print("\n".join(explanation(assessment, explained, Terminal.of(), facts)))
    return DONE


def _explained(assessment: Assessment, pid: int) -> Explanation:
    """Explain the process with this PID. Raises Failure."""
    from oomtray.risk.explain import explain

    try:
        return explain(assessment, pid)
    except KeyError:
        from oomtray.messages.explanation import missing

        raise Failure(missing(pid, complete=assessment.snapshot.complete)) from None


def _facts(process: Process) -> ProcessFacts | None:
    """Read the facts; None if the process has ended, or hidepid hides it now."""
    from oomtray.kernel.facts_reader import read_facts

    try:
        return read_facts(*process.identity)
    except OSError:
        return None


def _sharers(facts: ProcessFacts | None) -> tuple[int, ...]:
    from oomtray.kernel.process_facts import Unread

    if facts is None or isinstance(facts.shares_memory, Unread):
        return ()
    return tuple(one.pid for one in facts.shares_memory.first)


def explanation(
    assessment: Assessment, explained: Explanation, terminal: Terminal, facts: ProcessFacts | None = None
) -> list[str]:
    """Render who it is, the sum as a table if there is one, the facts if any, and the sentences."""
    from oomtray.messages.explanation import tell, who

    title = who(explained, _owner(explained.risk.process))
    lines = terminal.wrapped(title, "bold")
    if explained.risk.badness is not None:
        lines += ["", *_sum(assessment, explained, terminal)]
    if facts is not None:
        lines += ["", *_told(facts, assessment.snapshot.time, terminal)]
    lines.append("")
    for sentence in tell(assessment, explained):
        lines += terminal.wrapped(sentence)
    return lines


def _owner(process: Process) -> str:
    from oomtray.kernel.users import login_name

    return login_name(process.uid) or str(process.uid)


def _sum(assessment: Assessment, explained: Explanation, terminal: Terminal) -> list[str]:
    from oomtray.cli.table import Column, Row, table
    from oomtray.kernel.snapshot import PAGE_SIZE
    from oomtray.messages.badness import parts

    rows = [
        Row((UNKNOWN, UNKNOWN, what) if pages is None else (str(pages), size(pages * PAGE_SIZE), what))
        for pages, what in parts(assessment.snapshot, explained)
    ]
    heads = (Column(tr("PAGES"), right=True), Column(tr("MEMORY"), right=True), Column("", least=8))
    return table(heads, rows, terminal)


def _told(facts: ProcessFacts, now: float, terminal: Terminal) -> list[str]:
    """Render each fact in one or more lines, after its label."""
    from oomtray.kernel.process_facts import Unread
    from oomtray.kernel.users import login_name
    from oomtray.messages.details import lines

    user = None if isinstance(facts.uid, Unread) else login_name(facts.uid)
    told = lines(facts, now, user=user)
    indent = max(columns(line.label) for line in told) + 2
    room = None if terminal.columns is None else max(terminal.columns - indent, _LEAST_ROOM)
    written = []
    for line in told:
        texts = wrap(terminal.written(line.text), room)
        if terminal.columns is not None and len(texts) > _MOST_LINES:
            texts = [*texts[: _MOST_LINES - 1], "…"]
        style: Style = "plain" if line.known else "dim"
        for number, text in enumerate([*texts, *line.items]):
            label = pad(line.label if number == 0 else "", indent)
            written.append(label + terminal.styled(terminal.written(text), style))
    return written


def _pid(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= LARGEST_PID):
        raise argparse.ArgumentTypeError(tr("{value} is not a process ID", value=repr(text)))
    return int(text)
