"""A record of a day, written once, and a window that shows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest

from oomtray.history.database import Database
from oomtray.history.period import read_period
from oomtray.ui.history.history_window import HistoryWindow
from tests.facts import histories

NOW = time.mktime((2026, 11, 26, 15, 0, 0, 0, 0, -1))


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = Database(str(tmp_path_factory.mktemp("history") / "history.db"))
    histories.write(database, NOW, days=10)
    return database


@pytest.fixture
def opened(qtbot) -> Callable[..., HistoryWindow]:
    def opened(database: Database, **facts: object) -> HistoryWindow:
        window = HistoryWindow(partial(read_period, database), (80.0, 90.0), clock=lambda: NOW, **facts)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        qtbot.waitUntil(lambda: not window.reading and window.period is not None, timeout=10_000)
        return window

    return opened


@pytest.fixture
def window(opened: Callable[..., HistoryWindow], record: Database) -> HistoryWindow:
    return opened(record)
