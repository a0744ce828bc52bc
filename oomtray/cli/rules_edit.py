"""`rules add`, `rules remove` and `rules profile`: the commands that change the rules file."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from oomtray.actions.rules.model import CONDITIONS, Rule
from oomtray.cli import DONE, USAGE, Failure, add_dry_run_option, add_json_option
from oomtray.cli.monitoring import user_settings
from oomtray.cli.rules_output import (
    INDENT,
    matched_now,
    print_json,
    print_matches,
    print_mistakes,
    print_profiles,
    read_rules,
)
from oomtray.cli.terminal import say
from oomtray.messages.i18n import joined, tr
from oomtray.messages.rules import added_in_terminal, added_to_file, cost_in_terminal
from oomtray.text import from_argument

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Sequence

    from oomtray.actions.rules.parse import RuleSet

_PRESETS = "protect, protect-strongly, deprioritize, first"


def add_editing_parsers(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verb = verbs.add_parser(
        "add",
        help=tr("add a rule"),
        description=tr("Add a rule to the rules file. Comments in the file are kept."),
    )
    for condition, says in zip(
        CONDITIONS,
        (
            tr("desktop ID, or app as `oomtray list --apps` shows it"),
            tr("absolute path of the executable; a * at the end matches anything"),
            tr("exact name of the process"),
            tr("part of the command line"),
            tr("systemd unit; * matches anything"),
            tr("login name or UID"),
        ),
        strict=True,
    ):
        verb.add_argument(f"--{condition}", type=from_argument, help=says)
    verb.add_argument("--label", type=from_argument, default="", help=tr("name of the rule"))
    verb.add_argument(
        "--set",
        required=True,
        metavar="VALUE",
        help=tr("{presets}, or a number from {lowest} to {highest}", presets=_PRESETS, lowest=-999, highest=1000),
    )
    add_common_options(verb)
    verb.set_defaults(run=run_add)
    verb = verbs.add_parser(
        "remove",
        help=tr("remove rules"),
        description=tr("Remove rules by their numbers in `oomtray rules list`."),
    )
    verb.add_argument("numbers", nargs="+", type=_number, metavar="NUMBER", help=tr("the number of a rule"))
    add_common_options(verb)
    verb.set_defaults(run=run_remove)
    verb = verbs.add_parser(
        "profile",
        help=tr("add a set of rules that comes with OOM Tray"),
        description=tr("Add the rules of a profile, or show which profiles there are."),
    )
    verb.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        default="list",
        help=tr("name of a profile, `all` for all of them, or `list` to show them (the default)"),
    )
    add_common_options(verb)
    verb.set_defaults(run=run_profile)


def add_common_options(parser: argparse.ArgumentParser, *, changes: bool = True) -> None:
    add_dry_run_option(parser, shown=changes)
    add_json_option(parser)


def run_add(arguments: Namespace) -> int:
    from oomtray.actions.rules.parse import RuleSet

    value = arguments.set
    conditions = {name: getattr(arguments, name) for name in CONDITIONS}
    rule = _checked(Rule(int(value) if _is_number(value) else value, **conditions, label=arguments.label))
    settings = user_settings()
    if arguments.dry_run:
        new = len(_new_of([rule]))
        _, status = matched_now(RuleSet((rule,)), settings, dry=True)
        if arguments.json:
            print_json(RuleSet((rule,)), status)
        else:
            say(added_in_terminal(rule, new=bool(new), really=False))
            print_matches(status.applied)
    else:
        new = _add([rule])
        if arguments.json:
            print_json(read_rules()[0])
        else:
            say(added_in_terminal(rule, new=bool(new)))
    cost = cost_in_terminal(rule, settings.actions)
    if cost and not arguments.json:
        say(cost)
    return DONE


def run_remove(arguments: Namespace) -> int:
    from oomtray.actions.file_edits import record_removed
    from oomtray.actions.journal import Journal
    from oomtray.actions.rules.edit import remove
    from oomtray.actions.rules.parse import default_path
    from oomtray.cli.change_output import keep, print_note
    from oomtray.config.toml_file import NotEdited
    from oomtray.messages.rules import removed, title
    from oomtray.messages.rules_file import no_rule, not_edited

    read, path = _readable(), default_path()
    count = len(read.rules)
    numbers = list(dict.fromkeys(arguments.numbers))
    wrong = [number for number in numbers if number > count]
    if read.mistakes:
        print_mistakes(path, read.mistakes)
        raise Failure(tr("rules can be removed by number only once the mistakes are corrected"))
    if wrong:
        raise Failure(no_rule(wrong[0], count, path))
    for number in numbers:
        print(f"{number}  {title(read.rules[number - 1])}", file=sys.stderr if arguments.json else None)
    if not arguments.dry_run:
        try:
            gone = remove(path, numbers)
        except NotEdited as error:
            raise Failure(not_edited(error)) from error
        journal = Journal()
        keep(record_removed(journal, path, gone))
        print_note(journal.note)
    if arguments.json:
        print_json(read_rules()[0])
    else:
        say(removed(len(numbers), really=not arguments.dry_run))
    return DONE


def run_profile(arguments: Namespace) -> int:
    from oomtray.actions.rules.parse import RuleSet, default_path
    from oomtray.actions.rules.profiles import load_profiles, profile
    from oomtray.messages.profiles import conversion, purpose, title

    if arguments.name == "list":
        print_profiles(load_profiles(), arguments)
        return DONE
    try:
        chosen = profile(arguments.name)
    except KeyError:
        known = joined([one.name for one in load_profiles()])
        message = tr("there is no profile {name}; use {known}, or all", name=repr(arguments.name), known=known)
        raise Failure(message, USAGE) from None
    rules = tuple(rule for one in chosen for rule in one.rules)
    new = len(_new_of(rules)) if arguments.dry_run else _add(rules)
    _, status = matched_now(RuleSet(rules), user_settings(), dry=True)
    if arguments.json:
        print_json(RuleSet(rules), status)
        return DONE
    for one in chosen:
        say(f"{title(one)}: {purpose(one)}")
        say(conversion(one), INDENT)
        print_matches([applied for applied in status.applied if applied.rule in one.rules])
    say(added_to_file(new, default_path(), really=not arguments.dry_run))
    return DONE


def _add(rules: Sequence[Rule]) -> int:
    """Add the rules and return how many are new in the file. Raises Failure."""
    from oomtray.actions.file_edits import add_rules
    from oomtray.actions.journal import Journal
    from oomtray.actions.rules.parse import default_path
    from oomtray.cli.change_output import keep, print_note
    from oomtray.config.toml_file import NotEdited
    from oomtray.messages.rules_file import not_edited

    journal = Journal()
    try:
        new, batch = add_rules(journal, default_path(), rules)
    except NotEdited as error:
        raise Failure(not_edited(error)) from error
    keep(batch)
    print_note(journal.note)
    return len(new)


def _new_of(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules that the file lacks. Raises Failure if it can't be read."""
    there = {rule.key for rule in _readable().rules}
    return [rule for rule in rules if rule.key not in there]


def _readable() -> RuleSet:
    """Read the rules. Raises Failure if the file can't be read at all."""
    from oomtray.messages.rules_file import mistake

    read, path = read_rules()
    if not read.usable:
        raise Failure(mistake(path, read.mistakes[-1]))
    return read


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]{1,999}", text) is not None  # more digits than can be converted are called unknown


def _checked(rule: Rule) -> Rule:
    """Return the rule as the file would hold it. Raises Failure if the file would not accept it."""
    from oomtray.actions.rules.edit import as_text
    from oomtray.actions.rules.parse import parse
    from oomtray.messages.rules_file import mistake_alone

    read = parse(as_text(rule))
    if read.mistakes:
        raise Failure(" ".join(mistake_alone(mistake) for mistake in read.mistakes), USAGE)
    return read.rules[0]


def _number(text: str) -> int:
    import argparse

    if not re.fullmatch("[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError(tr("{value} is not the number of a rule", value=repr(text)))
    return int(text)
