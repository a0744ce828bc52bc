"""Stepping in on the card: whom it is about and how long, the two answers, and what somebody hears who can't see it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QPushButton

from oomtray.risk.step_in import Candidate
from oomtray.ui.popup import victim_card
from oomtray.ui.popup.fitting_label import Fitting
from tests.facts import MIB, desktops
from tests.ui.parts import texts, the

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def shown(popup):
    popup.show_assessment(desktops.desktop("critical"))
    return popup


def meant(popup, key="slack"):
    app = next(app for app in popup.assessment.apps if app.key == key)
    return Candidate(app, tuple(risk.process for risk in app.members), 612 * MIB)


def count(popup, left, key="slack"):
    popup.card.count_down(meant(popup, key), left, 15.0)
    QApplication.processEvents()


def name_on(popup):
    return next(label for label in popup.card.findChildren(Fitting) if "slack" in label.text())


def red_from_start(popup):
    """Pixels of the bar along the foot that are left, from the side where it begins."""
    image = popup.card.grab().toImage()
    row = image.height() - 4
    reds = [image.pixelColor(x, row).saturation() > 140 for x in range(image.width())]
    return reds.count(True), reds[20]


def test_it_says_who_ends_why_in_how_many_seconds_and_what_comes_else(shown):
    count(shown, 11.2)

    assert texts(shown.card) == [
        "To keep the computer responsive", "slack ends in 12 s", "frees at most 612 MiB", "else the kernel kills firefox", "Don't", "End now",
    ]  # fmt: skip


def test_what_it_frees_is_said_in_fewer_words_before_it_is_left_out(shown):
    shown.resize(500, 600)
    count(shown, 11.2)

    assert "frees ≤ 612 MiB" in [label.shown for label in shown.card.findChildren(Fitting) if label.isVisible()]
    assert shown.card.accessibleDescription() == "To keep the computer responsive, frees at most 612 MiB"


def test_whom_a_killer_would_take_first_anyway_is_told_so(shown):
    count(shown, 11.2, key="firefox")

    assert "else the kernel kills it" in texts(shown.card)


def test_in_a_list_of_processes_the_one_that_is_killed_else_is_named(shown):
    candidate = meant(shown)
    shown.show_assessment(replace(desktops.desktop("critical"), apps=()))
    shown.card.count_down(candidate, 11.2, 15.0)
    QApplication.processEvents()

    assert "else the kernel kills Web Content" in texts(shown.card)


def test_it_has_the_height_of_the_card_and_gives_it_back(shown):
    before, height = texts(shown.card), shown.card.height()
    for left in (15.0, 8.0, 1.0):
        count(shown, left)
        shown.show_assessment(desktops.desktop("critical"))
        assert shown.card.height() == height
        assert any("ends in" in text for text in texts(shown.card))

    shown.card.end_countdown()

    assert texts(shown.card) == before


def test_what_stands_beside_the_seconds_stays_where_it_is(shown):
    shown.resize(900, 600)
    count(shown, 10.0)
    detail = the(Fitting, shown.card, "frees at most 612")
    before = detail.geometry()

    count(shown, 9.0)

    assert detail.isVisible()
    assert detail.geometry() == before


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_bar_empties_towards_where_it_begins(shown, mirrored):
    shown.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    widths = []
    for left in (15.0, 10.0, 5.0):
        count(shown, left)
        reds, at_left = red_from_start(shown)
        widths.append(reds)
    assert widths[0] > widths[1] > widths[2] > 0
    assert at_left is not mirrored


def test_either_answer_is_told(shown, qtbot):
    count(shown, 12.0)

    with qtbot.waitSignal(shown.card.declined):
        the(QPushButton, shown.card, "Don't").click()
    with qtbot.waitSignal(shown.card.hurried):
        the(QPushButton, shown.card, "End slack now").click()


def test_a_click_that_was_meant_for_the_button_before_ends_nothing(shown):
    count(shown, 14.6)
    assert not the(QPushButton, shown.card, "End slack now").isEnabled()

    count(shown, 13.9)
    assert the(QPushButton, shown.card, "End slack now").isEnabled()


def test_once_it_is_being_ended_nothing_is_asked(shown):
    count(shown, 1.0)
    shown.card.tell_ending(meant(shown))

    assert texts(shown.card) == ["To keep the computer responsive", "Ending slack…", "frees at most 612 MiB"]
    assert not shown.card.asks
    name, detail = name_on(shown), the(Fitting, shown.card, "frees at most 612")
    assert detail.x() - name.x() - name.widest < 12, "no gap where the seconds stood"


def test_the_keyboard_comes_to_the_safe_answer_from_the_button_that_makes_room(shown):
    button = the(QPushButton, shown.card, " firefox")
    button.setFocus()
    count(shown, 15.0)
    assert QApplication.focusWidget() is the(QPushButton, shown.card, "Don't")

    shown.card.end_countdown()
    assert QApplication.focusWidget() is button


def test_but_not_from_elsewhere(shown):
    shown.table.setFocus()
    count(shown, 15.0)

    assert QApplication.focusWidget() is shown.table


def test_opened_meanwhile_it_has_the_focus_on_the_safe_answer_and_then_on_the_list(shown):
    shown.hide()
    count(shown, 15.0)
    shown.open(None)
    QApplication.processEvents()
    assert QApplication.focusWidget() is the(QPushButton, shown.card, "Don't")

    shown.card.end_countdown()
    assert QApplication.focusWidget() is shown.table


def test_tab_goes_from_the_safe_answer_to_the_other(shown, qtbot):
    count(shown, 12.0)
    no = the(QPushButton, shown.card, "Don't")
    no.setFocus()

    qtbot.keyClick(no, Qt.Key.Key_Tab)

    assert QApplication.focusWidget() is the(QPushButton, shown.card, "End slack now")


def test_the_seconds_are_said_aloud_at_fifteen_at_five_and_at_the_end(shown, monkeypatch):
    said = []
    monkeypatch.setattr(victim_card, "announce", lambda _card, text, **_how: said.append(text))
    for left in range(15, -1, -1):
        count(shown, float(left))
    shown.card.tell_ending(meant(shown))

    assert said == ["slack ends within 15 s", "slack ends within 5 s", "Ending slack…"]


def test_what_is_read_of_the_card_is_true_at_any_second(shown):
    read = QAccessible.queryAccessibleInterface(shown.card).text
    for left, says in ((15.0, "slack ends within 15 s"), (6.0, "slack ends within 15 s"), (5.0, "slack ends within 5 s")):
        count(shown, left)
        assert read(QAccessible.Text.Name) == says
        assert name_on(shown).accessibleName() == says
        assert read(QAccessible.Text.Description) == "To keep the computer responsive, frees at most 612 MiB"

    shown.card.end_countdown()
    assert read(QAccessible.Text.Name) == ""


@pytest.mark.parametrize("points", [10, 14, 18])
def test_in_a_narrow_window_with_large_text_who_and_when_are_read(shown, qapp, points):
    before = qapp.font()
    try:
        font = qapp.font()
        font.setPointSize(points)
        qapp.setFont(font)
        shown.resize(shown.minimumSize())
        count(shown, 12.0)
        assert name_on(shown).shown in ("slack ends in 12 s", "slack: 12 s")
    finally:
        qapp.setFont(before)
