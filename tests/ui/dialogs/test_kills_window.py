"""The window of past kills tells each one from the record or from a log, and offers what keeps it from happening again."""

from __future__ import annotations

import dataclasses
import json
import os
import time
import warnings
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFontMetrics,
    QImage,
)
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.actions.units.limit import MemoryMax
from oomtray.history import samples
from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.kills import put_kills
from oomtray.history.samples import AppMemory, Sample
from oomtray.kernel.kill_log.chosen import Chosen
from oomtray.kernel.snapshot import Memory
from oomtray.messages import causes, kill_notifications
from oomtray.messages.free_memory import finding, place_name
from oomtray.messages.kill_page import nothing_known
from oomtray.messages.names import learn_program
from oomtray.risk.before_kill import Moment
from oomtray.risk.kill_event import Dead
from oomtray.risk.outlook import Forecast
from oomtray.risk.postmortem import Cause
from oomtray.text import size
from oomtray.ui.controllers.kill_remedies import remedies
from oomtray.ui.controllers.report import Offer
from oomtray.ui.dialogs.figure_table import note_beside
from oomtray.ui.dialogs.kill_before import drawn, span_of
from oomtray.ui.dialogs.kill_loading import Entry
from oomtray.ui.dialogs.kill_page import KillPage, pieces_of
from oomtray.ui.dialogs.kill_parts import Section, Swatch, piece_brush, placed
from oomtray.ui.dialogs.kill_ranking import rows
from oomtray.ui.dialogs.kills_window import KillsWindow
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.swatch import LegendLine
from tests.facts import GIB, desktops, kills
from tests.facts.processes import process
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.resizing import faults
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LOG = Path(__file__).parents[2] / "unit/kernel/kill_log/data/report-memcg-6.18.txt"


@pytest.fixture
def page(qtbot):
    page = KillPage(clock=lambda: kills.NOW)
    qtbot.addWidget(page)
    page.resize(640, 700)
    page.show()
    return page


@pytest.fixture
def window(qtbot):
    """Of a user who may not read the kernel's log."""
    window = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
    qtbot.addWidget(window)
    window.show()
    return window


def test_it_is_a_window_that_one_may_maximize_and_no_dialog(window):
    assert window.windowType() == Qt.WindowType.Window


def record(*events, moments=()):
    with Database().writing() as connection:
        put_kills(connection, events, kills.NOW)
        samples.put(
            connection,
            [
                Sample(
                    time=one.time, level="normal", cause="none", forecast=Forecast(),
                    memory=Memory(total=one.total, available=one.available, swap_total=one.swap_total, swap_free=one.swap_free,
                                  psi_some_avg10=None, psi_full_avg10=None, oom_kills=None),
                    apps=tuple(AppMemory(name, name, held) for name, held in one.apps),
                )
                for one in moments
            ],
        )  # fmt: skip


def unseen(time, count, not_before=None):
    """One that the kernel counted, and of which nothing else is known."""
    return replace(
        kills.unseen(), time=time, not_before=not_before, boot="b", count=count, victims=(), outcome="unknown", growing=(), killer="kernel"
    )


def listed(window):
    return [window.list.item(row).text() for row in range(window.list.count())]


def words(label):
    """What it says, wherever its lines may be broken."""
    return label.text().replace("\u00a0", " ")


def table(page):
    rows = range(page.table.rowCount())
    return [tuple(page.table.item(row, column).text() for column in (0, 1, 3, 4, 5)) for row in rows]


def buttons(page):
    return [page.buttons.itemAt(place).widget() for place in range(page.buttons.count()) if page.buttons.itemAt(place).widget()]


def across(widget, window):
    """Where it is in the window."""
    return widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))


def framed(rows):
    """The frame around a list."""
    return rows.parentWidget()


