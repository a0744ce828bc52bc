"""`help`: the pages of the help window, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray import help_pages
from oomtray.cli import DONE, USAGE, Failure
from oomtray.messages.i18n import joined, language, tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace


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
    from oomtray.cli.markdown import lines

    for line in lines(markdown, terminal):
        print(terminal.written(line))
