"""What is drawn by hand: nothing strikes through a text, and every side has its mirror."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage

from oomtray.config import Settings
from oomtray.ui import words
from oomtray.ui.fonts import small
from oomtray.ui.gauge import Gauge
from oomtray.ui.sparkline import Sparkline
from tests.ui import factory

WARNING = factory.desktop("warning")
NOWHERE = (1.0, 1.0)
"""Marks that stand below all that is drawn."""


def levels(warning: float, critical: float):
    return replace(Settings().levels, warning_percent=warning, critical_percent=critical)


def picture(part, marks: tuple[float, float], *, mirrored: bool = False, size=(440, 40)) -> QImage:
    part.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    part.resize(*size)
    part.show_assessment(WARNING, levels(*marks))
    return part.grab().toImage()


def width_of(part, text: str) -> int:
    return QFontMetrics(small(part.font())).horizontalAdvance(text)


@pytest.mark.parametrize("mirrored", [pytest.param(False, id="left to right"), pytest.param(True, id="right to left")])
@pytest.mark.parametrize("warning", [1, 5, 20, 30])
def test_a_low_mark_has_no_number_where_swap_and_stall_stand(qtbot, warning, mirrored):
    gauge = Gauge()
    qtbot.addWidget(gauge)
    wide = width_of(gauge, words.swap_and_stall(WARNING.snapshot.memory)) + 2
    below = QRect(440 - wide if mirrored else 0, 14, wide, 20)

    low = picture(gauge, (warning, 98), mirrored=mirrored).copy(below)
    usual = picture(gauge, (80, 98), mirrored=mirrored).copy(below)

    assert low == usual


def test_a_mark_beside_swap_and_stall_keeps_its_number(qtbot):
    gauge = Gauge()
    qtbot.addWidget(gauge)
    wide = width_of(gauge, words.swap_and_stall(WARNING.snapshot.memory))
    beside = QRect(wide, 14, 440 - wide, 20)

    assert picture(gauge, (60, 98)).copy(beside) != picture(gauge, (1, 98)).copy(beside)


@pytest.mark.parametrize("mirrored", [pytest.param(False, id="left to right"), pytest.param(True, id="right to left")])
def test_no_mark_strikes_out_what_the_line_is_of(qtbot, mirrored):
    line = Sparkline()
    qtbot.addWidget(line)
    wide = width_of(line, "last 10 min")
    label = QRect(440 - wide if mirrored else 0, 0, wide, 40)

    marked, plain = (picture(line, marks, mirrored=mirrored) for marks in ((80.0, 90.0), NOWHERE))

    height = QFontMetrics(small(line.font())).height()
    assert marked.copy(label.adjusted(0, 0, 0, height - 40)) == plain.copy(label.adjusted(0, 0, 0, height - 40))
    assert marked != plain
