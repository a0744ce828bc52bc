"""The user's own record: readings of memory, kills and changes over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oomtray.history.database import Database


def own_database() -> Database:
    """Return the record's database; importing it here spares a program that needs none SQLite's 3 MB."""
    from oomtray.history.database import Database

    return Database()
