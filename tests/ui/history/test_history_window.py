"""Specifies the history window: moved and zoomed by pointer and keys, its numbers, marks, table and what it exports."""

from __future__ import annotations

import csv
import errno
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.file_access import FileError, FileProblem
from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.period import Period
from oomtray.messages import names as learned
from oomtray.risk.judged import AppId
from oomtray.ui.dialogs.kill_parts import Piece, placed
from oomtray.ui.history import chart_colors, export, mark_icons, time_labels
from oomtray.ui.history.chart_layers import mark_span
from oomtray.ui.history.choices import Segments, SeriesSwitch
from oomtray.ui.history.event_list import link_box, text_start
from oomtray.ui.history.history_window import HistoryWindow
from oomtray.ui.history.plot_layout import per_cent_y
from oomtray.ui.history.time_range import DAY, HOUR, TimeRange
from oomtray.ui.qt import colors, contrast, field_edges
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.screens import free_size
from tests.facts import GIB, histories
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.gallery_list import CONTRAST
from tests.ui.history.conftest import NOW
from tests.ui.looks import looks
from tests.ui.resizing import faults
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def settle(qtbot, window: HistoryWindow) -> None:
    qtbot.waitUntil(lambda: not window.reading, timeout=10_000)


def wheel(
    window: HistoryWindow, x: float, *, steps: int, sideways: bool = False, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    at = QPointF(x, window.chart.plot().memory.y + 20)
    angle = QPoint(steps * 120, 0) if sideways else QPoint(0, steps * 120)
    event = QWheelEvent(
        at, window.chart.mapToGlobal(at), QPoint(), angle, Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(window.chart, event)


def kill_mark(window: HistoryWindow) -> QPoint:
    (group,) = [group for group in window.chart.groups() if group.leading.kind == "kill"]
    return window.chart.mark_box(group).center().toPoint()


class TestTime:
    @pytest.mark.parametrize(("name", "span"), [("hour", HOUR), ("day", DAY), ("week", 7 * DAY), ("month", 30 * DAY)])
    def test_a_button_shows_the_last_hour_day_week_or_month(self, qtbot, window: HistoryWindow, name: str, span: float) -> None:
        window.spans.buttons[name].click()
        settle(qtbot, window)
        assert (window.shown.until, window.shown.span) == (NOW, span)
        assert window.spans.buttons[name].isChecked()
        assert len(window.period.columns) <= 2 * window.chart.plot().memory.width + 2

    def test_a_time_of_two_years_names_them(self, window: HistoryWindow) -> None:
        assert time_labels.period(TimeRange.ending(NOW, 366 * DAY)) == "25 Nov 2025 – 26 Nov 2026"
        assert "2026" not in time_labels.period(TimeRange.ending(NOW, 30 * DAY))

    def test_the_wheel_zooms_where_the_pointer_is(self, qtbot, window: HistoryWindow) -> None:
        layout = window.chart.plot()
        x = layout.memory.x + layout.memory.width / 4
        at = layout.at(x, window.shown)
        wheel(window, x, steps=2)
        assert window.shown.span < HOUR
        assert window.chart.plot().at(x, window.shown) == pytest.approx(at, abs=1)
        assert not window.spans.buttons["hour"].isChecked()

    def test_it_moves_by_drag_and_not_into_the_future(self, qtbot, window: HistoryWindow) -> None:
        chart, y = window.chart, round(window.chart.plot().memory.y) + 30
        for begin, end, until in ((200, 400, NOW - 1), (400, 100, NOW)):
            qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=QPoint(begin, y))
            qtbot.mouseMove(chart, QPoint((begin + end) // 2, y))
            qtbot.mouseMove(chart, QPoint(end, y))
            qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=QPoint(end, y))
            assert window.shown.until <= until
        assert window.shown.span == pytest.approx(HOUR)

    def test_a_double_click_zooms_where_the_pointer_is(self, qtbot, window: HistoryWindow) -> None:
        layout = window.chart.plot()
        place = QPoint(round(layout.memory.x + layout.memory.width / 4), round(layout.memory.y) + 30)
        at = layout.at(place.x(), window.shown)
        qtbot.mouseDClick(window.chart, Qt.MouseButton.LeftButton, pos=place)
        assert window.shown.span < HOUR
        assert window.chart.plot().at(place.x(), window.shown) == pytest.approx(at, abs=1)

    @pytest.mark.parametrize("how", [{"sideways": True}, {"keys": Qt.KeyboardModifier.ShiftModifier}], ids=["sideways", "with Shift"])
    def test_it_moves_by_a_wheel_that_goes_sideways(self, qtbot, window: HistoryWindow, how: dict[str, Any]) -> None:
        wheel(window, 300, steps=3, **how)
        assert (window.shown.until < NOW, window.shown.span) == (True, pytest.approx(HOUR))

    def test_keys_move_and_zoom(self, qtbot, window: HistoryWindow) -> None:
        chart = window.chart
        qtbot.keyClick(chart, Qt.Key.Key_Left)
        assert window.shown.until == pytest.approx(NOW - HOUR / 10)
        qtbot.keyClick(chart, Qt.Key.Key_Right)
        assert window.shown.until == pytest.approx(NOW)
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
        assert window.shown.span < HOUR
        assert window.shown.until == pytest.approx(NOW)
        qtbot.keyClick(chart, Qt.Key.Key_Minus)
        assert window.shown.span == pytest.approx(HOUR)
        qtbot.keyClick(chart, Qt.Key.Key_Home)
        assert window.shown.since == pytest.approx(window.period.first)
        qtbot.keyClick(chart, Qt.Key.Key_End)
        assert window.shown.until == pytest.approx(NOW)

    def test_what_is_read_once_is_not_read_again_while_it_moves_a_little(self, qtbot, window: HistoryWindow) -> None:
        before = window.period
        qtbot.keyClick(window.chart, Qt.Key.Key_Left)
        assert not window.reading
        assert window.period is before

    def test_from_right_to_left_the_keys_follow_the_eye(self, qtbot, window: HistoryWindow) -> None:
        window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        qtbot.keyClick(window.chart, Qt.Key.Key_Right)
        assert window.shown.until < NOW


def test_an_app_has_the_color_that_it_has_on_the_page_of_a_kill(window: HistoryWindow) -> None:
    names = window.period.apps.names
    assert len(names) > 1
    pieces = [Piece(name, GIB) for name in reversed(names)]
    assert [place for place, _ in placed(pieces)] == window.chart._places[::-1]


@pytest.mark.parametrize("tone", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("span", ["hour", "day", "week"])
def test_a_stall_is_seen_whatever_range_it_is_in(qtbot, window: HistoryWindow, span: str, tone: dict[str, str]) -> None:
    """Of a bar that was one pixel wide, two pixels had half of its color."""
    window.setPalette(palette(tone))
    window.spans.buttons[span].click()
    settle(qtbot, window)
    found = chart_colors.of(window.chart.palette())
    assert colors.contrast(found.stall, found.found.ground) >= 3
    assert colors.contrast(found.stall, found.memory_wash) >= 3
    image, box = window.chart.grab().toImage(), window.chart.plot().memory
    row = [image.pixelColor(x, round(box.bottom) - 2) for x in range(round(box.x), round(box.right))]
    assert any(pair == (found.stall, found.stall) for pair in itertools.pairwise(row))


@pytest.mark.parametrize("tone", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("days", "ago", "named"), [(1, 0, True), (7, 0, True), (30, 0, True), (0.6, 0.7, False)])
def test_the_widest_gap_says_that_nothing_was_recorded(
    qtbot, window: HistoryWindow, days: float, ago: float, named: bool, tone: dict[str, str]
) -> None:
    """A darker ground alone told nobody what it is. There is no room for it in the half hour of a lunch."""
    window.setPalette(palette(tone))
    window.chart.range_wanted.emit(TimeRange.ending(NOW - ago * DAY, days * DAY))
    settle(qtbot, window)
    chart, shown = window.chart, window.shown
    found, box = chart_colors.of(chart.palette()), chart.plot().memory
    image = chart.grab().toImage()
    begin, end = max(
        ((max(one.begin, shown.since), min(one.end, shown.until)) for one in chart._empty()), key=lambda gap: gap[1] - gap[0]
    )
    left, right = round(chart.plot().x(begin, shown)) + 2, round(chart.plot().x(end, shown)) - 2
    assert right > left
    quarter = range(round(per_cent_y(box, 30)), round(per_cent_y(box, 20)))  # up, where no line of the grid is
    assert any(image.pixelColor(x, y) != found.gap for x in range(left, right) for y in quarter) == named


def test_the_highest_of_the_newest_column_is_seen(qtbot, window: HistoryWindow) -> None:
    """It was only said: at the end of the line the band up to it had no width."""
    window.spans.buttons["month"].click()
    settle(qtbot, window)
    column, box = window.period.columns[-1], window.chart.plot().memory
    high = 100 * column.used.high / column.usable
    assert high > column.used_percent + 10
    window.chart.series = {"memory"}  # that of swap lies above it
    window.chart.redraw()
    image, band = window.chart.grab().toImage(), chart_colors.of(window.chart.palette()).memory_band
    end = range(round(box.right) - 3, round(box.right))
    assert any(image.pixelColor(x, round(per_cent_y(box, high)) + 3) == band for x in end)


@pytest.mark.parametrize("span", ["week", "month"])
def test_that_swap_was_full_is_seen_where_a_column_is_of_hours(qtbot, window: HistoryWindow, span: str) -> None:
    """The head said that 3.9 GiB were used at most, and the line of the means ended at a third."""
    window.spans.buttons[span].click()
    settle(qtbot, window)
    chart = window.chart
    seen = [column for column in window.period.columns if chart.shown.holds(column.at)]
    full = max(seen, key=lambda column: 0 if column.swap is None else column.swap.high)
    high = 100 * full.swap.high / full.swap_total
    assert high > 90
    assert full.swap_percent < 60
    x, y = round(chart.plot().x(full.at, chart.shown)), round(per_cent_y(chart.plot().memory, high)) + 3

    def colors_there() -> list[QColor]:
        chart.redraw()
        image = chart.grab().toImage()
        return [image.pixelColor(x + beside, y) for beside in (-1, 0)]

    drawn = colors_there()
    chart.series = chart.series - {"swap"}
    assert all(one != other for one, other in zip(drawn, colors_there(), strict=True))


class TestNumbers:
    def test_they_are_those_under_the_pointer(self, qtbot, window: HistoryWindow) -> None:
        layout = window.chart.plot()
        x = layout.x(NOW - 60, window.shown)
        qtbot.mouseMove(window.chart, QPoint(round(x), round(layout.memory.y) + 10))
        newest = window.readout.switches["memory"].accessibleDescription()
        x = layout.x(NOW - histories.KILL - 30, window.shown)
        qtbot.mouseMove(window.chart, QPoint(round(x), round(layout.memory.y) + 10))
        at_the_line = window.readout.switches["memory"].accessibleDescription()
        assert at_the_line != newest
        assert at_the_line == "15.3 GiB"
        assert window.readout.when.text().startswith("14:38") or "2:38" in window.readout.when.text()

    @pytest.mark.parametrize("span", ["hour", "day", "week"])
    def test_without_a_line_they_are_the_most_of_the_time(self, qtbot, window: HistoryWindow, span: str) -> None:
        """The mean of the newest column, of hours in a month, was no number of anything that a person saw."""
        window.spans.buttons[span].click()
        settle(qtbot, window)
        told = {name: switch.accessibleDescription() for name, switch in window.readout.switches.items()}
        assert window.readout.level.text() == "Peak"
        assert told["memory"] == "15.3 GiB"
        assert dict(window.chart.held())["train.py"] == max(look.held[window.period.apps.names.index("train.py")] or 0 for look in window.period.apps.looks)
        assert "at most memory 15.3 GiB" in window.chart.accessibleDescription()
        window.chart.set_line(NOW - 60)
        assert window.readout.level.text() == ""

    def test_a_key_moves_the_line_and_says_its_numbers(self, qtbot, window: HistoryWindow) -> None:
        qtbot.keyClick(window.chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        first = window.chart.accessibleDescription()
        qtbot.keyClick(window.chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        assert window.chart.line < NOW
        assert first != window.chart.accessibleDescription()
        assert "GiB" in first

    def test_apps_are_called_as_in_the_popup(self, qtbot, window: HistoryWindow) -> None:
        """The record has their plain names, and the kernel's cut ones."""
        learned.learn_app(AppId("code", "code", "executable", None, 1000), "Visual Studio Code")
        window.reload()
        settle(qtbot, window)
        assert "Visual Studio Code" in window.period.apps.names
        assert dict(window.chart.held())["Visual Studio Code"]

    def test_a_line_that_the_graph_has_left_behind_has_none(self, qtbot, window: HistoryWindow) -> None:
        window.spans.buttons["day"].click()
        settle(qtbot, window)
        window.chart.set_line(NOW - 12 * HOUR)
        window.spans.buttons["hour"].click()
        settle(qtbot, window)
        assert window.readout.when.text() == time_labels.period(window.shown)
        assert window.readout.switches["memory"].accessibleDescription() == "15.3 GiB"

    def test_in_a_gap_they_are_unknown(self, qtbot, window: HistoryWindow) -> None:
        window.spans.buttons["day"].click()
        settle(qtbot, window)
        window.chart.set_line(NOW - 12 * HOUR)
        assert {switch.accessibleDescription() for switch in window.readout.switches.values()} == {"–"}
        assert window.chart.accessibleDescription().endswith("not recorded")
        assert window.readout.level.text() == "Not recorded"

    def test_a_series_that_is_switched_off_is_not_drawn(self, qtbot, window: HistoryWindow) -> None:
        before = window.chart.grab().toImage()
        window.readout.switches["swap"].click()
        assert window.chart.series == {"memory", "stall"}
        assert window.chart.grab().toImage() != before


class TestEvents:
    def test_a_kill_that_is_clicked_is_to_be_explained(self, qtbot, window: HistoryWindow) -> None:
        (kill,) = [event for event in window.period.events if event.kind == "kill" and window.shown.holds(event.time)]
        with qtbot.waitSignal(window.kill_report_requested) as asked:
            qtbot.mouseClick(window.chart, Qt.MouseButton.LeftButton, pos=kill_mark(window))
        assert asked.args == [kill.id]
        assert window.chart.picked == kill.id

    def test_once_the_keyboard_has_left_no_mark_looks_as_if_it_were_there(self, qtbot, window: HistoryWindow) -> None:
        window.activateWindow()
        window.chart.setFocus()
        qtbot.keyClick(window.chart, Qt.Key.Key_Tab)
        ring = contrast.of(window.palette(), on_base=True).calm

        def ringed() -> bool:
            lane, image = window.chart.plot().marks, window.chart.grab().toImage()
            rows, columns = range(round(lane.y), round(lane.y) + 4), range(round(lane.x), round(lane.right))
            return any(colors.contrast(image.pixelColor(x, y), ring) < 1.3 for y in rows for x in columns)

        assert ringed()
        window.spans.buttons["hour"].setFocus()
        assert window.chart.picked is not None
        assert not ringed()

    def test_tab_goes_to_the_marks_and_enter_opens_one(self, qtbot, window: HistoryWindow) -> None:
        window.activateWindow()
        window.chart.setFocus()
        for _ in range(4):
            qtbot.keyClick(window.chart, Qt.Key.Key_Tab)
        assert window.chart.line == pytest.approx(NOW - histories.KILL)
        with qtbot.waitSignal(window.kill_report_requested):
            qtbot.keyClick(window.chart, Qt.Key.Key_Return)

    def test_tab_leaves_the_last_mark_and_comes_back_to_it(self, qtbot, window: HistoryWindow) -> None:
        window.activateWindow()
        window.chart.setFocus()
        qtbot.waitUntil(window.chart.hasFocus)
        qtbot.keyClick(window.chart, Qt.Key.Key_Backtab)
        assert not window.chart.hasFocus(), "before the first mark there is none"
        window.chart.setFocus()
        for _ in range(5):
            qtbot.keyClick(window.chart, Qt.Key.Key_Tab)
        assert not window.chart.hasFocus()
        window.chart.set_line(None)
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Backtab)
        assert window.chart.hasFocus()
        assert window.chart.line == pytest.approx(NOW - histories.KILL)

    def test_only_the_link_of_a_row_is_clicked(self, qtbot, window: HistoryWindow) -> None:
        view = window.events
        row = view.visualRect(view.model().index(0, 0))
        link = link_box(view, row, "Why?").center()
        opened: list[int] = []
        window.kill_report_requested.connect(opened.append)
        for at, shape, times in ((link - QPoint(200, 0), Qt.CursorShape.ArrowCursor, 0), (link, Qt.CursorShape.PointingHandCursor, 1)):
            qtbot.mouseMove(view.viewport(), at)
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
            assert (view.viewport().cursor().shape(), len(opened)) == (shape, times)

    def test_the_list_names_them_and_leads_to_their_place(self, qtbot, window: HistoryWindow) -> None:
        model = window.events.model()
        assert [model.index(row, 0).data() for row in range(model.rowCount())] == [
            "Slack was killed by the kernel, which freed 640 MiB",
            "Critical: memory was nearly gone, and Slack was first to go",
            "Warning: memory was getting tight, and Slack was first to go",
            "You protected MariaDB",
        ]
        window.events.setCurrentIndex(model.index(0, 0))
        assert window.chart.line == pytest.approx(NOW - histories.KILL)
        with qtbot.waitSignal(window.kill_report_requested):
            qtbot.keyClick(window.events, Qt.Key.Key_Return)

    def test_the_same_events_have_room_for_the_longer_times_of_a_longer_period(self, qtbot, window: HistoryWindow) -> None:
        window.spans.buttons["week"].click()
        settle(qtbot, window)
        time = time_labels.moment(NOW - histories.KILL, window.shown)
        assert window.events.time_width >= window.events.fontMetrics().horizontalAdvance(time)

    def test_kills_that_nobody_saw_are_one_row(self, qtbot, opened, tmp_path: Path) -> None:
        database = Database(str(tmp_path / "history.db"))
        end = NOW - 600
        unseen = {"killer": "kernel", "outcome": "unknown", "sources": ["vmstat"], "time": end, "not_before": end - 480}
        with database.writing() as connection:
            put_events(connection, [Event("kill", str(number), end, unseen) for number in range(64)])
        window = opened(database)
        model = window.events.model()
        begun, ended = (time_labels.clock(at) for at in (end - 480, end))
        assert [model.index(row, 0).data() for row in range(model.rowCount())] == [f"64 kills that nobody saw, between {begun} and {ended}"]
        window.events.pick(window.period.events[17].id)
        assert window.events.currentIndex().row() == 0
        window.events.setCurrentIndex(model.index(-1, 0))
        with qtbot.waitSignal(window.kill_report_requested):
            window.events.activated.emit(model.index(0, 0))
        (group,) = window.chart.groups()
        place = window.chart.mark_box(group).center().toPoint()
        with qtbot.waitSignal(window.kill_report_requested):
            qtbot.mouseClick(window.chart, Qt.MouseButton.LeftButton, pos=place)

    def test_marks_too_near_to_each_other_are_one_until_it_is_zoomed(self, qtbot, opened, tmp_path: Path) -> None:
        database = Database(str(tmp_path / "history.db"))
        with database.writing() as connection:
            put_events(connection, [Event("kill", str(n), NOW - 600 + 8 * n, {}) for n in range(3)])
        window = opened(database)
        (group,) = window.chart.groups()
        place = window.chart.mark_box(group).center().toPoint()
        qtbot.mouseClick(window.chart, Qt.MouseButton.LeftButton, pos=place)
        settle(qtbot, window)
        assert len(window.chart.groups()) == 3


    def test_the_number_of_several_lies_within_the_lane(self, opened, tmp_path: Path) -> None:
        database = Database(str(tmp_path / "history.db"))
        with database.writing() as connection:
            put_events(connection, [Event("kill", str(n), NOW - 1 - n / 100, {}) for n in range(16)])
        window = opened(database)
        (group,) = window.chart.groups()
        layout, box = window.chart.plot(), window.chart.mark_box(group)
        lane, side = layout.marks, mark_icons.side(layout.line)
        assert lane.x <= box.left() < box.right() <= lane.right + 0.01
        assert box.width() > lane.height
        image, icon = window.chart.grab().toImage(), round(box.left() + (lane.height - side) / 2)
        beside = {image.pixelColor(icon + side, y).rgb() for y in range(round(lane.y) + 2, round(lane.bottom) - 2)}
        assert len(beside) == 1, "the number touches the octagon"

    @pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"])
    @pytest.mark.parametrize("span", ["hour", "month"])
    def test_the_newest_marks_stand_at_their_time(self, qtbot, opened, tmp_path: Path, span: str, direction) -> None:
        """In a month they stood almost a day before it, for their number to have room."""
        database = Database(str(tmp_path / "history.db"))
        with database.writing() as connection:
            put_events(connection, [Event("kill", str(n), NOW - 1 - n / 100, {}) for n in range(7)])
        window = opened(database)
        window.setLayoutDirection(direction)
        window.spans.buttons[span].click()
        settle(qtbot, window)
        (group,) = window.chart.groups()
        layout, box = window.chart.plot(), window.chart.mark_box(group)
        assert box.left() + layout.marks.height / 2 == pytest.approx(layout.x(NOW - 1, window.shown), abs=1)
        assert box.left() >= 0
        assert box.right() <= window.chart.width()

    def test_a_link_is_underlined_in_high_contrast(self, window: HistoryWindow, monkeypatch) -> None:
        """There it has the ink of the words beside it."""
        view = window.events
        row = next(n for n in range(view.model().rowCount()) if "killed" in str(view.model().index(n, 0).data()))
        view.scrollTo(view.model().index(row, 0))

        def longest() -> int:
            box = link_box(view, view.visualRect(view.model().index(row, 0)), "Why?").adjusted(2, 3, -2, -3)
            image = view.viewport().grab(box).toImage()
            ground = image.pixel(0, 0)
            return max(sum(image.pixel(x, y) != ground for x in range(image.width())) for y in range(image.height()))

        word = view.fontMetrics().horizontalAdvance("Why?")
        assert longest() < 0.7 * word
        monkeypatch.setattr(colors, "wants_high_contrast", lambda: True)
        assert longest() > 0.9 * word

    def test_no_mark_is_drawn_over_another_at_the_end_of_the_lane(self, opened, tmp_path: Path) -> None:
        """A kill, and a change after it whose number has no room: its shield stood on the kill's cross."""
        database = Database(str(tmp_path / "history.db"))
        with database.writing() as connection:
            put_events(connection, [Event("kill", "k", NOW - 130, {})])
            put_events(connection, [Event("change", str(n), NOW - 5 - n, {"action": "protect"}) for n in range(2)])
        window = opened(database)
        layout, font = window.chart.plot(), small(window.chart.font())
        spans = [mark_span(layout, group, font) for group in window.chart.groups()]
        assert sum(group.count for group in window.chart.groups()) == 3
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans)), spans

    def test_amounts_and_series_have_room_beside_or_below_the_time(self, qtbot, window: HistoryWindow) -> None:
        for width in (560, 640, 888, 1300):
            window.resize(width, 700)
            QApplication.processEvents()
            for switch in window.readout.switches.values():
                assert switch.width() >= switch.sizeHint().width()
                assert window.readout.rect().contains(QRect(switch.mapTo(window.readout, QPoint(0, 0)), switch.size()))
            assert window.readout.when.shown == window.readout.when.text()


    @pytest.mark.parametrize("view", ["graph", "table"])
    def test_at_a_width_they_are_arranged_in_one_way_whence_ever_it_came(self, window: HistoryWindow, view: str) -> None:
        window.spans.buttons["week"].click()
        window.views.buttons[view].click()

        def arranged() -> list[object]:
            parts = (window.readout, window.readout.when, window.readout.level, window.sheet, window.events)
            return [QRect(part.mapTo(window, QPoint(0, 0)), part.size()).getRect() for part in parts]

        assert faults(window, (560, 667, 751, 888), 640, arranged) == []

    def test_large_letters_ask_for_no_more_than_the_screen_has(self, opened: Callable[..., HistoryWindow], record: Database, qapp: QApplication) -> None:
        before = qapp.font()
        large = qapp.font()
        large.setPointSizeF(24)
        qapp.setFont(large)
        try:
            window = opened(record)
            free = free_size(window)
            assert window.minimumWidth() <= window.width() <= free.width()
            assert window.minimumHeight() <= window.height() <= free.height()
        finally:
            qapp.setFont(before)


def test_tab_comes_to_the_choice_that_is_made(qtbot, window: HistoryWindow) -> None:
    """It came to Graph while the table was shown."""
    window.activateWindow()
    window.views.buttons["table"].click()
    settle(qtbot, window)
    window.spans.buttons["hour"].setFocus()
    qtbot.keyClick(window.spans.buttons["hour"], Qt.Key.Key_Tab)
    assert window.focusWidget() is window.views.buttons["table"]
    qtbot.keyClick(window.views.buttons["table"], Qt.Key.Key_Left)
    assert window.views.buttons["graph"].isChecked()
    assert window.focusWidget() is window.views.buttons["graph"]


def test_it_is_seen_that_tab_has_come_to_the_events(window: HistoryWindow) -> None:
    window.activateWindow()
    window.views.buttons["graph"].setFocus()
    without = window.events.grab().toImage()
    window.events.setFocus(Qt.FocusReason.TabFocusReason)
    assert not window.events.selectedIndexes(), "nobody has picked one"
    assert window.events.grab().toImage() != without


class TestTable:
    @pytest.mark.parametrize("width", [560, 888, 1300])
    def test_no_number_is_cut(self, qtbot, window: HistoryWindow, width: int) -> None:
        window.resize(width, 700)
        window.views.buttons["table"].click()
        QApplication.processEvents()
        table, model = window.table, window.table.model()
        for column in range(model.columnCount()):
            texts = [str(model.index(row, column).data()) for row in range(model.rowCount())]
            assert table.columnWidth(column) >= max(map(table.fontMetrics().horizontalAdvance, texts)) + 16
        assert sum(table.columnWidth(n) for n in range(model.columnCount())) >= table.viewport().width()

    @pytest.mark.parametrize("height", range(520, 546, 5))
    def test_no_row_is_cut_at_its_foot(self, qtbot, window: HistoryWindow, height: int) -> None:
        window.resize(888, height)
        window.views.buttons["table"].click()
        window.table.clearFocus()
        QApplication.processEvents()
        seen, row = window.table.viewport(), window.table.rowHeight(0)
        image = seen.grab().toImage()
        below = seen.height() - seen.height() % row
        ground = window.table.palette().base().color().rgb()
        assert {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(below, image.height())} <= {ground}
        assert len({image.pixel(x, below - row // 2) for x in range(image.width())}) > 1, "the last whole row is there"

    def test_a_row_of_hours_tells_the_most_of_them(self, qtbot, window: HistoryWindow) -> None:
        window.spans.buttons["month"].click()
        settle(qtbot, window)
        window.views.buttons["table"].click()
        model = window.table.model()
        heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
        newest = [model.index(0, column).data() for column in range(model.columnCount())]
        assert newest[1] == "15.3 GiB"
        assert newest[heads.index("train.py")].endswith(" GiB")
        assert window.readout.level.text() == "Peak"
        hint = model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert hint == "Each row has the highest values of 6 h from then on."

    def test_the_time_stays_where_it_is(self, window: HistoryWindow) -> None:
        def place() -> tuple[QPoint, int]:
            for _ in range(4):  # what is now below takes another turn
                QApplication.processEvents()
            return window.readout.when.mapTo(window, QPoint(0, 0)), window.readout.when.height()

        for width in (888, 600):
            window.resize(width, 700)
            before = place()
            window.views.buttons["table"].click()
            assert place() == before
            window.views.buttons["graph"].click()

    def test_it_says_its_time_and_has_no_switches_for_lines(self, qtbot, window: HistoryWindow) -> None:
        window.chart.set_line(NOW - 60)
        window.views.buttons["table"].click()
        assert "14:00" in window.readout.when.text() or "2:00" in window.readout.when.text()
        assert not window.readout.switches["swap"].isVisible()
        window.views.buttons["graph"].click()
        assert window.readout.switches["swap"].isVisible()

    def test_it_tells_what_the_picture_shows(self, qtbot, window: HistoryWindow) -> None:
        window.views.buttons["table"].click()
        model = window.table.model()
        assert model.rowCount() == 120
        assert [str(model.index(row, 0).data())[3:8] for row in range(3)] == ["59:30", "59:00", "58:30"]
        heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
        assert heads[:5] == ["From", "Memory", "Swap", "Stall", "Level"]
        assert set(heads[5:]) == set(window.period.apps.names)

    def test_a_screen_reader_finds_table_picture_and_choices(self, qtbot, window: HistoryWindow) -> None:
        window.views.buttons["table"].click()
        roles = {
            window.table: QAccessible.Role.Table,
            window.spans.buttons["day"]: QAccessible.Role.RadioButton,
            window.readout.switches["swap"]: QAccessible.Role.CheckBox,
            window.more: QAccessible.Role.Button,
            window.events: QAccessible.Role.List,
        }
        for widget, role in roles.items():
            told = QAccessible.queryAccessibleInterface(widget)
            assert told.role() == role
            assert told.text(QAccessible.Text.Name)
        assert window.chart.accessibleName().startswith("Memory, ")


def test_in_high_contrast_the_series_are_told_in_the_colors_of_the_graph(qtbot) -> None:
    """A check box has a palette of its own for its edge, by which the names were faint and the memory's line blue."""
    with looks(CONTRAST):
        field_edges.give_edges()
        around = QWidget()
        qtbot.addWidget(around)
        switch = SeriesSwitch("memory", "Memory", "88 GiB", around)
        switch.resize(switch.sizeHint())
        around.show()
        image = switch.grab().toImage()
        seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert QColor(CONTRAST["Text"]).name() in seen
        assert all(QColor(one).hslSaturation() < 40 for one in seen), "no blue"


def test_in_high_contrast_the_choice_is_told_by_its_ground(qtbot) -> None:
    with looks(CONTRAST):
        choices = Segments((("hour", "Hour"), ("day", "Day")), "Period")
        qtbot.addWidget(choices)
        choices.show_chosen("day")
        grounds = [choices.buttons[name].grab().toImage().pixelColor(5, 5).name() for name in ("hour", "day")]
        assert grounds == [QColor(CONTRAST["Base"]).name(), QColor(CONTRAST["Text"]).name()]


def test_in_high_contrast_the_lane_of_the_marks_has_one_edge_all_around(window: HistoryWindow) -> None:
    """It was blurred above and below, and half of it was cut at the side."""
    with looks(CONTRAST):
        image, lane = window.chart.grab().toImage(), window.chart.plot().marks
        left, right, top, bottom = round(lane.x), round(lane.right) - 1, round(lane.y), round(lane.bottom) - 1
        middle = (top + bottom) // 2
        edge = {image.pixelColor(x, y).name() for x, y in ((left, middle), (right, middle), (left + 9, top), (left + 9, bottom))}
        assert len(edge) == 1
        assert colors.contrast(QColor(edge.pop()), QColor(CONTRAST["Base"])) > 15


def test_the_list_of_events_leaves_the_round_corners_of_its_frame_free(qtbot, window: HistoryWindow) -> None:
    frame = window.events.parentWidget()
    assert frame.isVisible()
    image = frame.grab().toImage()
    ground, base = window.palette().window().color().name(), window.palette().base().color().name()
    ends = [(x, y) for x in (1, image.width() - 2) for y in (1, image.height() - 2)]
    assert ground != base
    assert {image.pixelColor(x, y).name() for x, y in ends} == {ground}


def test_in_high_contrast_the_menu_has_a_border(window: HistoryWindow) -> None:
    with looks(CONTRAST):
        window.more.click()
        image = window.more.menu_below.grab().toImage()
        window.more.menu_below.close()
        for x, y in ((0, image.height() // 2), (image.width() // 2, image.height() - 1)):
            assert colors.contrast(image.pixelColor(x, y), QColor(CONTRAST["Window"])) > 7


class TestNarrow:
    def test_what_happened_stands_below_its_time_where_there_is_no_room_beside_it(self, qtbot, window: HistoryWindow) -> None:
        """It was cut, and nothing told the rest of it."""
        events = window.events
        assert not events.narrow
        high = events.visualRect(events.model().index(0, 0)).height()
        window.setMinimumSize(0, 0)

        def becomes_narrow() -> bool:
            window.resize(440, 520)  # the graph's line of values makes room only once it has less
            return events.narrow

        qtbot.waitUntil(becomes_narrow)
        settle(qtbot, window)
        assert events.visualRect(events.model().index(0, 0)).height() > high
        room = events.viewport().width() - text_start(events) - link_box(events, QRect(), "Why?").width()
        longest = max(str(events.model().index(row, 0).data()) for row in range(events.model().rowCount()))
        assert events.fontMetrics().horizontalAdvance(longest) <= room
        window.resize(888, 720)
        QApplication.processEvents()
        assert not events.narrow

    def test_marks_grow_with_the_text(self, opened: Callable[..., HistoryWindow], record: Database) -> None:
        sizes = []
        for points in (10, 20):
            with text_size(points):
                window = opened(record)
                sizes.append((mark_icons.side(window.chart.plot().line), text_start(window.events), window.chart.width()))
                window.close()
        assert sizes[1][0] > 1.6 * sizes[0][0]
        assert sizes[1][1] > sizes[0][1]


class TestExport:
    def test_a_table_for_a_spreadsheet(self, window: HistoryWindow) -> None:
        rows = list(csv.DictReader(export.as_csv(window.period, window.shown).splitlines()))
        assert len(rows) == len([column for column in window.period.columns if window.shown.holds(column.at)])
        assert rows[0]["time"] < rows[-1]["time"]
        assert int(rows[0]["used"]) > 0
        assert {"Firefox", "train.py"} <= set(rows[0])

    def test_data_for_a_program(self, window: HistoryWindow) -> None:
        told = json.loads(export.as_json(window.period, window.shown))
        assert [event["kind"] for event in told["events"]] == ["change", "told", "told", "kill"]
        assert told["readings"][0]["apps"]["firefox"] > 0

    def test_an_apps_name_is_no_formula(self, window: HistoryWindow) -> None:
        apps = window.period.apps
        wicked = Period(0, 1, 1.0, apps=type(apps)(("k",), ('=HYPERLINK("x")',), ()))
        assert export.as_csv(wicked, window.shown).splitlines()[0].endswith("\"'=HYPERLINK(\"\"x\"\")\"")

    def test_a_picture_that_is_made_from_the_table_leaves_it(self, window: HistoryWindow) -> None:
        whole = window.picture().toImage()
        window.views.buttons["table"].click()
        assert window.picture().size() == whole.size()
        assert window.pages.currentWidget() is window.table
        assert window.views.buttons["table"].isChecked()

    def test_a_picture_tells_of_the_whole_time_wherever_the_pointer_was_last(self, window: HistoryWindow) -> None:
        whole = window.picture().toImage()
        window.chart.set_line(window.shown.at(0.5))
        told = window.readout.accessibleDescription(), window.chart.line
        assert window.picture().toImage() == whole
        assert (window.readout.accessibleDescription(), window.chart.line) == told, "in the window it stays"

    def test_a_picture_is_sharp_on_any_screen(self, window: HistoryWindow) -> None:
        picture = window.picture()
        assert picture.width() == 2 * window.sheet.width()
        assert len({picture.toImage().pixel(x, 200) for x in range(0, picture.width(), 3)}) > 3


class TestNothing:
    def test_before_anything_is_recorded_it_says_what_will_come_and_when(
        self, qtbot, opened: Callable[..., HistoryWindow], tmp_path: Path
    ) -> None:
        database = Database(str(tmp_path / "none.db"))
        window = opened(database)
        assert not window.readout.switches["memory"].isVisible(), "there is nothing to switch"
        assert window.nothing.title.text() == "No history yet"
        assert "within about a minute" in window.nothing.says.text()
        assert window.nothing.says.isVisible()
        assert not window.events.isVisible()
        assert not window.readout.isVisible(), "there is no time to look at"
        assert not window.chart.isVisible(), "an axis without a line"
        window.views.buttons["table"].click()
        assert window.nothing.says.isVisible(), "a table without a row"
        histories.write(database, NOW, days=1)
        window.reload()
        settle(qtbot, window)
        assert window.table.isVisible(), "as it was chosen"
        assert not window.nothing.isVisible()

    def test_while_nothing_is_recorded_nothing_is_promised(self, opened: Callable[..., HistoryWindow], tmp_path: Path) -> None:
        window = opened(Database(str(tmp_path / "none.db")))
        window.show_recording_notice("Recording is switched off in the settings.")
        assert "minute" not in window.nothing.says.text()
        window.show_recording_notice("")
        assert "minute" in window.nothing.says.text()

    def test_what_can_not_be_read_is_told_once_and_calmly(self, qtbot) -> None:
        def refused(*_: float) -> Period:
            raise FileError(FileProblem("unreadable", "/x/history.db", errno.EACCES))

        window = HistoryWindow(refused, clock=lambda: NOW)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(window.notice.isVisible)
        assert "/x/history.db" in window.notice.text()

    def test_why_nothing_is_recorded_stands_in_the_window(self, window: HistoryWindow) -> None:
        window.show_recording_notice("Recording is switched off in the settings.")
        assert window.notice.isVisible()
        window.show_recording_notice("")
        assert not window.notice.isVisible()


class TestChoices:
    """By a click, by a click on the chosen one, and as a screen reader does it: without a click."""

    def test_each_way_is_told_once(self, qtbot, window: HistoryWindow) -> None:
        told: list[str] = []
        window.spans.chosen.connect(told.append)
        window.spans.buttons["day"].click()
        window.spans.buttons["day"].click()
        window.spans.buttons["week"].toggle()
        window.spans.buttons["hour"].toggle()
        assert told == ["day", "day", "week", "hour"]
        window.spans.show_chosen("month")
        assert told[-1] == "hour", "what is only shown is not told"

    def test_hour_leads_back_to_now(self, qtbot, window: HistoryWindow) -> None:
        qtbot.keyClick(window.chart, Qt.Key.Key_PageUp)
        assert window.shown.until < NOW
        window.spans.buttons["hour"].click()
        assert window.shown.until == pytest.approx(NOW)


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"])
def test_the_menu_opens_within_the_windows_width(qtbot, window: HistoryWindow, direction) -> None:
    window.setLayoutDirection(direction)
    QApplication.processEvents()
    window.resize(600, 560)
    window.move(100, 20)
    QApplication.processEvents()
    qtbot.mouseClick(window.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.more.menu_below.isVisible)
    menu, button = window.more.menu_below.geometry(), window.more.mapToGlobal(window.more.rect().topLeft())
    edges = (menu.left(), button.x()) if direction == Qt.LayoutDirection.RightToLeft else (menu.right() + 1, button.x() + window.more.width())
    window.more.menu_below.close()
    assert edges[0] == edges[1]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"])
def test_a_notice_has_the_sign_of_a_warning_where_its_line_begins(window: HistoryWindow, direction) -> None:
    window.setLayoutDirection(direction)
    window.show_recording_notice("x" * 200 + " " + "y" * 200)
    for _ in range(4):
        QApplication.processEvents()
    notice = window.notice
    picture = notice.grab().toImage()
    middle, ground = notice.height() // 2 + 4, picture.pixelColor(3, 8)
    inked = [x for x in range(2, notice.width() - 2) if picture.pixelColor(x, middle) != ground]
    sign = max(inked) if direction == Qt.LayoutDirection.RightToLeft else min(inked)
    assert abs(sign - (notice.width() if direction == Qt.LayoutDirection.RightToLeft else 0)) < 24
    assert notice.height() >= notice.heightForWidth(notice.width())
