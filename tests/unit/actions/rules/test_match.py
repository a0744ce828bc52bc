"""Which processes a rule is for: every condition must hold, and the first rule counts."""

from __future__ import annotations

import pytest

from oomtray.actions.rules.match import Candidate, first_match
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import parse
from tests.facts.processes import process
from tests.unit.actions.rules.using import subject


def test_a_rule_holds_for_a_name_that_the_kernel_cut_inside_a_character(tree, snapshot):
    tree.add(4242, name="새 브라우저웹".encode()[:15])

    read = parse("[[rule]]\nprocess = '새 브라우\\xec\\xa0'\nset = 300\n")

    assert not read.mistakes
    assert first_match(read.rules, subject(snapshot(), 4242), lambda: None) is read.rules[0]


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (Rule(1, process="mysqld"), True),
        (Rule(1, process="mysql"), False),
        (Rule(1, app="org.mozilla.firefox"), True),
        (Rule(1, app="Firefox"), True),
        (Rule(1, app="fire"), False),
        (Rule(1, unit="app-*.scope"), True),
        (Rule(1, unit="app-[f]*.scope"), False),
        (Rule(1, process="mysqld", user="ana"), True),
        (Rule(1, process="mysqld", user="1000"), True),
        (Rule(1, process="mysqld", user="bob"), False),
        (Rule(1, command="--port 3306"), True),
        (Rule(1, command="--port 1"), False),
        (Rule(1, exe="/usr/*"), False),
    ],
    ids=lambda value: str(value.conditions) if isinstance(value, Rule) else str(value),
)
def test_every_condition_that_is_given_must_hold(tree, snapshot, rule, holds):
    tree.add(7, name=b"mysqld")
    held = subject(snapshot(), 7, app="firefox", unit="app-firefox-1.scope", user="ana")
    assert (first_match([rule], held, lambda: "mysqld --port 3306") is rule) is holds


@pytest.mark.parametrize(
    ("wanted", "exe", "holds"),
    [
        ("/usr/bin/x", "/usr/bin/x", True),
        ("/usr/bin/x", "/usr/bin/x (deleted)", True),
        ("/usr/bin/x", "/usr/bin/xy", False),
        ("/usr/bin/*", "/usr/bin/x", True),
        ("/usr/bin/*", "/usr/binx", False),
        ("/usr/bin/x", None, False),
    ],
)
def test_a_program_is_its_file_or_one_in_a_folder(wanted, exe, holds):
    candidate = Candidate(process(7, exe=exe), None, None, None, None)
    assert (first_match([Rule(1, exe=wanted)], candidate, lambda: None) is not None) is holds


def test_the_first_match_counts(tree, snapshot):
    tree.add(7, name=b"x")
    first, second = Rule(1, process="x"), Rule(2, process="x")
    assert first_match([first, second], subject(snapshot(), 7), lambda: None) is first


@pytest.mark.parametrize(
    ("kind", "options"),
    [("kernel thread", {"flags": 0x200000}), ("zombie", {"rss_kib": None, "state": "Z"}), ("init", {"pid": 1})],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_some_processes_match_nothing(tree, snapshot, kind, options):
    pid = options.pop("pid", 7)
    tree.add(pid, name=b"x", **options)
    assert first_match([Rule(1, process="x")], subject(snapshot(), pid), lambda: None) is None
