"""Specifies that each change by hand or by a rule is handed to the record once, also one that a command has made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.change_record import ChangeRecord
from oomtray.actions.journal import Journal
from oomtray.actions.journal_file import UnitChange
from oomtray.actions.rules.service import RulesService
from oomtray.config import Presets
from oomtray.history.events import Event
from tests.facts.snapshots import snapshot

NOW = 1_800_000_000.0


def change(pid: int = 7, after: int = -500) -> Change:
    return Change(pid, 812, "java", 0, after, done=True, wanted=after)


class Recorded:
    """A record of changes, and the events that it was handed."""

    def __init__(self, directory: Path) -> None:
        self.events: list[Event] = []
        self.directory = str(directory)
        rules = RulesService(Presets(), str(directory / "rules.toml"))
        self.record = ChangeRecord(Journal(self.directory), rules, self.events.append, wall=lambda: NOW)

    def by_a_command(self, action: str, *changes: Change) -> None:
        Journal(self.directory).record(action, changes)


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path)


def test_a_change_that_a_command_has_made_is_handed_on(recorded: Recorded) -> None:
    assert recorded.record.last_given() == {}
    recorded.by_a_command("protect", change())
    assert recorded.record.last_given() == {(7, 812): -500}
    (event,) = recorded.events
    assert event.kind == "change"
    assert event.data == {"action": "protect", "by": "hand", "changes": [{"pid": 7, "name": "java", "from": 0, "to": -500}]}


def test_what_was_made_before_the_start_is_recorded_by_who_made_it(recorded: Recorded) -> None:
    """Else what a user has cleared would come back with the next start."""
    recorded.by_a_command("protect", change())
    assert recorded.record.last_given() == {(7, 812): -500}
    recorded.by_a_command("deprioritize", change(after=300))
    recorded.record.last_given()
    assert [event.data["action"] for event in recorded.events] == ["deprioritize"]


def test_a_change_that_goes_further_is_told_anew_under_its_key(recorded: Recorded) -> None:
    recorded.record.last_given()
    journal = Journal(recorded.directory)
    batch = journal.record("protect", [change(after=100)])
    recorded.record.last_given()
    journal.record("protect", [change()], batch)
    recorded.record.last_given()
    assert [event.data["changes"][0]["to"] for event in recorded.events] == [100, -500]
    assert len({event.key for event in recorded.events}) == 1


def test_what_a_command_has_taken_back_is_handed_on_once_with_what_was_set_back(recorded: Recorded) -> None:
    recorded.record.last_given()
    journal = Journal(recorded.directory)
    batch = journal.record("protect", [change()])
    assert batch is not None
    recorded.record.last_given()
    journal.take_back(batch, changes=[replace(change(), before=-500, after=0)])
    for _ in range(2):
        recorded.record.last_given()
    assert [event.data["action"] for event in recorded.events] == ["protect", "undo"]
    data = {"action": "undo", "undid": "protect", "by": "hand", "changes": [{"pid": 7, "name": "java", "from": -500, "to": 0}]}
    assert recorded.events[-1].data == data


def test_what_was_taken_back_before_the_start_is_not_told_again(recorded: Recorded) -> None:
    journal = Journal(recorded.directory)
    batch = journal.record("protect", [change()])
    assert batch is not None
    journal.take_back(batch, changes=[replace(change(), before=-500, after=0)])
    recorded.record.last_given()
    journal.record("deprioritize", [change(after=300)])
    recorded.record.last_given()
    assert [event.data["action"] for event in recorded.events] == ["deprioritize"]


def test_what_was_forgotten_without_being_taken_back_is_no_undo(recorded: Recorded) -> None:
    recorded.record.last_given()
    journal = Journal(recorded.directory)
    batch = journal.record("protect", [change()])
    assert batch is not None
    journal.take_back(batch)
    recorded.record.last_given()
    assert recorded.events == []


def test_what_was_set_for_a_unit_is_handed_on_also_where_no_process_was_changed(recorded: Recorded) -> None:
    recorded.record.last_given()
    unit = UnitChange(name="x.service", user=True, before=None, after={"OOMScoreAdjust": -500})
    Journal(recorded.directory).record("protect", (), units=[unit])
    assert recorded.record.last_given() == {}
    (event,) = recorded.events
    told = [{"name": "x.service", "from": None, "to": {"OOMScoreAdjust": -500}}]
    assert event.data == {"action": "protect", "by": "hand", "changes": [], "units": told}


def test_what_has_not_changed_is_not_handed_on_again(recorded: Recorded) -> None:
    recorded.record.last_given()
    recorded.by_a_command("protect", change())
    for _ in range(3):
        recorded.record.last_given()
    assert len(recorded.events) == 1


def test_each_change_has_a_key_of_its_own_and_is_handed_on_once(recorded: Recorded) -> None:
    recorded.record.last_given()
    recorded.by_a_command("protect", change())
    recorded.record.last_given()
    recorded.by_a_command("deprioritize", change(after=300))
    recorded.record.last_given()
    keys = [event.key for event in recorded.events]
    assert len(keys) == len(set(keys)) == 2


def test_without_rules_nothing_is_changed_by_one(recorded: Recorded) -> None:
    assert recorded.record.apply(snapshot()) == (None, False)
    assert recorded.events == []
