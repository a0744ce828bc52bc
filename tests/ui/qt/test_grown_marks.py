"""Check marks and arrows beside large letters: they grow with them, and beside those of a usual size nothing is loaded for it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QSpinBox,
    QStyle,
    QStyleOptionSpinBox,
    QVBoxLayout,
    QWidget,
)

from oomtray.ui.qt.grown_marks import grow_marks_in
from oomtray.ui.settings.controls import Switch

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Fields(QWidget):
    def __init__(self, points: float) -> None:
        super().__init__()
        font = self.font()
        font.setPointSizeF(points)
        self.setFont(font)
        self.box, self.number, self.choice = QCheckBox("A", self), QSpinBox(self), QComboBox(self)
        column = QVBoxLayout(self)
        for field in (self.box, self.number, self.choice):
            column.addWidget(field)
        grow_marks_in(self)
        self.resize(200, 200)
        self.show()

    def indicator(self) -> int:
        return self.box.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, None, self.box)

    def button_width(self) -> int:
        option = QStyleOptionSpinBox()
        self.number.initStyleOption(option)
        part = QStyle.SubControl.SC_SpinBoxUp
        return self.number.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, part, self.number).width()


def ink(image: QImage) -> int:
    """Columns at the end of a field in which something dark is drawn, but for its edges."""
    wide, middle = image.width(), image.height() // 4
    rows = range(middle - 3, middle + 4)
    return sum(any(image.pixelColor(x, y).lightness() < 140 for y in rows) for x in range(wide // 2 + 20, wide - 3))


@pytest.fixture
def make(qtbot: Any) -> Any:
    def made(points: float) -> Fields:
        fields = Fields(points)
        qtbot.addWidget(fields)
        return fields

    return made


def test_they_grow_with_the_letters(make: Any) -> None:
    small, large = make(10), make(18)
    assert small.box.style() is QApplication.style(), "nothing is done where nothing is needed"
    assert large.indicator() >= 1.6 * small.indicator()
    assert large.button_width() >= 1.6 * small.button_width()
    assert ink(large.number.grab().toImage()) > ink(small.number.grab().toImage()), "and what is drawn on them"


def test_a_larger_arrow_takes_its_room_from_the_end_of_the_field_alone(make: Any) -> None:
    fields = make(18)
    fields.choice.setEditable(True)
    usual = {}
    for grown in (True, False):
        if not grown:
            for field in (fields.choice, fields.number):
                field.setStyle(QApplication.style())
        QApplication.processEvents()
        usual[grown] = [field.lineEdit().geometry() for field in (fields.choice, fields.number)]
    for grown, plain in zip(usual[True], usual[False], strict=True):
        assert grown.left() == plain.left()
        assert grown.right() < plain.right()


def test_both_arrows_work_where_they_are_drawn(make: Any, qtbot: Any) -> None:
    fields = make(18)
    number = fields.number
    end = number.width() - 20  # there the field itself would be beside small letters
    qtbot.mouseClick(number, Qt.MouseButton.LeftButton, pos=QPoint(end, 8))
    assert number.value() == 1
    qtbot.mouseClick(number, Qt.MouseButton.LeftButton, pos=QPoint(end, number.height() - 8))
    assert number.value() == 0


def test_nothing_is_loaded_beside_letters_of_a_usual_size() -> None:
    code = (
        "import sys\nfrom PySide6.QtWidgets import QApplication, QCheckBox\n"
        "app = QApplication(['-platform', 'offscreen'])\n"
        "font = app.font(); font.setPointSizeF(10); app.setFont(font)\n"
        "from oomtray.ui.qt.grown_marks import grow_marks\n"
        "grow_marks(QCheckBox()); assert 'oomtray.ui.qt.grown_style' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_name_of_a_switch_goes_over_several_lines_where_one_has_no_room(qtbot: Any) -> None:
    switch = Switch()
    qtbot.addWidget(switch)
    switch.setText("A container or service is near its own limit")
    whole, line = switch.sizeHint().width(), switch.sizeHint().height()
    switch.fit(whole)
    assert "\n" not in switch.text()
    switch.fit(whole // 2)
    assert switch.text().replace("\n", " ") == switch.accessibleName()
    assert switch.minimumSizeHint().width() <= whole // 2
    assert switch.sizeHint().height() > line
    assert switch.sizeHint().width() == whole, "what it would like doesn't depend on what it has"
    switch.fit(whole)
    assert "\n" not in switch.text()
