"""Specifies where a time axis has its ticks: at round local times, in any zone, over a change of the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from oomtray.ui.history.time_axis import ticks
from oomtray.ui.history.time_range import DAY, HOUR, TimeRange


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def local(text: str) -> float:
    return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))


def told(since: str, span: float, most: int = 8, **options: int) -> list[str]:
    begin = local(since)
    found = ticks(begin, begin + span, most, **options)
    return [time.strftime("%d %H:%M", time.localtime(tick.at)) for tick in found]


@pytest.mark.usefixtures("zone")
class TestTicks:
    @pytest.mark.parametrize(
        ("since", "span", "expected"),
        [
            pytest.param("2026-11-26 14:03", HOUR, ["14:10", "14:20", "14:30", "14:40", "14:50", "15:00"], id="hour"),
            pytest.param("2026-11-26 14:00", 600, [f"14:0{n}" for n in (0, 2, 4, 6, 8)] + ["14:10"], id="ten minutes"),
            pytest.param("2026-11-25 15:00", DAY, [f"{n:02}:00" for n in (15, 18, 21, 0, 3, 6, 9, 12, 15)], id="day"),
        ],
    )
    def test_they_are_at_round_times(self, since: str, span: float, expected: list[str]) -> None:
        assert [text[3:] for text in told(since, span)] == expected

    def test_days_begin_at_midnight_over_a_change_of_the_clock(self) -> None:
        assert {text[3:] for text in told("2026-10-22 09:00", 7 * DAY)} == {"00:00"}

    @pytest.mark.parametrize("since", ["2026-10-25 00:00", "2026-03-29 00:00"], ids=["set back", "set forward"])
    def test_they_are_in_order_on_a_day_of_23_or_25_hours(self, since: str) -> None:
        begin = local(since)
        found = [tick.at for tick in ticks(begin, begin + DAY, 30)]
        assert found == sorted(set(found))
        assert len(found) >= 22

    def test_weeks_begin_on_the_regions_first_day(self) -> None:
        monday, sunday = (told("2026-11-02 12:00", 50 * DAY, first_weekday=day) for day in (0, 6))
        assert [text[:2] for text in monday] == ["09", "16", "23", "30", "07", "14", "21"]
        assert [text[:2] for text in sunday] == ["08", "15", "22", "29", "06", "13", "20"]

    def test_a_year_has_its_months(self) -> None:
        begin = local("2026-01-01 00:00")
        assert {tick.kind for tick in ticks(begin, begin + 365 * DAY, 12)} == {"month"}

    def test_a_midnight_tells_its_day(self) -> None:
        begin = local("2026-11-25 15:00")
        kinds = [tick.kind for tick in ticks(begin, begin + DAY, 8)]
        assert kinds.count("day") == 1

    def test_they_stay_where_they_are_while_the_axis_moves(self) -> None:
        begin = local("2026-11-25 15:00")
        first, moved = ({tick.at for tick in ticks(at, at + 20 * DAY, 9)} for at in (begin, begin + DAY))
        assert {at for at in first if at > begin + DAY} == {at for at in moved if at < begin + 20 * DAY}

    @pytest.mark.parametrize("most", [1, 3, 8, 20])
    @pytest.mark.parametrize("span", [60, HOUR, DAY, 30 * DAY, 366 * DAY])
    def test_there_is_room_for_their_labels(self, span: float, most: int) -> None:
        assert len(told("2026-11-26 14:03", span, most)) <= most + 1


class TestRange:
    now = 1_800_000_000.0
    hour = TimeRange.ending(now, HOUR)

    def test_zooming_leaves_the_moment_under_the_pointer(self) -> None:
        at = self.hour.at(0.25)
        assert self.hour.zoomed(0.5, at).share(at) == pytest.approx(0.25)
        assert self.hour.zoomed(0.5, at).span == HOUR / 2

    @pytest.mark.parametrize(("factor", "span"), [(1e-6, 60.0), (1e9, 366 * DAY)])
    def test_there_is_a_shortest_and_a_longest(self, factor: float, span: float) -> None:
        assert self.hour.zoomed(factor, self.now).span == pytest.approx(span)

    def test_it_ends_by_now(self) -> None:
        assert self.hour.moved(DAY).held(self.now - 30 * DAY, self.now) == self.hour

    def test_it_begins_with_the_record(self) -> None:
        assert self.hour.moved(-99 * DAY).held(self.now - DAY, self.now) == TimeRange(self.now - DAY, self.now - DAY + HOUR)

    def test_before_anything_was_recorded_it_is_the_last_there_is(self) -> None:
        assert self.hour.moved(-DAY).held(None, self.now) == self.hour
