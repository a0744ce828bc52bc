"""What is selected in the list is washed by the row itself; its bars have the color that the desktop marks with."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from pytestqt.qtbot import QtBot

from oomtray.ui.popup.row_ground import draw_ground, for_rows
from oomtray.ui.qt import colors
from tests.ui.gallery import DARK, LIGHT, palette


@pytest.mark.parametrize("tone", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("accent", ["#2f9e5b", "#8a4fd0", "#1aebff"])
def test_bars_in_rows_have_the_desktops_own_color(qtbot: QtBot, tone: dict[str, str], accent: str) -> None:
    given = palette({**tone, "Highlight": accent})

    made = for_rows(given)

    assert made.color(QPalette.ColorRole.Highlight).alpha() == 0
    assert colors.of(made, on_base=True).calm == colors.of(given, on_base=True).calm
    assert colors.of(made, on_base=True).calm != colors.of(palette({**tone, "Highlight": QColor(0, 0, 0).name()}), on_base=True).calm


@pytest.mark.parametrize("tone", [LIGHT, DARK], ids=["light", "dark"])
def test_the_row_of_the_keyboard_is_seen_as_well_as_that_of_the_pointer(qtbot: QtBot, tone: dict[str, str]) -> None:
    found = colors.of(palette(tone), on_base=True)

    def ground(*, hovered: bool = False, chosen: bool = False, focused: bool = False) -> tuple[QColor, QColor]:
        image = QImage(40, 20, QImage.Format.Format_RGB32)
        image.fill(found.ground)
        painter = QPainter(image)
        draw_ground(painter, image.rect(), found, hovered=hovered, chosen=chosen, focused=focused, mirrored=False)
        painter.end()
        return image.pixelColor(0, 10), image.pixelColor(20, 10)

    edge, hovered = ground(hovered=True)
    assert edge == hovered == found.hover
    assert ground(focused=True) == (found.calm, found.hover)
    assert ground(focused=True, chosen=True) == (found.calm, found.selected)
    assert ground(hovered=True, focused=True, chosen=True) == (found.calm, found.selected)
    seen, unseen = colors.contrast(found.selected, found.ground), colors.contrast(found.hover, found.ground)
    assert seen > unseen > 1
