"""Specifies that an added rule and a mark as expendable are changes as any other: in the journal, and taken back by what comes next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oomtray.actions.change_record import of_batch, of_undone
from oomtray.actions.changes import Changer
from oomtray.actions.file_edits import record_marks, record_rules, taken_back, undo
from oomtray.actions.journal import Journal
from oomtray.actions.journal_file import Batch
from oomtray.actions.rules.edit import NotEdited, add, put
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import load
from oomtray.config import Presets
from oomtray.config import load as load_settings
from oomtray.history.period import RecordedEvent
from oomtray.messages.history_events import sentence

OLD, NEW = Rule("protect", app="db", label="The database", ask=False), Rule("deprioritize", app="db")


@pytest.fixture
def rules(tmp_path: Path) -> str:
    path = tmp_path / "rules.toml"
    path.write_text('# mine\n[[rule]]\nprocess = "sshd"\nset = -900\n')
    return str(path)


@pytest.fixture
def journal(xdg: Path) -> Journal:
    return Journal()


def last() -> Batch:
    """As the next program to run finds it."""
    batch = Journal().last()
    assert batch is not None
    return batch


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
