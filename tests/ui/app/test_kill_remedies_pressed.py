"""What the window of past kills offers does what it says, and tells there what became of it, be the popup open or not."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from oomtray.config import default_file
from oomtray.history.database import Database
from oomtray.history.kills import put_kills
from oomtray.monitor import Attention
from tests.facts import kills

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(ui, qtbot, monkeypatch, request):
    """Of a kill that an app which runs was the cause of, as its user sees it."""
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    ui.tree.add(4242, name=b"hog", uid=1000, start=4242, adj=200)
    ui.tree.add(4243, name=b"db", uid=1000, start=4243, adj=200)
    ui.scan()
    event = replace(
        kills.leak(ranking=None), victims=(kills.Dead(pid=9, name="db", app="db", freed=1 << 20),), growing=(kills.Grew("hog", 1e6),)
    )
    with Database().writing() as connection:
        put_kills(connection, [event], kills.NOW)
    if not request.param:
        ui.popup.hide()
    ui.dialogs.show_kills()
    window = ui.dialogs.dialog
    qtbot.waitUntil(lambda: window.page.buttons.count() > 0)
    yield window
    window.close()


open_or_not = pytest.mark.parametrize("window", [True, False], indirect=True, ids=["with the popup", "alone"])


def press(window, label):
    button = next(one for one in window.findChildren(QPushButton) if one.text() == label and one.isVisible())
    button.click()


@open_or_not
@pytest.mark.parametrize(("label", "sets"), [("Let hog go first…", "deprioritize"), ("Protect db…", "protect")])
def test_a_rule_is_added_and_taken_back(ui, qtbot, window, label, sets):
    press(window, label)
    rule = ui.dialogs.dialog
    assert rule is not window
    assert not ui.path.exists(), "nothing is written before it was shown"
    rule.button.click()
    assert f'set = "{sets}"' in ui.path.read_text()
    assert window.says.isVisible()
    assert window.says.text().startswith("From now on: ")
    press(window, "Undo")
    assert f'set = "{sets}"' not in ui.path.read_text()


@open_or_not
def test_an_app_is_marked_as_expendable_and_the_mark_taken_out(ui, window):
    press(window, "Mark hog as expendable")
    settings = Path(default_file())
    assert tomllib.loads(settings.read_text())["step_in"]["expendable"] == ["hog"]
    assert window.says.isVisible()
    assert "hog" in window.says.text()
    press(window, "Undo")
    assert "hog" not in settings.read_text()


def test_what_the_popup_asked_for_is_told_in_the_popup(ui, qtbot):
    ui.start(adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit("always-deprioritize", ui.subject())
    ui.dialogs.dialog.button.click()
    assert ui.popup.message.isVisible()


def test_the_processes_are_looked_at_as_long_as_the_window_is_open(ui, qtbot):
    """In a calm minute only the first rows are judged: what took memory may not be among them."""
    ui.popup.hide()
    assert ui.dialogs.attention(paused=False) == Attention()
    with qtbot.waitSignal(ui.dialogs.looked_at):
        ui.dialogs.show_kills()
    assert ui.dialogs.attention(paused=False) == Attention(open=True, apps=True, top=None)
    with qtbot.waitSignal(ui.dialogs.looked_at):
        ui.dialogs.dialog.close()
    assert ui.dialogs.attention(paused=False) == Attention()
