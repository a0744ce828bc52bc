"""Specifies that whatever a range of the record covers counts in its maxima, however far the readings were thinned."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomtray.history import schema
from oomtray.history.chart_columns import merged
from oomtray.history.database import Database
from oomtray.history.period import Period, read_period
from oomtray.history.recorder import Recorder
from oomtray.history.samples import Sample, put, thin
from oomtray.kernel.snapshot import Memory
from oomtray.risk.outlook import Forecast, Level, LevelName
from tests.facts import histories
from tests.facts.histories import settling
from tests.facts.memory import memory
from tests.facts.recorded import sample

NOW = 1_800_000_000.0
HOUR, DAY = 3600.0, 86_400.0
RANGES = (HOUR, 2 * HOUR, 5 * HOUR, DAY, 7 * DAY, 30 * DAY)
SLOT = schema.TIERS[-1].slot
LEVELS: tuple[LevelName, ...] = get_args(LevelName)

Most = tuple[int, int, float, int]
"""Used, in swap, stalled, and the level by its number."""


def reading(used: int, swapped: int, stall: float, huge: int = 0) -> Memory:
    return memory(
        total=64, huge_pages=huge, available=64 - huge - used, swap_total=32, swap_free=32 - swapped, psi_full_avg10=stall
    )  # fmt: skip


CALM = reading(0, 0, 0.0)
READINGS = st.builds(reading, st.integers(0, 48), st.integers(0, 32), st.integers(0, 100).map(float), st.integers(0, 16))
PAUSES = st.sampled_from((2.0, 4.0, 20.0, 100.0, 300.0, 1800.0, 6 * HOUR, DAY))
RUNS = st.lists(st.tuples(PAUSES, READINGS, st.sampled_from(LEVELS)), min_size=1, max_size=15)


def most_of(samples: list[Sample]) -> Most:
    return (
        max((one.memory.usable - (one.memory.left or 0) for one in samples), default=-1),
        max(((one.memory.swap_total or 0) - (one.memory.swap_free or 0) for one in samples), default=-1),
        max((one.memory.psi_full_avg10 or 0.0 for one in samples), default=-1.0),
        max((LEVELS.index(one.level) for one in samples), default=-1),
    )


def most_in(period: Period) -> Most:
    if not period.columns:
        return -1, -1, -1.0, -1
    one = merged(period.columns)
    assert one.used is not None
    assert one.swap is not None
    assert one.stall is not None
    return one.used.high, one.swap.high, one.stall, LEVELS.index(one.level)


@settings(max_examples=60)
@given(run=RUNS, calm=st.sampled_from((0.0, HOUR, 10 * HOUR, 3 * DAY)), pixels=st.sampled_from((60, 600)))
def test_a_range_has_the_most_of_all_that_it_covers(
    run: list[tuple[float, Memory, LevelName]], calm: float, pixels: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        database = Database(str(Path(directory) / "history.db"))
        now = [NOW]
        recorder = Recorder(lambda: database, lambda: now[0])
        taken: list[Sample] = []
        for pause, memory, level in run:
            now[0] += pause
            recorder.add(memory, Level(level), Forecast())
            taken.append(sample(now[0], memory, level))
        recorder.flush()
        later = [sample(now[0] + at, CALM) for at in range(SLOT, int(calm) + 1, SLOT)]
        until = now[0] + calm + 1
        with database.writing() as connection:
            put(connection, later)
            thin(connection, until)
        for span in RANGES:
            since = until - span
            found = most_in(read_period(database, since, until, span / pixels))
            # a slot on the edge is there or not by the time of the one reading that it keeps
            least = most_of([one for one in (*taken, *later) if one.time >= since + SLOT])
            most = most_of([one for one in (*taken, *later) if one.time >= since - SLOT])
            assert [one for one in zip(least, found, most, strict=True) if not one[0] <= one[1] <= one[2]] == []


def written(database: Database, samples: list[Sample], now: float) -> None:
    with database.writing() as connection:
        put(connection, samples)
        thin(connection, now)


def test_a_level_that_rises_counts_although_its_slot_has_a_reading(database: Database) -> None:
    """Its notification stands in the same window, and would name a level that nothing there has."""
    now = [NOW]
    recorder = Recorder(lambda: database, lambda: now[0])
    for level in LEVELS:
        recorder.add(memory(), Level(level), Forecast())
        now[0] += 0.5
    for span in RANGES:
        assert most_in(read_period(database, NOW - span, NOW + 2, span / 600))[3] == LEVELS.index("critical")


def test_of_two_programs_that_record_both_count(database: Database) -> None:
    written(database, [sample(NOW, reading(30, 0, 5.0))], NOW + 1)
    written(database, [sample(NOW + 0.5, reading(20, 10, 1.0), "warning")], NOW + 1)
    assert most_in(read_period(database, NOW - 60, NOW + 2, 2.0)) == (30, 10, 5.0, 1)


def test_what_comes_late_takes_nothing_from_what_was_there(database: Database) -> None:
    """The tray's readings may wait for hours beside the record in which `watch` writes its own."""
    written(database, [sample(NOW + 10, reading(40, 30, 60.0), "critical")], NOW + 11)
    written(database, [sample(NOW + at, CALM) for at in range(600, int(4 * HOUR), SLOT)], NOW + 4 * HOUR)
    with database.writing() as connection:
        put(connection, [sample(NOW + 12, CALM)])
        thin(connection, NOW + 4 * HOUR, NOW + 12)
    assert most_in(read_period(database, NOW - 60, NOW + 600, 2.0)) == (40, 30, 60.0, 2)


def test_a_record_from_before_the_maxima_were_kept_has_those_of_its_readings(database: Database) -> None:
    written(database, [sample(NOW, reading(30, 10, 5.0), "warning")], NOW + 1)
    with closing(sqlite3.connect(database.path)) as older, older:
        for name in schema.MAXIMA:
            older.execute(f"ALTER TABLE reading DROP COLUMN {name}")
        older.execute("PRAGMA user_version = 1")
    written(database, [], NOW + 1)
    assert most_in(read_period(database, NOW - 60, NOW + 2, 2.0)) == (30, 10, 5.0, 1)


def test_the_month_of_the_pictures_agrees_with_itself(database: Database) -> None:
    histories.write(database, NOW)
    periods = [read_period(database, NOW - span, NOW, span / 600) for span in RANGES]
    most = [most_in(period) for period in periods]
    assert [tuple(map(max, zip(shorter, longer, strict=True))) for shorter, longer in pairwise(most)] == most[1:]
    told = [LEVELS.index(event.data["level"]) for event in periods[0].events if event.kind == "told"]
    assert max(told) == most[0][3]


@pytest.mark.parametrize("worst", [-2, 2, 28])
def test_where_two_tiers_meet_nothing_is_passed_over(database: Database, worst: int) -> None:
    """They meet within a pixel, and the finer one is due to drop a part of a slot of the other, whose reading it keeps."""
    seam = NOW - NOW % 60 + 30
    until = seam + 10 + schema.TIERS[0].kept
    samples = [sample(seam + at, reading(used, 0, 90.0 if at == worst else 0.0)) for at, used in ((-2, 1), (2, 1), (28, 40))]
    written(database, [*samples, *(sample(at, CALM) for at in settling(until - 1))], until)
    assert most_in(read_period(database, until - 2 * HOUR, until, 12.0))[2] == 90.0
