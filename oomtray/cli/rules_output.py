"""Print rules as text and as JSON: what they match, and the mistakes in their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.cli import warn
from oomtray.cli.terminal import say
from oomtray.messages.names import with_note
from oomtray.messages.rules import and_more, nothing_matches, nothing_runs, step_in_terminal, title

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from oomtray.actions.rules.engine import Applied, RulesStatus
    from oomtray.actions.rules.model import Mistake, Rule
    from oomtray.actions.rules.parse import RuleSet
    from oomtray.actions.rules.profiles import Profile
    from oomtray.cli.as_json import Report
    from oomtray.config import Settings
    from oomtray.risk.assessment import Assessment

INDENT = "   "
"""Before what belongs to the line above it."""
_SHOWN = 8
"""Most processes named for one rule."""


def read_rules() -> tuple[RuleSet, str]:
    """Load the user's rules; also return the path of the file."""
    from oomtray.actions.rules.parse import default_path, load

    path = default_path()
    return load(path), path


def matched_now(read: RuleSet, settings: Settings, *, dry: bool) -> tuple[Assessment, RulesStatus]:
    """Apply the rules to the running processes; with `dry` only find out what they would do."""
    from oomtray.actions.rules.engine import RuleEngine
    from oomtray.cli.monitoring import monitoring

    with monitoring(settings, once=True) as monitor:
        assessment = monitor.survey()
        return assessment, RuleEngine(read, settings.actions, dry=dry).apply(assessment.snapshot)


def print_matches(matched: Sequence[Applied]) -> None:
    for one in matched[:_SHOWN]:
        say(step_in_terminal(one), INDENT)
    if len(matched) > _SHOWN:
        say(and_more(len(matched) - _SHOWN), INDENT)
    if not matched:
        say(nothing_runs(), INDENT)


def print_by_rule(matched: Iterable[Applied]) -> None:
    by_rule: dict[Rule, list[Applied]] = {}
    for one in matched:
        by_rule.setdefault(one.rule, []).append(one)
    for rule, ones in by_rule.items():
        say(title(rule))
        print_matches(ones)
    if not by_rule:
        say(nothing_matches())


def print_profiles(profiles: Sequence[Profile], arguments: Namespace) -> None:
    from oomtray.messages.profiles import conversion, purpose, rule_count

    if arguments.json:
        from oomtray.cli import as_json as report

        listed = [  # its title is English everywhere, as all words in JSON are
            {"name": one.name, "title": one.title, "oom_adj": one.oom_adj, "value": one.value, "rules": len(one.rules)}
            for one in profiles
        ]
        print(report.dumps({"schema": report.SCHEMA, "profiles": listed}))
        return
    for one in profiles:
        print(with_note(one.name, rule_count(len(one.rules))))
        say(purpose(one), INDENT)
        say(conversion(one), INDENT)


def print_mistakes(path: str, mistakes: Iterable[Mistake]) -> None:
    from oomtray.messages.rules_file import mistake

    for wrong in mistakes:
        warn(mistake(path, wrong))


def print_json(read: RuleSet, status: RulesStatus | None = None) -> None:
    from oomtray.cli import as_json as report
    from oomtray.messages.rules_file import mistake_alone

    entries: list[Report] = [
        {
            "number": number,
            "line": rule.line,
            "label": rule.label or None,
            "conditions": rule.conditions,
            "set": rule.set,
            "ask": rule.ask,
            "matches": [_match(one) for one in (status.applied if status else ()) if one.rule is rule],
        }
        for number, rule in enumerate(read.rules, 1)
    ]
    wrong = [
        {"line": one.line, "rule": one.rule, "id": one.id, "says": mistake_alone(one)} for one in read.mistakes
    ]
    print(report.dumps({"schema": report.SCHEMA, "rules": entries, "mistakes": wrong}))


def _match(one: Applied) -> Report:
    return {
        "pid": one.process.pid,
        "start_time": one.process.start_time,
        "name": one.process.name,
        "from": one.process.oom_score_adj,
        "to": one.wanted,
        "state": one.state,
    }
