"""The slider with words: each word is a value, between them it moves evenly, and the keys reach all of it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from oomtray.config import Presets
from oomtray.ui.dialogs.value_slider import ValueSlider
from oomtray.ui.qt import colors
from tests.ui.gallery import DARK, LIGHT
from tests.ui.gallery_list import CONTRAST
from tests.ui.looks import looks


@pytest.fixture
def slider(qtbot: Any) -> ValueSlider:
    made = ValueSlider(Presets())
    qtbot.addWidget(made)
    made.resize(500, made.sizeHint().height())
    made.show()
    return made


def test_before_a_value_is_shown_it_stands_where_its_value_is(qtbot: Any, slider: ValueSlider) -> None:
    """Nobody shows it the 0 that most processes have; a key led from the last to go to -979."""
    assert (slider.value, slider.word()) == (0, "Normal")
    qtbot.keyClick(slider.slider, Qt.Key.Key_Right)
    assert slider.value == 12


@pytest.mark.parametrize("value", [-999, -750, -500, -20, 0, 7, 300, 650, 1000])
def test_any_value_stays_as_it_is_shown(slider: ValueSlider, value: int) -> None:
    slider.show_value(value)
    assert slider.value == value


def test_a_page_leads_from_word_to_word(qtbot: Any, slider: ValueSlider) -> None:
    slider.show_value(0)
    with qtbot.waitSignal(slider.moved) as moved:
        qtbot.keyClick(slider.slider, Qt.Key.Key_PageUp)
    assert moved.args == [300]
    qtbot.keyClick(slider.slider, Qt.Key.Key_Home)
    assert slider.value == -999


def test_a_word_is_clicked(qtbot: Any, slider: ValueSlider) -> None:
    slider.show_value(300)
    with qtbot.waitSignal(slider.moved) as moved:
        qtbot.mouseClick(slider.words[1], Qt.MouseButton.LeftButton)
    assert moved.args == [-500]
    assert slider.word() == "Protected"
    assert slider.slider.accessibleDescription() == "Protected, oom_score_adj -500"


def test_a_preset_that_is_out_of_order_has_no_word(qtbot: Any) -> None:
    made = ValueSlider(Presets(protect=10, deprioritize=-5))
    qtbot.addWidget(made)
    assert [value for value, _ in made.stops] == [-999, 0, 1000]


@pytest.mark.parametrize("tone", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
def test_its_handle_and_what_lies_before_it_stand_out(qapp: Any, slider: ValueSlider, tone: dict[str, str]) -> None:
    with looks(tone, "Fusion"):
        slider.show_value(0)
        slider.slider.clearFocus()
        qapp.processEvents()  # until then its colors are the old ones
        image = slider.slider.grab().toImage()
        middle = slider.slider.rect().center()
        window = QColor(tone["Window"])
        for part, place in (("handle", middle.x()), ("part before it", middle.x() // 2)):
            assert colors.contrast(image.pixelColor(place, middle.y()), window) > 3, part


def test_its_handle_shows_that_it_has_the_keyboard(qtbot: Any, slider: ValueSlider) -> None:
    with looks(style="Fusion"):
        slider.slider.setFocus()
        qtbot.waitUntil(slider.slider.hasFocus)
        with_it = slider.slider.grab().toImage()
        slider.slider.clearFocus()
        assert slider.slider.grab().toImage() != with_it
