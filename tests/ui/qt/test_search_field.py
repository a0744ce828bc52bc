"""A search field says what it is for in the words that it has room for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from oomtray.ui.qt import colors
from oomtray.ui.qt.search_field import SearchField
from tests.ui.parts import the

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.mark.parametrize(("width", "says"), [(300, "Filter by name or PID"), (100, "Filter"), (40, "")])
def test_its_hint_is_never_cut(qtbot, width, says):
    field = SearchField(("Filter by name or PID", "Filter"), "Clear the filter")
    qtbot.addWidget(field)
    field.resize(width, 32)
    field.grab()

    assert field.placeholderText() == says
    assert field.accessibleName() == "Filter by name or PID"
    margins = field.textMargins()
    assert field.fontMetrics().horizontalAdvance(says) <= width - margins.left() - margins.right() - 2 * 4


def test_what_is_typed_makes_room_for_the_cross(qtbot):
    field = SearchField(("Filter by name or PID", "Filter"), "Clear the filter")
    qtbot.addWidget(field)
    field.resize(200, 32)
    field.grab()
    before = field.textMargins()

    field.setText("fire")
    cross = the(QPushButton, field)

    assert cross.isVisibleTo(field)
    assert field.textMargins().left() == before.left()
    assert field.width() - field.textMargins().right() <= cross.x() + 3

    cross.click()
    assert (field.text(), cross.isVisibleTo(field)) == ("", False)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_drawing_stands_where_it_begins(qtbot, mirrored):
    field = SearchField(("Filter by name or PID", "Filter"), "Clear the filter")
    qtbot.addWidget(field)
    field.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    field.resize(48, 32)  # too narrow for words, which have the same ink
    image = field.grab().toImage()
    ink = colors.of(field.palette(), on_base=True).muted

    def inked(left):
        return any(colors.contrast(image.pixelColor(x, y), ink) < 1.3 for x in range(left, left + 14) for y in range(9, 23))

    assert (inked(8), inked(26)) == (not mirrored, mirrored)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_text_begins_beside_the_drawing_when_letters_or_the_direction_change_while_it_is_shown(qtbot, mirrored):
    def made() -> SearchField:
        field = SearchField(("Filter by name or PID", "Filter"), "Clear the filter")
        qtbot.addWidget(field)
        field.setText("swap")
        field.resize(200, 40)
        return field

    def change(field: SearchField) -> None:
        font = field.font()
        font.setPointSizeF(2 * font.pointSizeF())
        field.setFont(font)
        if mirrored:
            field.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    shown, fresh = made(), made()
    shown.grab()
    change(shown)
    change(fresh)
    fresh.grab()

    assert shown.textMargins() == fresh.textMargins()
    assert the(QPushButton, shown).geometry() == the(QPushButton, fresh).geometry()