def drop(widget: QWidget, path: str) -> bool:
    """A file dragged there and let go, as a file manager does that would move it; whether it was taken, as a copy."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    place, none = QPointF(40, 40), Qt.KeyboardModifier.NoModifier
    offered = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    entered = drag_enter(place, offered, data)
    let_go = QDropEvent(place, offered, data, Qt.MouseButton.LeftButton, none)
    for event in (entered, let_go):
        QApplication.sendEvent(widget, event)
    return entered.isAccepted() and {entered.dropAction(), let_go.dropAction()} == {Qt.DropAction.CopyAction}


def drag_enter(place: QPointF, offered: Qt.DropAction, data: QMimeData) -> QDragEnterEvent:
    with warnings.catch_warnings():  # Qt 6.12 wants a QPointF, which those before don't take
        warnings.simplefilter("ignore", DeprecationWarning)
        return QDragEnterEvent(place.toPoint(), offered, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)


# what a page says


def test_what_when_by_whom_and_how_sure(page):
    page.show_kill(kills.leak(), (), None)
    assert page.title.text() == "Slack was killed"
    assert words(page.subtitle).startswith("Today ")
    assert words(page.subtitle).endswith(" · by the kernel · freed 261 MiB · slack (4281)")
    pills = [pill.text() for pill in (page.certainty, page.foretold, page.asked)]
    assert pills == ["Certain: the log names it", "Predicted 4 min before", "train.py had asked for memory"]


def test_why_this_one_and_not_the_largest(page):
    page.show_kill(kills.leak(), (), None)
    assert table(page)[:2] == [
        ("1", "slack (4281)  killed", "261 MiB", "+6.0 GiB", "6.3 GiB"),
        ("2", "train.py (9001)  the largest", "6.1 GiB", "–", "6.1 GiB"),
    ]
    assert words(page.why) == "train.py (9001) held 6.1 GiB, but slack (4281) counted 6.3 GiB with its +300."
    assert page.pieces.accessibleName().startswith("What was killed 261 MiB, train.py 6.1 GiB, ")


def test_what_used_memory_up_is_told_from_the_readings_before(page):
    page.show_kill(kills.leak(), kills.leak_moments(), None)
    assert page.cause.text() == "Likely cause: a memory leak, or a job too large for this machine"
    assert words(page.evidence) == "train.py grew from 2.1 GiB to 6.1 GiB in 7 min."
    assert page.line.isVisible()
    assert page.advice.text() == "Let train.py go first when memory runs out, so that nothing else is killed for it."


def test_a_screen_reader_comes_by_the_sections_as_they_stand(page):
    """How full memory was came last, after what to do about it."""
    sections = page.findChildren(Section)
    assert sections == sorted(sections, key=lambda one: page._column.indexOf(one))


def test_a_limit_of_its_own(page):
    page.show_kill(kills.limited(), (), None)
    assert words(page.why).startswith("Only the processes of one group were considered: it had reached its own limit of 200 MiB.")
    assert words(page.evidence) == "Its own limit of 200 MiB was reached; the rest of the machine had memory left."


@pytest.mark.parametrize(
    ("source", "says"),
    [("vmstat", "Unknown: nobody saw which one"), ("kernel-log", "Unknown: the report has no end")],
)
def test_why_it_is_unknown_who_was_killed(page, source, says):
    page.show_kill(replace(kills.unseen(), outcome="unknown", victims=(), sources=(source,)), (), None)
    assert page.certainty.text() == says


def test_what_is_certain_about_it_is_said_by_a_sentence_too(page):
    for event in (kills.leak(), kills.unseen(), *kills.odd(), kills.leak(sources=("oomd-signal",)), kills.leak(sources=("pidfd",))):
        page.show_kill(event, (), None)
        for pill in (page.certainty, page.foretold, page.asked):
            assert pill.accessibleDescription().endswith(".") is pill.isVisible(), pill.text()


def test_of_an_unknown_killer_nothing_is_said(page, window):
    event = replace(kills.unseen(), killer="unknown")
    page.show_kill(event, (), None)
    window.show_entries([Entry(event, (1,))])
    told = [words(page.subtitle), window.list.item(0).data(Qt.ItemDataRole.UserRole)]
    assert [text for text in told if "by " in text or "unknown" in text] == []


@pytest.mark.parametrize(
    ("event", "title", "heading", "says"),
    [
        pytest.param(
            kills.leak(ranking=None, constraint="memcg", sources=("log",)), "Slack was killed", "Why this one",
            ["Only the processes of one group were considered: it had reached its own limit.", "The log tells too little of the other processes, so the ranking isn't known."],
            id="a group, without a table",
        ),
        pytest.param(
            kills.leak(ranking=None, victims=(), outcome="unknown", sources=("log",)), "Memory ran out", "Which one",
            ["The log tells too little of the other processes, so the ranking isn't known."], id="a report without its end",
        ),
        pytest.param(
            kills.leak(ranking=None, victims=(), outcome="unknown", chosen=Chosen(41, "java", or_child=True)), "Memory ran out", "Which one",
            ["The kernel had chosen java (41), or a child of it in its place.", "The log tells too little of the other processes, so the ranking isn't known."],
            id="the kernel's choice alone",
        ),
        pytest.param(
            kills.odd()[1], "The machine was stopped", "Why the machine was stopped",
            ["The kernel stops the machine where vm.panic_on_oom is set, or where nothing is left that it may kill."], id="panic",
        ),
        pytest.param(
            kills.leak(ranking=None, killer="earlyoom", sources=("log",)), "Slack was killed", "Why this one",
            ["earlyoom tells whom it killed, but not whom else it had looked at."], id="another killer",
        ),
    ],
)  # fmt: skip
def test_the_choice_has_one_heading_whatever_is_known_of_it(page, event, title, heading, says):
    page.show_kill(event, (), None)
    assert (page.title.text(), page.why_section.heading.text()) == (title, heading)
    assert [words(label) for label in (page.why, page.unranked.says) if label.isVisible()] == says


def test_what_nobody_saw_says_so(page):
    page.show_kill(kills.unseen(), (), None)
    assert page.title.text() == "firefox was likely killed"
    assert page.certainty.text() == "Likely: it was next in order"
    page.show_kill(replace(kills.unseen(), killer="kernel", sources=("pidfd", "vmstat")), (), None)
    assert page.certainty.text() == "Likely: it ended at that moment"
    assert "It ended just when the kernel counted a kill." in page.certainty.toolTip()
    page.show_kill(kills.unseen(), (), None)
    assert "Between " in words(page.subtitle)
    assert page.unranked.says.isVisible()
    assert not page.table.isVisible()


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [
        pytest.param(-120, -60, "Today between {begin:%H:%M} and {end:%H:%M}", id="today"),
        pytest.param(-86520, -86460, "Yesterday between {begin:%H:%M} and {end:%H:%M}", id="yesterday"),
        pytest.param(-172920, -172860, "Between {begin:%-d %b, %H:%M} and {end:%H:%M}", id="earlier"),
        pytest.param(-60, -60, "Today {end:%H:%M}", id="the same minute"),
        pytest.param(-86460, -60, "Between yesterday {begin:%H:%M} and today {end:%H:%M}", id="two days"),
    ],
)
def test_between_two_times_the_day_is_named_once(page, begin, end, says):
    begin, end = kills.NOW + begin, kills.NOW + end
    page.show_kill(dataclasses.replace(kills.unseen(), not_before=begin, time=end), (), None)
    told = says.format(begin=datetime.fromtimestamp(begin), end=datetime.fromtimestamp(end))  # noqa: DTZ006
    assert words(page.subtitle).startswith(told)


def test_who_was_killed_and_what_grew_there_is_told_as_far_as_it_is_known(page):
    event = kills.limited()
    victim = replace(event.victims[0], uid=0, command="/usr/bin/shop", oom_score_adj=300, adj_from="adj-inherited")
    event = replace(event, victims=(victim,), growing=(kills.Grew("shop", 5e6),), sources=("kernel-log",))
    page.show_kill(event, kills.leak_moments(event.time), None)
    assert page.who.text() == "unit shop.service · user root · /usr/bin/shop · oom_score_adj +300, inherited"
    assert words(page.evidence).endswith("What took memory just before: shop.")
    assert "train.py" not in words(page.evidence), "it grew outside of the group whose limit was reached"
    page.show_kill(kills.odd()[0], (), None)
    assert page.who.isHidden()


def test_nothing_is_cut_where_the_window_is_narrow(page):
    page.resize(380, 700)
    page.show_kill(kills.leak(), kills.leak_moments(), desktops.desktop())
    assert page.widget().minimumSizeHint().width() <= page.viewport().width()


@pytest.mark.parametrize("width", [400, 480, 560, 640, 900])
def test_the_names_of_the_ranking_are_whole_whatever_else_has_room(page, width):
    """At some 500 pixels the bar had left no room for them."""
    page.resize(width, 700)
    page.show_kill(kills.leak(), (), None)
    table = page.table
    QApplication.processEvents()
    longest = max(QFontMetrics(scaled(table.font(), 1.0, bold=row.killed)).horizontalAdvance(row.name) for row in rows(kills.leak()))
    assert table.columnWidth(1) >= min(longest + 28 + 20, round(table.width() * 0.45))
    assert table.horizontalHeader().length() <= table.viewport().width()
    assert page.bars_legend.isVisible() is not table.isColumnHidden(2)
    assert not (width == 900 and (table.isColumnHidden(2) or table.isColumnHidden(4)))


@pytest.mark.parametrize("width", [320, 400, 480, 520, 560, 640, 900])
def test_what_a_setting_added_explains_the_order_at_every_width(page, width):
    """At some 500 pixels the column had given way to the bars: a small process came first, and no number said why."""
    page.resize(width, 700)
    page.show_kill(kills.leak(), (), None)
    QApplication.processEvents()
    assert page.table.isColumnHidden(4) == (width < 480)
    assert page.why.isVisible()
    assert words(page.why) == "train.py (9001) held 6.1 GiB, but slack (4281) counted 6.3 GiB with its +300."


class TestWhereMemoryWasFree:
    """It was said in a sentence without a number, and nothing showed it."""

    @pytest.mark.parametrize("kind", ["nodes", "zones", "pieces", "devices"])
    def test_it_reads_as_a_table_that_says_what_it_shows(self, page, kind):
        event = kills.elsewhere(kind)
        page.show_kill(event, (), None)
        assert page.free_section.isVisible()
        assert words(page.free_says) == finding(event.free)
        assert page.free.accessibleName() == finding(event.free)
        shown = [[page.free.item(row, column).text() for column in range(4)] for row in range(page.free.rowCount())]
        assert shown == [
            [
                place_name(event.free, place) + ("  wanted here" if place.wanted else ""), "",
                size(place.free), "–" if place.reserve is None else size(place.reserve),
            ]
            for place in event.free.places
        ]  # fmt: skip
        page.show_kill(kills.leak(), (), None)
        assert not page.free_section.isVisible()

    @pytest.mark.parametrize("width", [320, 400, 480, 640, 900])
    def test_names_and_what_was_free_are_whole_whatever_else_has_room(self, page, width):
        page.resize(width, 700)
        page.show_kill(kills.elsewhere(), (), None)
        QApplication.processEvents()
        table = page.free
        assert table.horizontalHeader().length() <= table.viewport().width()
        assert table.columnWidth(2) >= table.sizeHintForColumn(2)
        assert table.columnWidth(0) >= table.fontMetrics().horizontalAdvance("Node 0") + 20
        assert page.free_section.findChild(LegendLine).isVisible() is not table.isColumnHidden(1)
        assert width != 900 or not (table.isColumnHidden(1) or table.isColumnHidden(3))

    def test_the_bars_are_as_long_as_what_was_free(self, page, qtbot):
        page.resize(900, 700)
        page.show_kill(kills.elsewhere(), (), None)
        QApplication.processEvents()
        image, table = page.free.viewport().grab().toImage(), page.free
        calm = contrast.of(table.palette(), on_base=True).calm
        long = []
        for row in range(3):
            box = table.visualRect(table.model().index(row, 1))
            long.append(sum(image.pixelColor(x, box.center().y()) == calm for x in range(box.left(), box.right())))
        assert long[0] < 5
        assert long[2] / long[1] == pytest.approx(3072 / 7900, abs=0.05)

    def test_where_nothing_is_kept_back_there_is_no_column_for_it(self, page):
        page.resize(900, 700)
        page.show_kill(kills.elsewhere("pieces"), (), None)
        assert page.free.isColumnHidden(3)
        assert not page.free_section.findChild(LegendLine).isVisible()


def test_a_name_is_not_cut_for_the_note_beside_it(page):
    row, metrics = rows(kills.leak())[1], page.fontMetrics()
    whole = metrics.horizontalAdvance("train.py (9001)  the largest")
    assert [note_beside(row.name, row.note, metrics, room) for room in (whole, whole - 1)] == ["the largest", ""]


def test_where_no_report_tells_the_readings_show_memory_and_who_else_was_there(page):
    page.show_kill(replace(kills.unseen(), time=kills.AT, not_before=None), kills.leak_moments(), None)
    assert page.graph.isVisible()
    assert page.graph.accessibleName().startswith("Memory used: 7.0 GiB at ")
    assert page.made_section.heading.text() == "What was running"
    assert page.whole.text() == "20.0 GiB of RAM and swap", "the pieces are more than the chart above them goes up to"
    assert page.pieces.accessibleName().startswith("train.py 6.1 GiB, firefox 2.0 GiB, ")
    page.show_kill(kills.leak(), kills.leak_moments(), None)
    assert not page.graph.isVisible(), "the kernel's ranking tells more"
    assert page.made_section.heading.text() == "What was in memory"
    page.show_kill(kills.limited(), (), None)
    assert page.whole.text() == "", "a group's limit is told above"
    page.show_kill(replace(kills.limited(), time=kills.AT, not_before=None, ranking=None), kills.leak_moments(), None)
    assert page.whole.text() == "20.0 GiB of RAM and swap", "the readings are of the whole machine, not of the group"
    page.show_kill(kills.unseen(), kills.leak_moments(), None)
    assert not page.pieces.isVisible(), "readings of two days later tell nothing"


def test_after_a_kill_the_readings_show_what_it_freed(page, qtbot):
    event = replace(kills.unseen(), time=kills.AT, not_before=None)
    after = [replace(kills.leak_moments()[0], time=kills.AT + seconds) for seconds in (5, 10, 15)]
    page.show_kill(event, [*kills.leak_moments(), *after], None)
    assert page.graph.accessibleName().split(", ")[1].startswith("7.0 GiB at "), "the last reading is of after it"
    page.show_kill(event, after, None)
    assert not page.graph.isVisible(), "nothing is known of before it"


def test_what_apps_held_is_a_part_of_ram_and_swap_together(page):
    """It was subtracted from RAM alone, though much of it was in swap, and what remained was called the kernel's, files and free."""
    event = replace(kills.unseen(), time=kills.AT, not_before=None)
    apps = (("train.py", 10 * GIB), ("firefox", 5 * GIB))
    page.show_kill(event, [replace(kills.leak_moments()[-1], apps=apps)], None)
    assert page.pieces.accessibleName() == "train.py 10.0 GiB, firefox 5.0 GiB, Other and free 5.0 GiB"
    page.show_kill(event, [replace(kills.leak_moments()[-1], apps=apps, swap_total=None)], None)
    assert page.pieces.accessibleName() == "train.py 10.0 GiB, firefox 5.0 GiB", "how large swap is isn't known"


