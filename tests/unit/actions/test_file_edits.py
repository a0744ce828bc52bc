"""Specifies that an added rule, a mark as expendable and a setting are changes as any other: in the journal, and taken back by what comes next."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.actions.change_record import of_batch, of_undone
from oomtray.actions.changes import Changer
from oomtray.actions.file_edits import (
    record_defaults,
    record_marks,
    record_moved,
    record_removed,
    record_rewritten,
    record_rules,
    record_settings,
    taken_back,
    undo,
)
from oomtray.actions.journal import Journal
from oomtray.actions.journal_file import Batch, Edit
from oomtray.actions.rules.edit import add, move, put, remove, rewrite, take_out
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import load
from oomtray.config import Presets
from oomtray.config import load as load_settings
from oomtray.config.taking_back import edit_between
from oomtray.config.toml_file import NotEdited
from oomtray.config.writing import change, change_all, restore_defaults
from oomtray.history.period import RecordedEvent
from oomtray.messages.file_edits import did, not_undone, would
from oomtray.messages.history_events import sentence
from oomtray.messages.rules_file import not_edited
from tests.unit.actions.changing import last

SETTINGS = "[levels]\nwarning_percent = 82  # early\n"
OLD, NEW = Rule("protect", app="db", label="The database", ask=False), Rule("deprioritize", app="db")


@pytest.fixture
def rules(tmp_path: Path) -> str:
    path = tmp_path / "rules.toml"
    path.write_text('# mine\n[[rule]]\nprocess = "sshd"\nset = -900\n')
    return str(path)


@pytest.fixture
def journal(xdg: Path) -> Journal:
    return Journal()


def said(batch: Batch, *, undone: bool = False) -> str:
    event = of_undone(batch) if undone else of_batch(batch)
    return sentence(RecordedEvent(1, event.kind, event.time, json.loads(json.dumps(event.data))))


def test_a_rule_that_was_added_goes_out_again(rules: str, journal: Journal) -> None:
    before = Path(rules).read_text()
    add(rules, [NEW])
    record_rules(journal, rules, [NEW])
    assert said(last()) == "You added a rule for db"
    undone = undo(journal, last())
    assert undone is not None
    assert (Path(rules).read_text().strip(), Journal().last()) == (before.strip(), None)
    assert said(undone, undone=True) == "Undone: the rule for db"


def test_a_rule_that_took_anothers_place_gives_it_back_whole(rules: str, journal: Journal) -> None:
    add(rules, [OLD])
    record_rules(journal, rules, [NEW], put(rules, NEW))
    undo(journal, last())
    assert [(rule.key, rule.label) for rule in load(rules).rules][1:] == [(OLD.key, OLD.label)]


def test_what_a_person_removed_meanwhile_is_no_failure(rules: str, journal: Journal) -> None:
    record_rules(journal, rules, [NEW])
    before = Path(rules).read_text()
    undo(journal, last())
    assert (Path(rules).read_text(), Journal().last()) == (before, None)


def test_a_file_that_cannot_be_edited_now_can_be_tried_again(rules: str, journal: Journal) -> None:
    record_rules(journal, rules, [NEW])
    Path(rules).write_text("[[rule]\n")
    with pytest.raises(NotEdited):
        undo(journal, last())
    assert last().action == "add-rule"


TWO = """\
# mine

# the daemon
[[rule]]
process = "sshd"
set = -900

