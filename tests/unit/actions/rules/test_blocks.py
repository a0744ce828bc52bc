"""Rules that are moved and rewritten in the text of their file: each keeps its comment, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.actions.rules.blocks import moved, put_back, rewritten, split, taken_out
from oomtray.actions.rules.edit import move, rewrite
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import load, parse
from oomtray.config.toml_file import NotEdited

TEXT = """\
# My rules, with love

# the browser
[[rule]]
app = "firefox"   # not chrome
set = "deprioritize"

# the database
[[rule]]
label = "Mine"
unit = 'mysql.service'
set = -500  # for ever

[[rule]]
process = "x"
set = 1
"""
FIREFOX, MYSQL, X = parse(TEXT).rules


def test_the_head_of_the_file_is_no_rules_comment() -> None:
    head, blocks = split("# head\n[[rule]]\napp = 'a'\nset = 1\n")
    assert head == "# head\n"
    assert len(blocks) == 1


def test_a_rule_moves_with_its_comment() -> None:
    new = moved(TEXT, MYSQL, -1)
    assert [rule.key for rule in parse(new).rules] == [MYSQL.key, FIREFOX.key, X.key]
    assert new.startswith("# My rules, with love\n\n# the database\n[[rule]]\nlabel")
    assert "# the browser\n[[rule]]\napp" in new
    assert moved(new, MYSQL, 1) == TEXT


@pytest.mark.parametrize(("rule", "by"), [(FIREFOX, -1), (X, 1), (Rule(7, app="none"), 1)])
def test_there_is_no_place_beyond_the_ends(rule: Rule, by: int) -> None:
    assert moved(TEXT, rule, by) == TEXT


def test_the_last_moves_up_without_a_line_end() -> None:
    text = TEXT.rstrip("\n")
    assert [rule.key for rule in parse(moved(text, X, -1)).rules] == [FIREFOX.key, X.key, MYSQL.key]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (FIREFOX, replace(FIREFOX, set="first"), 'set = "first"\n'),
        (FIREFOX, replace(FIREFOX, app="code"), 'app = "code"   # not chrome\n'),
        (FIREFOX, replace(FIREFOX, user="ana"), 'user = "ana"\n\n# the database\n'),
        (MYSQL, replace(MYSQL, set=-7), "set = -7  # for ever\n"),
        (MYSQL, replace(MYSQL, label=""), "# the database\n[[rule]]\nunit = 'mysql.service'\n"),
        (MYSQL, replace(MYSQL, ask=False), "ask = false\n"),
        (X, replace(X, process='say "hi" \\ \x1b'), 'process = "say \\"hi\\" \\\\ \\u001b"\n'),
    ],
)
def test_only_what_changed_is_written(old: Rule, new: Rule, line: str) -> None:
    text = rewritten(TEXT, old, new)
    assert line in text
    before = set(TEXT.splitlines())
    assert len([one for one in text.splitlines() if one not in before]) <= 1
    read = parse(text)
    assert read.mistakes == ()
    assert [(rule.key, rule.label, rule.ask) for rule in read.rules] == [
        (rule.key, rule.label, rule.ask) for rule in (new if rule is old else rule for rule in (FIREFOX, MYSQL, X))
    ]


def test_a_value_over_several_lines_is_written_anew() -> None:
    text = '# mine\n\n# why\n[[rule]]\ncommand = """\na b"""\nset = 1\n\n[[rule]]\napp = "z"\nset = 2\n'
    old = parse(text).rules[0]
    new = rewritten(text, old, replace(old, command="c", set=5))
    assert [rule.set for rule in parse(new).rules] == [5, 2]
    assert parse(new).rules[0].command == "c"
    assert "# why\n[[rule]]" in new


@pytest.mark.parametrize("rule", [FIREFOX, MYSQL, X])
def test_what_is_taken_out_goes_with_its_comment_and_comes_back_as_it_was(rule: Rule) -> None:
    without, (removed,) = taken_out(TEXT, [rule])
    assert rule.key not in [one.key for one in parse(without).rules]
    assert put_back(without, removed) == TEXT
    assert taken_out(without, [rule]) == (without, ())
    assert put_back(TEXT, removed) == TEXT, "it is there already"


def test_the_file_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(TEXT)
    assert move(str(path), X, -1) == 2
    assert rewrite(str(path), X, replace(X, set=2))
    assert [rule.set for rule in load(str(path)).rules] == ["deprioritize", 2, -500]
    assert not rewrite(str(path), X, replace(X, set=3)), "it is another by now"


def test_a_file_that_is_no_toml_stays(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[[rule]\n")
    with pytest.raises(NotEdited):
        move(str(path), X, 1)
    assert path.read_text() == "[[rule]\n"
