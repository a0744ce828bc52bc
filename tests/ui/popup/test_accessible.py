"""What somebody hears who can't see the popup, and where the Tab key leads."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from tests.facts import desktops

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


def test_a_row_that_a_screen_reader_selects_is_the_one_that_keys_act_on(popup, qtbot):
    """It selects and knows no current row; the children of an app have the row numbers of apps."""
    table = popup.table
    app = popup.model.index(0, 0)
    table.setExpanded(app, True)
    for wanted in (popup.model.index(2, 0), popup.model.index(0, 0, app), app):
        table.selectionModel().select(wanted, _SELECT)
        assert table.currentIndex().siblingAtColumn(0) == wanted
        assert [index.siblingAtColumn(0) for index in table.selectionModel().selectedRows()] == [wanted]
