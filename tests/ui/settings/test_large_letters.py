"""With large letters, what a setting is and what is chosen can be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox

from oomtray.ui.qt.labels import Plain
from oomtray.ui.settings.controls import ChoiceBox
from oomtray.ui.settings.settings_window import SettingsWindow
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


def choices(window: SettingsWindow) -> list[ChoiceBox]:
    return [row.control for row in window.page.rows if isinstance(row.control, ChoiceBox)]


def room(box: ChoiceBox) -> int:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    return box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, box).width()


@pytest.mark.parametrize("points", [10, 18])
def test_every_choice_fits_its_box(make: Callable[[], SettingsWindow], points: int) -> None:
    with text_size(points):
        window = make()
        window.show_page("look")
        QApplication.processEvents()
        assert len(choices(window)) == 2
        for box in choices(window):
            wide = box.fontMetrics().horizontalAdvance
            assert max(wide(box.itemText(number)) for number in range(box.count())) <= room(box)


def test_the_default_goes_below_a_name_that_it_would_squeeze(make: Callable[[], SettingsWindow]) -> None:
    with text_size(18):
        window = make()
        window.show_page("pace")
        seen = set()
        for width in range(900, 1601, 50):
            window.resize(width, 900)
            QApplication.processEvents()
            for row in window.page.rows:
                name = next(label for label in row.findChildren(Plain) if label.text() == row.label)
                lines = name.height() // name.fontMetrics().height()
                assert row.narrow or lines <= 2, f"{row.label} takes {lines} lines in {width} pixels"
                seen.add(row.narrow)
        assert seen == {True, False}