def test_what_was_running_is_of_before_it_however_soon_the_next_reading_came(page):
    """The list was of up to two seconds later, without the very app that was killed, and the dot stood at what was left."""
    event = replace(kills.unseen(), time=kills.AT, not_before=None)
    after = replace(kills.leak_moments()[0], time=kills.AT + 1, apps=(("firefox", 2 << 30),))
    page.show_kill(event, [*kills.leak_moments(), after], None)
    assert page.pieces.accessibleName().startswith("train.py 6.1 GiB, firefox 2.0 GiB")
    points = drawn([*kills.leak_moments(), after], span_of(event))
    page.graph.show_points(points, span_of(event))
    assert page.graph._share_at(kills.AT) == pytest.approx(15 / 16)


def test_where_only_the_time_is_known_in_which_it_was_the_readings_of_before_that_are_shown(page):
    """For lack of a moment there was nothing at all."""
    event = replace(kills.unseen(), time=kills.AT + 480, not_before=kills.AT, outcome="unknown", victims=(), growing=())
    page.show_kill(event, kills.leak_moments(), None)
    assert page.graph.isVisible()
    assert page.made_section.heading.text() == "What was running"
    page.show_kill(replace(event, not_before=kills.AT + 7200, time=kills.AT + 9000), kills.leak_moments(), None)
    assert not page.graph.isVisible(), "two hours before it tell nothing"


def test_little_that_is_known_is_told_in_a_line_beside_a_sign(page):
    """It stood in the middle of an empty box as large as the page."""
    page.show_kill(kills.odd()[0], (), None)
    QApplication.processEvents()
    box, sign = across(page.unranked, page), across(page.unranked.sign, page)
    assert box.height() < 6 * page.fontMetrics().height()
    assert sign.right() < across(page.unranked.says, page).left()
    assert page.unranked.sign.letter == "?"
    page.show_kill(kills.leak(ranking=None), kills.leak_moments(), None)
    assert not page.unranked.isVisible()


