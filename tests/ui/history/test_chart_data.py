"""Specifies what is drawn of a period: no line over a gap, none for the unknown, and the numbers at a moment."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from oomtray.history.chart_apps import Apps, Look
from oomtray.history.chart_columns import Column, Spread
from oomtray.history.period import Period, RecordedEvent
from oomtray.ui.history import chart_data
from oomtray.ui.history.apps_painter import Entry, entries, legend_rows
from oomtray.ui.history.mark_groups import MarkGroup, grouped, without_overlap
from oomtray.ui.history.plot_layout import lay_out, nice_ceiling
from oomtray.ui.history.table_rows import MOST, rows
from oomtray.ui.history.time_range import TimeRange
from tests.facts import GIB

MIB = 1 << 20


def column(at: float, used: int | None = 4, *, follows: bool = True) -> Column:
    spread = None if used is None else Spread(used * GIB, used * GIB, used * GIB)
    return Column(at, at, spread, 16 * GIB, None, None, None, "normal", follows)


def read(columns: Sequence[Column], width: float = 1.0) -> Period:
    return Period(0.0, 3600.0, width, tuple(columns))


GAPPED = [column(0, follows=False), column(5), column(10), column(1000, follows=False), column(1005)]


def test_a_gap_is_not_bridged() -> None:
    runs = chart_data.lines(GAPPED, lambda one: one.used_percent)
    assert [[at for at, _ in run] for run in runs] == [[0, 5, 10], [1000, 1005]]


def test_what_is_unknown_is_a_gap_of_its_line_alone() -> None:
    columns = [column(0, follows=False), column(5, None), column(10)]
    assert [[at for at, _ in run] for run in chart_data.lines(columns, lambda one: one.used_percent)] == [[0], [10]]
    assert chart_data.stretches(columns) == [(0, 10)]


@pytest.mark.parametrize(
    ("at", "found"),
    [(4, 5), (-3, 0), (-90, None), (500, None), (11, 10), (999, 1000), (1100, None)],
    ids=["nearest", "just before", "before", "in the gap", "just after", "where it goes on", "after"],
)
def test_the_numbers_at_a_moment(at: float, found: float | None) -> None:
    told = chart_data.column_at(GAPPED, at, 5.0)
    assert (None if told is None else told.at) == found


def test_apps_are_unknown_where_nothing_was_recorded() -> None:
    apps = Apps(("a",), ("A",), (Look(5, (GIB,), 2 * GIB, follows=False),))
    assert chart_data.look_at(apps, 8, GAPPED, 5.0) is apps.looks[0]
    assert chart_data.look_at(apps, 100, GAPPED, 5.0) is None


@pytest.mark.parametrize(
    ("at", "found"),
    [(60, 0), (200, 0), (250, None), (290, 300), (300, 300), (320, 300), (400, None)],
    ids=["nearest", "the later is nearer, and more was held then", "in between", "just before", "then", "just after", "much less again"],
)
def test_the_amounts_of_apps_are_of_a_look_at_which_as_much_was_held(at: float, found: float | None) -> None:
    """Just before memory was used up there stood what apps held once it was."""
    columns = [column(0, 3, follows=False), column(60, 3), column(200, 3), column(250, 6), column(290, 9), column(300, 9), column(320, 9), column(400, 3)]
    apps = Apps(("a",), ("A",), (Look(0, (GIB,), 2 * GIB, follows=False), Look(300, (7 * GIB,), 2 * GIB, follows=True)))
    look = chart_data.look_at(apps, at, columns, 5.0)
    assert (None if look is None else look.at) == found


def test_areas_lie_on_top_of_one_another_and_end_with_the_record() -> None:
    looks = (Look(5, (GIB, None), 2 * GIB, follows=False), Look(8, (GIB, GIB), None, follows=True))
    (stack,) = chart_data.layers(Apps(("a", "b"), ("A", "B"), looks), chart_data.stretches(GAPPED), ())
    assert stack.times == (0, 5, 8, 10)
    assert stack.edges[1:3] == ((2 * GIB, 3 * GIB, 3 * GIB), (0, GIB, 2 * GIB))


def test_areas_end_where_the_record_does_though_a_look_is_dated_later() -> None:
    """Looks of minutes apart are dated in the middle of these, which may be in the gap."""
    recorded = [chart_data.Stretch(0, 1000), chart_data.Stretch(4000, 5000)]
    looks = (Look(850, (GIB,), 0, follows=False), Look(1150, (GIB,), 0, follows=True), Look(4150, (GIB,), 0, follows=False), Look(5450, (GIB,), 0, follows=True))
    stacks = chart_data.layers(Apps(("a",), ("A",), looks), recorded, ())
    assert [(stack.times[0], stack.times[-1]) for stack in stacks] == [(550, 1000), (4000, 5000)]


def stacked(readings: Sequence[tuple[float, int]], *looks: tuple[float, int, int]) -> dict[float, tuple[int, int]]:
    """What everything else and one app held at which time, in GiB, by readings of the total and looks at the two."""
    columns = [column(at, used, follows=place > 0) for place, (at, used) in enumerate(readings)]
    seen = tuple(Look(at, (app * GIB,), other * GIB, follows=place > 0) for place, (at, other, app) in enumerate(looks))
    (stack,) = chart_data.layers(Apps(("a",), ("A",), seen), chart_data.stretches(columns), columns)
    return {at: (other // GIB, (top - other) // GIB) for at, (other, top) in zip(stack.times, stack.edges, strict=True)}


@pytest.mark.parametrize(
    ("readings", "looks", "held"),
    [
        pytest.param([(0, 4), (100, 4), (290, 4), (295, 9), (300, 9)], [(0, 2, 2), (300, 2, 7)], [(2, 2), (2, 2), (2, 7)], id="the app grew at the end"),
        pytest.param([(0, 4), (100, 4), (290, 4), (295, 9), (300, 9)], [(0, 2, 2), (300, 7, 2)], [(2, 2), (2, 2), (7, 2)], id="others grew at the end"),
        pytest.param([(0, 4), (100, 4), (290, 4), (300, 4), (305, 9)], [(0, 2, 2), (300, 7, 2)], [(2, 2), (2, 2), (7, 2)], id="at the last look the total was higher than at the reading then"),
        pytest.param([(0, 9), (5, 4), (100, 4), (299, 4), (300, 4)], [(0, 2, 2), (300, 2, 2)], [(2, 2), (2, 2), (2, 2)], id="at the first look it was lower"),
        pytest.param([(0, 3), (100, 3), (200, 3), (290, 3), (300, 3)], [(0, 0, 4), (300, 0, 4)], [(0, 4), (0, 4), (0, 4)], id="the app counts twice what it shares"),
        pytest.param([(0, 9), (10, 4), (100, 4), (200, 4), (300, 4)], [(0, 2, 7), (300, 2, 2)], [(2, 2), (2, 2), (2, 2)], id="the app ended soon"),
        pytest.param([(0, 4), (75, 5), (150, 6), (225, 7), (300, 8)], [(0, 2, 2), (300, 2, 6)], [(2, 3), (2, 4), (2, 5)], id="evenly"),
        pytest.param([(0, 8), (75, 8), (150, 8), (225, 8), (300, 8)], [(0, 2, 6), (300, 6, 2)], [(3, 5), (4, 4), (5, 3)], id="in exchange"),
        pytest.param([(0, 4), (75, 9), (150, 9), (225, 4), (300, 4)], [(0, 2, 2), (300, 2, 2)], [(7, 2), (7, 2), (2, 2)], id="neither look knows by whom"),
        pytest.param([(0, 4), (75, 3), (150, 2), (225, 1), (300, 4)], [(0, 2, 2), (300, 2, 2)], [(1, 2), (0, 2), (0, 1)], id="less than the app is said to have"),
    ],
)  # fmt: skip
def test_between_two_looks_at_the_apps_the_stack_is_as_high_as_the_total(
    readings: list[tuple[float, int]], looks: list[tuple[float, int, int]], held: list[tuple[int, int]]
) -> None:
    """It rose for five minutes on a straight line where memory had jumped in the last of these seconds."""
    assert [stacked(readings, *looks)[at] for at, _ in readings[1:-1]] == held


def test_after_the_last_look_everything_else_has_the_change_as_long_as_it_can() -> None:
    assert stacked([(0, 4), (5, 4), (100, 6), (200, 3), (250, 3)], (5, 2, 2)) == {0: (2, 2), 5: (2, 2), 100: (4, 2), 200: (1, 2), 250: (1, 2)}
    assert stacked([(0, 1), (5, 4), (100, 6), (200, 1), (250, 3)], (5, 2, 2)) == {5: (2, 2), 100: (4, 2)}, "who ended isn't known"


def test_before_and_after_the_record_is_a_gap_too() -> None:
    assert chart_data.gaps([chart_data.Stretch(10, 20), chart_data.Stretch(30, 40)], 0, 50) == [(0, 10), (20, 30), (40, 50)]
    assert chart_data.gaps([chart_data.Stretch(10, 20)], 12, 18) == []


def test_between_two_readings_the_nearest_is_told() -> None:
    """Zoomed to a minute of the last month, in which readings are five minutes apart, there was a line and no number."""
    columns = [column(0, follows=False), column(300), column(600)]
    assert [one.at for one in chart_data.seen_in(columns, TimeRange(400, 440), 1.0)] == [300]
    assert [one.at for one in chart_data.seen_in(columns, TimeRange(200, 440), 1.0)] == [300]
    assert chart_data.seen_in(GAPPED, TimeRange(400, 440), 1.0) == []
    assert len(rows(read(columns), TimeRange(400, 440))) == 1


def test_the_most_of_a_time() -> None:
    columns = [column(0, 4, follows=False), column(5, 9), column(10, 3), column(15, None)]
    assert chart_data.peak(columns, TimeRange(0, 20), 5.0).used.high == 9 * GIB
    assert chart_data.peak(columns, TimeRange(8, 20), 5.0).used.high == 3 * GIB
    assert chart_data.peak(columns, TimeRange(100, 200), 5.0) is None
    apps = Apps(("a", "b"), ("A", "B"), (Look(5, (GIB, None), None, follows=False), Look(8, (3 * GIB, None), GIB, follows=True)))
    most = chart_data.peak_look(apps, 0, 9)
    assert (most.held, most.other) == ((3 * GIB, None), None)
    assert [entry.name for entry in entries(apps, apps.looks[0], most, (0, 1))] == ["A", "Other"]


def test_the_legend_tells_what_all_others_held_at_a_moment_but_not_what_at_most() -> None:
    apps = Apps(("a",), ("A",), (Look(5, (GIB,), 2 * GIB, follows=False), Look(8, (3 * GIB,), GIB, follows=True)))
    most = chart_data.peak_look(apps, 0, 9)
    assert [entry.held for entry in entries(apps, most, most, (0,), at_most=True)] == ["3.0 GiB", ""]
    assert [entry.held for entry in entries(apps, apps.looks[0], most, (0,))] == ["1.0 GiB", "2.0 GiB"]
    assert [entry.held for entry in entries(apps, None, most, (0,))] == ["–", "–"], "not recorded then"


def test_only_what_is_seen_is_drawn() -> None:
    columns = [replace(column(at), follows=at > 0) for at in range(0, 1000, 5)]
    seen = chart_data.within(columns, TimeRange(100, 120))
    assert [one.at for one in seen] == [95, 100, 105, 110, 115, 120]


def test_the_table_gathers_what_the_picture_shows_into_round_times() -> None:
    columns = [replace(column(at, 4 + at // 60), stall=float(at), follows=at > 0) for at in range(0, 3600, 5)]
    found = rows(read(columns, 30.0), TimeRange(0, 3600))
    assert len(found) <= MOST
    assert [row.at for row in found[-3:]] == [60, 30, 0]
    assert found[-1].column.used == (4 * GIB, 4 * GIB, 4 * GIB)
    assert found[-1].column.stall == 25.0
    assert rows(read([column(10, None)], 30.0), TimeRange(0, 3600))[0].column.used is None


@pytest.mark.parametrize(
    ("most", "ceiling"),
    [
        (0, 1), (1, 1), (1.2, 2), (5, 5), (8.1, 10), (100, 112), (850, 896), (900, 1024), (1100, 2048),
        (8.3 * 1024, 10 * 1024), (15.5 * 1024, 16 * 1024), (16.1 * 1024, 20 * 1024), (999 * 1024, 1024 * 1024),
    ],
)  # fmt: skip
def test_the_scale_is_a_round_size(most: float, ceiling: float) -> None:
    assert nice_ceiling(most * MIB) == ceiling * MIB


@pytest.mark.parametrize(
    ("share", "rows"), [(1.0, [6]), (0.99, [3, 3]), (0.65, [3, 3]), (0.45, [2, 2, 2]), (0.0, [1] * 6)]
)
def test_the_legend_has_even_rows(qapp: object, share: float, rows: list[int]) -> None:
    """`share` of the room that one row needs."""
    listed = [Entry(number, name, "1 GiB") for number, name in enumerate(("firefox", "code", "slack", "java", "make", "Other"))]
    metrics = QFontMetricsF(QFont("sans", 10))
    one_row = next(width for width in range(2000) if len(legend_rows(listed, metrics, width)) == 1)
    found = legend_rows(listed, metrics, share * one_row)
    assert [len(row) for row in found] == rows
    assert [entry for row in found for entry in row] == listed


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(360, 250), (640, 300), (1200, 700)])
def test_the_parts_lie_below_one_another_inside_of_the_picture(size: tuple[int, int], mirrored: bool) -> None:
    width, height = size
    layout = lay_out(width, height, line=15, gutter=60, end=40, legend_rows=2, mirrored=mirrored)
    boxes = [layout.memory, layout.axis, layout.marks, layout.legend, layout.apps]
    assert all(one.bottom <= other.y + 0.01 for one, other in itertools.pairwise(boxes))
    assert all(box.x >= 0 and box.right <= width and box.height > 0 for box in boxes)
    assert layout.apps.bottom <= height
    shown = TimeRange(0, 100)
    assert layout.at(layout.x(30, shown), shown) == pytest.approx(30)
    assert (layout.x(0, shown) > layout.x(100, shown)) == mirrored


def event(number: int, time: float, kind: str = "change") -> RecordedEvent:
    return RecordedEvent(number, kind, time, {})  # type: ignore[arg-type]


def test_marks_that_would_cover_one_another_are_one_with_the_gravest_in_front() -> None:
    events = [event(1, 0), event(2, 5), event(3, 8, "kill"), event(4, 60)]
    groups = grouped(events, lambda at: at, apart=20)
    assert [[one.id for one in group.events] for group in groups] == [[1, 2, 3], [4]]
    assert groups[0].leading.id == 3


def test_marks_that_are_drawn_over_one_another_are_one_too() -> None:
    """The number of the first is wider than what is apart, and the last is moved back from the lane's end."""
    groups = grouped([event(1, 0), event(2, 5), event(3, 24, "kill"), event(4, 95), event(5, 121)], lambda at: at, apart=20)
    assert [group.count for group in groups] == [2, 1, 1, 1]

    def span(group: MarkGroup) -> tuple[float, float]:
        left = min(group.x, 100.0)
        return left, left + (24 if group.count > 1 else 16)

    kept = without_overlap(groups, span)
    assert [[one.id for one in group.events] for group in kept] == [[1, 2, 3], [4, 5]]
    assert kept[0].leading.id == 3
    assert kept[0].x == pytest.approx(29 / 3)
