"""`rules`: list, check, apply, add, remove, and the profiles that come with the program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from oomtray.cli import DONE, FAILED, USAGE, Failure, add_dry_run_option, add_json_option
from oomtray.messages.i18n import tr
from oomtray.text import adjustment, printable

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from oomtray.actions.rules.engine import Applied, RulesStatus
    from oomtray.actions.rules.model import Mistake, Rule
    from oomtray.actions.rules.parse import RuleSet
    from oomtray.actions.rules.profiles import Profile
    from oomtray.cli.as_json import Report
    from oomtray.config import Settings
    from oomtray.risk.assessment import Assessment

_CONDITIONS = ("app", "exe", "process", "command", "unit", "user")
_PRESETS = "protect, protect-strongly, deprioritize, first"
_SHOWN = 8
"""Processes named for one rule."""

_STATES = {
    "kept": "has it",
    "waiting": "needs a password (oomtray rules apply)",
    "declined": "needs a permission that was declined for good",
    "name-only": "needs permission, which a name alone never earns: add a unit or a user to the rule",
    "set-back": "the program set it back, and it is left alone",
    "not-yours": "belongs to another user, who alone may raise it",
    "failed": "could not be changed",
}


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "rules",
        help=tr("always give a program the same value"),
        description=tr("Manage rules. The first rule that matches a process sets its oom_score_adj."),
    )
    verbs = parser.add_subparsers(metavar="list|check|apply|add|remove|profile", required=True)
    for word, run, short, long in (
        (
            "list",
            run_list,
            tr("show the rules and the processes that they match"),
            tr("Show the rules and the processes that they match now."),
        ),
        (
            "check",
            run_check,
            tr("show what is wrong in the rules file"),
            tr("Show what is wrong in the rules file, with line and reason."),
        ),
        (
            "apply",
            run_apply,
            tr("apply all rules now"),
            tr("Apply all rules now, and ask for permission where it is needed."),
        ),
    ):
        verb = verbs.add_parser(word, help=short, description=long)
        _common(verb)
        verb.set_defaults(run=run)
    verb = verbs.add_parser(
        "add",
        help=tr("add a rule"),
        description=tr("Add a rule to the rules file. Comments in the file are kept."),
    )
    for condition, says in zip(
        _CONDITIONS,
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
        verb.add_argument(f"--{condition}", help=says)
    verb.add_argument("--label", default="", help=tr("name of the rule"))
    verb.add_argument(
        "--set",
        required=True,
        metavar="VALUE",
        help=tr("{presets}, or a number from {lowest} to {highest}", presets=_PRESETS, lowest=-999, highest=1000),
    )
    _common(verb)
    verb.set_defaults(run=run_add)
    verb = verbs.add_parser(
        "remove",
        help=tr("remove rules"),
        description=tr("Remove rules by their numbers in `oomtray rules list`."),
    )
    verb.add_argument("numbers", nargs="+", type=_number, metavar="NUMBER")
    _common(verb)
    verb.set_defaults(run=run_remove)
    verb = verbs.add_parser(
        "profile",
        help=tr("add a set of rules that comes with OOM Tray"),
        description=tr("Show profiles, or add the rules of one."),
    )
    verb.add_argument("name", metavar="NAME", help=tr("name of a profile, `all` for all of them, or `list` to show them"))
    _common(verb)
    verb.set_defaults(run=run_profile)


def run_list(arguments: Namespace) -> int:
    read, _ = _read()
    _, status = _applied(read, _settings(), dry=True)
    if arguments.json:
        _print_json(read, status)
        return DONE
    if not read.rules and not read.mistakes:
        print("There are no rules. `oomtray rules add` or `oomtray rules profile list` begins.")
    for number, rule in enumerate(read.rules, 1):
        matched = [one for one in status.applied if one.rule is rule]
        print(f"{number}  {printable(rule.title)}: {_set(rule)}{'' if rule.ask else ', never asks for permission'}")
        _print_matches(matched)
    _complain(read.mistakes)
    return DONE


def run_check(arguments: Namespace) -> int:
    read, path = _read()
    if arguments.json:
        _print_json(read)
    else:
        _complain(read.mistakes)
        if not read.mistakes:
            print(f"{printable(path)}: {_count(len(read.rules), 'rule')}, no mistakes.")
    return FAILED if read.mistakes else DONE


def run_apply(arguments: Namespace) -> int:
    from oomtray.actions.changes import Changer
    from oomtray.cli.monitoring import monitoring
    from oomtray.cli.outcome import first_step, tell

    read, _ = _read()
    settings = _settings()
    before, status = _applied(read, settings, dry=arguments.dry_run)
    _complain(read.mistakes)
    if arguments.dry_run:
        if arguments.json:
            _print_json(read, status)
        else:
            _print_matches(status.applied, why=True)
        return DONE
    changer = Changer("rules", None, settings.actions)
    changes = changer.finish(
        [one.change for one in status.applied if one.change is not None and one.state != "declined"],
        status.exes,
        first_step(arguments),
        allowed={one.change.target for one in status.waiting if one.change},
        owners=status.owners,
    )
    if not changes and not arguments.json:
        print("Every rule has what it wants already.")
        return DONE
    with monitoring(settings, once=True) as monitor:
        after = monitor.survey(top=1)
    return tell(arguments, changer, changes, before, after)


def run_add(arguments: Namespace) -> int:
    from oomtray.actions.rules.edit import NotEdited, add
    from oomtray.actions.rules.model import Rule
    from oomtray.actions.rules.parse import default_path

    conditions = {key: getattr(arguments, key) for key in _CONDITIONS}
    value = arguments.set
    rule = Rule(int(value) if value.lstrip("+-").isdecimal() else value, **conditions, label=arguments.label)
    checked = _checked(rule)
    settings = _settings()
    cost = _cost(checked, settings)
    if arguments.dry_run:
        from oomtray.actions.rules.parse import RuleSet

        _, status = _applied(RuleSet((checked,)), settings, dry=True)
        if arguments.json:
            _print_json(RuleSet((checked,)), status)
        else:
            print(f"{printable(checked.title)}: {_set(checked)}")
            _print_matches(status.applied, why=True)
    else:
        try:
            new = add(default_path(), [checked])
        except NotEdited as error:
            raise Failure(str(error)) from error
        if arguments.json:
            _print_json(_read()[0])
        else:
            said = "added" if new else "was there already"
            print(f"{printable(checked.title)}: {_set(checked)} ({said}). The tray applies it at its next scan.")
    if cost and not arguments.json:
        print(cost)
    return DONE


def run_remove(arguments: Namespace) -> int:
    from oomtray.actions.rules.edit import NotEdited, remove

    read, path = _read()
    wrong = [number for number in arguments.numbers if number > len(read.rules)]
    if wrong or read.mistakes:
        _complain(read.mistakes)
        raise Failure(
            f"there is no rule {wrong[0]}: {printable(path)} has {len(read.rules)}"
            if wrong
            else "rules are removed by number once the mistakes are mended"
        )
    for number in arguments.numbers:
        print(f"{number}  {printable(read.rules[number - 1].title)}", file=sys.stderr if arguments.json else None)
    if not arguments.dry_run:
        try:
            remove(path, arguments.numbers)
        except NotEdited as error:
            raise Failure(str(error)) from error
    if arguments.json:
        _print_json(_read()[0])
    else:
        verb = "would be" if arguments.dry_run else "was" if len(arguments.numbers) == 1 else "were"
        print(f"{_count(len(arguments.numbers), 'rule')} {verb} removed. What they set stays until it is reset.")
    return DONE


def run_profile(arguments: Namespace) -> int:
    from oomtray.actions.rules.edit import NotEdited, add
    from oomtray.actions.rules.parse import RuleSet, default_path
    from oomtray.actions.rules.profiles import load_profiles, profile

    if arguments.name == "list":
        _print_profiles(load_profiles(), arguments)
        return DONE
    try:
        chosen = profile(arguments.name)
    except KeyError:
        known = ", ".join(one.name for one in load_profiles())
        raise Failure(f"there is no profile {arguments.name!r}; there are: {known}, all", USAGE) from None
    rules = tuple(rule for one in chosen for rule in one.rules)
    _, status = _applied(RuleSet(rules), _settings(), dry=True)
    new = 0
    if not arguments.dry_run:
        try:
            new = add(default_path(), rules)
        except NotEdited as error:
            raise Failure(str(error)) from error
    if arguments.json:
        _print_json(RuleSet(rules), status)
        return DONE
    for one in chosen:
        print(f"{one.title}: {one.says}\n   {one.conversion}")
        _print_matches([applied for applied in status.applied if applied.rule in one.rules], why=True)
    if not arguments.dry_run:
        print(f"{_count(new, 'rule')} added to {printable(default_path())}; `oomtray rules apply` applies them now.")
    return DONE


def _common(parser: argparse.ArgumentParser) -> None:
    add_dry_run_option(parser)
    add_json_option(parser)


def _number(text: str) -> int:
    import argparse

    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
        raise argparse.ArgumentTypeError(tr("{value} is not the number of a rule", value=repr(text)))
    return int(text)


def _settings() -> Settings:
    from oomtray.cli.monitoring import user_settings

    return user_settings()


def _read() -> tuple[RuleSet, str]:
    from oomtray.actions.rules.parse import default_path, load

    path = default_path()
    return load(path), path


def _checked(rule: Rule) -> Rule:
    """The rule as the file would hold it. Raises Failure for what the file would not take."""
    from oomtray.actions.rules.edit import as_text
    from oomtray.actions.rules.parse import parse

    read = parse(as_text(rule))
    if read.mistakes or len(read.rules) != 1:
        raise Failure("; ".join(mistake.says for mistake in read.mistakes) or "that is no rule", USAGE)
    return read.rules[0]


def _applied(read: RuleSet, settings: Settings, *, dry: bool) -> tuple[Assessment, RulesStatus]:
    from oomtray.actions.rules.engine import RuleEngine
    from oomtray.cli.monitoring import monitoring

    with monitoring(settings, once=True) as monitor:
        assessment = monitor.survey()
        return assessment, RuleEngine(read, settings.actions, dry=dry).apply(assessment.snapshot)


def _cost(rule: Rule, settings: Settings) -> str | None:
    """What a lasting rule below 0 costs where no unit carries it."""
    if rule.value(settings.actions) >= 0:
        return None
    if not rule.may_ask:
        return "It may go only as low as needs no password: a name alone never earns one. Add --unit or --user for more."
    if rule.unit is not None:
        return "`oomtray unit protect` sets the same for good, without asking again at each start."
    return "Going below 0 needs an administrator's password, and again for new processes from about five minutes after the last time."


def _set(rule: Rule) -> str:
    return adjustment(rule.set) if isinstance(rule.set, int) else rule.set


def _print_matches(matched: Iterable[Applied], *, why: bool = False) -> None:
    matched = list(matched)
    for one in matched[:_SHOWN]:
        now = adjustment(one.process.oom_score_adj)
        step = f"{now} -> {adjustment(one.wanted)}" if now != adjustment(one.wanted) else now
        label = f", by {printable(one.rule.title)}" if why else ""
        state = "" if one.state == "kept" else f": {_STATES[one.state]}"
        print(f"   {printable(one.process.name)} ({one.process.pid}) {step}{label}{state}")
    if len(matched) > _SHOWN:
        print(f"   and {len(matched) - _SHOWN} more")
    if not matched:
        print("   nothing that runs now")


def _print_profiles(profiles: Sequence[Profile], arguments: Namespace) -> None:
    if arguments.json:
        from oomtray.cli import as_json as report

        listed = [
            {"name": one.name, "title": one.title, "oom_adj": one.oom_adj, "value": one.value, "rules": len(one.rules)}
            for one in profiles
        ]
        print(report.dumps({"schema": report.SCHEMA, "profiles": listed}))
        return
    for one in profiles:
        print(f"{one.name}\n   {one.says}\n   {one.conversion}; {_count(len(one.rules), 'rule')}")


def _complain(mistakes: Iterable[Mistake]) -> None:
    _, path = _read()
    for mistake in mistakes:
        place = f"{path}:{mistake.line}" if mistake.line else path
        number = f"rule {mistake.rule}: " if mistake.rule else ""
        print(f"oomtray: {printable(f'{place}: {number}{mistake.says}')}", file=sys.stderr)


def _print_json(read: RuleSet, status: RulesStatus | None = None) -> None:
    from oomtray.cli import as_json as report

    entries: list[Report] = []
    for number, rule in enumerate(read.rules, 1):
        matches = [
            {
                "pid": one.process.pid,
                "start_time": one.process.start_time,
                "name": one.process.name,
                "from": one.process.oom_score_adj,
                "to": one.wanted,
                "state": one.state,
            }
            for one in (status.applied if status else ())
            if one.rule is rule
        ]
        entries.append(
            {
                "number": number,
                "line": rule.line,
                "label": rule.label or None,
                "conditions": rule.conditions,
                "set": rule.set,
                "ask": rule.ask,
                "matches": matches,
            }
        )
    wrong = [{"line": one.line, "rule": one.rule, "says": one.says} for one in read.mistakes]
    print(report.dumps({"schema": report.SCHEMA, "rules": entries, "mistakes": wrong}))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
