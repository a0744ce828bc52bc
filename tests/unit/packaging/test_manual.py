"""Specifies that each manual has the options of every command and no other, every reason, every key of a process, and every cause of a killer's idleness."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from oomtray import help_pages
from oomtray.cli import COMMANDS, build_parser
from oomtray.kernel.killers import _SOURCES
from oomtray.risk.judged import Reason, WhyNot
from oomtray.risk.killer import IdleReason
from tests.rigs.commands import contract

PACKAGING = Path(__file__).parents[3] / "packaging"
MANUALS = {"en": PACKAGING / "oomtray.1", **{file.parent.name: file for file in PACKAGING.glob("*/oomtray.1")}}
SYNOPSIS, COMMANDS_AT_LENGTH, REASONS, KILLERS, PROCESS = 2, 4, 5, 6, 7
each_manual = pytest.mark.parametrize("language", MANUALS)


def section(language: str, number: int) -> str:
    """As it is typed on a keyboard; 0 is what stands before the first heading."""
    return re.split(r"^\.SH .*\n", MANUALS[language].read_text(), flags=re.MULTILINE)[number].replace("\\-", "-")


def options_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Also those of its subcommands; without --help, which all have."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from options_of(one)
        elif action.help is not argparse.SUPPRESS:
            yield from (name for name in action.option_strings if name not in {"-h", "--help"})


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def told_of(command: str, language: str) -> tuple[str, str]:
    """Its lines of the synopsis, and its paragraphs among the commands at length."""
    lines = [one for one in section(language, SYNOPSIS).split(".br\n") if re.match(rf".*oomtray ([a-z\" |]* )?{command}\b", one)]
    text = section(language, COMMANDS_AT_LENGTH)
    paragraphs = [one for one in text.split(".TP\n") if command in re.findall(r"[a-z]+", one.partition("\n")[0])]
    own = [line for line in lines if f"oomtray {command}" in line or not re.match(r".*oomtray (unit|rules) ", line)]
    return "".join(own), "".join(paragraphs)


@each_manual
@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_told_and_no_other(command: str, language: str) -> None:
    parser = build_parser(command)._subparsers._group_actions[0].choices[command]  # type: ignore[union-attr,index,call-overload]
    there = set(options_of(parser))
    synopsis, at_length = told_of(command, language)
    assert there - options_in(synopsis + at_length) == set()
    assert options_in(synopsis) - there == set()


@each_manual
@pytest.mark.parametrize(("number", "identifiers"), [(REASONS, get_args(Reason) + get_args(WhyNot)), (KILLERS, get_args(IdleReason))])
def test_identifiers_of_the_json_are_told(number: int, identifiers: tuple[str, ...], language: str) -> None:
    assert set(identifiers) - set(re.findall(r"[a-z0-9-]+", section(language, number))) == set()


@each_manual
def test_every_key_of_a_process_of_explain_is_told_and_no_other(language: str) -> None:
    """By the contract that the commands' JSON is held to."""
    text = re.sub(r'(?m)^\.SH.*|"[^"\n]*"|\(.*?\)', " ", section(language, PROCESS))
    named = {word for line in re.findall(r"(?m)^\.IR? (.*)$", text) for word in re.findall(r"[a-z_]+", line)}
    assert named == keys(contract.FACTS)
    assert contract.UNREAD - set(re.findall(r"[a-z-]+", section(language, PROCESS))) == set()


def keys(shape: object) -> set[str]:
    """Those of all objects in it."""
    if isinstance(shape, contract.AnyOf):
        return set()
    if isinstance(shape, dict):
        return set(shape) | {key for one in shape.values() for key in keys(one)}
    return {key for one in shape for key in keys(one)} if isinstance(shape, list | tuple) else set()


@each_manual
@pytest.mark.parametrize("killer", _SOURCES)
def test_every_killer_whose_choice_is_foreseen_is_told(killer: str, language: str) -> None:
    assert f".IP \\fB{killer}\\fR" in section(language, KILLERS)
    assert killer in help_pages.page("limits", language).text


@each_manual
def test_whatever_replay_takes_is_told(language: str) -> None:
    parser = build_parser("replay")._subparsers._group_actions[0].choices["replay"]  # type: ignore[union-attr,index,call-overload]
    (file,) = (action for action in parser._actions if action.dest == "file")
    takes = re.findall(r"[a-z]+ --[a-z]+", file.help)
    assert len(takes) == 3
    _, at_length = told_of("replay", language)
    own = at_length.partition(".TP")[0]
    assert [one for one in takes if one not in own] == []
