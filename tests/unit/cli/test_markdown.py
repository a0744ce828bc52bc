"""Specifies how a page of the help is set in a terminal."""

from __future__ import annotations

import pytest

from oomtray import help_pages
from oomtray.cli.help import lines
from oomtray.cli.terminal import Terminal
from oomtray.text import columns

PAGE = """\
# Title

Some **bold** and *stressed* words, `code *` and a
[page](score.md), the [web](https://example.org/).

- one item that is long enough to go on
  in another line
- two

1. first

    code  stays
      as it is

| a | b |
|---|--:|
| x | long text in a cell |
"""


def shown(text: str, width: int, **more: bool) -> list[str]:
    return list(lines(text, Terminal(columns=width, **more)))


def test_a_page() -> None:
    assert shown(PAGE, 36) == [
        "Title",
        "",
        "Some bold and stressed words, `code",
        "*` and a page (`score`), the web",
        "(https://example.org/).",
        "",
        "- one item that is long enough to go",
        "  on in another line",
        "- two",
        "",
        "1. first",
        "",
        "    code  stays",
        "      as it is",
        "",
        "a  b",
        "x  long text in a cell",
    ]


def test_a_cell_is_wrapped_in_its_column() -> None:
    assert shown("| a | b |\n|---|---|\n| x | long text in a cell |", 14) == ["a  b", "x  long text", "   in a cell"]


def test_titles_and_heads_are_bold() -> None:
    assert shown("## T\n\n| a |\n|---|\n| b |", 20, color=True) == ["\x1b[1mT\x1b[0m", "", "\x1b[1ma\x1b[0m", "b"]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_every_page_fits(language: str, width: int) -> None:
    """But for code, which isn't broken, and single words."""
    for page in help_pages.pages(language):
        for line in shown(page.text, width):
            words = line.split()
            assert columns(line) <= min(width, 88) or line.startswith("    ") or len(words) <= 2, (page.topic, line)
            assert "**" not in line
            assert "](" not in line
