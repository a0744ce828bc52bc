"""What is said of rules: their conditions and cost, what they do to a process, what is wrong in their file."""

from __future__ import annotations

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.rules.engine import Applied
from oomtray.actions.rules.model import Mistake, Rule
from oomtray.actions.rules.profiles import load_profiles
from oomtray.config import Presets
from oomtray.config.toml_file import NotEdited
from oomtray.config.toml_text import TomlProblem
from oomtray.file_access import FileProblem
from oomtray.messages import profiles, rules, rules_file
from tests.facts.assessments import app, risk
from tests.facts.processes import process


def applied(state: str, *, now: int = 0, wanted: int = -500, error: str | None = None, pid: int = 7) -> Applied:
    one = process(pid, name="mysqld", oom_score_adj=now)
    change = None if error is None else Change(pid, 1, "mysqld", now, now, done=False, error=error, wanted=wanted)
    return Applied(Rule("protect", app="mysqld"), one, wanted, state, change)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        pytest.param(Rule(1, app="firefox", user="ana"), "the app firefox and the user ana", id="two"),
        pytest.param(Rule(1, unit="x.service"), "the unit x.service", id="one"),
        pytest.param(Rule(1, process="a\x1b", exe="/x", user="1"), "the program /x, the name a\\x1b and the user 1", id="hostile"),
    ],
)
def test_conditions_in_words(rule: Rule, says: str) -> None:
    assert rules.conditions(rule) == says


def test_a_rule_is_told_by_its_label_else_by_its_conditions() -> None:
    assert rules.title(Rule(1, app="x", label="Mine")) == "Mine"
    assert rules.title(Rule(1, app="x")) == "the app x"


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        pytest.param(Rule("deprioritize", app="x"), None, id="raising-costs-nothing"),
        pytest.param(Rule("protect", app="x", user="ana"), "for processes that start", id="no-unit"),
        pytest.param(Rule("protect", app="x"), "any program can have that name", id="name-only"),
        pytest.param(Rule("protect", unit="x.service"), "only once", id="unit"),
    ],
)
def test_what_a_lasting_rule_costs_is_said(rule: Rule, says: str | None) -> None:
    told = rules.cost(rule, Presets())
    assert told is None if says is None else told is not None and says in told
    assert (rules.cost_in_terminal(rule, Presets()) is None) is (says is None)


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (applied("kept", now=-500), "mysqld (7): stays at -500"),
        (applied("kept"), "mysqld (7): -500 instead of 0"),
        (applied("waiting"), "mysqld (7): -500 instead of 0, needs a password"),
        (applied("declined"), "mysqld (7): -500 instead of 0, needs a password, which was declined for good"),
        (applied("name-only"), "mysqld (7): -500 instead of 0, needs a password, but a name alone is not enough; add a unit or a user to the rule"),
        (applied("set-back"), "mysqld (7): was changed since and is left alone"),
        (applied("not-yours", wanted=300), "mysqld (7): belongs to another user, who alone may raise it"),
    ],
    ids=lambda value: value.state if isinstance(value, Applied) else "",
)
def test_a_step_says_what_a_rule_does_to_a_process(one: Applied, says: str) -> None:
    assert rules.step(one) == says


def test_a_step_that_failed_says_why() -> None:
    assert rules.step(applied("failed", error="gone")).startswith("mysqld (7): -500 instead of 0 is not possible: ")


def test_what_waits_is_counted_and_listed() -> None:
    many = {Rule("protect", app=f"a{n}"): [applied("waiting")] * (n + 1) for n in range(8)}
    assert rules.waiting(1) == "1 rule needs your permission"
    lines = rules.waiting_rules(many, Presets()).splitlines()
    assert lines[:2] == ["the app a0: -500 (protect) for mysqld (7)", "the app a1: -500 (protect) for 2 processes"]
    assert lines[-1] == "and 2 more"


