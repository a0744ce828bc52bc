"""A heading and what belongs to it stand in one line where there is room, else one below the other."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from oomtray.ui.qt.flow_layout import FlowLayout, HeadingLayout


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


@pytest.mark.parametrize(("width", "lines", "beside"), [(700, 1, True), (380, 1, False), (200, 3, False)])
def test_a_sentence_breaks_its_lines_only_where_it_has_to(qtbot: QtBot, width: int, lines: int, beside: bool) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    sentence, link = QLabel("Changes take effect at once and are saved in a file", whole), QPushButton("Open the file", whole)
    sentence.setWordWrap(True)
    layout = FlowLayout(whole)
    layout.addWidget(sentence)
    layout.addWidget(link)
    whole.resize(width, layout.heightForWidth(width))
    whole.grab()
    assert whole.rect().contains(sentence.geometry())
    assert whole.rect().contains(link.geometry())
    assert not sentence.geometry().intersects(link.geometry())
    assert (sentence.height() > sentence.fontMetrics().lineSpacing() * 1.5) == (lines > 1)
    assert (abs(link.geometry().center().y() - sentence.geometry().center().y()) <= 1) == beside


@pytest.mark.parametrize("width", [600, 150])
def test_what_is_lower_stands_in_the_middle_of_its_line(qtbot: QtBot, width: int) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    first, button, link = QPushButton("Remove", whole), QPushButton("Down", whole), QLabel("Open", whole)
    button.setFixedHeight(40)
    layout = FlowLayout(whole)
    for part in (first, button, link):
        layout.addWidget(part)
    whole.resize(width, layout.heightForWidth(width))
    whole.grab()

    beside = [part for part in (first, button) if abs(part.geometry().center().y() - link.geometry().center().y()) <= 1]
    assert beside == ([first, button] if width == 600 else [button])