@pytest.mark.parametrize(
    "event", [kills.odd()[1], kills.odd()[2], kills.leak(killer="systemd-oomd", ranking=None), kills.leak(killer="oomtray", ranking=None)], ids=["panic", "nobody", "oomd", "ours"]
)  # fmt: skip
def test_why_it_was_stands_below_the_heading_on_every_page(page, event):
    """It stood in a box beside a sign on some pages and bare on others."""
    page.show_kill(event, (), None)
    assert nothing_known(event) in words(page.why)
    assert not page.unranked.isVisible()


def test_without_a_report_the_page_says_why_this_one_by_what_was_recorded(page):
    page.show_kill(kills.leak(ranking=None), kills.leak_moments(), None)
    assert page.why_section.isVisible()
    assert "+300" in page.why.text()
    page.show_kill(kills.leak(ranking=None), (), None)
    assert not page.why.isVisible()


@pytest.mark.parametrize(
    ("event", "offered"),
    [(kills.unseen(), True), (kills.odd()[0], False), (kills.odd()[1], False), (kills.odd()[4], False)],
    ids=["unseen", "of a log", "the machine was stopped", "another killer"],
)
def test_where_the_kernels_report_can_tell_more_it_is_asked_for_there(window, event, offered):
    window.show_recorded()
    window.show_entries([Entry(event, (1,))])
    assert window.page.report_button.isVisible() is offered
    assert window.report_button.isVisible() is not offered, "once"
    window.open_log(str(LOG))
    window.show_entries([Entry(event)])
    assert not window.page.report_button.isVisible(), "what a log says is all there is"


def test_why_something_cannot_be_done_stands_below_what_it_is_about(page):
    """It stood below the button of something else."""
    page.show_kill(kills.leak(), kills.leak_moments(), desktops.desktop())
    QApplication.processEvents()
    advice, cannot, actions = (across(part, page).top() for part in (page.advice, page.cannot, page.remedies))
    assert advice < cannot < actions


@pytest.mark.parametrize("points", [10, 18])
def test_in_a_low_window_the_list_and_the_page_have_room_both(qtbot, points):
    """The list was cut off below."""
    with text_size(points):
        window = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
        qtbot.addWidget(window)
        window.show()
        window.show_entries([Entry(kills.leak(), (number,)) for number in range(9)])
        window.resize(window.minimumSize())
        QApplication.processEvents()
        rows, page = across(window.list, window), across(window.page, window)
        assert rows.height() >= window.list.sizeHintForRow(0)
        assert rows.bottom() < page.top()
        assert page.height() > window.fontMetrics().height()
        assert window.list.parentWidget().height() >= window.list.height(), "the frame is around all of it"


def test_what_was_offered_for_another_kill_is_gone_at_once(page):
    page.show_kill(kills.leak(), kills.leak_moments(), desktops.desktop())
    before = [page.buttons.itemAt(number).widget() for number in range(page.buttons.count())]
    assert before
    page.show_kill(kills.unseen(), (), desktops.desktop())
    assert not any(button.isVisible() for button in before if button.text() != "Protect firefox…")


def test_the_page_is_wider_for_larger_letters(qtbot):
    """At 18 points a third of the window stood empty, while lines were broken."""
    wide = []
    for points in (10, 18):
        with text_size(points):
            page = KillPage(clock=lambda: kills.NOW)
            qtbot.addWidget(page)
            page.resize(2400, 700)
            page.show()
            page.show_kill(kills.leak(), (), None)
            QApplication.processEvents()
            wide.append(page.table.width())
    assert wide[1] > 1.5 * wide[0]


@pytest.mark.parametrize("points", [10, 18])
def test_the_narrowest_window_shows_the_page_whole(qtbot, points):
    with text_size(points):
        window = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
        qtbot.addWidget(window)
        window.show()
        window.show_entries([Entry(kills.leak(), (1,))])
        window.resize(window.minimumSize())
        QApplication.processEvents()
        assert window.page.horizontalScrollBar().maximum() == 0


def test_each_of_many_that_ended_together_is_named(page):
    page.show_kill(kills.odd()[3], (), None)
    names = words(page.all_names)
    assert names.startswith("worker-0 (0), worker-1 (1), ")
    assert names.endswith(" and worker-39 (39)")
    page.show_kill(kills.leak(), (), None)
    assert not page.all_section.isVisible(), "the title names it"


def test_what_was_in_memory_is_called_as_the_ranking_above_it_calls_it():
    """Code (4302) stood above, and code below."""
    learn_program("code", "Code")
    assert "Code (4302)" in [row.name for row in rows(kills.leak())]
    assert "Code" in [piece.name for piece in pieces_of(kills.leak())[0]]


def test_who_was_killed_is_called_as_the_popup_calls_the_app(page):
    """The record has only an app's plain name: slack was killed, of a row that said Slack."""
    for program, shown in (("slack", "Slack"), ("firefox", "Firefox"), ("code", "VS Code")):
        learn_program(program, shown)
    event = replace(kills.unseen(), time=kills.AT, not_before=None, victims=(Dead(pid=7, name="slack", app="slack"),), outcome="likely")

    page.show_kill(event, kills.leak_moments(), None)

    assert "Slack" in page.title.text()
    assert "Firefox 2.0 GiB" in page.pieces.accessibleName()
    assert kill_notifications.summary(event).startswith("Slack was likely killed")
    assert "VS Code" in causes.advice(Cause("leak", "likely", {}, "expendable", "code"))


@pytest.mark.parametrize("high", [False, True], ids=["plain", "high contrast"])
@pytest.mark.parametrize("tone", [LIGHT, DARK], ids=["light", "dark"])
def test_no_two_pieces_of_memory_look_alike(page, tone, high, monkeypatch):
    """Five blues that faded could not be told apart."""
    monkeypatch.setattr(colors, "wants_high_contrast", lambda: high)
    found = contrast.of(palette(tone), on_base=True)
    pieces, _ = pieces_of(kills.leak())
    assert len(pieces) == 6
    brushes = [piece_brush(found, place, piece) for place, piece in placed(pieces)]
    assert len({(brush.color().name(), brush.style()) for brush in brushes} | {(found.track.name(), Qt.BrushStyle.SolidPattern)}) == 7


