"""The text of a field stands in its middle, also where another font lends it the letters."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from oomtray.ui.qt.field_text import level_all, level_text
from tests.ui.text_size import text_size


def foot_of_digits(field: QLineEdit) -> int:
    """The last row of the digit that the text begins with."""
    field.setFrame(False)
    field.resize(140, 60)
    image = field.grab().toImage()
    ground = image.pixelColor(image.width() - 1, 0).lightness()
    columns = range(3, 3 + field.fontMetrics().horizontalAdvance("5") - 1)
    inked = [y for y in range(image.height()) if any(abs(image.pixelColor(x, y).lightness() - ground) > 120 for x in columns)]
    return inked[-1]


@pytest.mark.parametrize("points", [10, 11, 14, 18])
def test_digits_stand_where_they_would_alone(qtbot, points):
    """With Hangul behind them they stood two pixels higher."""
    with text_size(points):
        fields = [QLineEdit("5"), QLineEdit("5분")]
        for field in fields:
            qtbot.addWidget(field)
            level_text(field)
        assert foot_of_digits(fields[1]) == foot_of_digits(fields[0])
        assert fields[1].sizeHint() == fields[0].sizeHint(), "the field is as high as before"
        fields[1].setText("5")
        assert foot_of_digits(fields[1]) == foot_of_digits(fields[0])
        fields[0].setText("5초")
        fields[1].setText("5")
        assert foot_of_digits(fields[1]) == foot_of_digits(fields[0])


def test_all_fields_of_a_window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    choice, number = QComboBox(window), QSpinBox(window)
    choice.setEditable(True)
    number.setSuffix("초")
    for _ in range(2):
        level_all(window)
    choice.setEditText("5분")
    lone = QLineEdit("5분", window)
    level_text(lone)
    tops = [field.textMargins().top() for field in (choice.lineEdit(), number.lineEdit(), lone)]
    assert len(set(tops)) == 1
