"""Rows of the record that nobody can have written are left out by whatever reads it, and the others are told as ever."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from oomtray.cli import main
from oomtray.history import schema
from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.kills import put_kills
from oomtray.history.period import read_period
from oomtray.history.samples import AppMemory, put, thin
from oomtray.risk.outlook import Cause, LevelName
from tests.facts import GIB, kills
from tests.facts.recorded import sample

WRONG = ("'x'", "''", "x'ff00'", "1e300", "-1e300", "9223372036854775807", "CAST(x'ff' AS TEXT)", "'[]'", "NULL", "replace(hex(zeroblob(9999)), '0', '[')")
"""NULL is what SQLite makes of NaN; where a column may be unknown, it is right."""
ONE_READING = "slot = (SELECT max(slot) - 4 FROM reading)"
PLACES = [
    *(("reading", column, ONE_READING) for column in ("tier", "slot", *schema.COLUMNS, "left", *schema.MAXIMA)),
    *(("app", column, "name = 'Firefox'") for column in ("key", "name")),
    *(("app_memory", column, ONE_READING) for column in ("tier", "slot", "app", "memory")),
    *(("event", column, f"kind = '{kind}'") for column in ("kind", "key", "time", "data") for kind in ("kill", "change", "step-in")),
]
TEXTS = {"key", "name", "kind", "data"}


def test_a_reading_can_have_every_level_and_every_cause() -> None:
    assert (len(get_args(LevelName)), len(get_args(Cause))) == (schema.LEVELS, schema.CAUSES)


@pytest.fixture
def database(xdg: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Read as without what this machine's kernel has counted and logged."""
    monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: None)
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [])
    made, now = Database(), time.time()
    apps = AppMemory("firefox", "Firefox", 3 * GIB), AppMemory("code", "Code", GIB)
    ended = {"name": "Slack", "processes": [{"pid": 5, "start_time": 7, "name": "slack", "ended": True}]}
    with made.writing() as connection:
        put(connection, [sample(now - ago, apps=apps) for ago in range(20, 0, -2)])
        thin(connection, now)
        put_kills(connection, [replace(kills.leak(), time=now - 9)], now)
        put_events(connection, [Event("step-in", "x", now - 8, ended), Event("change", "y", now - 7, {"action": "set", "named": ["levels.warning_percent"], "changes": [{"name": "sh", "to": 5}]})])
    return made


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*arguments: str) -> str:
        assert main(list(arguments), tray=lambda _: 99) == 0
        said = capsys.readouterr()
        assert said.err == ""
        return said.out

    return run


def damage(database: Database, table: str, column: str, value: str, where: str) -> bool:
    """Whether SQLite let it be written."""
    with closing(sqlite3.connect(database.path)) as connection, connection:
        try:
            connection.execute(f"UPDATE {table} SET {column} = {value} WHERE {where}")
        except sqlite3.IntegrityError:
            return False
    return True


def readings(told: Callable[..., str]) -> tuple[list[Any], list[Any]]:
    """What `history --json` says of memory, and of apps."""
    lines = [json.loads(line) for line in told("history", "--json").splitlines()]
    return [{**line, "apps": None} for line in lines], [app for line in lines for app in line["apps"]]


@pytest.mark.parametrize(("table", "column", "where"), PLACES)
def test_nothing_stops_a_reader_and_no_number_is_made_up(table: str, column: str, where: str, database: Database, told: Callable[..., str]) -> None:
    whole, apps = readings(told)
    events = json.loads(told("kills", "--json"))["events"]
    assert (len(whole), len(apps), len(events)) == (10, 20, 2)
    original = Path(database.path).read_bytes()
    for value in WRONG:
        if not damage(database, table, column, value, where):
            continue
        now = time.time()
        told("history")
        told("kills")
        period = read_period(database, now - 600, now, 6.0)
        assert all(0 <= column.used_percent <= 100 for column in period.columns if column.used_percent is not None)
        left, held = readings(told)
        if table == "reading" and (value != "NULL" or column in {"time", "total", "huge_pages", "reclaimable", "level", "cause"}):
            assert left == [one for one in whole if one in left], value
            assert len(left) == 9, value
        if column not in TEXTS:
            assert all(app in apps for app in held), value
        assert all(event in events for event in json.loads(told("kills", "--json"))["events"]), value
        with database.writing() as connection:
            put_kills(connection, [kills.limited()], now)
            thin(connection, now)
        Path(database.path).write_bytes(original)


def test_a_time_that_can_not_be_foreseen_is_infinite_and_no_damage(database: Database, told: Callable[..., str]) -> None:
    assert damage(database, "reading", "kill_to", "9e999", ONE_READING)
    assert len(readings(told)[0]) == 10


def places(told: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Each place in data, but of a list only the first one's."""
    held = told.items() if isinstance(told, dict) else enumerate(told[:1]) if isinstance(told, list) else ()
    for name, inner in held:
        yield (*above, name)
        yield from places(inner, (*above, name))


@pytest.mark.parametrize("wrong", [[], 1e300, {"a": []}, True], ids=str)
@pytest.mark.parametrize("kind", ["kill", "change", "step-in"])
def test_a_value_of_another_type_in_an_event_costs_that_event_alone(kind: str, wrong: object, database: Database, told: Callable[..., str]) -> None:
    with database.reading() as connection:
        assert connection is not None
        ((number, data),) = connection.execute("SELECT id, data FROM event WHERE kind = ?", (kind,))
    others = [event for event in json.loads(told("kills", "--json"))["events"] if event["id"] != str(number)]
    for place in places(json.loads(data)):
        damaged = within = json.loads(data)
        for name in place[:-1]:
            within = within[name]
        within[place[-1]] = wrong
        with database.writing() as connection:
            connection.execute("UPDATE event SET data = ? WHERE id = ?", (json.dumps(damaged), number))
        told("history")
        told("kills")
        found = json.loads(told("kills", "--json"))["events"]
        assert [event for event in found if event["id"] != str(number)] == others, place