@pytest.mark.parametrize("tone", [LIGHT, DARK], ids=["light", "dark"])
def test_the_part_of_memory_that_no_app_had_is_seen(page, tone):
    """Its gray hardly differed from the ground."""
    page.setPalette(palette(tone))
    page.show_kill(kills.leak(), kills.leak_moments(), None)
    ground = contrast.of(page.pieces.palette(), on_base=True).ground
    swatch = page.legend.findChildren(Swatch)[-1]
    for part, x in ((swatch, swatch.width() // 2), (page.pieces, page.pieces.width() - 10)):
        image = part.grab().toImage()
        assert colors.contrast(image.pixelColor(x, 0), ground) >= 3
        assert colors.contrast(image.pixelColor(x, part.height() - 1), ground) >= 3


@pytest.mark.parametrize(("event", "around"), [(kills.leak(), kills.leak_moments()), (kills.unseen(), []), (kills.odd()[3], [])], ids=["known", "likely", "many"])
def test_at_a_width_it_is_arranged_in_one_way_whence_ever_it_came(window, event, around):
    window.show_entries([Entry(event)])
    window.page.show_kill(event, around, desktops.desktop())

    def arranged():
        parts = (window.list, window.page, window.page.widget(), window.page.table, window.page.legend, window.close_button)
        return [across(part, window).getRect() for part in parts if part.isVisible()]

    assert faults(window, (440, 671, 690, 979), 700, arranged) == []


def test_the_page_is_arranged_at_once_at_any_width(page):
    """A legend that was filled anew when it was resized left the boxes above it cut for some turns."""
    page.show_kill(kills.leak(), (), None)
    for width in (760, 430, 640, 900):
        page.resize(width, 700)
        QApplication.processEvents()
        QApplication.processEvents()
        heights = [part.height() for part in (page.widget(), page.ranked, page.legend)]
        for _ in range(10):
            QApplication.processEvents()
        assert [part.height() for part in (page.widget(), page.ranked, page.legend)] == heights, width


@pytest.mark.parametrize(("size", "listed"), [((400, 300), False), ((640, 420), True), ((980, 300), True)])
def test_what_is_said_is_whole_in_a_low_window(qapp, window, size, listed):
    """The text was cut above and below, and of the list a sliver was left that held no row."""
    window.show_entries([Entry(kills.leak(), (2,)), Entry(kills.limited(), (1,))])
    window.resize(*size)
    window.show()
    window.said.say("Slack goes first now. " * 12, Offer("Undo", lambda: None))
    for _ in range(4):
        qapp.processEvents()
    assert window.said.text.height() >= window.said.text.heightForWidth(window.said.text.width())
    assert window.said.height() >= window.said.text.height() + 16
    assert window.list.isVisible() == listed
    if listed:
        row = window.list.visualItemRect(window.list.item(0))
        assert window.list.viewport().rect().contains(row)
    window.said.say("")
    for _ in range(4):
        qapp.processEvents()
    assert not window.said.isVisible()
    assert window.list.isVisible()


def test_a_name_keeps_its_pid_where_a_line_is_broken(page):
    page.show_kill(kills.leak(), (), None)
    assert "slack\u00a0(4281)" in page.subtitle.text()


def test_high_contrast_has_no_tints_and_edges_in_the_text_s_color(page, monkeypatch):
    page.show_kill(kills.leak(), (), None)
    shades = {page.table.grab().toImage().pixelColor(x, 45).name() for x in range(20, 200)}
    monkeypatch.setattr(colors, "wants_high_contrast", lambda: True)
    page.table.viewport().update()
    seen = {page.table.grab().toImage().pixelColor(x, 45).name() for x in range(20, 200)}
    ground = page.palette().base().color().name()
    assert ground in seen
    assert ground not in shades, "the row of the killed one is tinted else"


def test_the_list_is_beside_the_page_and_above_it_where_that_is_too_narrow(window):
    window.show_entries([Entry(kills.leak(), (2,)), Entry(kills.limited(), (1,))])
    for width, beside in ((980, True), (700, True), (600, False), (440, False)):
        window.resize(width, 640)
        QApplication.processEvents()
        assert window.width() == width
        assert (across(window.list, window).right() < across(window.stack, window).left()) is beside
        assert window.list.width() <= (width * 0.31 if beside else width)


@pytest.mark.parametrize("width", [700, 800])
def test_what_happened_is_not_cut_in_the_list_beside_the_page(window, width):
    window.show_entries([Entry(event, (number,)) for number, event in enumerate((kills.leak(), *kills.odd()))])
    window.resize(width, 640)
    QApplication.processEvents()
    texts = {window.list.item(row).text(): window.list.visualItemRect(window.list.item(row)).width() for row in range(window.list.count())}
    assert "The machine was stopped" in texts
    assert not [text for text, room in texts.items() if window.list.itemDelegate().wide(text) > room and "worker" not in text]


def test_a_long_name_in_the_list_leaves_most_of_the_window_to_the_page(window):
    long = replace(kills.leak(), victims=(Dead(pid=1, name="w" * 60, app="w" * 60),))
    window.show_entries([Entry(long, (1,))])
    window.resize(900, 640)
    QApplication.processEvents()
    assert across(window.list, window).right() < 0.38 * 900


@pytest.mark.parametrize("high", [500, 511, 522, 533])
def test_the_list_ends_with_its_last_kill(window, high):
    """Up to a whole row was left empty below it."""
    window.show_entries([Entry(kills.leak(), (number,)) for number in range(30)])
    window.resize(980, high)
    window.list.scrollToBottom()
    QApplication.processEvents()
    last = window.list.visualRect(window.list.model().index(29, 0))
    assert window.list.viewport().height() - last.bottom() <= 6


def test_every_odd_kill_has_a_page(page):
    for event in kills.odd():
        page.show_kill(event, kills.leak_moments(), desktops.desktop())
        assert page.title.text()
        assert "\n" not in page.title.text()


# what can be done


def test_what_took_memory_is_let_go_first_and_the_victim_protected(page, qtbot, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 0)  # who may not mark it
    event = kills.leak(victims=(kills.Dead(pid=1, name="Web Content", app="firefox"),), growing=(kills.Grew("code", 1e6),), ranking=None)
    page.show_kill(event, (), desktops.desktop())
    assert [button.text() for button in buttons(page)] == ["Let code go first…", "Protect firefox…"]
    with qtbot.waitSignal(page.chosen) as chosen:
        buttons(page)[-1].click()
    remedy = chosen.args[0]
    assert (remedy.action, remedy.subject.name) == ("always-protect", "firefox")


def test_what_no_longer_runs_is_not_offered(page):
    page.show_kill(kills.leak(victims=(kills.Dead(pid=9, name="gone"),)), kills.leak_moments(), desktops.desktop())
    assert buttons(page) == []
    assert page.cannot.text() == "train.py isn't running now. Once it runs again, this can be set here."


def test_an_app_of_ones_own_that_took_memory_can_be_marked_as_expendable_once(monkeypatch):
    now = desktops.desktop()
    code = next(app for app in now.apps if app.key == "code")
    monkeypatch.setattr(os, "getuid", lambda: code.members[0].process.uid)
    event = kills.leak(victims=(), growing=(kills.Grew("code", 1e6),), ranking=None)
    labels = ["Let code go first…", "Mark code as expendable"]
    assert [remedy.label for remedy in remedies(event, None, now)] == labels
    assert [remedy.label for remedy in remedies(event, None, now, ("code",))] == labels[:1]
    within = replace(event, scope=kills.limited().scope)
    assert [remedy.label for remedy in remedies(within, None, now)] == labels[:1], "it is ended for the machine, not for a group's limit"


def test_another_users_app_that_took_memory_is_not_offered_to_go_first(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1001)
    event = kills.leak(victims=(), growing=(kills.Grew("code", 1e6),), ranking=None)
    assert remedies(event, None, desktops.desktop()) == ()


@pytest.mark.parametrize(("uid", "offered"), [(0, []), (1000, ["Mark code as expendable"])])
def test_what_was_killed_for_its_own_growth_is_offered_neither_to_go_first_nor_to_be_protected(page, monkeypatch, uid, offered):
    """It went first already, and others would be killed for it if it were protected."""
    monkeypatch.setattr(os, "getuid", lambda: uid)
    cause = Cause("leak", "high", {"from": GIB, "to": 9 * GIB, "seconds": 600}, "expendable", "code")
    event = kills.leak(victims=(Dead(pid=1, name="code"),), ranking=None, cause=cause)
    page.show_kill(event, (), desktops.desktop())
    assert [button.text() for button in buttons(page)] == offered
    assert words(page.advice).startswith("Give code less to do at once")
    page.show_kill(replace(event, victims=(Dead(pid=1, name="gone"),), cause=replace(cause, app="gone")), (), desktops.desktop())
    assert page.cannot.text() == "", "nothing can be set there"


def test_what_had_filled_memory_is_not_offered_to_be_protected(page):
    event = kills.leak(victims=(Dead(pid=1, name="Web Content", app="firefox"),), ranking=None)
    before = [Moment(event.time - 100, 16 * GIB, GIB, 0, 0, 1.0, (("firefox", 9 * GIB),))]
    page.show_kill(event, (), desktops.desktop())
    assert [button.text() for button in buttons(page)] == ["Protect firefox…"]
    page.show_kill(event, before, desktops.desktop())
    assert buttons(page) == []
    assert words(page.advice).startswith("firefox itself held most of the memory in use.")
    ranking = tuple(one for one in kills.RANKING if one.pid == 4203)
    page.show_kill(replace(event, ranking=ranking, victims=(Dead(pid=4203, name="Web Content", app="firefox"),)), (), desktops.desktop())
    assert [button.text() for button in buttons(page)] == ["Protect firefox…"], "the largest, and yet a small part"


def test_a_service_that_took_memory_is_offered_to_go_first_and_its_victim_to_be_protected(qtbot):
    now = desktops.judged(
        tuple(
            process(pid, name=name, uid=0, rss=GIB, rss_anon=GIB, cgroup=f"/system.slice/{name}.service", unit_cgroup=f"/system.slice/{name}.service")
            for pid, name in ((50, "indexer"), (51, "db"))
        )
    )
    event = kills.leak(victims=(kills.Dead(pid=9, name="db"),), growing=(kills.Grew("indexer", 1e6),), ranking=None)
    found = remedies(event, None, now)
    assert [(one.label, one.action, one.preset) for one in found] == [
        ("Let indexer go first…", "unit", "deprioritize"), ("Protect db…", "unit", "protect"),
    ]  # fmt: skip
    window = KillsWindow(now, clock=lambda: kills.NOW, open_log=True)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.unit_wanted) as wanted:
        window.page.chosen.emit(found[0])
    assert wanted.args == [found[0].subject, "deprioritize"]


def test_a_limit_of_another_machine_says_why_it_cannot_be_raised(page):
    page.show_kill(kills.limited("/system.slice/nowhere.service"), (), None)
    assert page.cannot.text() == "The limit isn't one of a unit that is here now, so it can't be raised from here."


def test_a_limit_can_be_raised(qtbot, tmp_path):
    (tmp_path / "cgroup/system.slice/shop.service").mkdir(parents=True)
    event = kills.limited()
    (remedy,) = remedies(event, event.cause, None, cgroups=str(tmp_path / "cgroup"))
    assert remedy.label == "Raise the limit to 320 MiB"
    window = KillsWindow(None, clock=lambda: kills.NOW, open_log=True)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.limit_wanted) as wanted:
        window.page.chosen.emit(remedy)
    assert wanted.args == [MemoryMax("shop.service", False, 320 << 20)]


