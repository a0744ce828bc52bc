"""`help`: the pages of the help window, in the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oomtray import help_pages
from oomtray.cli import DONE, USAGE, Failure
from oomtray.messages.i18n import joined, language, tr
from oomtray.text import columns, pad, wrap

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from oomtray.cli.terminal import Terminal

_WIDEST = 88
"""Most columns: longer lines are hard to read."""
_GAP = 2
_ITEM = re.compile(r"( *)([-*]|\d+\.) +(.*)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_RULE = re.compile(r"\|[-:| ]+\|")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_STRESSED = re.compile(r"(?<![\w*`/\"])\*(?! )([^*`]+?)\*")


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "help",
        help=tr("show the pages of the help"),
        description=tr("List the pages of the help, or print one: as text in a terminal, as Markdown into a pipe."),
    )
    parser.add_argument("topic", metavar="TOPIC", nargs="?", help=tr("the name of a page, as the list has it"))
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    if arguments.topic is None:
        wide = max(map(len, help_pages.TOPICS))
        for page in help_pages.pages(language()):
            print(f"{page.topic:{wide}}  {page.title}")
        return DONE
    if arguments.topic not in help_pages.TOPICS:
        raise Failure(tr("there is no page {topic}; the pages are {topics}", topic=repr(arguments.topic), topics=joined(help_pages.TOPICS)), USAGE)
    _print(help_pages.page(arguments.topic, language()))
    return DONE


def _print(page: help_pages.Page) -> None:
    from oomtray.cli.terminal import Terminal

    terminal, markdown = Terminal.of(), f"# {page.title}\n\n{page.text}"
    if terminal.columns is None:  # for another program, which may understand Markdown
        print(markdown)
        return
    for line in lines(markdown, terminal):
        print(terminal.written(line))


def lines(markdown: str, terminal: Terminal) -> Iterator[str]:
    """Yield lines within the terminal's width, except for code and longer words."""
    width = min(terminal.columns or _WIDEST, _WIDEST)
    for block in _blocks(markdown):
        first = block[0]
        if first.startswith("#"):
            yield terminal.styled(_plain(first.lstrip("# ")), "bold")
        elif first.startswith("    "):
            yield from block
        elif first.startswith("|"):
            yield from _table([row for row in block if not _RULE.fullmatch(row)], width, terminal)
        elif (item := _ITEM.match(first)) is not None:
            lead = f"{item[1]}{item[2]} "
            yield from _hanging(lead, " ".join([item[3], *(line.strip() for line in block[1:])]), width)
        else:
            yield from wrap(_plain(" ".join(line.strip() for line in block)), width)


def _blocks(markdown: str) -> Iterator[list[str]]:
    """Yield groups of lines that belong together; an empty line is a block of its own."""
    block: list[str] = []
    for line in markdown.splitlines():
        if block and not _goes_on(block, line):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _goes_on(block: list[str], line: str) -> bool:
    first = block[0]
    if not line or not first or first.startswith("#") or line.startswith("#"):
        return False
    if first.startswith("    "):
        return line.startswith("    ")
    return first.startswith("|") == line.startswith("|") and _ITEM.match(line) is None


def _hanging(lead: str, text: str, width: int) -> Iterator[str]:
    for line in wrap(_plain(text), width - len(lead)):
        yield lead + line
        lead = " " * len(lead)


def _table(rows: Iterable[str], width: int, terminal: Terminal) -> Iterator[str]:
    cells = [[_plain(cell.strip()) for cell in row.strip().strip("|").split("|")] for row in rows]
    widths = _fitted(list(zip(*cells, strict=True)), width)
    for number, row in enumerate(cells):
        parts = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
        for n in range(max(map(len, parts))):
            shown = [pad(part[n] if n < len(part) else "", size) for part, size in zip(parts, widths, strict=True)]
            line = (" " * _GAP).join(shown).rstrip()
            yield terminal.styled(line, "bold") if not number else line


def _fitted(table: list[tuple[str, ...]], width: int) -> list[int]:
    """Compute column widths: the widest shrinks first, none below its longest word."""
    fitted = [max(map(columns, column)) for column in table]
    least = [max(columns(word) for cell in column for word in (cell.split() or [""])) for column in table]
    while sum(fitted) + _GAP * (len(fitted) - 1) > width:
        able = [n for n, size in enumerate(fitted) if size > least[n]]
        if not able:
            break
        fitted[max(able, key=fitted.__getitem__)] -= 1
    return fitted


def _plain(text: str) -> str:
    """Remove Markdown's marks, except those around text to type."""
    return _STRESSED.sub(r"\1", _STRONG.sub(r"\1", _LINK.sub(_link, text)))


def _link(found: re.Match[str]) -> str:
    topic = help_pages.topic_of(found[2])
    return f"{found[1]} ({found[2] if topic is None else f'`{topic}`'})"
