"""What all dialogs about an app or a process have in common: Escape, one default, buttons in one order, a name for each part."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QPushButton,
    QWidget,
)

from oomtray.ui.qt import colors
from oomtray.ui.qt.buttons import GlyphButton
from oomtray.ui.qt.dialog import Dialog, tallest
from oomtray.ui.qt.screens import free_size
from tests.ui.dialog_gallery import SCENES
from tests.ui.gallery import LIGHT, palette
from tests.ui.gallery_list import CONTRAST
from tests.ui.looks import looks
from tests.ui.tab_order import is_in_order, looks_focused, tour
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(params=SCENES)
def dialog(request: pytest.FixtureRequest, qtbot: Any) -> Dialog:
    return shown(qtbot, request.param)


def shown(qtbot: Any, name: str) -> Dialog:
    made = SCENES[name]()
    assert isinstance(made, Dialog)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    return made


def buttons(dialog: Dialog) -> list[QPushButton]:
    shown = [button for button in dialog.findChildren(QPushButton) if button.isVisible() and not isinstance(button, GlyphButton)]
    return sorted(shown, key=lambda button: button.mapTo(dialog, button.rect().topLeft()).x())


def test_escape_closes_it(qtbot: Any, dialog: Dialog) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_way_out_is_the_last_button_and_at_most_one_is_the_default(dialog: Dialog) -> None:
    assert buttons(dialog)[-1] is dialog.close_button
    assert dialog.close_button.text() in ("Close", "Cancel")
    assert sum(button.isDefault() for button in buttons(dialog)) <= 1
    assert not any(button.autoDefault() for button in buttons(dialog)), "Enter is never another one's for a moment"


def test_enter_presses_the_button_that_has_the_focus(qtbot: Any, dialog: Dialog) -> None:
    """On Cancel it did what Cancel is to prevent, if that is the default."""
    dialog.close_button.setFocus()
    qtbot.keyClick(dialog.close_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_the_keys_reach_all_and_all_has_a_name(dialog: Dialog) -> None:
    for part in dialog.findChildren(QWidget):
        if not part.isVisible() or not part.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if isinstance(part.parent(), QAbstractSpinBox):
            continue
        told = QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
        assert told, part
    pressed = [one for one in dialog.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()]
    keyless = [one for one in pressed if one.focusPolicy() == Qt.FocusPolicy.NoFocus and "value_slider" not in type(one.parent()).__module__]
    assert keyless == []


def test_tab_goes_as_one_reads_and_shift_tab_back(qtbot: Any, dialog: Dialog) -> None:
    dialog.activateWindow()
    found = tour(qtbot, dialog, Qt.Key.Key_Tab)
    assert tour(qtbot, dialog, Qt.Key.Key_Backtab) == [found[0], *found[:0:-1]]
    places = [one.mapTo(dialog, QPoint(0, 0)) for one in found]
    first = min(range(len(found)), key=lambda at: (places[at].y(), places[at].x()))
    read = found[first:] + found[:first]
    within = [one for one in read if one is not dialog.area]  # it takes keys that scroll, and is around others
    assert all(is_in_order(dialog, *pair) for pair in pairwise(within)), read


@pytest.mark.parametrize("tone", [LIGHT, CONTRAST], ids=["light", "contrast"])
@pytest.mark.parametrize("name", SCENES)
def test_it_is_seen_where_the_keyboard_is(qtbot: Any, name: str, tone: dict[str, str]) -> None:
    """A default button that has it looks otherwise than one that has it not."""
    with looks(tone):
        made = shown(qtbot, name)
        made.activateWindow()
        qtbot.waitUntil(lambda: made.isActiveWindow() and made.focusWidget() is not None)
        for _ in tour(qtbot, made, Qt.Key.Key_Tab):
            qtbot.keyClick(made.focusWidget(), Qt.Key.Key_Tab)
            assert looks_focused(made.focusWidget()), f"nothing shows that {made.focusWidget()} has the focus"


def test_a_narrow_window_cuts_nothing_off_at_its_side(qtbot: Any, dialog: Dialog) -> None:
    dialog.resize(400, 640)
    qtbot.waitUntil(lambda: dialog.width() <= 440)
    assert dialog.area.widget().minimumSizeHint().width() <= dialog.width()


def test_it_opens_as_high_as_what_it_shows(dialog: Dialog) -> None:
    QApplication.processEvents()  # what its parts had still to say is in their sizes by now
    free = tallest(free_size(dialog).height())
    assert dialog.height() >= min(dialog.wanted_height(dialog.width()), free)


@pytest.mark.parametrize("name", SCENES)
def test_with_large_text_on_a_low_screen_no_part_is_squeezed(qtbot: Any, monkeypatch: Any, name: str) -> None:
    for module in ("dialog", "screens"):
        monkeypatch.setattr(f"oomtray.ui.qt.{module}.free_size", lambda _: QSize(800, 348))
    with text_size(18):
        made = shown(qtbot, name)
        QApplication.processEvents()
    assert made.title.height() >= made.title.sizeHint().height()
    assert made.subtitle.height() >= made.subtitle.heightForWidth(made.subtitle.width())
    assert made.area.height() >= 100
    assert made.close_button.height() >= made.close_button.sizeHint().height()


def test_a_window_leaves_room_for_its_title_bar_and_uses_the_rest_of_the_screen() -> None:
    assert (tallest(888), tallest(348)) == (844, 313)


def test_one_that_grows_beyond_the_screens_edge_moves_up(qtbot: Any) -> None:
    made = Dialog("Title", width=400)
    qtbot.addWidget(made)
    made.body.addSpacing(200)
    made.show()
    bottom = QGuiApplication.primaryScreen().availableGeometry().bottom()
    made.move(20, bottom - made.height() - 5)
    made.body.addSpacing(120)

    made.grow()

    assert made.height() >= made.wanted_height(made.width())
    assert made.frameGeometry().bottom() <= bottom


def test_a_section_that_is_hidden_leaves_no_gap(qtbot: Any) -> None:
    made = Dialog("Title", width=400)
    qtbot.addWidget(made)
    made.body.addWidget(QWidget())
    before = made.wanted_height(400)
    for caption in ("One", "Two"):
        made.add_section(caption).hide()
    assert made.wanted_height(400) == before


def test_it_stays_whole_when_an_icon_comes_later(qtbot: Any) -> None:
    made = Dialog("Title", width=400)
    qtbot.addWidget(made)
    made.body.addSpacing(300)
    words = "Some words that fill a line of this window without an icon, and a second one with it."
    made.head_line("Name", words)
    made.show()
    QApplication.processEvents()
    pixmap = QPixmap(48, 48)
    pixmap.fill(Qt.GlobalColor.red)
    made.head_line("Name", f"{words} {words}", QIcon(pixmap))
    assert made.height() >= made.wanted_height(made.width())


@pytest.mark.parametrize("late", [False, True])
def test_a_button_has_an_edge_in_high_contrast_also_where_that_comes_later(qtbot: Any, qapp: Any, late: bool) -> None:
    with looks(LIGHT if late else CONTRAST, "Fusion"):
        made = Dialog("Title", width=400)
        qtbot.addWidget(made)
        made.add_action("Set", lambda: None)
        made.show()
        qapp.setPalette(palette(CONTRAST))
        QApplication.processEvents()
        button = made.close_button
        edge = button.grab().toImage().pixelColor(0, button.height() // 2)
        assert colors.contrast(edge, QColor(CONTRAST["Window"])) > 1.9


def test_a_title_of_several_words_is_whole_in_the_narrowest_window(qtbot: Any) -> None:
    """It has the app's name, often at its end."""
    with text_size(18):
        made = Dialog("Always protect")
        qtbot.addWidget(made)
        made.head_line("Always protect Visual Studio Code", "")
        made.show()
        made.resize(400, 640)
        QApplication.processEvents()
        assert made.title.shown == made.title.text()
        assert made.title.height() >= made.title.heightForWidth(made.title.width()) > 1.5 * made.title.fontMetrics().height()
