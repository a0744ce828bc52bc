"""What the trail says in words stands beside its line, wherever the line is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics

from oomtray.config import Settings
from oomtray.ui.popup.sparkline import Sparkline
from oomtray.ui.qt.fonts import small
from tests.facts import desktops
from tests.ui.text_size import text_size


@pytest.mark.parametrize("used", [4.0, 12.0, 30.0, 60.0, 95.0])
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_line_strikes_no_word_through(qtbot, used, mirrored):
    made = Sparkline()
    qtbot.addWidget(made)
    made.resize(150, made.sizeHint().height())
    now = desktops.desktop()
    trail = tuple(replace(reading, used_percent=used) for reading in now.trail)
    made.show_assessment(replace(now, trail=trail), Settings().levels)
    y = made.scale().y(used)

    box = made.label_box(QFontMetrics(small(made.font())), mirrored, [[QPointF(x, y) for x in range(150)]], "last 10 min")

    assert not box.top() < y < box.bottom()


@pytest.mark.parametrize("mirrored", [False, True])
def test_beside_a_line_that_has_risen_the_words_stay_below_it_and_off_the_thresholds(qtbot, mirrored):
    made = Sparkline()
    qtbot.addWidget(made)
    made.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    made.resize(150, made.sizeHint().height())
    made.show_assessment(desktops.desktop("critical"), Settings().levels)
    risen = [QPointF(149 - x if mirrored else x, made.height() - 2 if x < 8 else 8) for x in range(150)]

    box = made.label_box(QFontMetrics(small(made.font())), mirrored, [risen], "last 10 min")

    assert box.top() > made.height() / 2
    assert not any(box.left() <= point.x() <= box.right() and point.y() > box.top() for point in risen)
    present = made.scale().point(made.scale().now, 50).x()
    assert box.left() > present if mirrored else box.right() < present


@pytest.mark.parametrize("points", [10, 18, 24])
@pytest.mark.parametrize("known", [True, False])
def test_what_it_says_has_room_before_the_present_or_is_said_shorter(qtbot, points, known):
    with text_size(points):
        made = Sparkline()
        qtbot.addWidget(made)
        made.resize(96, made.sizeHint().height())
        if known:
            made.show_assessment(desktops.desktop("warning"), Settings().levels)
        now = made.scale().now_x
        font, said = made.caption(now)
        assert QFontMetrics(font).horizontalAdvance(said) <= now - 8
        assert said in (("last 10 min", "10 min") if known else ("no readings yet", ""))
