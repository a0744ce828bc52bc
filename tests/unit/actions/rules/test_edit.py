"""Adding, removing and declining rules keeps all else in the file, whoever writes at the same time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from oomtray.actions.rules.edit import add, decline, put_above, remove, take_back
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import load, parse
from tests.rigs.processes.users import NOBODY, need_root
from tests.unit.actions.rules.using import GOOD, not_edited


def test_adding_keeps_comments_and_adds_nothing_twice(tmp_path):
    path = tmp_path / "deep" / "rules.toml"
    path.parent.mkdir()
    path.write_text(GOOD)
    assert add(str(path), [Rule("protect", app="code", label="Editor"), Rule(300, app="firefox")]) == 1
    assert add(str(path), [Rule("protect", app="code")]) == 0
    assert path.read_text().startswith(GOOD)
    assert [rule.label or rule.app for rule in load(str(path)).rules] == ["The database", "firefox", "Editor"]


def test_adding_makes_the_file(tmp_path):
    path = tmp_path / "new" / "rules.toml"
    assert add(str(path), [Rule("first", exe="/usr/bin/x", user="ana", ask=False)]) == 1
    rule = load(str(path)).rules[0]
    assert (rule.exe, rule.user, rule.ask, rule.set) == ("/usr/bin/x", "ana", False, "first")
    assert path.read_text().startswith("# Rules of OOM Tray")


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        pytest.param(GOOD, [400, "protect", 300], id="above"),
        pytest.param("rule = [\n  {set = 1, app = 'a'},\n  {set = 300, app = 'firefox'},\n]\n", [1, 400, 300], id="above, in an array"),
        pytest.param("[[rule]]\nset = 1\napp = 'a'\n", [1, 400], id="at the end, where the other is gone"),
        pytest.param("", [400], id="alone"),
    ],
)
def test_a_rule_is_put_above_another(tmp_path, text, sets):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    other = next((rule for rule in parse(text).rules if rule.app != "a"), Rule(300, app="firefox"))

    put_above(str(path), Rule(400, app="new"), other)

    assert [rule.set for rule in load(str(path)).rules] == sets


def test_removing_takes_out_that_rule_alone(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(GOOD)
    assert [one.place for one in remove(str(path), [2])] == [1]
    assert [rule.label for rule in load(str(path)).rules] == ["The database"]
    assert "# kept comment" in path.read_text()
    assert not_edited(lambda: remove(str(path), [9])) == "changed-since"


def test_rules_that_are_written_in_another_way_are_removed_as_well(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('rule = [{app = "a", set = 1}, {app = "b", set = 2}]\n')
    (removed,) = remove(str(path), [1])
    assert [rule.app for rule in load(str(path)).rules] == ["b"]
    assert 'app = "a"' in removed.block


def test_rules_are_added_below_an_empty_line_whatever_the_file_ends_with(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\napp = "a"\nset = 1')
    assert add(str(path), [Rule(2, app="b"), Rule(3, app="c")]) == 2
    assert path.read_text() == "\n".join(f'[[rule]]\napp = "{name}"\nset = {n}\n' for n, name in enumerate("abc", start=1))


def test_declining_for_good_is_written_down(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(GOOD)
    assert decline(str(path), [load(str(path)).rules[0]]) == 1
    assert [rule.ask for rule in load(str(path)).rules] == [False, True]
    assert "# why" in path.read_text()


def test_a_broken_file_is_not_touched(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("[[rule]\nmine = 1\n")
    assert not_edited(lambda: add(str(path), [Rule("first", app="x")])).id == "not-toml"
    assert path.read_text() == "[[rule]\nmine = 1\n"


@pytest.mark.parametrize("text", ["[rule]\napp = 'vim'\nset = 5\n", "rule = 5\n"], ids=["one bracket", "a number"])
def test_where_rules_are_no_tables_nothing_is_changed(tmp_path, text):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    for edit in (add, take_back):
        assert not_edited(lambda edit=edit: edit(str(path), [Rule("first", app="x")])) == "unsound"
    assert path.read_text() == text


def test_a_directory_that_takes_no_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    why = not_edited(lambda: add(str(tmp_path / "file" / "rules.toml"), [Rule("first", app="x")]))
    assert why.id == "unwritable"


def test_mode_and_link_are_kept(tmp_path):
    real = tmp_path / "dotfiles.toml"
    real.write_text(GOOD)
    os.chmod(real, 0o640)
    link = tmp_path / "rules.toml"
    link.symlink_to(real)
    add(str(link), [Rule("first", app="x")])
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_two_that_add_rules_at_once_lose_none(tmp_path):
    path = tmp_path / "rules.toml"
    code = (
        "import sys; from oomtray.actions.rules.edit import add; from oomtray.actions.rules.model import Rule\n"
        "for n in range(10):\n"
        "    assert add(sys.argv[1], [Rule('first', app=f'{sys.argv[2]}{n}')]) == 1\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, path, me]) for me in "abc"]
    assert [program.wait(60) for program in running] == [0, 0, 0]
    assert sorted(rule.app for rule in load(str(path)).rules) == sorted(f"{me}{n}" for me in "abc" for n in range(10))
    assert os.listdir(tmp_path) == ["rules.toml"]


def test_what_an_editor_saves_at_the_same_moment_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "rules.toml"
    path.write_text(GOOD)

    def saves(*argument):
        monkeypatch.undo()
        path.write_text(GOOD + '[[rule]]\napp = "theirs"\nset = 1\n')
        return parse(*argument)

    monkeypatch.setattr("oomtray.actions.rules.edit.parse", saves)
    assert add(str(path), [Rule("first", app="ours")]) == 1
    assert [rule.app for rule in load(str(path)).rules[1:]] == ["firefox", "theirs", "ours"]


@pytest.mark.parametrize("what", ["link", "directory"])
def test_root_with_a_users_home_edits_nothing_that_the_user_has_laid_there(tmp_path, what):
    """As with sudo that keeps HOME: a link would have root write the user's text into any file."""
    need_root()
    treasure = tmp_path / "treasure.toml"
    treasure.write_text("")
    path = tmp_path / "home" / "rules.toml"
    path.parent.mkdir()
    if what == "link":
        path.symlink_to(treasure)
        os.lchown(path, NOBODY, NOBODY)
    else:
        path.write_text(GOOD)
        os.chown(path.parent, NOBODY, NOBODY)
    assert not_edited(lambda: add(str(path), [Rule("first", app="x")])).id == "not-own"
    (mistake,) = load(str(path)).mistakes
    assert mistake.cause.id == "not-own"
    assert treasure.read_text() == ""
