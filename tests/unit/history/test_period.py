"""Specifies what the history window is given of a period: thinned to its pixels, gaps as gaps, the unknown as unknown."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.period import Period, read_period
from oomtray.history.samples import AppMemory, Sample, put, thin
from tests.facts import GIB, MIB
from tests.facts.histories import settling
from tests.facts.memory import memory
from tests.facts.recorded import sample as any_sample

NOW = 1_800_000_000.0
HOUR, DAY = 3600.0, 86_400.0


def sample(time: float, *, used: int | None = 4 * GIB, apps: dict[str, int] | None = None, **facts: object) -> Sample:
    told = {"total": 16 * GIB, "available": None if used is None else 16 * GIB - used, "swap_total": 0, "swap_free": 0}
    return any_sample(
        time,
        memory=memory(**(told | facts)),
        apps=tuple(AppMemory(name.lower(), name, held) for name, held in (apps or {}).items()),
    )


def recorded(database: Database, samples: Iterable[Sample], since: float, until: float = NOW, pixels: int = 600) -> Period:
    with database.writing() as connection:
        put(connection, samples)
        thin(connection, NOW)
    return read_period(database, since, until, (until - since) / pixels)


def test_nothing_recorded_is_an_empty_period(database: Database) -> None:
    period = read_period(database, NOW - HOUR, NOW, 6.0)
    assert (period.columns, period.apps.looks, period.events, period.first) == ((), (), (), None)


@pytest.mark.parametrize("pixels", [100, 640, 1200])
@pytest.mark.parametrize("span", [60.0, HOUR, 3 * HOUR, DAY], ids=["minute", "hour", "3 hours", "day"])
def test_there_are_no_more_columns_than_pixels(database: Database, pixels: int, span: float) -> None:
    apps = {f"App {number}": GIB for number in range(8)}
    samples = [sample(NOW - 7200 + at, apps=apps) for at in range(0, 7200, 6)]
    period = recorded(database, samples, NOW - span, pixels=pixels)
    assert 1 < len(period.columns) <= pixels + 1
    assert 1 < len(period.apps.looks) <= pixels + 1
    assert len(period.apps.names) == 5


def test_a_column_tells_the_lowest_the_mean_and_the_highest(database: Database) -> None:
    samples = [sample(NOW - 60 + 2 * n, used=n * GIB, psi_full_avg10=float(n)) for n in range(1, 4)]
    period = recorded(database, samples, NOW - 60, pixels=3)
    (column,) = period.columns
    assert column.used == (GIB, 2 * GIB, 3 * GIB)
    assert column.used_percent == pytest.approx(12.5)
    assert column.stall == 3.0


def test_what_is_unknown_stays_unknown(database: Database) -> None:
    unknown = sample(NOW - 30, used=None, swap_total=None, swap_free=None, psi_full_avg10=None, apps={"Firefox": GIB})
    period = recorded(database, [unknown], NOW - 60)
    (column,) = period.columns
    assert (column.used, column.swap, column.stall, column.used_percent, column.swap_percent) == (None,) * 5
    assert period.apps.looks[0].other is None


def test_no_swap_is_no_share_of_it(database: Database) -> None:
    (column,) = recorded(database, [sample(NOW - 30)], NOW - 60).columns
    assert (column.swap_percent, column.swap_total) == (None, 0)


@pytest.mark.parametrize(
    ("ago", "pause", "follows"),
    [
        pytest.param(HOUR / 2, 5, True, id="the monitor's longest tick"),
        pytest.param(HOUR / 2, 36, True, id="the monitor's longest while all is calm"),
        pytest.param(HOUR / 2, 45, False, id="a restart within the hour"),
        pytest.param(DAY / 2, 40, True, id="half a minute where one reading is kept for each"),
        pytest.param(DAY / 2, 600, False, id="asleep yesterday"),
        pytest.param(10 * DAY, 500, True, id="minutes where one reading is kept for five"),
        pytest.param(10 * DAY, 2 * HOUR, False, id="off last week"),
    ],
)
def test_the_record_goes_on_or_has_a_gap(database: Database, ago: float, pause: float, follows: bool) -> None:
    begin = NOW - ago
    later = settling(NOW) if ago > 9 * HOUR else []
    samples = map(sample, (begin, begin + pause, *later))
    period = recorded(database, samples, begin - 60, begin + pause + 60, pixels=5000)
    assert [column.follows for column in period.columns] == [False, follows]


def test_where_the_tiers_meet_the_record_goes_on(database: Database) -> None:
    samples = [sample(NOW - 2 * HOUR + at) for at in range(0, int(2 * HOUR), 5)]
    period = recorded(database, samples, NOW - 2 * HOUR, pixels=7200)
    assert [column for column in period.columns if not column.follows] == [period.columns[0]]
    assert sorted({column.begin for column in period.columns}) == [column.begin for column in period.columns]


class TestApps:
    def test_the_largest_come_with_what_all_else_held(self, database: Database) -> None:
        apps = {f"App {number}": (number + 1) * 100 * MIB for number in range(8)}
        period = recorded(database, [sample(NOW - 30, apps=apps)], NOW - 60)
        assert period.apps.names == ("App 7", "App 6", "App 5", "App 4", "App 3")
        (look,) = period.apps.looks
        assert look.held == tuple(apps[name] for name in period.apps.names)
        assert look.other == 4 * GIB - sum(apps[name] for name in period.apps.names)

    def test_what_was_used_at_another_moment_is_no_other_apps(self, database: Database) -> None:
        calm = [sample(NOW - 100 + at, used=4 * GIB, apps={"A": GIB} if at == 0 else None) for at in range(0, 60, 2)]
        peak = sample(NOW - 40, used=14 * GIB)
        period = recorded(database, [*calm, peak], NOW - 120, pixels=1)
        (column,) = period.columns
        assert column.used is not None
        assert column.used.high == 14 * GIB
        assert period.apps.looks[0].other == 3 * GIB

    def test_one_that_comes_and_goes_lies_above_what_stays(self, database: Database) -> None:
        steady = [sample(NOW - 1800 + at, apps={"Firefox": GIB}) for at in range(0, 1500, 300)]
        leak = sample(NOW - 290, apps={"Firefox": GIB, "train.py": 3 * GIB})
        period = recorded(database, [*steady, leak], NOW - HOUR)
        assert period.apps.names == ("Firefox", "train.py")
        assert [look.held[1] for look in period.apps.looks] == [None] * 5 + [3 * GIB]

    def test_a_gap_of_the_readings_is_one_of_theirs(self, database: Database) -> None:
        begin = NOW - 1800
        samples = [sample(begin + at, apps={"A": GIB} if at in (0, 300, 600) else None) for at in range(0, 605, 5)]
        asleep = [one for one in samples if not begin + 400 < one.time < begin + 500]
        period = recorded(database, asleep, NOW - HOUR)
        assert [look.follows for look in period.apps.looks] == [False, True, False]

    def test_those_that_share_memory_leave_no_less_than_nothing(self, database: Database) -> None:
        period = recorded(database, [sample(NOW - 30, used=GIB, apps={"A": GIB, "B": GIB})], NOW - 60)
        assert period.apps.looks[0].other == 0


def test_events_of_all_kinds_come_in_their_order(database: Database) -> None:
    with database.writing() as connection:
        put_events(connection, [Event("kill", "a", NOW - 10, {}), Event("change", "b", NOW - 20, {}), Event("told", "c", NOW - 5, {})])
    period = recorded(database, [], NOW - HOUR)
    assert [event.kind for event in period.events] == ["change", "kill", "told"]
    assert period.first == NOW - 20
