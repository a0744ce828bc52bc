"""What a scroll area shows is as wide with a scroll bar as without one, and whether there is one follows from the size alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget

from oomtray.ui.qt.steady_scroll import SteadyScroll

MARGIN = 16


@pytest.fixture
def area(qtbot):
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    inside = QWidget(area)
    column = QVBoxLayout(inside)
    column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
    label = QLabel("Words that wrap as soon as they have too little room. " * 6, inside)
    label.setWordWrap(True)
    column.addWidget(label)
    area.setWidget(inside)
    SteadyScroll(area, inside, column, MARGIN)
    area.show()
    return area


def resized(area, width, height):
    area.resize(width, height)
    for _ in range(4):
        QApplication.processEvents()
    label = area.widget().findChild(QLabel)
    return area.verticalScrollBar().isVisible(), QRect(label.mapTo(area, label.rect().topLeft()), label.size())


def test_the_bar_stands_in_the_margin(area):
    without, free = resized(area, 400, 600)
    shown, beside = resized(area, 400, 40)
    assert (without, shown) == (False, True)
    assert (beside.x(), beside.width()) == (free.x(), free.width())
    area.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    without, free = resized(area, 400, 600)
    shown, beside = resized(area, 400, 40)
    assert (beside.x(), beside.width()) == (free.x(), free.width())


def test_one_size_has_one_arrangement_whence_ever_it_came(area):
    """With the bar words wrapped that needed it, without it they did not: both stood."""
    widths = range(200, 700, 3)
    up = [resized(area, width, 120) for width in widths]
    down = [resized(area, width, 120) for width in reversed(widths)]
    assert up == down[::-1]
    assert {shown for shown, _ in up} == {True, False}


def test_what_is_added_brings_the_bar(area):
    assert not resized(area, 400, 300)[0]
    area.widget().layout().addWidget(QLabel("a line\n" * 30, area.widget()))
    assert resized(area, 400, 300)[0]
