"""The rules file: what is read, each mistake with its line, and what is no file of rules."""

from __future__ import annotations

import pytest

from oomtray.actions.rules.edit import add
from oomtray.actions.rules.model import Mistake, Rule
from oomtray.actions.rules.parse import MAX_BYTES, MAX_MISTAKES, RuleSet, load, parse
from oomtray.file_access import FileProblem
from tests.unit.actions.rules.using import GOOD, NO_FILES, not_edited


def test_a_file_is_read_in_order_with_lines():
    read = parse(GOOD)
    assert read.mistakes == ()
    assert [(rule.label, rule.conditions, rule.set, rule.line) for rule in read.rules] == [
        ("The database", {"unit": "postgresql@*.service"}, "protect", 2),
        ("", {"app": "firefox"}, 300, 7),
    ]


LONG = "9" * 309


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        pytest.param(
            '[[rule]]\nap = "x"\nset = 1\n', Mistake("misspelt-key", 2, 1, {"key": "ap", "meant": "app"}), id="misspelt-condition"
        ),
        pytest.param("[[rule]]\nset = 1\n", Mistake("no-condition", 1, 1), id="no-condition"),
        pytest.param('[[rule]]\napp = "x"\n', Mistake("nothing-set", 1, 1), id="no-set"),
        pytest.param('[[rule]]\napp = "x"\nset = -1000\n', Mistake("never", 3, 1), id="never"),
        pytest.param(
            '[[rule]]\napp = "x"\nset = 2000\n',
            Mistake("out-of-range", 3, 1, {"value": "2000", "lowest": -999, "highest": 1000}),
            id="out-of-range",
        ),
        pytest.param(
            f'[[rule]]\napp = "x"\nset = {LONG}\n',
            Mistake("out-of-range", 3, 1, {"value": f"{int(LONG):#x}"[:59] + "…", "lowest": -999, "highest": 1000}),
            id="309-digits",
        ),
        pytest.param('[[rule]]\napp = "x"\nset = true\n', Mistake("no-value", 3, 1), id="boolean-set"),
        pytest.param(
            '[[rule]]\napp = "x"\nset = "protekt"\n',
            Mistake("misspelt-preset", 3, 1, {"value": "protekt", "meant": "protect"}),
            id="misspelt-word",
        ),
        pytest.param(
            '[[rule]]\napp = "x"\nset = "never"\n', Mistake("unknown-preset", 3, 1, {"value": "never"}), id="unknown-preset"
        ),
        pytest.param(
            '[[rule]]\nprocess = "systemd-journald-long"\nset = 1\n',
            Mistake("long-name", 2, 1, {"value": "systemd-journald-long", "limit": 15}),
            id="longer-than-comm",
        ),
        pytest.param(
            '[[rule]]\nexe = "bin/x"\nset = 1\n', Mistake("relative-exe", 2, 1, {"value": "bin/x"}), id="relative-exe"
        ),
        pytest.param('[[rule]]\nexe = "/*/x"\nset = 1\n', Mistake("star-inside", 2, 1), id="star-inside"),
        pytest.param(
            '[[rule]]\nunit = "nginx"\nset = 1\n', Mistake("no-unit-name", 2, 1, {"value": "nginx"}), id="unit-without-type"
        ),
        pytest.param('[[rule]]\nuser = "ana"\nset = 1\n', Mistake("user-alone", 2, 1), id="user-alone"),
        pytest.param('[[rule]]\napp = "*"\nset = 1\n', Mistake("empty", 2, 1, {"key": "app"}), id="only-a-star"),
        pytest.param("[[rule]]\napp = 7\nset = 1\n", Mistake("not-text", 2, 1, {"key": "app"}), id="a-number-for-a-text"),
        pytest.param(
            '[[rule]]\nuser = -1\napp="x"\nset = 1\n', Mistake("no-uid", 2, 1, {"value": "-1"}), id="negative-uid"
        ),
        pytest.param(
            '[[rule]]\nask = "no"\napp="x"\nset = 1\n', Mistake("not-boolean", 2, 1, {"key": "ask"}), id="text-for-ask"
        ),
        pytest.param("rules = 1\n", Mistake("unknown-table", 1, values={"key": "rules"}), id="unknown-key"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_others_count(text, mistake):
    read = parse(text + '\n[[rule]]\napp = "good"\nset = "first"\n')
    assert [rule.app for rule in read.rules] == ["good"]
    assert read.mistakes == (mistake,)


@pytest.mark.parametrize(
    ("content", "line", "trouble"),
    [
        pytest.param(b"[[rule]]\napp = \n", 2, "not-toml", id="broken-toml"),
        pytest.param(b"a\n\xff", 2, "not-utf8", id="not-utf-8"),
        pytest.param(b"rule = 3\n", 1, None, id="one-bracket"),
        pytest.param(b'[[rule]]\napp = "x"\nset = ' + b"9" * 4301, 3, "long-number", id="4301-digits"),
        pytest.param(b"x" + b".a" * 30_000 + b" = 1", 1, "too-deep", id="a-key-of-too-many-parts"),
        pytest.param(b"#" * (MAX_BYTES + 1), None, "too-large", id="large"),
    ],
)
def test_a_file_that_is_no_rules_file_is_unusable(tmp_path, content, line, trouble):
    path = tmp_path / "rules.toml"
    path.write_bytes(content)
    read = load(str(path))
    assert not read.usable
    (mistake,) = read.mistakes
    assert (mistake.line, mistake.cause and mistake.cause.id) == (line, trouble)


@pytest.mark.parametrize("make", NO_FILES.values(), ids=NO_FILES)
def test_what_is_no_file_is_neither_waited_for_nor_changed(tmp_path, make):
    path = tmp_path / "rules.toml"
    make(path)
    problem = FileProblem("not-regular", str(path))
    assert load(str(path)) == RuleSet(mistakes=(Mistake("not-read", cause=problem),), usable=False)
    assert not_edited(lambda: add(str(path), [Rule("first", app="x")])) == problem


def test_thousands_of_mistakes_take_no_longer_than_a_few():
    read = parse("[[rule]]\nx = 1\n" * 5000)
    assert len(read.mistakes) < 2 * MAX_MISTAKES


def test_no_file_means_no_rules(tmp_path):
    assert load(str(tmp_path / "none")) == RuleSet()