# the base
[[rule]]
app = "db"
label = "The database"
set = "protect"  # for ever
"""


class TestWhatIsDoneInTheEditor:
    """And by `rules remove`: whatever was done last is taken back, and what somebody did meanwhile by hand stays."""

    @pytest.fixture
    def rules(self, tmp_path: Path) -> str:
        path = tmp_path / "rules.toml"
        path.write_text(TWO)
        return str(path)

    def do(self, journal: Journal, rules: str, what: str) -> None:
        sshd, db = load(rules).rules
        match what:
            case "change":
                new = replace(db, app="mariadb", label="Maria", set=-300)
                rewrite(rules, db, new)
                record_rewritten(journal, rules, db, new)
            case "remove":
                record_removed(journal, rules, take_out(rules, [sshd]))
            case "remove all":
                record_removed(journal, rules, remove(rules, [2, 1]))
            case "move":
                record_moved(journal, rules, db, move(rules, db, -1), -1)

    @pytest.mark.parametrize(
        ("what", "says", "undone"),
        [
            ("change", "You changed the rule for Maria", "Undone: changing the rule for Maria"),
            ("remove", "You removed the rule for sshd", "Undone: removing the rule for sshd"),
            ("remove all", "You removed the rule for sshd and The database", "Undone: removing the rule for sshd and The database"),
            ("move", "You moved the rule for The database", "Undone: moving the rule for The database"),
        ],
    )
    def test_it_is_told_and_taken_back_whole(self, rules: str, journal: Journal, what: str, says: str, undone: str) -> None:
        self.do(journal, rules, what)
        assert Path(rules).read_text() != TWO
        assert said(last()) == says
        back = undo(Journal(), last())
        assert Path(rules).read_text() == TWO
        assert back is not None
        assert said(back, undone=True) == undone
        assert Journal().last() is None

    @pytest.mark.parametrize("what", ["change", "move"])
    def test_what_somebody_wrote_meanwhile_is_not_overwritten(self, rules: str, journal: Journal, what: str) -> None:
        record_rules(journal, rules, [Rule("first", app="before")])
        self.do(journal, rules, what)
        by_hand = '[[rule]]\nprocess = "x"\nset = 1\n[[rule]]\napp = "mariadb"\nset = -400\n'
        Path(rules).write_text(by_hand)
        with pytest.raises(NotEdited) as told:
            undo(journal, last())
        assert told.value.why == "changed-since"
        assert "meanwhile" in not_edited(told.value)
        assert Path(rules).read_text() == by_hand
        assert last().action == "add-rule", "the next undo takes back what was before"

    def test_what_somebody_wrote_beside_it_stays(self, rules: str, journal: Journal) -> None:
        self.do(journal, rules, "remove")
        Path(rules).write_text(Path(rules).read_text() + "# by hand\n[[rule]]\nprocess = 'x'\nset = 1\n")
        undo(journal, last())
        assert [rule.set for rule in load(rules).rules] == [-900, "protect", 1]
        assert "# by hand" in Path(rules).read_text()

    @pytest.mark.parametrize("what", ["change", "remove", "move"])
    def test_what_is_as_before_already_is_forgotten(self, rules: str, journal: Journal, what: str) -> None:
        self.do(journal, rules, what)
        Path(rules).write_text(TWO)
        undo(journal, last())
        assert (Path(rules).read_text(), Journal().last()) == (TWO, None)

    def test_a_rule_without_a_name_of_its_own(self, rules: str, journal: Journal) -> None:
        Path(rules).write_text('[[rule]]\ncommand = "--token=secret"\nset = 1\n')
        record_removed(journal, rules, remove(rules, [1]))
        assert "secret" not in json.dumps(of_batch(last()).data)
        assert said(last()) == "You removed a rule"


@pytest.mark.parametrize(
    ("added", "removed", "then", "says"),
    [
        (("hog",), (), ("spotify",), "You marked hog as expendable"),
        ((), ("Slack",), ("spotify", "hog", "Slack"), "You unmarked Slack as expendable"),
    ],
)
def test_marks(tmp_path: Path, journal: Journal, added: tuple[str, ...], removed: tuple[str, ...], then: tuple[str, ...], says: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[step_in]\nexpendable = ["spotify", "hog"]\n')
    record_marks(journal, str(path), added, removed)
    assert said(last()) == says
    undo(journal, last())
    assert load_settings(str(path))[0].step_in.expendable == then
    assert Journal().last() is None


def test_restored_defaults(tmp_path: Path, journal: Journal) -> None:
    mine = "# mine\n[levels]\nwarning_percent = 82  # early\n"
    path = tmp_path / "config.toml"
    path.write_text(mine)
    texts = restore_defaults(str(path))
    assert texts is not None
    record_defaults(journal, str(path), texts)
    assert said(last()) == "You restored the default settings"
    back = undo(Journal(), last())
    assert path.read_text() == mine
    assert back is not None
    assert said(back, undone=True) == "Undone: restoring the default settings"
    assert Journal().last() is None


class TestSettings:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(SETTINGS)
        return path

    def change(self, journal: Journal, path: Path, value: float | None, goes_on: Batch | None = None) -> Batch | None:
        texts = change_all(str(path), {"levels.warning_percent": value})
        assert texts is not None
        name = "levels.warning_percent"
        return record_settings(journal, str(path), edit_between(texts), ({name: 82.0}, {name: value}), goes_on)

    def test_one_that_was_changed_is_told_by_its_name_and_taken_back_whole(self, path: Path, journal: Journal) -> None:
        self.change(journal, path, None)
        assert said(last()) == "You changed “Warn when memory use reaches”"
        assert last().edit is not None
        assert would(last().action, last().edit) == "“Warn when memory use reaches” would be set to 82 % again."  # type: ignore[arg-type]
        back = undo(Journal(), last())
        assert path.read_text() == SETTINGS
        assert back is not None
        assert did(back.action, back.edit) == "“Warn when memory use reaches” is set to 82 % again."  # type: ignore[arg-type]
        assert said(back, undone=True) == "Undone: the change of “Warn when memory use reaches”"
        assert Journal().last() is None

    def test_what_goes_on_takes_the_place_of_the_step_before(self, path: Path, journal: Journal) -> None:
        first = self.change(journal, path, 70.0)
        again = self.change(journal, path, 60.0, first)
        assert again is not None
        assert [(batch.number, batch.edit) for batch in Journal().batches()] == [(again.number, again.edit)]
        assert first is not None
        assert first.edit != again.edit

    def test_one_that_somebody_changed_since_is_left_alone_and_forgotten(self, path: Path, journal: Journal) -> None:
        self.change(journal, path, 70.0)
        change(str(path), "levels.warning_percent", lambda _: 60.0)
        batch = last()
        with pytest.raises(NotEdited) as raised:
            undo(journal, batch)
        assert batch.edit is not None
        assert "the setting was changed in it meanwhile" in not_undone(batch.edit, raised.value)
        assert Journal().last() is None

    @pytest.mark.parametrize(("name", "value", "says"), [("levels.new", 3, "“levels.new” would be set to 3 again."), ("icon.shows", "clock", "“The icon shows” would be set to clock again.")])
    def test_what_another_version_has_written_is_told_as_it_stands(self, name: str, value: object, says: str) -> None:
        side = {"said": {name: value}, "shown": {name: value}, "text": "", "place": 0}
        assert would("set", Edit("setting", "/x", (side,), (side,))) == says


def test_what_another_door_has_taken_back_is_not_told_twice(rules: str, journal: Journal) -> None:
    batch = record_rules(journal, rules, [NEW])
    assert batch is not None
    undo(Journal(), last())
    assert taken_back(journal, batch) is None
    assert len(Journal().undone()) == 1


def test_it_is_nothing_that_the_changer_of_processes_takes_back(rules: str, journal: Journal) -> None:
    record_rules(journal, rules, [NEW])
    assert Changer(Presets(), journal=journal).undo().steps == ()
    assert last().action == "add-rule"


def test_a_rule_by_a_command_line_is_told_without_it(rules: str, journal: Journal) -> None:
    record_rules(journal, rules, [Rule("protect", command="--token=secret")])
    assert "secret" not in json.dumps(of_batch(last()).data)
    assert said(last()) == "You added a rule"
