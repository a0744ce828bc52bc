"""Specifies what the week's graph is made of: when one would have been told, with these settings and with the defaults."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from oomtray.config import Settings
from oomtray.history.database import Database
from oomtray.history.samples import put
from oomtray.risk.thresholds import marks
from oomtray.ui.qt.labels import Plain
from oomtray.ui.settings import week
from oomtray.ui.settings.page import Surroundings
from oomtray.ui.settings.settings_window import SettingsWindow
from oomtray.ui.settings.tried_week import TriedWeek
from oomtray.ui.settings.week_graph import WeekGraph
from tests.facts.memory import memory
from tests.facts.recorded import sample
from tests.ui.gallery_list import CONTRAST
from tests.ui.looks import looks
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")
NOW = 1_790_000_000.0
DAY, HOUR = 86_400.0, 3600.0
HIGHS = {5: 84, 3: 81, 1: 95}
"""Days before now, and the per cent of the memory that are used there for half an hour."""


def readings() -> Iterator[tuple[float, object]]:
    for step in range(int(6 * DAY // 60)):
        at = NOW - 6 * DAY + 60 * step
        used = next((high for day, high in HIGHS.items() if 0 <= at - (NOW - day * DAY) < HOUR / 2), 40)
        yield at, memory(used=used)


def with_warning(percent: float) -> Settings:
    settings = Settings()
    return replace(settings, levels=replace(settings.levels, warning_percent=percent, warning_forecast_seconds=0))


def days(told: tuple[week.Told, ...]) -> list[tuple[int, str]]:
    return [(round((NOW - one.at) / DAY), one.level) for one in told]


@pytest.mark.parametrize(
    ("percent", "told", "also"),
    [
        pytest.param(80, [(5, "warning"), (3, "warning"), (1, "critical")], [], id="as the defaults"),
        pytest.param(82, [(5, "warning"), (1, "critical")], [(3, "warning")], id="less often"),
        pytest.param(88, [(1, "critical")], [(5, "warning"), (3, "warning")], id="once"),
    ],
)
def test_when_one_would_have_been_told(percent: float, told: list[tuple[int, str]], also: list[tuple[int, str]]) -> None:
    found = week.tried(tuple(readings()), with_warning(percent), NOW)
    assert (days(found.told), days(found.only_by_default), found.not_by_default) == (told, also, ())


def test_both_notifications_of_a_shortage_count_each_at_its_own_time() -> None:
    """One mark stood for both: critical, at the moment and the height at which memory was only getting short."""
    at = NOW - HOUR
    grows = tuple((at + 60 * step, memory(used=min(40 + 5 * step, 96))) for step in range(30))
    settings = with_warning(80)
    found = week.tried(grows, settings, NOW)
    used = {one.level: dict(grows)[one.at].used_percent for one in found.told}
    assert (used["warning"], used["critical"]) == (pytest.approx(80, abs=0.5), pytest.approx(90, abs=0.5))
    assert len(found.told) == 2
    later = replace(settings, levels=replace(settings.levels, critical_percent=99, critical_forecast_seconds=0, critical_stall=0))
    assert [one.level for one in week.tried(grows, later, NOW).only_by_default] == ["critical"]


def test_nothing_is_told_where_the_settings_mute_it() -> None:
    settings = Settings()
    muted = replace(settings, notifications=replace(settings.notifications, warning=False, critical=False))
    assert week.tried(tuple(readings()), muted, NOW).told == ()


def record(path: Path, now: float) -> None:
    with Database(str(path)).writing() as connection:
        put(connection, (sample(at - NOW + now, one) for at, one in readings() if at > NOW - DAY - HOUR))


@pytest.fixture
def tried(qtbot, make: Callable[[], SettingsWindow]) -> Callable[[], object]:
    kept = []

    def looked() -> object:
        kept.append(make())
        part = kept[0].page.tried
        qtbot.waitUntil(lambda: not part.busy, timeout=10_000)
        return part

    return looked


def test_without_a_history_it_says_so(tried) -> None:
    part = tried()
    assert part.says.text() == ""
    assert part.graph.accessibleDescription() == "Nothing has been recorded yet. This fills as OOM Tray runs."


def test_the_first_minutes_are_no_week(tmp_path: Path, tried) -> None:
    import time

    now = time.time()
    with Database(str(tmp_path / "history.db")).writing() as connection:
        times = (now - 20 + 2 * step for step in range(10))
        put(connection, (sample(at, memory(used=40)) for at in times))
    part = tried()
    assert part.says.text() == ""
    assert part.graph.accessibleDescription() == "Recording has only just begun. This fills as OOM Tray runs."


def test_it_fills_while_the_window_is_open(qtbot, tmp_path: Path, tried) -> None:
    import time

    part = tried()
    assert part.says_nothing
    part.window().show()
    record(tmp_path / "history.db", time.time())
    part.look_again()
    qtbot.waitUntil(lambda: part.says.text() == "1 notification, as with the defaults", timeout=10_000)


def test_it_looks_again_by_itself_and_once_it_is_seen_again(qtbot, tmp_path: Path, tried, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    part = tried()
    assert part.again.isActive(), "there may be enough in a while"
    part.again.stop()  # it was not seen then
    part.window().hide()
    record(tmp_path / "history.db", time.time())
    part.window().show()
    qtbot.waitUntil(lambda: bool(part.says.text()), timeout=10_000)
    assert not part.again.isActive()


def labels_of(graph: WeekGraph, *, mirrored: bool) -> list[list[bool]]:
    """Where ink is in what stands beside the lines, from the top, without what is around it."""
    graph.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    graph.resize(600, graph.sizeHint().height())
    image, plot = graph.grab().toImage(), graph.plot
    columns = range(int(plot.left() - 5)) if mirrored else range(int(plot.right() + 5), image.width())
    ground = image.pixelColor(0, 0).lightness()
    inked = [[abs(image.pixelColor(x, y).lightness() - ground) > 40 for x in columns] for y in range(int(plot.bottom()))]
    left = min(row.index(True) for row in inked if any(row))
    right = max(len(row) - row[::-1].index(True) for row in inked if any(row))
    return [row[left:right] for row in inked if any(row)]


@pytest.fixture
def both_directions(qapp) -> Iterator[Callable[[bool], None]]:
    directions = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
    yield lambda mirrored: qapp.setLayoutDirection(directions[mirrored])
    qapp.setLayoutDirection(directions[0])


def test_a_per_cent_stays_in_its_order_from_right_to_left(both_directions) -> None:
    """It was written as "% 90"."""
    graph = WeekGraph()
    settings = Settings()
    found = week.tried(tuple(one for one in readings() if one[0] < NOW - 2 * DAY), with_warning(80), NOW)
    alike = replace(settings.levels, warning_percent=10, critical_percent=90)
    graph.show_week(replace(found, marks=marks(alike, found.readings[-1][1])), "")
    places = []
    for mirrored in (False, True):
        both_directions(mirrored)
        places.append(space_of(labels_of(graph, mirrored=mirrored)))
    assert places[1] == pytest.approx(places[0], abs=0.1)


def space_of(inked: list[list[bool]]) -> float:
    """Where the space is between number and sign, as a share of the width: both lines have it in one place."""
    wide = max(map(len, inked))
    empty = [x for x in range(wide) if not any(row[x : x + 1] == [True] for row in inked)]
    return next(x for x in empty if x + 1 in empty and x + 2 in empty) / wide


@pytest.mark.parametrize("mirrored", [False, True], ids=["left to right", "right to left"])
def test_the_name_of_today_is_whole_at_each_hour(both_directions, mirrored: bool) -> None:
    """Its last letter was cut until noon, and before that it was missing."""
    both_directions(mirrored)
    names = [todays_name(hours) for hours in (1, 6, 7, 8, 9, 20)]
    assert any(map(any, names[-1]))
    assert all(name == names[-1] for name in names)


def todays_name(hours: float) -> list[list[bool]]:
    """Where ink is within 40 pixels beside midnight, below the graph."""
    midnight = time.mktime((2026, 9, 21, 0, 0, 0, 0, 0, -1))
    now = midnight + hours * HOUR
    graph = WeekGraph()
    graph.show_week(week.tried(((now - HOUR, memory(used=40)),), Settings(), now), "")
    graph.resize(430, graph.sizeHint().height())
    image, plot = graph.grab().toImage(), graph.plot
    gone = (midnight - now + week.SECONDS) / week.SECONDS * plot.width()
    x = round(plot.right() - gone) - 39 if graph.isRightToLeft() else round(plot.left() + gone) + 2
    ground = image.pixelColor(0, 0).lightness()
    return [
        [abs(image.pixelColor(x + right, y).lightness() - ground) > 40 for right in range(38)]
        for y in range(int(plot.bottom()) + 4, image.height())
    ]


def test_the_marks_grow_with_the_text(qapp) -> None:
    halves = []
    for points in (10, 20):
        with text_size(points):
            halves.append(WeekGraph().mark)
    assert halves[1] > 1.7 * halves[0]


@pytest.mark.parametrize("percents", [(80, 90), (88, 91), (95, 98)])
def test_the_marks_of_two_levels_are_two_figures(qapp, percents: tuple[int, int]) -> None:
    """The red one was on top of the other, and both read as one."""
    at = NOW - HOUR
    grows = tuple((at + 30 * step, memory(used=min(70 + step, 99))) for step in range(60))
    levels = replace(with_warning(percents[0]).levels, critical_percent=percents[1], critical_forecast_seconds=0)
    found = week.tried(grows, replace(Settings(), levels=levels), NOW)
    assert [one.level for one in found.told] == ["warning", "critical"]
    graph = WeekGraph()
    graph.show_week(replace(found, by_default=found.told), "")
    graph.resize(600, graph.sizeHint().height())

    image = graph.grab().toImage()

    x = round(graph.plot.right() - HOUR / week.SECONDS * graph.plot.width())
    column = [image.pixelColor(x, y) for y in range(int(graph.plot.bottom()))]
    red = [y for y, one in enumerate(column) if one.red() > 180 and one.green() < 80]
    amber = [y for y, one in enumerate(column) if one.red() > 220 and 140 < one.green() < 190 and one.blue() < 80]
    assert len(red) > graph.mark
    assert len(amber) > graph.mark / 2
    assert amber[0] - red[-1] >= 3


def test_in_high_contrast_the_lines_between_days_recede_behind_the_curve(qapp) -> None:
    with looks(CONTRAST):
        graph = WeekGraph()
        graph.show_week(week.tried(tuple(readings()), Settings(), NOW), "")
        graph.resize(600, graph.sizeHint().height())
        image = graph.grab().toImage()
        above = round(graph.plot.top()) + 2
        lines = [image.pixelColor(x, above).lightness() for x in range(round(graph.plot.right()))]
    assert 0 < max(lines) < 180, "the curve has 255"


def test_a_change_is_tried_at_once(qtbot, tmp_path: Path, tried) -> None:
    import time

    record(tmp_path / "history.db", time.time())
    part = tried()
    assert part.says.text() == "1 notification, as with the defaults"
    page = part.window().page
    row = next(row for row in page.rows if row.path == "levels.critical_percent")
    row.control.setValue(98)
    row.commit()
    page.rows[0].control.setValue(97)
    page.rows[0].commit()
    qtbot.waitUntil(lambda: not part.busy and part.says.text().startswith("no notification"), timeout=10_000)
    assert part.week.only_by_default
    assert part.graph.accessibleDescription() == part.says.text()


def test_while_it_is_read_it_says_so(qtbot, tmp_path: Path, make: Callable[[], SettingsWindow], monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path / "history.db", NOW)
    may_go_on = threading.Event()
    read = week.read_week
    monkeypatch.setattr("oomtray.ui.settings.tried_week.read_week", lambda *given: may_go_on.wait(10) and read(*given))
    window = make()  # kept, as Python has nothing else of it
    part = window.page.tried
    assert part.graph.accessibleDescription() == "Reading the last week…"
    assert not part.note.isVisible()
    may_go_on.set()
    qtbot.waitUntil(lambda: not part.busy, timeout=10_000)
    assert part.graph.accessibleDescription() != "Reading the last week…"


def test_a_width_has_one_arrangement(qtbot, around: Surroundings) -> None:
    """An answer that depends on the one before never comes to rest: the window resized itself until the stack was full."""
    part = TriedWeek(around)
    qtbot.addWidget(part)
    part.says.setText("3 notifications, and 2 times more often than with the defaults: on Monday, on Tuesday")
    part.show()
    heading = next(one for one in part.findChildren(Plain) if one.text() == "Tried against the last week")
    beside: dict[int, set[bool]] = {}
    for width in range(part.minimumSizeHint().width(), 800):
        for height in (400, 401, 402):
            part.resize(width, height)
            part.layout().activate()
            beside.setdefault(width, set()).add(part.says.geometry().left() > heading.geometry().right())
    assert {width for width, answers in beside.items() if len(answers) > 1} == set()
    assert set().union(*beside.values()) == {True, False}
