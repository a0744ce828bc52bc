"""A line that opens what is folded away: its arrow is as large as its words, and turns."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QImage

from oomtray.ui.qt.fold import Fold
from tests.ui.text_size import text_size


def arrow(qtbot: Any, points: float, *, opened: bool = False) -> tuple[int, int]:
    """Columns and rows that its ink takes."""
    with text_size(points):
        fold = Fold("", None)
        qtbot.addWidget(fold)
        fold.button.setChecked(opened)
        fold.button.resize(fold.button.sizeHint())
        image = fold.button.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    ground = image.pixelColor(image.width() - 1, 0).value()
    ink = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if abs(image.pixelColor(x, y).value() - ground) > 40
    ]
    columns, rows = [x for x, _ in ink], [y for _, y in ink]
    return max(columns) - min(columns) + 1, max(rows) - min(rows) + 1


def test_its_arrow_grows_with_the_text(qtbot: Any) -> None:
    assert arrow(qtbot, 18)[1] >= 1.5 * arrow(qtbot, 10)[1]


@pytest.mark.parametrize(("opened", "tall"), [(False, True), (True, False)])
def test_its_arrow_points_to_the_side_or_down(qtbot: Any, opened: bool, tall: bool) -> None:
    columns, rows = arrow(qtbot, 18, opened=opened)
    assert (rows > columns) == tall
