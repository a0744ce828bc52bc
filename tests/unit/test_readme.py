"""Specifies that the README leads to the help and to files that are there, and that its figures are those of the tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oomtray import help_pages
from oomtray.cli import COMMANDS
from oomtray.desktop.qt_libraries import MODULES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text()
LINKS = re.findall(r"\]\(([^)#]+)\)", TEXT)


@pytest.mark.parametrize("topic", help_pages.TOPICS)
def test_it_links_to_each_page_of_the_help(topic: str) -> None:
    assert f"resources/help/{topic}.md" in LINKS


def test_what_it_links_to_is_there() -> None:
    assert [link for link in LINKS if not link.startswith("https://") and not (ROOT / link).is_file()] == []


def test_the_targets_of_make_that_it_names_are_there() -> None:
    named = set(re.findall(r"make ([a-z-]+)", TEXT))
    assert named
    assert named <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_it_names_what_make_install_expects_of_the_systems_python() -> None:
    told = re.search(r"`sudo make install`, where the system's Python has ([^.]+)\.", TEXT)
    assert told
    assert set(re.findall(r"\w{3,}", told[1])) - {"and"} == set(MODULES)


def test_its_figures_are_those_of_the_table() -> None:
    table = re.findall(r"\| (\d+) of (\d+) \|", help_pages.page("measured").text)
    warned, all_of_them = sum(int(row[0]) for row in table), sum(int(row[1]) for row in table)
    assert f"Of {all_of_them} recorded and simulated ways to run out, {warned} were" in TEXT
    kinds, each = re.search(r"Of (\d+) kinds of load that come and go, (\d+) of each", help_pages.page("measured").text).groups()
    assert f"Of {int(kinds) * int(each)} loads that come and go, the forecast warned of\nnone" in TEXT


def test_it_is_read_in_two_minutes() -> None:
    """Without the pictures, tables of links and what is typed, at some 240 words a minute."""
    prose = re.sub(r"!\[[^\]]*\]\([^)]*\)|\([^)]*\)|^ {4}.*$|^\|.*$", "", TEXT, flags=re.MULTILINE)
    assert len(re.findall(r"\w{2,}", prose)) < 450


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_of_commands_has_each(language: str) -> None:
    told = re.findall(r"`oomtray ?(\w*)", help_pages.page("commands", language).text.partition("\n## ")[0])
    assert {*COMMANDS, ""} - set(told) == set()