@pytest.mark.parametrize(
    ("above", "known", "offered"),
    [("max", {}, ["Raise the limit to 320 MiB"]), (str(1 << 30), {}, []), ("max", {"outcome": "likely"}, []), ("max", {"constraint": "memcg"}, [])],
)
def test_a_limit_that_no_report_tells_of_can_be_raised_where_no_other_one_can_have_been_reached(tmp_path, above, known, offered):
    """With a report and no cause, it was another limit: of the kernel's memory, or of memory and swap together."""
    service = tmp_path / "system.slice/shop.service"
    service.mkdir(parents=True)
    for directory, limit in ((service, 200 << 20), (service.parent, above)):
        (directory / "memory.max").write_text(f"{limit}\n")
    (tmp_path / "cgroup.controllers").write_text("memory\n")
    event = replace(kills.limited(), constraint=None, cause=None, ranking=None, sources=("pidfd", "memory-events"))
    assert [one.label for one in remedies(replace(event, **known), None, None, cgroups=str(tmp_path))] == offered


# the list


def test_the_newest_kill_comes_first_with_what_was_read_before_it(window, qtbot):
    record(kills.unseen(), kills.leak(), kills.limited(), moments=kills.leak_moments())
    window.show_recorded()
    qtbot.waitUntil(lambda: words(window.page.evidence).startswith("train.py grew"))
    assert listed(window) == ["Slack", "shop", "firefox"]
    window.list.setCurrentRow(1)
    assert window.page.title.text() == "shop was killed"


def test_one_can_be_asked_for_by_its_number(window, qtbot):
    record(kills.unseen(), kills.leak())
    window.show_recorded(1)
    qtbot.waitUntil(lambda: window.page.title.text() == "firefox was likely killed")


def test_what_oom_tray_ended_itself_is_listed_as_that(window, qtbot):
    told = {
        "app": "slack", "name": "Slack", "cause": "kill", "frees": 9,
        "processes": [{"pid": 7, "start_time": 1, "name": "slack", "ended": True}, {"pid": 8, "start_time": 1, "name": "slack", "ended": True}],
    }  # fmt: skip
    record(kills.limited())
    with Database().writing() as connection:
        put_events(connection, [Event("step-in", "slack:7:1", kills.AT, told)])
    window.show_recorded()
    qtbot.waitUntil(lambda: listed(window) == ["Slack", "shop"])
    assert window.list.item(0).data(Qt.ItemDataRole.UserRole).endswith(" · OOM Tray")
    assert window.page.title.text() == "OOM Tray ended Slack"
    assert window.page.certainty.text() == "You had marked it as expendable"
    assert words(window.page.subtitle).endswith(" · 2 processes")


def test_kills_that_nobody_saw_are_one_entry_with_how_many_they_are(window, qtbot):
    """One for each that was counted while nobody watched told 64 times the same."""
    end = kills.AT
    if datetime.fromtimestamp(end).date() != datetime.fromtimestamp(end - 480).date():  # noqa: DTZ006
        end -= 600  # the two days would be told with their times
    record(*(unseen(end, number, end - 480) for number in range(1, 13)), replace(kills.leak(), time=end + 60))
    window.show_recorded(7)
    qtbot.waitUntil(lambda: listed(window) == ["Slack", "12 kills that nobody saw"])
    assert window.list.currentRow() == 1, "the one that was asked for is among them"
    assert window.page.title.text() == "12 kills that nobody saw"
    assert window.page.unranked.says.text().startswith("The kernel counted them, and nobody saw which processes they were.")
    clock = [datetime.fromtimestamp(at).strftime("%H:%M") for at in (end - 480, end)]  # noqa: DTZ006
    assert f"between {clock[0]} and {clock[1]} · by the kernel" in words(window.page.subtitle)


