"""How the popup comes and goes: where it opens, when it closes, and what it remembers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize, Qt

from oomtray.config import Settings
from oomtray.ui.popup import popup_window
from oomtray.ui.popup import saved_state as state
from oomtray.ui.popup.frameless_window import beside
from oomtray.ui.popup.popup import Popup
from oomtray.ui.popup.process_row import MEMORY
from tests.ui.parts import texts
from tests.ui.popup.using import FakeController, footer, turn_away
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


def test_it_closes_when_the_user_turns_elsewhere(popup, monkeypatch):
    turn_away(popup, monkeypatch)

    assert not popup.isVisible()


def test_on_wayland_it_closes_too_where_the_pointer_does_not_arrive_from_the_icon(popup, monkeypatch, qtbot):
    with qtbot.waitSignal(popup.closed):
        popup.hide()
    popup.open(None)
    qtbot.waitUntil(popup.isActiveWindow)
    monkeypatch.setattr(popup_window.QGuiApplication, "platformName", lambda: "wayland")
    monkeypatch.setattr(popup_window, "_ARRIVES", 0.01)

    turn_away(popup, monkeypatch)

    qtbot.waitUntil(lambda: not popup.isVisible())


@pytest.mark.parametrize("keeps", ["busy", "standalone"])
def test_it_stays_while_a_password_is_asked_for_and_where_it_is_the_only_window(popup, monkeypatch, keeps):
    if keeps == "busy":
        popup.changes.busy.emit(True)
    else:
        popup.show_as_window("No panel here shows tray icons.")

    turn_away(popup, monkeypatch)

    assert popup.isVisible()


def test_the_click_that_took_the_focus_away_does_not_open_it_again(popup, monkeypatch):
    turn_away(popup, monkeypatch)

    popup.toggle(None)

    assert not popup.isVisible()


@pytest.fixture
def clock(monkeypatch):
    """The time that clicks come at, in seconds."""

    class Clock:
        now = 1000.0

        def __call__(self):
            return self.now

    made = Clock()
    monkeypatch.setattr(popup_window.time, "monotonic", made)
    return made


@pytest.mark.parametrize("shown", [True, False], ids=["open before", "closed before"])
def test_a_double_click_counts_as_one(popup, clock, shown):
    popup.setVisible(shown)

    popup.toggle(None)
    clock.now += 0.2
    popup.toggle(None)

    assert popup.isVisible() is not shown


def test_a_double_click_counts_as_one_also_where_the_popup_is_slow_to_be_made(popup, clock, monkeypatch):
    show = popup.show

    def slowly():
        show()
        clock.now += 2

    popup.hide()
    monkeypatch.setattr(popup, "show", slowly)

    popup.toggle(None)
    popup.toggle(None)

    assert popup.isVisible()


def test_a_double_click_counts_as_one_also_where_the_popup_is_slow_to_be_drawn(popup, clock):
    popup.hide()
    popup.toggle(None)
    clock.now += 2
    popup.grab()
    clock.now += 0.1

    popup.toggle(None)

    assert popup.isVisible()


def test_two_clicks_that_are_no_double_click_open_and_close_it(popup, clock):
    popup.hide()

    popup.toggle(None)
    assert popup.isVisible()
    clock.now += 1
    popup.toggle(None)
    assert not popup.isVisible()


def test_a_panel_that_comes_late_leaves_the_open_window_where_it_is(popup, qtbot, monkeypatch):
    popup.show_as_window("No panel here shows tray icons.")

    popup.show_as_window(None)
    turn_away(popup, monkeypatch)

    assert popup.isVisible()
    assert popup.windowFlags() & Qt.WindowType.WindowType_Mask == Qt.WindowType.Window
    assert texts(popup) == []

    with qtbot.waitSignal(popup.closed):
        popup.close()
    assert popup.windowFlags() & Qt.WindowType.WindowType_Mask == Qt.WindowType.Tool


def test_a_window_without_a_tray_says_why(popup):
    popup.show_as_window("No panel here shows tray icons.")

    assert "▲ No panel here shows tray icons." in texts(popup)
    assert popup.windowFlags() & Qt.WindowType.WindowType_Mask == Qt.WindowType.Window


def test_size_order_and_mode_are_remembered(popup, qtbot):
    popup.resize(700, 720)
    footer(popup).by_app.setChecked(False)
    footer(popup).mine.setChecked(True)
    popup.table.sort_by(MEMORY, True)
    popup.hide()

    again = Popup(FakeController(), Settings())
    qtbot.addWidget(again)

    assert (again.width(), again.height()) == (700, 720)
    assert (again.model.listing.by_app, again.model.listing.choice.mine, again.model.listing.sorting) == (False, True, (MEMORY, True))


SCREEN, PANEL_BELOW = QRect(0, 0, 1280, 800), QRect(0, 0, 1280, 768)


@pytest.mark.parametrize(
    ("anchor", "free", "place"),
    [
        pytest.param(QRect(1240, 770, 24, 24), PANEL_BELOW, (714, 128), id="panel below, at the right"),
        pytest.param(QRect(640, 770, 24, 24), PANEL_BELOW, (371, 128), id="panel below, in the middle"),
        pytest.param(QRect(1240, 4, 24, 24), QRect(0, 32, 1280, 768), (714, 32), id="panel above"),
        pytest.param(QRect(2, 700, 24, 24), QRect(32, 0, 1248, 800), (38, 60), id="panel at the left"),
    ],
)
def test_it_opens_beside_the_icon_and_on_the_screen(anchor, free, place):
    found = beside(anchor, QSize(560, 640), SCREEN, free)

    assert (found.x(), found.y()) == place


def test_no_button_is_drawn_as_under_the_pointer_when_it_opens_again(popup):
    """Nobody tells a hidden window that the pointer has left."""
    popup.header.pin.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)

    popup.hide()

    assert not popup.header.pin.underMouse()


def test_the_usual_size_follows_the_size_of_the_text_and_one_that_was_chosen_stays(open_popup):
    """Saved as it is at 10 points, so that it grows and shrinks with the text from one start to the next."""
    with text_size(10):
        small = open_popup()
        usual = small.chosen_size
        small.put_away()
    with text_size(16):
        large = open_popup()
        assert large.chosen_size.width() > 1.2 * usual.width()
        assert large.chosen_size.height() > 1.2 * usual.height()
        large.put_away()
    assert (state.load(state.directory()).width, state.load(state.directory()).height) == (520, 600)
    with text_size(16):
        again = open_popup()
        again.resize(500, 580)
        again.put_away()
        assert open_popup().chosen_size == QSize(500, 580)
