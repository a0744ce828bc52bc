"""What the history says of changes of units, and of an app that was ended to keep the computer responsive."""

from __future__ import annotations

from typing import Any

import pytest

from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.period import RecordedEvent, read_period
from oomtray.messages.history_events import sentence
from oomtray.ui.history.mark_groups import grouped
from oomtray.ui.history.mark_icons import shape_of


def stepped_in(**data: Any) -> RecordedEvent:
    return RecordedEvent(1, "step-in", 1.8e9, {"app": "slack", "name": "Slack", "cause": "kill"} | data)


def of_unit(action: str) -> RecordedEvent:
    unit = {"name": "db.service", "from": None, "to": {"ManagedOOMPreference": "avoid"}}
    return RecordedEvent(1, "change", 1.8e9, {"action": action, "by": "hand", "changes": [], "units": [unit]})


def undone(action: str, name: str = "java") -> RecordedEvent:
    change = {"pid": 7, "name": name, "from": -500, "to": 0}
    return RecordedEvent(1, "change", 1.8e9, {"action": "undo", "undid": action, "by": "hand", "changes": [change]})


def limited(**to: int) -> RecordedEvent:
    unit = {"name": "shop.service", "from": {"MemoryMax": 200 << 20}, "to": to}
    return RecordedEvent(1, "change", 1.8e9, {"action": "limit", "by": "hand", "changes": [], "units": [unit]})


@pytest.mark.parametrize(
    ("event", "says"),
    [
        pytest.param(
            RecordedEvent(1, "set-aside", 1.8e9, {"aside": "history.db.damaged-1"}),
            "The history from before could not be used; it is kept as history.db.damaged-1", id="begun anew",
        ),
        pytest.param(of_unit("protect"), "You protected db.service", id="a unit"),
        pytest.param(of_unit("prefer"), "You set how systemd-oomd treats db.service", id="under systemd-oomd"),
        pytest.param(
            stepped_in(processes=[{"pid": 7, "ended": True}, {"pid": 8, "ended": False}]),
            "OOM Tray ended Slack to keep the computer responsive",
            id="ended",
        ),
        pytest.param(stepped_in(processes=[{"pid": 7, "ended": False}]), "OOM Tray asked Slack to end", id="still running"),
        pytest.param(undone("protect"), "Undone: protecting java", id="a protection taken back"),
        pytest.param(undone("first"), "Undone: letting java go first", id="going first taken back"),
        pytest.param(undone("value"), "Undone: the change of java", id="a value taken back"),
        pytest.param(limited(MemoryMax=320 << 20), "You raised the memory limit of shop.service to 320 MiB", id="a limit"),
        pytest.param(limited(), "You changed shop.service", id="a limit of another version"),
        pytest.param(stepped_in(), "OOM Tray ended Slack to keep the computer responsive", id="of another version"),
    ],
)
def test_in_one_sentence(event: RecordedEvent, says: str) -> None:
    assert sentence(event) == says


def test_what_was_taken_back_has_a_mark_of_its_own() -> None:
    assert (shape_of(undone("protect")), shape_of(of_unit("protect")), shape_of(limited())) == ("back", "shield", "change")


def test_it_is_read_with_the_period_and_has_a_mark_below_a_kill_s(tmp_path: Any) -> None:
    database = Database(str(tmp_path / "history.db"))
    events = [Event("step-in", "slack:7:1", 1000.0, {"name": "Slack"}), Event("kill", "k", 1001.0, {})]
    with database.writing() as connection:
        put_events(connection, events)
    shown = read_period(database, 0.0, 2000.0, 10.0).events
    assert [event.kind for event in shown] == ["step-in", "kill"]
    assert shape_of(shown[0]) == "end"
    assert grouped(shown, lambda time: time, 16.0)[0].leading.kind == "kill"
