"""Specifies why a rule can't give a process its value: what the page of rules says without being asked."""

from __future__ import annotations

import pytest

from oomtray.actions.rules.engine import Applied, State
from oomtray.actions.rules.model import Rule
from oomtray.messages.rules import step
from oomtray.messages.rules_file import why_unset
from tests.facts.processes import process


def applied(rule: Rule, state: State) -> Applied:
    return Applied(rule, process(7, name="mysqld", oom_score_adj=0), -500, state)


NAMED, UNIT, USER = Rule(-500, process="mysqld"), Rule(-500, unit="db.service"), Rule(-500, process="mysqld", user="mysql")


@pytest.mark.parametrize(
    ("rule", "state", "says"),
    [
        (NAMED, "name-only", "Process mysqld: not set. Any program can have that name, so add a user or a unit to the rule."),
        (UNIT, "name-only", "Unit db.service: not set. Any program can run in a unit that isn't the system's, so add a user to the rule."),
        (UNIT, "waiting", "Unit db.service: not set yet. It needs an administrator's password, which a line in the popup asks for."),
        (UNIT, "declined", "Unit db.service: not set. It needs an administrator's password, which was declined for good."),
        (NAMED, "not-yours", "Process mysqld: not set. The process belongs to another user, who alone may raise it."),
    ],
)
def test_a_rule_that_can_not_set_its_value_says_why(rule: Rule, state: State, says: str) -> None:
    assert why_unset({rule: [applied(rule, "kept"), applied(rule, state)], USER: [applied(USER, "kept")]}) == [says]


def test_a_rule_that_has_a_unit_is_not_told_to_add_one() -> None:
    assert step(applied(UNIT, "name-only")).endswith("needs a password, but the unit isn't the system's; add a user to the rule")
