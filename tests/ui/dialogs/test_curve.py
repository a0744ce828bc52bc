"""One curve for all: its dot is the newest point, at the end where time goes to, and high contrast leaves its ground a line."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from oomtray.ui.dialogs.curve import Curve
from oomtray.ui.qt import colors

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def curve(qtbot: Any) -> Curve:
    made = Curve()
    qtbot.addWidget(made)
    made.resize(200, 56)
    made.show_points([(0.0, 0), (10.0, 50), (20.0, 100)])
    return made


def tinted(curve: Curve) -> list[int]:
    """The columns in whose top third something is drawn."""
    image = curve.grab().toImage()
    ground = image.pixelColor(1 if curve.layoutDirection() == Qt.LayoutDirection.LeftToRight else 198, 1)
    return [x for x in range(200) if any(image.pixelColor(x, y) != ground for y in range(18))]


@pytest.mark.parametrize("mirrored", [False, True])
def test_it_rises_towards_the_end(curve: Curve, mirrored: bool) -> None:
    curve.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    columns = tinted(curve)
    assert columns
    assert all(x < 100 for x in columns) if mirrored else all(x > 100 for x in columns)


def test_high_contrast_keeps_the_ground_line(curve: Curve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colors, "wants_high_contrast", lambda: True)
    image = curve.grab().toImage()
    ink = QColor(curve.palette().windowText().color())
    assert sum(image.pixelColor(x, 55).lightness() <= ink.lightness() + 140 for x in range(200)) > 190


def test_nothing_is_drawn_of_less_than_two_points(curve: Curve) -> None:
    curve.show_points([(0.0, 5)])
    assert tinted(curve) == []
