"""What the user's rules have set, from the record: the program that applied them may be another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_LAST = (
    "SELECT json_extract(change.value, '$.to') FROM event, json_each(event.data, '$.changes') AS change"
    " WHERE event.kind = 'change' AND event.time >= ? AND json_extract(event.data, '$.by') = 'rule'"
    " AND json_extract(change.value, '$.pid') = ? ORDER BY event.time DESC, event.id DESC LIMIT 1"
)


def set_by_rule(connection: sqlite3.Connection, pid: int, started: float) -> int | None:
    """Return the oom_score_adj that a rule last gave to a process that still lives; None if none is recorded.

    A change names its process by the PID alone, which nobody else has had since `started` (seconds since 1970).
    """
    row = connection.execute(_LAST, (started, pid)).fetchone()
    return None if row is None or not isinstance(row[0], int) else row[0]
