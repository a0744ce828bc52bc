"""An empty history of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.history.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(str(tmp_path / "state" / "history.db"))
