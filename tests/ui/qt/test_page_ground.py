"""The chosen page of a window's list: a bar, and with the focus a line around both."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle

from oomtray.ui.qt import colors
from oomtray.ui.qt.painting import paint_page_ground
from tests.ui.gallery import DARK, LIGHT, palette

FLAG = QStyle.StateFlag


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("tone", [LIGHT, DARK], ids=["light", "dark"])
def test_the_line_of_the_focus_and_the_bar_are_one_figure(qapp, tone, mirrored):
    found = colors.of(palette(tone), on_base=True)

    across, down = ink(found, FLAG.State_Selected | FLAG.State_HasFocus, mirrored=mirrored)

    assert across == ([0, 37, 38, 39] if mirrored else [0, 1, 2, 39])
    assert down == [0, 19]


def test_without_the_focus_there_is_only_the_bar(qapp):
    assert ink(colors.of(palette(LIGHT), on_base=True), FLAG.State_Selected) == ([0, 1, 2], [])


def ink(found, state, *, mirrored=False) -> tuple[list[int], list[int]]:
    """Where there is the bar's color, in the middle line and in the middle column."""
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(found.ground)
    painter = QPainter(image)
    paint_page_ground(painter, QRect(0, 0, 40, 20), state, found, mirrored=mirrored)
    painter.end()
    calm = QColor(found.calm).rgb()
    return [x for x in range(40) if image.pixel(x, 10) == calm], [y for y in range(20) if image.pixel(20, y) == calm]
