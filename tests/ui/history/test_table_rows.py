"""Specifies that a row of the readings table tells of its own time, whatever the width of the graph and the time zone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from oomtray.history.database import Database
from oomtray.history.period import read_period
from oomtray.history.samples import AppMemory, Sample, put, thin
from oomtray.risk.outlook import Forecast
from oomtray.ui.history.readings_table import ReadingsModel
from oomtray.ui.history.table_rows import reading, rows
from oomtray.ui.history.time_range import DAY, TimeRange
from tests.facts import GIB, MIB
from tests.facts.memory import memory

NOW = 1_795_935_563.0
"""No round time."""
USED = {NOW - 3 * DAY + at * 300 + at * 97 % 290: (4000 + at * 389 % 863) * MIB for at in range(864)}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = Database(str(tmp_path_factory.mktemp("rows") / "history.db"))
    with database.writing() as connection:
        put(connection, [sample(at, used) for at, used in USED.items()])
        thin(connection, NOW)
    return database


def sample(at: float, used: int) -> Sample:
    return Sample(
        time=at, memory=memory(total=16 * GIB, available=16 * GIB - used, swap_total=0, swap_free=0), level="normal",
        cause="none", forecast=Forecast(rate=None, stall=None, kill=None, ram=None, swap=None), apps=(AppMemory("a", "A", used // 2),),
    )  # fmt: skip


@pytest.fixture(params=["UTC", "Asia/Seoul", "Asia/Kathmandu"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("pixels", [97, 640, 730, 1200])
@pytest.mark.parametrize("span", [DAY, 7 * DAY, 30 * DAY], ids=["day", "week", "month"])
def test_a_row_has_the_most_of_its_time_and_nothing_of_its_neighbors(record: Database, span: float, pixels: int) -> None:
    shown = TimeRange.ending(NOW, span)
    period = read_period(record, *reading(shown, span / pixels))
    whole = [row for row in rows(period, shown) if shown.since <= row.at and row.until <= NOW - 300]
    assert len(whole) >= 11
    for row in whole:
        most = max(used for at, used in USED.items() if row.at <= at < row.until)
        assert row.column.used is not None
        assert row.column.used.high == most, time.ctime(row.at)


@pytest.mark.usefixtures("qapp")
def test_what_an_app_held_is_told_in_the_row_of_that_time(record: Database) -> None:
    shown = TimeRange.ending(NOW, 30 * DAY)
    period = read_period(record, *reading(shown, shown.span / 730))
    model = ReadingsModel()
    model.show_period(period, shown)
    told = [model.index(row, 5).data() for row in range(model.rowCount())]
    for said, row in list(zip(told, rows(period, shown), strict=True))[1:-1]:
        most = max(used for at, used in USED.items() if row.at <= at < row.until)
        assert said == f"{most / 2 / GIB:.1f} GiB", time.ctime(row.at)


@pytest.mark.parametrize("pixels", [97, 640, 1200])
def test_rows_begin_at_round_local_times(pixels: int) -> None:
    shown = TimeRange.ending(NOW, 30 * DAY)
    asked = reading(shown, shown.span / pixels)
    begin = time.localtime(asked.since)
    assert (begin.tm_hour % 6, begin.tm_min, begin.tm_sec) == (0, 0, 0)
    assert 6 * 3600 / asked.width == pytest.approx(round(6 * 3600 / asked.width))
    assert asked.since <= shown.since
