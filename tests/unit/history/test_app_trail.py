"""What one app held over the last hour: out of the record, the oldest first, and nothing where it was not looked at."""

from __future__ import annotations

from pathlib import Path

from oomtray.history.app_trail import SECONDS, read_trail
from oomtray.history.database import Database
from tests.facts import histories

NOW = 1_800_000_000.0


def test_the_looks_of_the_last_hour_are_read(tmp_path: Path) -> None:
    record = Database(str(tmp_path / "history.db"))
    histories.write(record, NOW, days=1)
    with record.reading() as connection:
        assert connection is not None
        keys = [key for (key,) in connection.execute("SELECT DISTINCT key FROM app")]
    trails = [read_trail(record, key, NOW) for key in keys]
    longest = max(trails, key=len)
    assert len(longest) > 2
    times = [at for at, _ in longest]
    assert times == sorted(times)
    assert times[0] >= NOW - SECONDS - 2
    assert all(memory > 0 for _, memory in longest)
    assert read_trail(record, "no such app", NOW) == ()


def test_without_a_record_there_is_nothing(tmp_path: Path) -> None:
    assert read_trail(Database(str(tmp_path / "none.db")), "firefox", NOW) == ()
