"""Text fields, choice boxes and menus have an edge that is seen, where Fusion draws it out of the palette."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QSpinBox,
    QStyleFactory,
    QToolTip,
    QWidget,
)

from oomtray.ui.qt import colors, field_edges
from oomtray.ui.qt.buttons import PushButton
from oomtray.ui.qt.menu import Menu
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.gallery_list import CONTRAST
from tests.ui.looks import looks
from tests.ui.text_size import text_size

ADWAITA_DARK = {**DARK, "Window": "#323232", "Base": "#2d2d2d", "Highlight": "#15539e"}
STARK_LIGHT = {**LIGHT, "Window": "#ffffff", "WindowText": "#000000", "Base": "#ffffff", "Text": "#000000", "Button": "#ffffff",
               "ButtonText": "#000000", "Highlight": "#000000", "HighlightedText": "#ffffff", "PlaceholderText": "#000000"}  # fmt: skip
WINDOW, BASE = QPalette.ColorRole.Window, QPalette.ColorRole.Base


@pytest.fixture(autouse=True)
def _as_before(qapp):
    with looks():
        yield


@pytest.fixture
def desktop(qapp):
    def looks(tone, style="Fusion"):
        qapp.setStyle(QStyleFactory.create(style))
        QApplication.setPalette(palette(tone))
        field_edges.give_edges()

    return looks


def edge_of(field, qtbot):
    """The color of its left edge, at half its height, as it is drawn."""
    qtbot.addWidget(field)
    field.resize(120, 32)
    image = field.grab().toImage()
    return image.pixelColor(0, 16)


@pytest.mark.parametrize("tone", [DARK, CONTRAST], ids=["dark", "high contrast"])
@pytest.mark.parametrize("kind", [QLineEdit, QComboBox, QSpinBox])
def test_in_a_dark_window_it_stands_out_from_inside_and_around(qtbot, desktop, tone, kind):
    desktop(tone)

    drawn = edge_of(kind(), qtbot)

    for ground in ("Window", "Base"):
        assert colors.contrast(drawn, QColor(tone[ground])) > 1.9


@pytest.mark.parametrize("tone", [LIGHT, DARK, ADWAITA_DARK, CONTRAST], ids=["light", "dark", "dark by Adwaita", "high contrast"])
def test_what_has_the_keyboard_stands_out_from_around_it(qtbot, desktop, tone):
    """In a dark window its edge went out, darker than that of a field without the keyboard."""
    desktop(tone)
    around = QWidget()
    qtbot.addWidget(around)
    field = QLineEdit(around)
    field.setGeometry(4, 4, 120, 32)
    around.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)

    drawn = around.grab().toImage().pixelColor(4, 20)

    assert colors.contrast(drawn, QColor(tone["Window"])) > 2.9


@pytest.mark.parametrize("tone", [LIGHT, DARK, ADWAITA_DARK, CONTRAST], ids=["light", "dark", "dark by Adwaita", "high contrast"])
def test_what_is_selected_in_a_field_can_be_read(desktop, tone):
    desktop(tone)
    own = QApplication.palette("QLineEdit")

    assert colors.contrast(own.color(QPalette.ColorRole.Highlight), own.color(QPalette.ColorRole.HighlightedText)) >= 4.5


@pytest.mark.parametrize("tone", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "high contrast"])
def test_a_tooltip_without_colors_of_the_desktop_has_those_of_its_lists(desktop, tone):
    """It was yellow in a dark window too."""
    desktop({**tone, "ToolTipBase": "#ffffdc", "ToolTipText": "#000000"})
    own = QToolTip.palette()
    base, text = own.color(QPalette.ColorRole.ToolTipBase), own.color(QPalette.ColorRole.ToolTipText)

    assert colors.contrast(base, text) >= 4.6
    assert colors.contrast(base, QColor(tone["Base"])) < 1.8
    assert base != QColor("#ffffdc")


def test_a_tooltip_keeps_colors_of_the_desktop(desktop):
    desktop({**DARK, "ToolTipBase": "#ffffdc"})
    desktop({**DARK, "ToolTipBase": "#223344"})

    assert QToolTip.palette().color(QPalette.ColorRole.ToolTipBase) == QColor("#223344")


@pytest.mark.parametrize("tone", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "high contrast"])
def test_a_menu_ends_somewhere(qtbot, desktop, tone):
    """In high contrast it lay on the window without a border."""
    desktop(tone)
    menu = QMenu()
    menu.addAction("Copy")

    drawn = edge_of(menu, qtbot)

    assert colors.contrast(drawn, QColor(tone["Window"])) > (7 if tone is CONTRAST else 1.3)


def test_a_menu_chooses_in_the_color_of_the_desktop(desktop):
    desktop(ADWAITA_DARK)
    role = QPalette.ColorRole.Highlight

    assert QApplication.palette("QLineEdit").color(role) != QColor(ADWAITA_DARK["Highlight"])
    assert QApplication.palette("QMenu").color(role) == QColor(ADWAITA_DARK["Highlight"])


def test_what_has_the_keyboard_differs_from_the_white_edges_of_a_high_contrast_that_is_asked_for(qtbot, desktop, monkeypatch):
    """On a desktop whose colors alone don't say so, such as GNOME's with its dark gray windows."""
    monkeypatch.setattr(colors, "wants_high_contrast", lambda: True)
    desktop({**DARK, "Highlight": "#0f3b71"})
    around = QWidget()
    qtbot.addWidget(around)
    field = QLineEdit(around)
    field.setGeometry(4, 4, 120, 32)
    around.show()
    ground = QColor(DARK["Window"])

    without = around.grab().toImage().pixelColor(4, 20)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    with_it = around.grab().toImage().pixelColor(4, 20)

    assert colors.contrast(without, ground) > 6
    assert colors.contrast(with_it, ground) > 4.5
    assert with_it.hslSaturation() > 100 > without.hslSaturation()


@pytest.mark.parametrize("tone", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "high contrast"])
def test_an_empty_check_box_stands_out(qtbot, desktop, tone):
    """It has nothing but its edge; on a light window that was hardly seen."""
    desktop(tone)
    around = QWidget()
    qtbot.addWidget(around)
    box = QCheckBox(around)
    box.resize(60, 32)
    image = around.grab().toImage()
    ground = QColor(tone["Window"])
    assert max(colors.contrast(image.pixelColor(x, 16), ground) for x in range(30)) >= 3


def test_in_a_light_window_it_is_as_fusion_has_it(desktop):
    desktop(LIGHT)

    assert QApplication.palette("QLineEdit").color(WINDOW) == QColor(LIGHT["Window"])


def test_what_stands_in_an_empty_field_can_be_read(desktop):
    for tone in (LIGHT, DARK):
        desktop(tone)
        ink = QApplication.palette("QLineEdit").color(QPalette.ColorRole.PlaceholderText)
        assert colors.contrast(ink, QColor(tone["Base"])) >= 4.5


def test_what_stands_in_an_empty_field_is_not_taken_for_a_text_in_high_contrast(desktop):
    desktop(CONTRAST)
    own = QApplication.palette("QLineEdit")
    ink, text = own.color(QPalette.ColorRole.PlaceholderText), own.color(QPalette.ColorRole.Text)
    assert colors.contrast(ink, QColor(CONTRAST["Base"])) >= 7
    assert colors.contrast(ink, text) > 1.5


def test_it_follows_the_desktop(desktop):
    desktop(DARK)
    desktop(LIGHT)

    assert QApplication.palette("QLineEdit").color(BASE) == QColor(LIGHT["Base"])
    assert QApplication.palette("QLineEdit").color(WINDOW) == QColor(LIGHT["Window"])


def test_nothing_else_is_touched(qtbot, desktop):
    desktop(DARK)
    label = QLabel("text")
    qtbot.addWidget(label)

    assert label.palette().color(WINDOW) == QColor(DARK["Window"])


def test_where_the_desktop_has_a_style_of_its_own_that_draws_as_it_does(desktop, monkeypatch):
    monkeypatch.setattr(QStyleFactory, "keys", staticmethod(lambda: ["Breeze", "Fusion", "Windows"]))
    desktop(DARK, style="Windows")

    assert QApplication.palette("QLineEdit").color(WINDOW) == QColor(DARK["Window"])


@pytest.mark.parametrize("points", [10, 18])
def test_a_button_has_air_beside_its_words_at_any_size_of_the_text(qtbot, points):
    with text_size(points):
        button = PushButton("Copy")
        qtbot.addWidget(button)
        for text in ("Copy", "Copy all the words"):
            button.setText(text)
            button.adjustSize()
            assert button.width() - button.fontMetrics().horizontalAdvance(text) >= 24


@pytest.mark.parametrize("tone", [LIGHT, DARK, ADWAITA_DARK, CONTRAST], ids=["light", "dark", "dark by Adwaita", "high contrast"])
def test_a_separator_in_a_menu_can_be_seen(qtbot, desktop, tone):
    """In a dark menu it was drawn darker than the menu, and in black on black."""
    desktop(tone)
    menu = Menu()
    qtbot.addWidget(menu)
    menu.addAction("Copy")
    between = menu.addSeparator()
    menu.addAction("End")

    picture, box = menu.grab().toImage(), menu.actionGeometry(between)
    column = [picture.pixelColor(box.center().x(), y) for y in range(box.top() - 2, box.bottom() + 3)]

    assert max(colors.contrast(one, column[0]) for one in column) > (7 if tone is CONTRAST else 1.6)


@pytest.mark.parametrize("tone", [LIGHT, DARK, ADWAITA_DARK], ids=["light", "dark", "dark by Adwaita"])
def test_a_button_that_is_off_recedes(qtbot, desktop, tone):
    """In a dark window its edge was brighter than that of one that can be pressed, and its face the same."""
    desktop(tone)
    around = QWidget()
    qtbot.addWidget(around)
    for x, on in ((10, True), (110, False)):
        button = PushButton(parent=around)
        button.setGeometry(x, 10, 80, 32)
        button.setEnabled(on)
    field_edges.give_edges()
    picture, ground = around.grab().toImage(), QColor(tone["Window"])

    def seen(x, y):
        return colors.contrast(picture.pixelColor(x, y), ground)

    on, off = (max(seen(x + dx, 26) for dx in (0, 1)) for x in (10, 110))
    assert 1.05 < off < on
    if tone is not LIGHT:
        assert seen(150, 26) < seen(50, 26)


@pytest.mark.parametrize(("tone", "thick"), [(LIGHT, 2), (CONTRAST, 3), (STARK_LIGHT, 3)], ids=["light", "dark high contrast", "light high contrast"])
def test_in_high_contrast_the_default_button_is_marked_by_its_edge(qtbot, desktop, tone, thick):
    """In black on white a tint alone told it from the others."""
    desktop(tone)
    window = QDialog()
    qtbot.addWidget(window)
    buttons = [PushButton(parent=window), PushButton(parent=window)]
    for place, button in enumerate(buttons):
        button.setGeometry(10, 10 + 60 * place, 80, 40)
    buttons[0].setDefault(True)
    picture, ink = window.grab().toImage(), QColor(tone["WindowText"])

    edges = [sum(colors.contrast(picture.pixelColor(50, top + y), ink) < 1.5 for y in range(12)) for top in (10, 70)]

    assert (edges[0] >= thick) is (tone is not LIGHT)
    assert edges[1] < thick
