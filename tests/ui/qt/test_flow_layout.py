"""A heading and what belongs to it stand in one line where there is room, else one below the other."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from oomtray.ui.qt.flow_layout import HeadingLayout


def line(qtbot: QtBot, width: int, *, mirrored: bool = False) -> tuple[QWidget, QLabel, QLabel]:
    whole = QWidget()
    qtbot.addWidget(whole)
    if mirrored:
        whole.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    heading, aside = QLabel("What the kernel compares", whole), QLabel("memory it holds, added by its setting", whole)
    heading.setWordWrap(True)
    layout = HeadingLayout(whole)
    layout.addWidget(heading)
    layout.addWidget(aside)
    whole.resize(width, layout.heightForWidth(width))
    whole.grab()  # lays it out
    return whole, heading, aside


@pytest.mark.parametrize("mirrored", [False, True])
def test_they_share_a_line_with_the_aside_at_its_end(qtbot: QtBot, mirrored: bool) -> None:
    whole, heading, aside = line(qtbot, 600, mirrored=mirrored)

    assert aside.geometry().left() == 0 if mirrored else aside.geometry().right() == whole.width() - 1
    assert not heading.geometry().intersects(aside.geometry())
    assert whole.height() == aside.sizeHint().height()


@pytest.mark.parametrize("mirrored", [False, True])
def test_without_room_for_both_the_aside_is_below_and_the_heading_keeps_its_line(qtbot: QtBot, mirrored: bool) -> None:
    whole, heading, aside = line(qtbot, 300, mirrored=mirrored)

    assert heading.geometry().width() == whole.width()
    assert heading.height() == heading.heightForWidth(10_000)
    assert heading.geometry().bottom() < aside.geometry().top()
    assert aside.geometry().right() == whole.width() - 1 if mirrored else aside.geometry().left() == 0
    assert whole.rect().contains(aside.geometry())
