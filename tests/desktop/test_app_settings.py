"""The settings on a real desktop: opened from the icon's menu, changed by keys, heard of by a screen reader, edited by hand meanwhile."""

from __future__ import annotations

import pytest

from tests.desktop.app import TITLE
from tests.rigs.desktop.session import wait_for

UP_TO_SETTINGS = 5
"""Quit, Help, Start at login, Pause, Settings."""
MINE = """\
# my own words
[levels]
warning_percent = 90   # late
critical_percent = 99
hysteresis_percent = 0

[notifications]
warning = false
"""
NAME = "Warn when memory use reaches"


@pytest.fixture
def desk(accessible_desk):
    return accessible_desk


def test_a_threshold_is_changed_by_keys_and_acts_and_a_mistake_is_named_with_its_line(desk, app):
    tree = desk.accessible
    app.settings(MINE)
    app.start()
    app.menu()
    window = desk.opens(lambda: desk.key(*["Up"] * UP_TO_SETTINGS, "Return"), title="Settings")
    assert window.box.width > 560
    field = tree.wait_for("spin box", NAME, app="oomtray")
    assert (field.value, field.description.splitlines()[0]) == (90, "Default: 80 %")
    desk.key("Tab")
    wait_for(lambda: "focused" in tree.wait_for("spin box", NAME, app="oomtray").states, "the first control to be reached")
    desk.type("1")
    desk.key("Return")
    wait_for(lambda: "warning_percent = 1 " in app.config.read_text(), "the file to be changed")
    assert app.config.read_text() == MINE.replace("= 90 ", "= 1 ")
    app.settings(app.config.read_text() + "critical = maybe\n")
    wait_for(lambda: "config.toml, line 9" in app.says(), "the mistake's line")
    assert "The last good settings stay in force." in app.says()
    app.settings(MINE.replace("= 90 ", "= 2 "))
    wait_for(lambda: tree.wait_for("spin box", NAME, app="oomtray").value == 2, "the edit by hand")
    desk.key("Escape")
    desk.wait_for_no_window("Settings")
    app.popup()
    wait_for(lambda: "Memory is getting tight" in app.says(), "the level to be by the new threshold")


@pytest.mark.parametrize(("key", "title"), [("ctrl+comma", "Settings"), ("ctrl+h", "History"), ("F1", "Help")])
def test_the_popup_makes_room_for_a_window_opened_from_it(desk, app, key, title):
    app.start()
    app.popup()
    app.row("")
    desk.opens(lambda: desk.key(key), title=title)
    desk.wait_for_no_window(f"^{TITLE}$")
    wait_for(lambda: desk.focused().startswith(title), "the window to have the keyboard")
    app.popup()
