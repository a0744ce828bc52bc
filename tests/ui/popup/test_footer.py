"""The foot of the popup: what the list shows is chosen there, and the rest is reached from it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton

from oomtray.ui.popup.footer import ChoiceButton, Footer
from oomtray.ui.popup.process_row import MEMORY, NAME
from oomtray.ui.qt import colors
from tests.ui.parts import entries, the


@pytest.fixture
def footer(qtbot):
    made = Footer()
    qtbot.addWidget(made)
    return made


def test_the_button_bears_what_was_chosen_and_says_so(footer):
    said = []
    footer.by_app.toggled.connect(said.append)

    footer.set_choices(by_app=False, mine=False)
    assert (footer.rows.text(), footer.rows.accessibleName()) == ("Processes", "What the list shows: Processes")

    footer.by_app.trigger()
    assert footer.rows.text() == "Apps"
    assert said == [False, True]


def test_a_choice_of_a_single_letter_is_not_written_over_the_arrow(footer):
    """As in Korean; Qt elides nothing of one."""
    footer.rows.setText("앱")

    footer.rows.resize(footer.rows.minimumSizeHint())
    assert footer.rows.shown == ""

    footer.rows.resize(footer.rows.width_of_all, footer.rows.height())
    assert footer.rows.shown == "앱"


def test_without_room_for_its_text_a_picture_in_the_middle_says_what_it_chooses(qtbot):
    button = ChoiceButton("What the list shows")
    qtbot.addWidget(button)
    button.setText("앱")
    button.resize(button.minimumSizeHint())
    image, ground = button.grab().toImage(), button.palette().button().color()

    drawn = [
        (x, y)
        for x in range(6, image.width() - 6)
        for y in range(6, image.height() - 6)
        if colors.contrast(image.pixelColor(x, y), ground) > 2
    ]
    across, down = ([spot[axis] for spot in drawn] for axis in (0, 1))
    assert abs((min(across) + max(across)) / 2 - image.width() / 2) < 2
    assert max(down) - min(down) > 0.6 * (max(across) - min(across)), "no flat arrow"


def test_it_says_that_only_ones_own_are_listed(footer):
    """The list began with the ninth, and nothing told why; unlike the filter, the choice is kept."""
    footer.set_choices(by_app=True, mine=True)
    assert (footer.rows.text(), footer.rows.accessibleName()) == ("My apps", "What the list shows: My apps")

    footer.set_choices(by_app=False, mine=True)
    assert footer.rows.text() == "My processes"
    assert entries(footer.rows.menu_of)[:3] == ["Apps", "Processes", "Only mine"]

    footer.mine.trigger()
    assert footer.rows.text() == "Processes"


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("points", [9.0, 9.3, 9.6, 10.0, 10.4, 11.0, 12.5])
def test_where_there_is_room_every_choice_is_shown_whole(footer, points):
    """Processes had become Process… where the widths of letters have fractions."""
    font = footer.font()
    font.setPointSizeF(points)
    footer.setFont(font)
    footer.resize(700, 40)
    footer.show()
    for by_app, mine in ((True, False), (False, False), (True, True), (False, True)):
        footer.set_choices(by_app=by_app, mine=mine)
        QApplication.processEvents()
        assert footer.rows.shown == footer.rows.text()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_longer_choice_of_ones_own_leaves_the_filter_its_room(footer):
    footer.show()
    for width in range(300, 600):  # up to the least that has room for both at their widest
        footer.setFixedWidth(width)
        QApplication.processEvents()
        if footer.rows.width() == footer.rows.width_of_all:
            break
    footer.set_choices(by_app=True, mine=True)
    QApplication.processEvents()
    assert footer.edit.width() >= footer.edit.wanted


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_button_that_opened_a_menu_is_not_drawn_as_under_the_pointer_afterwards(footer):
    """A menu takes the pointer, and nobody tells the button that it has left."""
    footer.resize(500, 40)
    footer.show()
    for button, menu in ((footer.more, footer.more_menu), (footer.rows, footer.rows.menu_of)):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
        menu.popup(QPoint(600, 400))
        menu.close()
        assert not button.underMouse()


def test_one_of_both_is_always_chosen(footer):
    footer.by_app.setChecked(False)
    footer.by_app.setChecked(True)

    chosen = [action.text() for action in footer.rows.menu_of.actions() if action.isChecked()]

    assert chosen == ["Apps"]


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(("name", "signal"), [("History", "history_wanted"), ("Settings", "settings_wanted"), ("Help", "help_wanted")])
def test_what_leads_elsewhere_is_one_click_away(popup, qtbot, name, signal):
    with qtbot.waitSignal(getattr(popup, signal)):
        the(QPushButton, popup, name).click()


def test_the_menu_holds_the_rest(footer):
    assert entries(footer.more_menu) == [
        "Pause", "What was killed", "Will it fit?", "Rule profiles…", "Fire drill", "Keyboard shortcuts",
    ]  # fmt: skip


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_pause_is_a_switch_that_shows_where_it_stands(popup, qtbot):
    popup.set_paused(True)
    pause = popup.findChild(Footer).pause
    assert pause.isChecked()

    with qtbot.waitSignal(popup.pause_wanted) as told:
        pause.trigger()

    assert told.args == [False]


def test_the_filter_is_as_high_as_the_choice_beside_it(footer):
    footer.grab()  # lays it out

    assert footer.edit.height() == footer.rows.height() == 32
    assert footer.edit.y() == footer.rows.y()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_rows_are_sorted_by_keys_as_by_a_click_on_a_columns_title(popup):
    orders = the(Footer, popup).orders
    by = {action.text(): action for action in orders.actions()}
    assert list(by) == ["Counts as", "App", "Memory", "Change", "Status"]

    by["Memory"].trigger()
    assert popup.model.listing.sorting == (MEMORY, True), "the largest first"
    by["Memory"].trigger()
    assert popup.model.listing.sorting == (MEMORY, False)
    by["App"].trigger()
    assert popup.model.listing.sorting == (NAME, False), "from A"

    the(Footer, popup).by_app.setChecked(False)
    orders.aboutToShow.emit()
    assert [action.text() for action in orders.actions() if action.isChecked()] == ["Process"]
