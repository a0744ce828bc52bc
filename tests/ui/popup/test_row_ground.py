"""What is selected in the list is washed by the row itself; its bars have the color that the desktop marks with."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from oomtray.ui.popup.row_ground import for_rows
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
