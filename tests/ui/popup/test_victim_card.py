"""The head of the popup and its card: what they say where the order is void, close, old or not known."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton

from oomtray.config import Settings
from oomtray.history.kills import RecordedKill
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.popup.fitting_label import Fitting
from oomtray.ui.popup.popup import Popup
from oomtray.ui.qt import colors, icons, moments
from oomtray.ui.qt.labels import Elided
from tests.facts import desktops, kills
from tests.ui.parts import picture, texts, the
from tests.ui.popup.using import overtaken

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ERROR = "OSError: [Errno 5] Input/output error"


@pytest.fixture
def popup(qtbot):
    made = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(made)
    made.open(None)
    yield made
    made.put_away()


def icon(popup) -> QImage:
    return picture(popup.header).pixmap().toImage()


def state(popup, name: icons.State) -> QImage:
    dark, ratio = colors.of(popup.palette()).dark, popup.devicePixelRatioF()
    return icons.state_pixmap(name, dark, 32, ratio).toImage()


def test_before_the_first_reading_nobody_is_named(popup):
    assert texts(popup.card) == ["Who would be killed first", "Not known yet"]


def test_nor_where_the_system_could_never_be_read(popup):
    popup.cannot_read(ERROR)

    assert "Not known yet" in texts(popup.card)
    assert texts(popup.header)[:2] == ["The system can't be read", f"Nothing is known yet. {ERROR}"]
    assert icon(popup) == state(popup, "unreadable")


@pytest.mark.parametrize("panic", [True, False])
def test_where_the_order_is_void_the_card_says_so_and_leads_to_the_help(popup, qtbot, panic):
    popup.show_assessment(desktops.void(panic))

    said = texts(popup.card)
    assert said[1] == ("The whole computer would stop" if panic else "Whoever asks for memory is killed")
    with qtbot.waitSignal(popup.help_wanted):
        the(QPushButton, popup.card, "Help").click()

    popup.show_assessment(desktops.desktop())
    assert texts(popup.card)[:2] == ["If memory ran out now, the kernel would kill", "firefox"]
    assert the(QPushButton, popup.card, "Protect firefox").isVisible()


@pytest.mark.parametrize("panic", [True, False])
def test_what_comes_instead_is_read_whole_in_a_narrow_window(popup, panic):
    popup.resize(popup.minimumSize())
    popup.show_assessment(desktops.void(panic))
    QApplication.processEvents()

    assert all("…" not in label.shown for label in popup.card.findChildren(Fitting) if label.isVisible())


@pytest.mark.parametrize("level", ["normal", "warning", "critical"])
def test_the_victims_name_is_whole_in_a_narrow_window(popup, level):
    popup.resize(popup.minimumSize())
    popup.show_assessment(desktops.desktop(level))
    QApplication.processEvents()

    assert the(Fitting, popup.card, "firefox").shown == "firefox"


@pytest.mark.parametrize(
    ("level", "does"),
    [("normal", ("protect", "firefox")), ("warning", ("protect", "firefox")), ("critical", ("first", "rust-analyzer (4257)"))],
)
def test_its_button_spares_the_victim_at_each_level(popup, level, does):
    """It rises while a hand is on the way there: at the highest without a password, by letting the largest other go first."""
    done = []
    popup.card.chosen.connect(lambda action, subject: done.append((action, subject.name)))
    popup.show_assessment(desktops.desktop(level))

    the(QPushButton, popup.card, " firefox").click()

    assert done == [does]


def test_one_that_the_user_lets_go_first_keeps_its_way_back(popup):
    now = desktops.desktop("critical")
    popup.show_assessment(desktops.by_hand(now, now.victim.risk.process))

    assert the(QPushButton, popup.card, "Protect Web Content").text() == "Protect"


@pytest.mark.parametrize("width", [440, 640])
def test_the_button_that_lets_another_go_leaves_the_victims_name_whole(popup, width):
    popup.resize(width, 600)
    popup.show_assessment(desktops.desktop("critical"))
    QApplication.processEvents()

    assert the(Fitting, popup.card, "firefox").shown == "firefox"
    assert "go first" in the(QPushButton, popup.card, " firefox").text()


def test_who_is_meant_is_settled_when_the_button_goes_down(popup, qtbot):
    done = []
    popup.card.chosen.connect(lambda action, subject: done.append(subject.name))
    popup.show_assessment(desktops.desktop())
    button = the(QPushButton, popup.card, "Protect firefox")

    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    popup.show_assessment(overtaken())
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)

    assert done == ["firefox"]


def test_after_a_kill_the_card_tells_of_it_and_leads_to_its_page(popup, qtbot):
    popup.show_assessment(desktops.desktop())
    event = replace(kills.leak(), time=time.time() - 240)
    popup.card.tell_kill(RecordedKill(7, event))

    said = texts(popup.card)
    assert said[0] == "Killed by the kernel 4 min ago"
    assert said[-2].startswith("next now firefox")

    with qtbot.waitSignal(popup.kill_wanted) as wanted:
        the(QPushButton, popup.card, "Why?").click()
    assert wanted.args == [7]


@pytest.mark.parametrize(("level", "age"), [("warning", 60), ("normal", 3600)])
def test_a_kill_is_no_news_while_memory_is_short_nor_an_hour_later(popup, level, age):
    popup.show_assessment(desktops.desktop(level))
    popup.card.tell_kill(RecordedKill(7, replace(kills.leak(), time=time.time() - age)))

    assert texts(popup.card)[1] == "firefox"


def test_a_pause_is_ended_from_the_card(popup, qtbot):
    popup.show_assessment(desktops.desktop())
    popup.set_paused(True)
    assert " the kernel would have killed" in texts(popup.card)[0]

    with qtbot.waitSignal(popup.pause_wanted) as wanted:
        the(QPushButton, popup.card, "Resume").click()

    assert wanted.args == [False]


def test_a_pause_says_its_time_as_the_other_windows_do(popup):
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    try:
        popup.show_assessment(desktops.desktop())
        popup.set_paused(True)
    finally:
        QLocale.setDefault(before)
    time_of_day = texts(popup.card)[0].removeprefix("At ").removesuffix(" the kernel would have killed")
    assert time_of_day.endswith(("AM", "PM"))
    assert f"Numbers are from {time_of_day}" in texts(popup.header)


def test_a_pause_says_when_its_numbers_were_read_also_after_a_suspend(popup):
    found = desktops.desktop()
    slept = replace(found, snapshot=found.snapshot._replace(time=found.snapshot.time - 7200))  # its monotonic time stood still
    popup.show_assessment(slept)
    popup.set_paused(True)

    time_of_day = moments.clock(slept.snapshot.time)
    assert texts(popup.card)[0] == f"At {time_of_day} the kernel would have killed"
    assert f"Numbers are from {time_of_day}" in texts(popup.header)


def test_where_the_system_can_no_longer_be_read_the_numbers_are_called_old(popup):
    before = desktops.desktop()
    popup.show_assessment(before)
    popup.cannot_read(ERROR)

    for again in (lambda: None, popup.hide, lambda: popup.open(None), lambda: popup.set_paused(False)):
        again()
        assert texts(popup.header)[:2] == ["The system can't be read", f"The numbers below are old. {ERROR}"]
        assert icon(popup) == state(popup, "unreadable")

    popup.show_assessment(desktops.desktop())

    assert texts(popup.header)[0] == "Memory is fine"
    assert icon(popup) == state(popup, "calm")


@pytest.mark.parametrize("paused", [False, True])
def test_numbers_that_came_while_the_popup_was_hidden_are_called_old_as_well(popup, paused):
    popup.show_assessment(desktops.desktop())
    popup.hide()
    popup.show_assessment(desktops.desktop("warning"))
    popup.show_stale(14.0)
    popup.set_paused(paused)

    popup.open(None)

    assert texts(popup.header)[0] == ("Paused" if paused else "No new readings")

    popup.set_paused(False)
    assert texts(popup.header)[:2] == ["No new readings", "Numbers are 14 s old"]


def test_a_pause_is_told_before_what_cannot_be_read(popup):
    popup.show_assessment(desktops.desktop())
    popup.cannot_read(ERROR)

    popup.set_paused(True)
    assert texts(popup.header)[0] == "Paused"

    popup.set_paused(False)
    assert texts(popup.header)[0] == "The system can't be read"


@pytest.mark.parametrize("unreadable", [True, False])
def test_a_pause_that_ends_before_the_first_reading_leaves_nothing_behind(popup, unreadable):
    if unreadable:
        popup.cannot_read(ERROR)

    popup.set_paused(True)
    popup.set_paused(False)

    assert icon(popup) == state(popup, "unreadable" if unreadable else "calm")


def test_a_name_for_which_there_is_no_room_is_told_whole_by_the_pointer(popup):
    popup.resize(popup.minimumSize())
    popup.show_assessment(desktops.long_names())
    QApplication.processEvents()

    name = next(label for label in popup.card.findChildren(Fitting) if "…" in label.shown)
    assert name.text().startswith(name.shown.partition("…")[0])
    assert name.toolTip()


@pytest.mark.parametrize("mirrored", [False, True])
def test_an_apps_name_is_cut_before_its_process(qtbot, mirrored):
    label = Elided("com.example.AnEndlessName · Web Content (4203)", middle=True)
    qtbot.addWidget(label)
    label.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    wide = label.fontMetrics().horizontalAdvance

    label.resize(wide(label.text()), 20)
    assert label.shown == label.text()

    label.resize(wide("com.example… · Web Content (4203)"), 20)
    assert label.shown.startswith("com.exam")
    assert label.shown.endswith("… · Web Content (4203)")

    label.resize(wide("Web Cont"), 20)
    assert (label.shown[0], label.shown[-1]) == ("c", ")")
    assert wide(label.shown) <= label.width()


def test_the_underscores_of_a_setting_are_seen(popup):
    popup.show_assessment(desktops.void(panic=True))
    QApplication.processEvents()
    label = next(one for one in popup.card.findChildren(Fitting) if "panic_on_oom" in one.text())
    image = label.grab().toImage()
    ground = image.pixel(image.width() - 1, 0)
    rows = [y for y in range(image.height()) if any(image.pixel(x, y) != ground for x in range(image.width()))]
    metrics = label.fontMetrics()
    baseline = (image.height() - metrics.height()) // 2 + metrics.ascent()
    wide = [sum(image.pixel(x, y) != ground for x in range(image.width())) for y in rows if y > baseline]
    assert max(wide) >= 2 * metrics.horizontalAdvance("_") - 4, "both, side by side"
