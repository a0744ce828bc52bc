"""Rules that a person wrote as one array are added, changed, moved and taken out in it, with what stands around them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.actions.rules.edit import (
    add,
    decline,
    move,
    move_back,
    put,
    put_in,
    remove,
    rewrite,
    take_back,
    take_out,
    write_back,
)
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import load

LINES = """\
# mine
rule = [
    {app = "a", set = 1},  # first
    # the second
    {app = "b", label = "B", set = 2},
]
# the end
"""
ONE_LINE = 'rule = [{app = "a", set = 1}, {app = "b", label = "B", set = 2}]  # mine\n'
NEW = Rule("protect", app="c", user="ana", ask=False)


@pytest.fixture(params=[LINES, ONE_LINE], ids=["on lines", "in one line"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(request.param)
    return path


def apps(path: Path) -> str:
    read = load(str(path))
    assert read.mistakes == ()
    return "".join(rule.app or "" for rule in read.rules)


def test_a_rule_is_added_to_it(path: Path) -> None:
    before = path.read_text()
    assert add(str(path), [NEW, replace(NEW, app="a", user=None, set=1, ask=True)]) == 1, "one is there already"
    assert load(str(path)).rules[-1].key == NEW.key
    assert apps(path) == "abc"
    assert path.read_text().startswith(before.partition("]")[0].rstrip(",\n"))
    assert "mine" in path.read_text()


def test_an_empty_one_takes_rules_too(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("rule = []\n")
    assert add(str(path), [NEW]) == 1
    assert apps(path) == "c"


def test_added_rules_go_out_again(path: Path) -> None:
    add(str(path), [NEW])
    assert take_back(str(path), [NEW]) == 1
    assert apps(path) == "ab"


def test_a_value_is_changed_in_place(path: Path) -> None:
    assert put(str(path), Rule("first", app="a")) == Rule(1, app="a", line=None)
    assert decline(str(path), [load(str(path)).rules[0]]) == 1
    assert [(rule.set, rule.ask) for rule in load(str(path)).rules] == [("first", False), (2, True)]


def test_a_rule_is_rewritten_and_back(path: Path) -> None:
    before, old = path.read_text(), load(str(path)).rules[1]
    assert rewrite(str(path), old, NEW)
    assert apps(path) == "ac"
    write_back(str(path), NEW, old)
    assert load(str(path)).rules[1] == old
    assert path.read_text().count("\n") == before.count("\n")


def test_a_rule_is_moved_and_back(path: Path) -> None:
    before = path.read_text()
    first = load(str(path)).rules[0]
    assert move(str(path), first, 1) == 2
    assert apps(path) == "ba"
    assert move(str(path), first, 1) == 0
    move_back(str(path), first, 2, 1)
    assert path.read_text() == before


@pytest.mark.parametrize("by_number", [True, False])
def test_a_rule_is_taken_out_and_put_back_at_its_place(path: Path, *, by_number: bool) -> None:
    before = load(str(path)).rules
    removed = remove(str(path), [1]) if by_number else take_out(str(path), before[:1])
    assert apps(path) == "b"
    assert put_in(str(path), removed)
    assert load(str(path)).rules == before
    assert not put_in(str(path), removed), "it is there again"
