"""What somebody hears who can't see the popup, and where the Tab key leads."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from oomtray.config import Settings
from oomtray.ui.controllers.report import Report
from oomtray.ui.popup.popup import Popup
from tests.facts import desktops
from tests.ui.popup.using import FakeController
from tests.ui.reports import UNDO, offers
from tests.ui.tab_order import looks_focused

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


def part(popup, name):
    return next(widget for widget in popup.findChildren(QWidget) if widget.accessibleName() == name)


def value(widget):
    """(now, least, most)"""
    told = QAccessible.queryAccessibleInterface(widget).valueInterface()
    return told.currentValue(), told.minimumValue(), told.maximumValue()


@pytest.mark.parametrize(("level", "percent"), [("normal", 52), ("warning", 83)])
def test_the_bar_tells_how_full_memory_is(popup, level, percent):
    popup.show_assessment(desktops.desktop(level))

    assert value(part(popup, "Memory used")) == (percent, 0, 100)


def test_the_trail_tells_where_memory_is_between_its_extremes(popup):
    popup.show_assessment(desktops.desktop("warning"))

    now, least, most = value(part(popup, "Memory used over the last ten minutes"))
    assert now == 83
    assert 0 < least <= now <= most < 100


def test_tab_goes_through_the_foot_from_its_beginning_to_its_end(popup, qtbot):
    part(popup, "Filter by name or PID").setFocus()
    visited = []
    for _ in range(5):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget().accessibleName() or QApplication.focusWidget().text())
    assert visited == ["What the list shows: Apps", "History", "Settings", "Help", "More"]


def test_tab_leads_from_the_rows_to_what_a_report_offers_and_then_to_the_foot(popup, qtbot):
    popup.message.tell(Report("done", "Slack: 4 processes deprioritized.", offers(UNDO)))
    popup.table.setFocus()
    visited = []
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget().accessibleName() or QApplication.focusWidget().text())
    assert visited == [UNDO, "Dismiss", "Filter by name or PID"]


def test_it_is_seen_which_of_a_reports_buttons_has_the_keyboard(popup, qtbot):
    popup.message.tell(Report("done", "Slack: 4 processes deprioritized.", offers(UNDO)))
    popup.table.setFocus()
    for button in (popup.message.button(UNDO), part(popup.message, "Dismiss")):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert button.hasFocus()
        assert looks_focused(button)


@pytest.mark.parametrize("before", ["Apps and processes by risk", "Protect firefox", "History"])
@pytest.mark.parametrize("answer", [UNDO, "Dismiss"])
def test_the_keyboard_is_back_where_it_was_once_a_report_is_answered(popup, qtbot, before, answer):
    part(popup, before).setFocus()
    popup.message.tell(Report("done", "Slack: 4 processes deprioritized.", offers(UNDO)))
    button = popup.message.button(UNDO) if answer == UNDO else part(popup.message, answer)
    button.setFocus()

    qtbot.keyClick(button, Qt.Key.Key_Space)

    assert popup.message.isHidden()
    assert QApplication.focusWidget() is part(popup, before)


@pytest.mark.parametrize("before", ["Filter by name or PID", None], ids=["opened before", "never opened"])
def test_the_keyboard_is_in_the_rows_once_a_report_is_dismissed_that_came_while_the_popup_was_closed(qtbot, before):
    popup = Popup(FakeController(), Settings())
    qtbot.addWidget(popup)
    if before is not None:
        popup.open(None)
        part(popup, before).setFocus()
        popup.hide()
    popup.message.tell(Report("done", "Slack: 4 processes deprioritized.", offers(UNDO)))
    popup.open(None)
    qtbot.waitUntil(popup.isActiveWindow)
    part(popup, "Dismiss").setFocus()

    qtbot.keyClick(part(popup, "Dismiss"), Qt.Key.Key_Space)

    assert popup.message.isHidden()
    assert QApplication.focusWidget() is popup.table
    popup.put_away()


def test_the_keyboard_stays_on_the_card_once_watching_goes_on(popup):
    popup.set_paused(True)
    next(one for one in popup.card.findChildren(QPushButton) if one.text() == "Resume").setFocus()

    popup.set_paused(False)

    assert QApplication.focusWidget() is part(popup, "Protect firefox")


def test_the_keyboard_is_in_the_rows_once_their_new_order_is_no_longer_offered(popup):
    offer = popup.table.order_button
    offer.show()
    offer.setFocus()

    popup.model.settled.emit()

    assert offer.isHidden()
    assert QApplication.focusWidget() is popup.table


def test_the_keyboard_stays_on_the_offer_of_a_new_order_as_long_as_there_is_one(popup, monkeypatch):
    monkeypatch.setattr(popup.model, "out_of_place", lambda: [popup.model.index(0, 0)])
    offer = popup.table.order_button
    popup.model.settled.emit()
    offer.setFocus()

    popup.model.settled.emit()

    assert offer.isVisible()
    assert QApplication.focusWidget() is offer


def test_keys_act_on_the_row_to_which_down_leads_from_the_filter(popup, qtbot):
    field = part(popup, "Filter by name or PID")
    field.setFocus()
    qtbot.keyClicks(field, "slack")
    qtbot.keyClick(field, Qt.Key.Key_Down)

    with qtbot.waitSignal(popup.table.acted) as acted:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F)

    assert acted.args[0] == "deprioritize"
    assert field.text() == "slack"


def test_a_row_that_a_screen_reader_selects_is_the_one_that_keys_act_on(popup, qtbot):
    """It selects and knows no current row; the children of an app have the row numbers of apps."""
    table = popup.table
    app = popup.model.index(0, 0)
    table.setExpanded(app, True)
    for wanted in (popup.model.index(2, 0), popup.model.index(0, 0, app), app):
        table.selectionModel().select(wanted, _SELECT)
        assert table.currentIndex().siblingAtColumn(0) == wanted
        assert [index.siblingAtColumn(0) for index in table.selectionModel().selectedRows()] == [wanted]