def test_nothing_was_killed(window, qtbot):
    window.show_recorded()
    qtbot.waitUntil(lambda: window.placeholder.says.text().startswith("Nothing has been killed"))
    assert window.placeholder.title.text() == "No kills so far"
    assert listed(window) == []


def test_one_is_saved_for_a_bug_report(window, qtbot, tmp_path):
    record(kills.leak())
    window.show_recorded()
    qtbot.waitUntil(window.save_button.isVisible)
    window.saver.save(1, str(tmp_path / "saved"))
    qtbot.waitUntil(lambda: window.said.text.text().startswith("Saved, "))
    assert json.loads((tmp_path / "saved").read_text())["event"]["victims"][0]["name"] == "slack"
    window.saver.save(1, str(tmp_path / "none/saved"))
    qtbot.waitUntil(lambda: window.said.text.text() == f"{tmp_path}/none/saved can't be written: No such file or directory.")


# a log


def test_a_log_that_is_dropped_is_read(window, qtbot):
    assert drop(window, str(LOG))
    qtbot.waitUntil(lambda: window.page.title.text() == "hog was killed")
    assert window.origin.text() == LOG.name
    record(kills.leak())
    window.back_button.click()
    qtbot.waitUntil(lambda: listed(window) == ["Slack"])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda path: path.mkdir(), "That is not a log file.", id="a directory"),
        pytest.param(os.mkfifo, "That is not a log file.", id="a pipe"),
        pytest.param(lambda _: None, "{path} can't be read: No such file or directory.", id="nothing"),
        pytest.param(lambda path: path.write_bytes(bytes(range(256)) * 99), "The log has no kill in it.", id="no log"),
    ],
)
def test_what_is_no_log(window, qtbot, tmp_path, make, says):
    path = tmp_path / "file"
    make(path)
    window.open_log(str(path))
    qtbot.waitUntil(lambda: window.placeholder.says.text() == says.format(path=path))


@pytest.mark.parametrize(
    ("name", "begin", "says"),
    [
        ("my log.zst", b"\x28\xb5\x2f\xfd", "It is compressed with zstd, which can't be read here. Decompress it first: unzstd 'my log.zst'"),
        ("log", b"\x04\x22\x4d\x18", "It is compressed with lz4, which can't be read here. Decompress it first: unlz4 log"),
        ("log.br", b"\x1b\x4e\x01\x00\x8c", "It is compressed with Brotli, which can't be read here. Decompress it first: brotli -d log.br"),
        ("log.7z", b"7z\xbc\xaf\x27\x1c", "It is compressed in a format that can't be read here. Decompress it first."),
    ],
)
def test_a_log_that_must_be_decompressed_first_says_how(window, qtbot, tmp_path, name, begin, says):
    (tmp_path / name).write_bytes(begin + LOG.read_bytes())
    window.open_log(str(tmp_path / name))
    qtbot.waitUntil(lambda: window.placeholder.says.text() == says)
    assert window.placeholder.title.text() == "This log can't be opened"


def test_what_is_no_file_is_not_taken(window):
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/log")])
    event = drag_enter(QPointF(9, 9), Qt.DropAction.CopyAction, data)
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()


# the kernel's own report


def asking(qtbot, tmp_path, script: str) -> KillsWindow:
    """With programs in the place of pkexec and the helper."""
    for name in ("pkexec", "helper"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    window = KillsWindow(None, clock=lambda: kills.NOW, open_log=False, helper=str(tmp_path / "helper"), pkexec=str(tmp_path / "pkexec"))
    qtbot.addWidget(window)
    window.show()
    return window


def test_the_kernels_report_joins_what_was_seen(qtbot, tmp_path):
    at = kills.unseen().time
    line = f"{at - 20:.6f} kernel: Out of memory: Killed process 77 (Web Content) total-vm:1kB, anon-rss:440320kB"
    window = asking(qtbot, tmp_path, f'echo "$@" >{tmp_path}/asked\necho "{line}, file-rss:0kB, shmem-rss:0kB"')
    record(kills.unseen())
    window.show_recorded()
    qtbot.waitUntil(lambda: listed(window) == ["firefox"])
    with qtbot.waitSignals([window.busy, window.busy], check_params_cbs=[lambda on: on, lambda on: not on], order="strict"):
        window.report_button.click()
    qtbot.waitUntil(lambda: window.said.text.text() == "The kernel's log had 1 report.")
    assert listed(window) == ["firefox"], "one kill, however often it is told"
    assert window.page.certainty.text() == "Certain: the log names it"
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at - 60 - 600))
    assert (tmp_path / "asked").read_text().split()[-2:] == ["kills", since]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        pytest.param("exit 126", "", id="dismissed"),
        pytest.param("exit 127", "An administrator's permission is needed, and it was not given.", id="refused"),
        pytest.param("exit 0", "The kernel's log has no report of it any more.", id="nothing left"),
        pytest.param("echo usage >&2; exit 2", "The helper ended with status 2: usage.", id="an older helper"),
    ],
)  # fmt: skip
def test_no_report(qtbot, tmp_path, script, says):
    window = asking(qtbot, tmp_path, script)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.report_button.setFocus()
    with qtbot.waitSignals([window.busy, window.busy]):
        window.report_button.click()
    qtbot.waitUntil(lambda: window.said.text.text() == says)
    assert window.report_button.isEnabled()
    assert window.report_button.hasFocus(), "the keyboard is where it was before"


def test_without_the_helper_it_is_said_how_to_install_it(qtbot, tmp_path):
    window = KillsWindow(None, open_log=False, helper=str(tmp_path / "none"))
    qtbot.addWidget(window)
    window.report_button.click()
    assert window.said.text.text().startswith("The helper that may read the kernel's log is not installed")


def test_who_may_read_the_log_is_not_asked(qtbot):
    window = KillsWindow(None, open_log=True)
    qtbot.addWidget(window)
    window.show()
    window.show_recorded()
    assert not window.report_button.isVisible()


# how it is opened


def test_from_the_popups_menu_and_by_a_log_dropped_on_it(qtbot, tmp_path):
    from oomtray.ui.popup.footer import Footer
    from tests.ui.parts import the
    from tests.ui.popup_with_rules import PopupWithRules

    ui = PopupWithRules(qtbot, tmp_path)
    ui.popup.show_assessment(desktops.desktop())
    next(one for one in the(Footer, ui.popup).more_menu.actions() if one.text() == "What was killed").trigger()
    window = ui.dialogs.kills
    assert isinstance(window, KillsWindow)
    assert not ui.popup.isVisible()
    assert drop(ui.popup, str(LOG))
    qtbot.waitUntil(lambda: window.page.title.text() == "hog was killed")
    assert ui.dialogs.kills is window, "one window of its kind"
    window.close()
    ui.popup.put_away()
    ui.monitor.close()


