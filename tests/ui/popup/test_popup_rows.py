"""The popup's rows: they keep still while somebody points, and keyboard, filter and sorting work on them."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QHelpEvent, QPalette, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from oomtray.ui.controllers.report import Offer, Report
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, STATUS
from oomtray.ui.popup.row_layout import ICON, ICON_GAP
from tests.facts import desktops
from tests.ui.pointer import pointer_at
from tests.ui.popup.using import enter, footer, leave, names, open_menu, overtaken

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


def test_rows_keep_still_under_the_pointer_and_follow_when_it_leaves(popup):
    enter(popup)
    popup.show_assessment(overtaken())
    assert names(popup)[0] == "firefox"

    leave(popup)
    assert names(popup)[0] == "spotify"


def test_after_a_scroll_the_row_below_the_pointer_is_the_one_that_is_lit_up(popup):
    table = popup.table
    view, high = table.viewport(), table.row_height
    place = QPoint(120, high // 2)
    with pointer_at(view, place):
        table.verticalScrollBar().setValue(2 * high)
        image = view.grab().toImage()

    tops = [table.visualRect(popup.model.index(row, 0)).top() for row in range(popup.model.rowCount())]
    grounds = {row: image.pixelColor(4, top + 4) for row, top in enumerate(tops) if 0 <= top < view.height() - high}
    assert min(grounds) == table.indexAt(place).row() == 2
    assert [row for row, ground in grounds.items() if ground != grounds[max(grounds)]] == [2]


def test_rows_keep_still_while_a_menu_is_open(popup, qtbot):
    open_menu(popup, 0)
    popup.show_assessment(overtaken())
    assert names(popup)[0] == "firefox"

    popup.menu.close()
    qtbot.waitUntil(lambda: names(popup)[0] == "spotify")


def test_an_opening_popup_has_its_rows_in_order_whatever_the_pointer_does(popup):
    enter(popup)
    popup.hide()

    popup.open(None)
    popup.show_assessment(overtaken())

    assert names(popup)[0] == "spotify"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_details_of_the_current_row(popup, qtbot, key):
    wanted = []
    popup.dialog_wanted.connect(lambda action, subject: wanted.append((action, subject.name)))
    popup.table.setCurrentIndex(popup.model.index(1, 0))

    qtbot.keyClick(popup.table, key)

    assert wanted == [("details", "code")]


def test_the_menu_key_opens_the_menu_of_the_current_row(popup):
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))

    QApplication.sendEvent(popup.table.viewport(), event)

    assert popup.menu.isVisible()
    popup.menu.close()


def test_shift_and_f10_open_it_too(popup, qtbot):
    qtbot.keyClick(popup.table, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)

    assert popup.menu.isVisible()
    popup.menu.close()


def test_arrows_open_an_app_and_walk_through_it(popup, qtbot):
    popup.table.setCurrentIndex(popup.model.index(0, 0))

    qtbot.keyClick(popup.table, Qt.Key.Key_Right)
    qtbot.keyClick(popup.table, Qt.Key.Key_Down)

    assert popup.table.currentIndex().data() == "Web Content"


def test_it_opens_with_the_first_victim_again_after_another_row_was_chosen(popup):
    popup.table.setCurrentIndex(popup.model.index(1, 0))

    popup.hide()
    popup.open(None)
    popup.show_assessment(desktops.desktop())

    assert popup.table.currentIndex() == popup.model.index(0, 0)


def test_until_somebody_chooses_a_row_the_first_is_the_current_one(popup):
    """A new user saw the mark of the chosen row on row 2: the first had moved there."""
    popup.show_assessment(overtaken())

    assert popup.table.currentIndex().data() == names(popup)[0] == "spotify"


def press_on(popup, row):
    mouse(popup, "mouseClick", popup.table.visualRect(popup.model.index(row, 0)).center())


def right_click(popup, row):
    at = popup.table.visualRect(popup.model.index(row, 0)).center()
    QApplication.sendEvent(popup.table.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, at))
    popup.menu.close()
    QApplication.processEvents()


def find(popup, row):
    popup.card.picked.emit(popup.table.subject(popup.model.index(row, 0)))


def menu_key(popup, _row):
    QApplication.sendEvent(popup.table, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5)))
    popup.menu.close()
    QApplication.processEvents()


@pytest.mark.parametrize(
    ("choose", "row"),
    [
        pytest.param(press_on, 1, id="a click"),
        pytest.param(press_on, 0, id="a click on the first"),
        pytest.param(right_click, 1, id="a right click"),
        pytest.param(find, 1, id="a click on a name in the card"),
        pytest.param(menu_key, 0, id="the menu key"),
        pytest.param(lambda popup, _: QTest.keyClick(popup.table, Qt.Key.Key_Down), 1, id="an arrow"),
        pytest.param(lambda popup, _: QTest.keyClick(popup.table, Qt.Key.Key_Return), 0, id="Enter"),
    ],
)
def test_a_row_that_was_chosen_is_followed(popup, choose, row):
    chosen = names(popup)[row]

    choose(popup, row)
    popup.table.header().new_order.setFocus()  # so that the keyboard holds no row in place
    popup.show_assessment(overtaken())

    assert names(popup)[0] == "spotify"
    assert popup.table.currentIndex().data() == chosen


def test_what_was_chosen_is_forgotten_when_the_popup_closes(popup):
    press_on(popup, 1)
    popup.hide()
    popup.open(None)
    popup.show_assessment(desktops.desktop())

    popup.show_assessment(overtaken())

    assert popup.table.currentIndex() == popup.model.index(0, 0)


def test_another_first_row_does_not_scroll_the_list_back(popup):
    popup.table.expand(popup.model.index(0, 0))
    QApplication.processEvents()
    bar = popup.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    scrolled = bar.value()

    popup.show_assessment(overtaken())
    QApplication.processEvents()

    assert popup.table.currentIndex() == popup.model.index(0, 0)
    assert 0 < bar.value() == scrolled


def test_typing_into_the_table_filters(popup, qtbot):
    for letter in "spot":
        qtbot.keyClick(QApplication.focusWidget() or popup.table, letter)

    assert footer(popup).edit.text() == "spot"
    assert names(popup) == ["spotify"]


def test_escape_empties_the_filter_first_and_closes_then(popup, qtbot):
    footer(popup).edit.setText("spot")

    qtbot.keyClick(footer(popup).edit, Qt.Key.Key_Escape)
    assert (footer(popup).edit.text(), popup.isVisible()) == ("", True)

    qtbot.keyClick(footer(popup).edit, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_escape_refuses_what_is_asked_first_and_closes_then(popup, qtbot):
    pressed = []
    offers = (Offer("Force kill", lambda: pressed.append("Force kill")), Offer("Cancel", lambda: pressed.append("Cancel")))
    popup.message.tell(Report("ask", "End it by force?", offers, closable=False))

    qtbot.keyClick(popup.table, Qt.Key.Key_Escape)
    assert (pressed, popup.message.isVisible(), popup.isVisible()) == (["Cancel"], False, True)

    qtbot.keyClick(popup.table, Qt.Key.Key_Escape)
    assert not popup.isVisible()


@pytest.mark.parametrize(("seconds", "left"), [(5, "spot"), (3600, "")], ids=["after a look elsewhere", "long after"])
def test_a_filter_of_long_ago_hides_nobody(popup, monkeypatch, seconds, left):
    now = time.monotonic()
    footer(popup).edit.setText("spot")
    popup.hide()

    monkeypatch.setattr(time, "monotonic", lambda: now + seconds)
    popup.open(None)

    assert footer(popup).edit.text() == left


def test_down_leads_from_the_filter_into_the_rows(popup, qtbot):
    footer(popup).focus_filter()

    qtbot.keyClick(footer(popup).edit, Qt.Key.Key_Down)

    assert popup.focusWidget() is popup.table


@pytest.mark.parametrize(
    ("typed", "mine", "by_app", "says"),
    [
        pytest.param("zzz", False, True, "No app or process is called “zzz”", id="apps"),
        pytest.param("ZzZ ", False, True, "No app or process is called “ZzZ”", id="as it was typed"),
        pytest.param("zzz", False, False, "No process is called “zzz”", id="processes"),
        pytest.param("999999", False, True, "No app or process is called “999999” or has this PID", id="pid"),
        pytest.param("mysql", True, True, "None of yours is called “mysql”", id="another user's"),
        pytest.param("", True, True, "None of these is yours", id="nothing mine"),
        pytest.param("z" * 99, False, True, f"No app or process is called “{'z' * 39}…”", id="long"),
        pytest.param("spot", False, True, "", id="something"),
    ],
)
def test_an_empty_list_says_why(open_popup, typed, mine, by_app, says):
    popup = open_popup(uid=1000 if typed else 4711)
    footer(popup).by_app.setChecked(by_app)
    footer(popup).mine.setChecked(mine)

    footer(popup).edit.setText(typed)

    assert popup.table.accessibleDescription() == says
    assert bool(popup.model.rowCount()) == (not says)
    assert not is_blank(popup.table)
    footer(popup).edit.clear()
    footer(popup).mine.setChecked(False)
    assert popup.table.accessibleDescription() == ""


def is_blank(table):
    seen = table.viewport().grab().toImage()
    blank = seen.copy()
    blank.fill(table.palette().color(QPalette.ColorRole.Base))
    return seen == blank


def is_open(popup, name):
    return popup.table.isExpanded(popup.model.index(names(popup).index(name), 0))


def test_an_app_that_was_found_by_its_process_opens_while_the_filter_stands(popup):
    footer(popup).edit.setText("rust-an")
    assert is_open(popup, "code")

    footer(popup).edit.clear()
    assert not is_open(popup, "code")


def test_an_app_that_was_found_by_its_name_stays_closed(popup):
    footer(popup).edit.setText("firefox")

    assert not is_open(popup, "firefox")


def test_what_the_user_has_opened_is_open_again_after_a_filter(popup):
    popup.table.expand(popup.model.index(names(popup).index("firefox"), 0))

    footer(popup).edit.setText("rust-an")
    footer(popup).edit.clear()

    assert is_open(popup, "firefox")
    assert not is_open(popup, "code")


def test_what_the_user_closes_while_a_filter_stands_stays_closed_at_the_next_scan(popup):
    footer(popup).edit.setText("rust-an")
    popup.table.collapse(popup.model.index(0, 0))

    popup.show_assessment(overtaken())

    assert not is_open(popup, "code")


def test_a_column_of_amounts_is_sorted_largest_first(popup):
    popup.table.sort_by(MEMORY, False)

    assert popup.model.listing.sorting == (MEMORY, True)


def test_what_is_on_screen_is_read_anew_at_each_scan(popup, qtbot):
    qtbot.waitUntil(lambda: bool(popup.attention(paused=False).watch))

    attention = popup.attention(paused=False)

    assert attention.open
    assert attention.top is None
    assert {4200, 4203} <= attention.watch


# what acts on a row


def press(popup, qtbot, *keys):
    for key in keys:
        qtbot.keyClick(popup.table, key)


@pytest.mark.parametrize(
    ("key", "action"), [(Qt.Key.Key_P, "protect"), (Qt.Key.Key_F, "deprioritize"), (Qt.Key.Key_E, "end")]
)
def test_a_letter_acts_on_the_row_that_the_keyboard_is_on(popup, qtbot, key, action):
    press(popup, qtbot, Qt.Key.Key_Down, key)

    assert popup.changes.asked == [(action, names(popup)[1])]
    assert footer(popup).edit.text() == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_P, Qt.Key.Key_F, Qt.Key.Key_E])
def test_before_anybody_went_to_a_row_the_same_letter_filters(popup, qtbot, key):
    press(popup, qtbot, key)

    assert popup.changes.asked == []
    assert len(footer(popup).edit.text()) == 1


def test_rows_keep_still_while_the_keyboard_is_on_them_and_the_new_order_is_offered(popup, qtbot):
    press(popup, qtbot, Qt.Key.Key_Down)
    popup.show_assessment(overtaken())
    offer = popup.table.header().new_order
    assert names(popup)[0] == "firefox"
    assert offer.isVisible()

    offer.click()

    assert names(popup)[0] == "spotify"
    assert not offer.isVisible()


def test_an_order_that_is_new_below_what_is_on_screen_only_is_not_offered(popup, qtbot):
    """It was said to have changed above rows that stood in their order."""
    press(popup, qtbot, Qt.Key.Key_Down)
    last = popup.model.index(popup.model.rowCount() - 1, 0)
    offer = popup.table.header().new_order
    assert popup.table.visualRect(last).top() > popup.table.viewport().height()

    popup.show_assessment(without_the_last(popup))
    assert popup.model.row_at(last).gone
    assert not offer.isVisible()

    popup.table.scrollTo(last)
    assert offer.isVisible()


def test_a_row_that_has_ended_offers_nothing_to_do(popup, qtbot):
    press(popup, qtbot, Qt.Key.Key_End)
    last, wanted = popup.table.currentIndex(), []
    popup.table.menu_wanted.connect(lambda subject, _place: wanted.append(subject))
    assert popup.table.subject(last) is not None

    popup.show_assessment(without_the_last(popup))
    press(popup, qtbot, Qt.Key.Key_Menu)

    assert popup.model.row_at(last).gone
    assert popup.table.subject(last) is None
    assert not wanted


def without_the_last(popup):
    gone = popup.model.row_at(popup.model.index(popup.model.rowCount() - 1, 0))
    return desktops.without(desktops.desktop(), *(risk.process.pid for risk in gone.app.members))


def test_rows_follow_again_when_the_keyboard_leaves_them(popup, qtbot):
    press(popup, qtbot, Qt.Key.Key_Down)
    popup.show_assessment(overtaken())

    footer(popup).focus_filter()

    assert names(popup)[0] == "spotify"


def button(popup, row, which):
    """Where the row has it, with the pointer on it."""
    index = popup.model.index(row, 0)
    at = popup.table.buttons.box(index, which).center()
    for place in (QPoint(1, 1), at):  # where the pointer of the test before rests, there is no move
        QTest.mouseMove(popup.table.viewport(), place)
    return at


def mouse(popup, kind, at):
    getattr(QTest, kind)(popup.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


@pytest.mark.parametrize(("which", "action"), [("protect", "protect"), ("first", "deprioritize")])
def test_the_row_under_the_pointer_has_two_buttons(popup, which, action):
    mouse(popup, "mouseClick", button(popup, 1, which))

    assert popup.changes.asked == [(action, names(popup)[1])]


def test_whom_a_button_acts_on_is_fixed_when_it_goes_down(popup):
    at = button(popup, 1, "protect")
    mouse(popup, "mousePress", at)
    popup.show_assessment(overtaken())
    popup.model.take_order()
    assert names(popup)[1] == "firefox"

    mouse(popup, "mouseRelease", at)

    assert popup.changes.asked == [("protect", "code")]


def test_a_button_that_is_let_go_elsewhere_does_nothing(popup):
    at = button(popup, 1, "protect")
    mouse(popup, "mousePress", at)
    mouse(popup, "mouseRelease", at + QPoint(0, 120))

    assert popup.changes.asked == []


def test_a_double_click_on_a_button_is_two_clicks(popup):
    """Also in a cell that was clicked before, where Qt would take it for one on the row."""
    at = button(popup, 1, "protect")
    mouse(popup, "mouseClick", popup.table.visualRect(popup.model.index(1, STATUS)).topLeft() + QPoint(2, 2))
    for kind in ("mouseClick", "mouseDClick", "mouseRelease"):
        mouse(popup, kind, at)

    assert popup.changes.asked == [("protect", names(popup)[1])] * 2


def hint_at(popup, at):
    """The tooltip there."""
    view = popup.table.viewport()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    return QTextDocumentFragment.fromHtml(QToolTip.text()).toPlainText()


@pytest.mark.parametrize(
    ("column", "begins"),
    [
        (NAME, "PIDs 4236, "),
        (COUNTS, "App number 2. Its first process is number "),
        (MEMORY, "What its processes hold in memory and swap."),
        (CHANGE, "How fast its memory and swap grow."),
        (STATUS, "oom_score_adj: 0 to +300, set by itself"),
    ],
)
def test_a_cell_under_the_pointer_tells_more_of_itself(popup, column, begins):
    popup.resize(1000, 600)  # with a column of changes, and words beside the shapes
    QApplication.processEvents()
    assert hint_at(popup, popup.table.visualRect(popup.model.index(1, column)).center()).startswith(begins)


def test_a_button_under_the_pointer_tells_what_it_does_and_its_key(popup):
    assert hint_at(popup, button(popup, 1, "protect")) == "Protect (P)"


def test_what_only_its_owner_may_do_is_no_button(popup, monkeypatch):
    monkeypatch.setattr("os.getuid", lambda: 1001)
    mouse(popup, "mouseClick", button(popup, 1, "first"))
    assert popup.changes.asked == []

    mouse(popup, "mouseClick", button(popup, 1, "protect"))
    assert popup.changes.asked == [("protect", names(popup)[1])]


def test_what_holds_already_is_no_button(popup):
    mysql = names(popup).index("mysql")
    mouse(popup, "mouseClick", button(popup, mysql, "protect"))

    assert popup.changes.asked == []


def test_the_small_apps_open_by_a_click_and_close_by_a_key(popup, qtbot):
    index = next(popup.model.index(n, 0) for n in range(popup.model.rowCount()) if popup.model.row_at(popup.model.index(n, 0)).tail)
    popup.table.scrollTo(index)
    rows = popup.model.rowCount()
    mouse(popup, "mouseClick", popup.table.visualRect(index).center())
    assert popup.model.rowCount() == rows + 4

    press(popup, qtbot, Qt.Key.Key_Left)
    assert popup.model.rowCount() == rows


@pytest.mark.parametrize("points", [8, 10, 14, 20])
@pytest.mark.parametrize("width", [440, 520, 640, 780])
def test_a_name_has_room_whatever_the_width_and_the_font(popup, points, width):
    font = popup.font()
    font.setPointSizeF(points)
    popup.setFont(font)
    popup.table.setFont(font)
    popup.resize(width, 600)
    QApplication.processEvents()
    table = popup.table

    room = table.columnWidth(NAME) - table.indentation() - ICON - ICON_GAP

    assert room >= QFontMetrics(font).horizontalAdvance("0" * 7) or not table.has_bars
