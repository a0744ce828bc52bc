"""The list shows whole rows only, whatever height it is given."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication

from oomtray.ui.controllers.report import Report
from oomtray.ui.popup.whole_rows import Legend, WholeRows, shared
from oomtray.ui.qt import contrast
from tests.facts import desktops
from tests.ui.parts import the

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.mark.parametrize(
    ("height", "stretch", "empty"),
    [
        pytest.param(200, 0, 0, id="they fit"),
        pytest.param(215, 3, 0, id="each takes a share"),
        pytest.param(219, 3, 4, id="fewer pixels than rows are left"),
        pytest.param(239, 7, 4, id="nearly one more"),
        pytest.param(39, 0, 0, id="no room for one"),
    ],
)
def test_the_rows_share_what_is_left(height, stretch, empty):
    assert shared(height, 40) == (stretch, empty)


@pytest.mark.parametrize("height", range(400, 640, 23))
def test_no_row_is_cut_in_half(popup, height):
    popup.show_assessment(desktops.desktop())
    popup.resize(560, height)
    QApplication.processEvents()

    table = popup.table
    last = table.indexAt(QPoint(4, table.viewport().height() - 1))

    assert last.isValid()
    assert table.visualRect(last).bottom() == table.viewport().height() - 1


def test_a_report_takes_whole_rows_and_moves_none(popup):
    popup.show_assessment(desktops.desktop())
    popup.resize(560, 607)
    QApplication.processEvents()
    table = popup.table
    before = [table.visualRect(popup.model.index(row, 0)) for row in range(3)]

    popup.message.tell(Report("done", "Spotify: 3 processes deprioritized (oom_score_adj +300)."))
    QApplication.processEvents()

    last = table.indexAt(QPoint(4, table.viewport().height() - 1))
    assert popup.message.isVisible()
    assert [table.visualRect(popup.model.index(row, 0)) for row in range(3)] == before
    assert table.visualRect(last).bottom() == table.viewport().height() - 1

    popup.message.hide()
    QApplication.processEvents()
    assert [table.visualRect(popup.model.index(row, 0)) for row in range(3)] == before


@pytest.mark.parametrize("lines", [1, 4])
@pytest.mark.parametrize("height", range(560, 640, 8))
def test_what_is_told_leaves_no_hole_for_a_row_or_for_the_legend(popup, height, lines):
    popup.show_assessment(desktops.desktop())
    popup.resize(560, height)
    QApplication.processEvents()
    table = popup.table

    popup.message.tell(Report("done", "Spotify: 3 processes deprioritized (oom_score_adj +300). " * 2 * lines))
    QApplication.processEvents()

    legend = the(Legend, popup)
    hole = popup.message.y() - table.mapTo(popup, QPoint(0, table.height())).y() - 8
    row = table.visualRect(popup.model.index(0, 0)).height()
    assert hole < row
    assert legend.isVisible() or hole < legend.sizeHint().height() + 4
    if legend.isVisible():  # in the middle of what is left over, not above it
        rows = the(WholeRows, popup)
        assert legend.geometry() == QRect(0, table.geometry().bottom() + 1, rows.width(), rows.height() - table.geometry().bottom() - 1)


def test_below_the_narrowest_list_there_is_a_legend(popup):
    font = popup.font()
    font.setPointSizeF(10)
    popup.setFont(font)
    popup.show_assessment(desktops.desktop())
    popup.resize(popup.minimumWidth(), 800)
    QApplication.processEvents()
    assert the(Legend, popup).isVisible()


@pytest.mark.parametrize("told", [False, True], ids=["no report", "a report"])
@pytest.mark.parametrize("height", range(560, 640, 16))
def test_the_edge_of_the_list_is_right_below_the_last_row(popup, height, told):
    """With a report below it there was half a row of room within it."""
    popup.show_assessment(desktops.desktop())
    popup.resize(560, height)
    if told:
        popup.message.tell(Report("done", "Spotify: 3 processes deprioritized (oom_score_adj +300). " * 4))
    QApplication.processEvents()
    table, rows, legend = popup.table, the(WholeRows, popup), the(Legend, popup)
    edge = contrast.of(popup.palette(), on_base=True).line
    last = table.indexAt(QPoint(4, table.viewport().height() - 1))

    picture, bottom = rows.grab().toImage(), table.mapTo(rows, table.rect().bottomLeft()).y()

    below = legend.y() if legend.isVisible() else rows.height()
    lines = [y for y in range(bottom - 20, below) if picture.pixelColor(rows.width() // 2, y) == edge]
    assert lines == [bottom]
    assert table.visualRect(last).bottom() == table.viewport().height() - 1


@pytest.mark.parametrize("height", range(560, 660, 12))
def test_rows_are_as_high_with_a_report_as_without_however_it_came(popup, height):
    popup.show_assessment(desktops.desktop())
    popup.resize(560, height)
    QApplication.processEvents()
    first = popup.model.index(0, 0)
    usual = popup.table.visualRect(first).height()

    popup.message.tell(Report("done", "Spotify: 3 processes deprioritized (oom_score_adj +300). " * 4))
    QApplication.processEvents()
    there = popup.table.visualRect(first).height()
    popup.hide()
    popup.open(None)
    QApplication.processEvents()
    opened = popup.table.visualRect(popup.model.index(0, 0)).height()
    popup.message.hide()
    QApplication.processEvents()

    assert popup.height() == height
    assert [there, opened, popup.table.visualRect(popup.model.index(0, 0)).height()] == [usual] * 3
