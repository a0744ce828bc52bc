"""`rules`: list, check and apply; add, remove and profile are in `rules_edit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.cli import DONE, FAILED
from oomtray.cli.terminal import say
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from oomtray.cli.rules_edit import add_common_options, add_editing_parsers

    parser = commands.add_parser(
        "rules",
        help=tr("always give a program the same value"),
        description=tr("Manage rules. The first rule that matches a process sets its oom_score_adj."),
    )
    verbs = parser.add_subparsers(metavar="list|check|apply|add|remove|profile", required=True)
    for word, run, short, long in (
        ("list", run_list, tr("show the rules and the processes that they match"),
         tr("Show the rules and the processes that they match now.")),
        ("check", run_check, tr("show what is wrong in the rules file"),
         tr("Show what is wrong in the rules file, with line and reason.")),
        ("apply", run_apply, tr("apply all rules now"),
         tr("Apply all rules now, and ask for permission where it is needed.")),
    ):  # fmt: skip
        verb = verbs.add_parser(word, help=short, description=long)
        add_common_options(verb, changes=word == "apply")
        verb.set_defaults(run=run)
    add_editing_parsers(verbs)


def run_list(arguments: Namespace) -> int:
    from oomtray.cli.monitoring import user_settings
    from oomtray.cli.rules_output import matched_now, print_json, print_matches, print_mistakes, read_rules
    from oomtray.messages.rules import entry

    read, path = read_rules()
    _, status = matched_now(read, user_settings(), dry=True)
    finished = DONE if read.usable else FAILED
    if arguments.json:
        print_json(read, status)
        if not read.usable:
            print_mistakes(path, read.mistakes)
        return finished
    if not read.rules and not read.mistakes:
        say(tr("There are no rules. Begin with `oomtray rules add` or `oomtray rules profile list`."))
    for number, rule in enumerate(read.rules, 1):
        say(entry(rule), f"{number}  ")
        print_matches([one for one in status.applied if one.rule is rule])
    print_mistakes(path, read.mistakes)
    return finished


def run_check(arguments: Namespace) -> int:
    from oomtray.cli.rules_output import print_json, print_mistakes, read_rules
    from oomtray.messages.rules_file import no_mistakes

    read, path = read_rules()
    if arguments.json:
        print_json(read)
    else:
        print_mistakes(path, read.mistakes)
        if not read.mistakes:
            say(no_mistakes(path, len(read.rules)))
    return FAILED if read.mistakes else DONE


def run_apply(arguments: Namespace) -> int:
    from oomtray.actions.change_plan import ChangeOutcome, terms_of
    from oomtray.actions.changes import Changer
    from oomtray.cli.change_output import get_ready, tell, with_permission
    from oomtray.cli.monitoring import monitoring, user_settings
    from oomtray.cli.rules_output import matched_now, print_by_rule, print_json, print_mistakes, read_rules

    read, path = read_rules()
    settings = user_settings()
    if not arguments.dry_run:
        get_ready(arguments)
    before, status = matched_now(read, settings, dry=arguments.dry_run)
    print_mistakes(path, read.mistakes)
    finished = FAILED if read.mistakes else DONE  # a rule that was left out was not applied
    if arguments.dry_run:
        if arguments.json:
            print_json(read, status)
        elif read.usable:
            print_by_rule(status.applied)
        return finished
    changer = Changer(settings.actions)
    tried = tuple(one.change for one in status.applied if one.change is not None and one.state != "declined")
    outcome = changer.remember(ChangeOutcome("rules", tried, terms_of(status)))
    outcome, told = with_permission(arguments, changer, outcome)
    if not tried and not arguments.json:
        if not read.mistakes:
            say(tr("Every process has the value that its rule sets."))
        return finished
    with monitoring(settings, once=True) as monitor:
        after = monitor.survey(top=1)
    return tell(arguments, outcome, before, after, told=told) or finished
