"""The head of the popup and its card: what they say where the order is void, close, old or not known."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel

from oomtray.config import Settings
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.popup.popup import Popup
from oomtray.ui.qt import colours, icons
from oomtray.ui.qt.labels import Elided
from tests.facts import desktops
from tests.ui.parts import picture, texts, the

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
    dark, ratio = colours.of(popup.palette()).dark, popup.devicePixelRatioF()
    return icons.state_pixmap(name, dark, 32, ratio).toImage()


def test_before_the_first_reading_there_is_no_card(popup):
    assert not popup.card.isVisible()

    popup.show_assessment(desktops.desktop())

    assert "Actions" in texts(popup.card)


def test_nor_where_the_system_could_never_be_read(popup):
    popup.cannot_read(ERROR)

    assert not popup.card.isVisible()
    assert texts(popup.header) == ["The system can't be read", f"Nothing is known yet. {ERROR}"]
    assert icon(popup) == state(popup, "unreadable")


@pytest.mark.parametrize("panic", [True, False])
def test_where_the_order_is_void_the_card_says_so_and_offers_nobody(popup, panic):
    popup.show_assessment(desktops.void(panic))
    lead = "panic and the whole machine would stop" if panic else "kill whichever process asked for memory at that moment"

    said = texts(popup.card)
    assert said[0] == f"If memory ran out now, the kernel would {lead}."
    assert len(said) == 2  # and the sysctl

    popup.show_assessment(desktops.desktop())
    assert texts(popup.card) == [
        "If memory ran out now, the kernel would kill",
        "firefox · Web Content (4203)",
        "frees at most 1.7 GiB",
        "Actions",
    ]


def test_what_comes_instead_is_read_whole_in_a_narrow_window(popup):
    popup.resize(popup.minimumSize())
    popup.show_assessment(desktops.void(panic=False))
    QApplication.processEvents()

    label = the(QLabel, popup.card, "asked for memory at that moment.")
    assert label.height() >= label.heightForWidth(label.width()) > label.fontMetrics().height()


def test_where_the_system_can_no_longer_be_read_the_numbers_are_called_old(popup):
    before = desktops.desktop()
    popup.show_assessment(before)
    popup.cannot_read(ERROR)

    for again in (lambda: None, popup.hide, lambda: popup.open(None), lambda: popup.set_paused(False)):
        again()
        assert texts(popup.header)[:2] == ["The system can't be read", f"The numbers below are old. {ERROR}"]
        assert icon(popup) == state(popup, "unreadable")
        assert not popup.card.isEnabled()
        assert not the(QLabel, popup.header, "used").isEnabled()

    popup.show_assessment(desktops.desktop())

    assert texts(popup.header)[0] == "Memory is fine"
    assert icon(popup) == state(popup, "calm")
    assert popup.card.isEnabled()
    assert the(QLabel, popup.header, "used").isEnabled()


@pytest.mark.parametrize("paused", [False, True])
def test_numbers_that_came_while_the_popup_was_hidden_are_called_old_as_well(popup, paused):
    popup.show_assessment(desktops.desktop())
    popup.hide()
    popup.show_assessment(desktops.desktop("warning"))
    popup.show_stale(14.0)
    popup.set_paused(paused)

    popup.open(None)

    assert texts(popup.header)[0] == ("Paused" if paused else "No new readings")
    assert not popup.card.isEnabled()

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


def test_a_name_that_is_cut_keeps_its_process_and_pid(popup):
    popup.resize(popup.minimumSize())
    popup.show_assessment(desktops.long_names())
    QApplication.processEvents()

    name = the(Elided, popup.card, "(8004)")
    assert "…" in name.shown
    assert name.text().startswith(name.shown.partition("…")[0])
    assert name.shown.endswith("(8004)")
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
