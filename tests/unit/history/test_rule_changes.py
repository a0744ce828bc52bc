"""Which value a rule has given to a process, by the record: of a PID only what came after the process's start counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oomtray.history.database import Database
from oomtray.history.events import Event, put_events, set_by_rule

AT = 1_795_800_000.0


def changed(at: float, by: str = "rule", **values: int) -> Event:
    changes: list[dict[str, Any]] = [{"pid": int(pid[1:]), "name": "x", "from": 0, "to": value} for pid, value in values.items()]
    return Event("change", f"{by}/{at}", at, {"action": "rule", "by": by, "changes": changes})


@pytest.mark.parametrize(
    ("events", "value"),
    [
        pytest.param([], None, id="nothing was set"),
        pytest.param([changed(AT + 5, p6=100, p7=300)], 300, id="by a rule"),
        pytest.param([changed(AT + 5, p7=300), changed(AT + 9, p7=-500), changed(AT + 7, p7=100)], -500, id="the last counts"),
        pytest.param([changed(AT - 5, p7=300)], None, id="of another process that had its number"),
        pytest.param([changed(AT + 5, "hand", p7=300)], None, id="by hand"),
        pytest.param([changed(AT + 5, p77=300)], None, id="another process"),
        pytest.param([Event("change", "hand/1/2", AT + 5, {"action": "edit", "by": "hand", "named": ["x"]})], None, id="of a file"),
        *(
            pytest.param([changed(AT + 5, p7=300), Event("change", "x", AT + 9, {"by": "rule", "changes": damaged})], 300, id=f"after {damaged}")
            for damaged in (["x"], "x", {"a": "b"}, [[7]], 7)
        ),
    ],
)
def test_what_a_rule_has_given_to_7(events: list[Event], value: int | None, tmp_path: Path) -> None:
    database = Database(str(tmp_path / "history.db"))
    with database.writing() as connection:
        put_events(connection, events)
        assert set_by_rule(connection, 7, AT) == value