@pytest.mark.parametrize(
    ("counts", "replaced", "says"),
    [
        ((1, 0), True, "The rule is as it was before."),
        ((1, 1), False, "The rule was removed again. 1 process has its earlier value again."),
        ((2, 3), False, "The rules were removed again. 3 processes have their earlier values again."),
    ],
)
def test_an_undo_says_what_is_back(counts: tuple[int, int], replaced: bool, says: str) -> None:
    assert rules.taken_back(*counts, replaced=replaced) == says


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (Mistake("never", 3, 1), "rules.toml, line 3, rule 1: -1000 is never set, because children would inherit it; -999 is the lowest."),
        (Mistake("never", rule=1), "rules.toml, rule 1: -1000 is never set, because children would inherit it; -999 is the lowest."),
        (Mistake("empty", 3, 1, {"key": "unit"}), 'rules.toml, line 3, rule 1: "unit" names nothing: it is empty, or only *.'),
        (
            Mistake("misspelt-key", 2, 1, {"key": "a\x1b", "meant": "app"}),
            'rules.toml, line 2, rule 1: "a\\x1b" is not known. Did you mean "app"?',
        ),
        (
            Mistake("not-read", 2, cause=TomlProblem("not-toml", 2, "Invalid value")),
            "rules.toml, line 2: This is not valid TOML: the value is missing or not understood; text needs quotation marks.",
        ),
        (Mistake("not-read", cause=FileProblem("not-regular", "/a/rules.toml")), "/a/rules.toml is not a regular file."),
    ],
)
def test_a_mistake_says_where_and_what(wrong: Mistake, says: str) -> None:
    assert rules_file.mistake("rules.toml", wrong) == says


def test_each_mistake_has_a_sentence_with_all_its_values() -> None:
    values = dict.fromkeys(("key", "meant", "value", "limit", "lowest", "highest"), "VALUE")
    for mistake in rules_file.MISTAKES:
        assert rules_file.mistake_alone(Mistake(mistake, values=values)).endswith((".", "?"))


@pytest.mark.parametrize(
    ("why", "says"),
    [
        (FileProblem("locked", "/r.toml"), "Another program is holding the lock of /r.toml."),
        (TomlProblem("too-deep", 4), "/r.toml, line 4: This is nested too deeply."),
        ("unsound", "/r.toml is not changed, because the result could not be read again."),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_why_the_file_stays_as_it_was(why: object, says: str) -> None:
    assert rules_file.not_edited(NotEdited("/r.toml", why)) == says


def test_a_profile_says_how_its_value_came_about() -> None:
    by_name = {one.name: one for one in load_profiles()}
    assert profiles.conversion(by_name["databases"]) == "It sets -588 (-10 on the old oom_adj scale)."
    assert "-17 on the old oom_adj scale, which meant never" in profiles.conversion(by_name["remote-access"])


def test_in_the_window_a_profile_says_its_value_without_the_old_scale() -> None:
    by_name = {one.name: one for one in load_profiles()}
    assert profiles.sets(by_name["databases"]) == "It sets -588."
    assert profiles.sets(by_name["remote-access"]) == "It sets -999, the lowest value."


@pytest.mark.parametrize(
    ("states", "says"),
    [
        ((), "none"),
        (("kept", "kept"), "2 processes"),
        (("waiting",), "1 process, not set"),
        (("name-only", "declined"), "2 processes, not set"),
        (("kept", "not-yours", "kept"), "3 processes, 1 not set"),
        (("failed",), "1 process"),
    ],
)
def test_a_rule_says_how_many_processes_it_can_not_give_its_value(states: tuple[str, ...], says: str) -> None:
    assert rules.matches([applied(state, pid=pid) for pid, state in enumerate(states, 2)]) == says


def test_a_preview_names_an_app_once() -> None:
    many = [applied("kept", now=now, pid=pid) for pid, now in ((1, 0), (2, 200), (3, -500), (4, 0))]
    apps = [app("mysql", name="MySQL", members=tuple(map(risk, (1, 2, 3))))]
    assert rules.steps(many, apps, 9) == [
        "MySQL, 2 processes: -500 instead of values from 0 to +200",
        "mysqld (3): stays at -500",
        "mysqld (4): -500 instead of 0",
    ]
    assert rules.steps(many, apps, 1)[1:] == ["and 2 more"]
    assert rules.steps([], apps, 9) == ["It matches nothing that is running now."]