def test_where_lines_begin_on_the_right_sizes_keep_their_order_and_nothing_touches_the_edge(window):
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    window.show_entries([Entry(kills.leak(), (2,))])
    QApplication.processEvents()
    assert window.width() - across(framed(window.list), window).right() - 1 == 16


def test_a_rule_is_not_offered_against_systemd_oomd_which_does_not_read_what_it_sets():
    event = kills.leak(victims=(kills.Dead(pid=1, name="Web Content", app="firefox"),), growing=(kills.Grew("code", 1e6),), ranking=None)
    rules = {"always-protect", "always-deprioritize"}
    assert rules <= {one.action for one in remedies(event, None, desktops.desktop())}
    oomd = replace(event, killer="systemd-oomd")
    assert not rules & {one.action for one in remedies(oomd, None, desktops.desktop())}


def test_of_a_fire_drill_no_growth_is_shown(page):
    page.show_kill(kills.leak(victims=(kills.Dead(pid=1, name="oomtray-drill"),)), kills.leak_moments(), None)
    assert not page.line.isVisibleTo(page)
    page.show_kill(kills.leak(), kills.leak_moments(), None)
    assert page.line.isVisibleTo(page)


def test_what_was_ended_because_its_user_had_marked_it_is_not_offered_to_be_protected():
    event = kills.leak(victims=(kills.Dead(pid=1, name="Web Content", app="firefox"),), killer="oomtray", ranking=None)
    assert remedies(event, None, desktops.desktop()) == ()


@pytest.mark.parametrize("event", kills.odd()[1:3])
def test_where_nobody_was_killed_nobody_is_said_to_be_named(page, event):
    page.show_kill(event, (), None)
    assert page.certainty.text() == "Certain: the log says so"


def test_the_head_of_the_list_is_as_wide_as_the_list(window):
    window.open_log(str(LOG))
    window.show_entries([Entry(kills.leak())])
    window.origin.setText("a-rather-long-name-of-a-file-that-holds-a-log.txt")
    QApplication.processEvents()
    back, origin, rows = (across(one, window) for one in (window.back_button, window.origin, framed(window.list)))
    assert back.left() == rows.left() < origin.left(), "the way back is where reading begins"
    assert origin.right() == rows.right()


@pytest.mark.parametrize("mirrored", [False, True], ids=["left-to-right", "right-to-left"])
def test_each_kill_and_each_place_of_the_ranking_has_the_icon_of_its_app(qtbot, xdg, mirrored):
    install("slack", "#12ab34")
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    try:
        window = KillsWindow(None, clock=lambda: kills.NOW, open_log=False)
        qtbot.addWidget(window)
        window.show_entries([Entry(kills.leak(), (1,)), Entry(kills.odd()[0], (2,))])
        window.show()
        for view in (window.list, window.page.table):
            qtbot.waitUntil(lambda view=view: "#12ab34" in inks_of(view, first_half=not mirrored))
            assert "#12ab34" not in inks_of(view, first_half=mirrored)
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_part_of_an_app_that_still_runs_has_that_apps_icon(qtbot, xdg):
    install("org.mozilla.firefox", "#12ab34")
    part = desktops.desktop()
    tab = process(4203, name="Web Content", unit_cgroup="/user.slice/user@1000.service/app.slice/app-gnome-org.mozilla.firefox-7.scope")
    part = dataclasses.replace(part, risks=(dataclasses.replace(part.risks[0], process=tab),))
    window = KillsWindow(part, clock=lambda: kills.NOW, open_log=False)
    qtbot.addWidget(window)
    window.show_entries([Entry(kills.leak(), (1,))])
    window.show()
    qtbot.waitUntil(lambda: "#12ab34" in inks_of(window.page.table, first_half=True))


def install(id_, color):
    """An app of a user, its icon of one color."""
    data = Path(os.environ["XDG_DATA_HOME"])
    (data / "applications").mkdir(parents=True)
    (data / f"applications/{id_}.desktop").write_text(f"[Desktop Entry]\nType=Application\nName=X\nExec={id_}\nIcon={id_}\n")
    folder = data / "icons/hicolor/24x24/apps"
    folder.mkdir(parents=True)
    icon = QImage(24, 24, QImage.Format.Format_RGB32)
    icon.fill(QColor(color))
    icon.save(str(folder / f"{id_}.png"))


def inks_of(view, *, first_half):
    """Colors that are seen in the left or the right half of a list."""
    picture = view.viewport().grab().toImage()
    wide = picture.width() // 2
    begin = 0 if first_half else picture.width() - wide
    return {picture.pixelColor(x, y).name() for x in range(begin, begin + wide) for y in range(picture.height())}


def test_all_in_one_unit_that_ran_out_have_the_icon_of_what_it_is():
    assert [row.of.unit for row in rows(kills.limited())] == ["shop.service", "shop.service"]
    assert {row.of.unit for row in rows(kills.limited("/user.slice"))} == {"shop.service", None}


def test_a_sentence_in_the_middle_of_a_wide_window_is_of_lines_that_can_be_read(window, qtbot):
    window.resize(1200, 700)
    window.show_recorded()
    qtbot.waitUntil(lambda: window.placeholder.says.text().startswith("Nothing has been killed"))
    QApplication.processEvents()
    assert window.placeholder.says.width() < 700
    assert window.placeholder.says.height() >= window.placeholder.says.heightForWidth(window.placeholder.says.width())


def test_of_a_kill_by_systemd_oomd_it_says_when_that_acts_how_full_memory_was_and_how_to_spare_it(page):
    """The page said little more than that it was killed."""
    event = replace(kills.leak(), killer="systemd-oomd", sources=("oomd-signal",), ranking=None, cause=None, victims=(Dead(pid=None, name="builder.scope", app="Builder"),))
    moments = [Moment(event.time - 60 * n, 16 * GIB, 8 * GIB, 4 * GIB, 3 * GIB) for n in range(20, 0, -1)]
    page.show_kill(event, moments, desktops.desktop())
    assert "acts when swap is nearly full" in words(page.why)
    assert words(page.held) == "At the last reading before, 50 % of memory and 25 % of swap were in use."
    assert page.held.isVisible()
    assert words(page.advice).startswith("Protect it while it runs")
    assert page.advice.isVisible()
    page.show_kill(event, moments[:-6], desktops.desktop())
    assert not page.held.isVisible(), "minutes before it may have been otherwise"


def test_how_often_the_same_was_killed_before_is_said_on_its_page(window):
    other = replace(kills.leak(), time=kills.NOW - 5000, victims=(Dead(pid=3, name="hog", app="Hog"),))
    again = [replace(kills.leak(), time=kills.NOW - ago) for ago in (60, 4000, 9000)]
    window.show_entries([Entry(event, ()) for event in (again[0], again[1], other, again[2])])
    assert window.page.again.text() == "Killed 2 times before"
    window.list.setCurrentRow(2)
    assert not window.page.again.isVisible()
    window.list.setCurrentRow(3)
    assert not window.page.again.isVisible(), "the oldest"
