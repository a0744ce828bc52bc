"""What the window of past kills offers does what it says, and tells there what became of it, be the popup open or not."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from oomtray.actions.journal import Journal
from oomtray.actions.units.limit import LimitChanger, MemoryMax
from oomtray.cli import main
from oomtray.config import default_file
from oomtray.history.database import Database
from oomtray.history.kills import put_kills
from oomtray.monitor import Attention
from oomtray.ui.controllers.kill_remedies import Remedy
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.unit_dialog import UnitDialog
from tests.facts import kills
from tests.rigs.bus.memory_limits import MemoryLimits
from tests.rigs.bus.peers import serving

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
    ui.popup.pinned = request.param
    ui.dialogs.show_kills()
    assert ui.popup.isVisible() is request.param
    window = ui.dialogs.kills
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
    assert rule.windowHandle().transientParent() == window.windowHandle(), "it stays in front of the window it was asked for in"
    assert not ui.path.exists(), "nothing is written before it was shown"
    rule.button.click()
    assert f'set = "{sets}"' in ui.path.read_text()
    assert window.said.text.isVisible()
    assert window.said.text.text().startswith("From now on: ")
    assert Journal().last().action == "add-rule"
    press(window, "Undo")
    assert f'set = "{sets}"' not in ui.path.read_text()
    assert Journal().last() is None


@open_or_not
def test_an_app_is_marked_as_expendable_and_the_mark_taken_out(ui, window):
    press(window, "Mark hog as expendable")
    settings = Path(default_file())
    assert tomllib.loads(settings.read_text())["step_in"]["expendable"] == ["hog"]
    assert window.said.text.isVisible()
    assert "hog" in window.said.text.text()
    assert Journal().last().action == "mark"
    press(window, "Undo")
    assert "hog" not in settings.read_text()
    assert Journal().last() is None


@open_or_not
def test_the_command_takes_back_what_was_done_here(ui, window, capsys):
    press(window, "Mark hog as expendable")
    press(window, "Let hog go first…")
    ui.dialogs.dialog.button.click()
    assert main(["undo"], tray=lambda _: 99) == 0
    assert 'set = "deprioritize"' not in ui.path.read_text()
    assert main(["undo"], tray=lambda _: 99) == 0
    assert "hog" not in Path(default_file()).read_text()
    assert capsys.readouterr().out.splitlines() == [
        "1 rule was removed. What it set stays until it is reset.", "hog is no longer marked as expendable.",
    ]  # fmt: skip


@pytest.mark.parametrize("preset", ["deprioritize", "protect"])
def test_a_service_s_dialog_begins_with_what_the_button_says(ui, preset):
    ui.tree.add(4244, name=b"nginx", uid=0, start=4244, cgroup="0::/system.slice/nginx.service\n")
    ui.scan()
    ui.dialogs.show_kills()
    window = ui.dialogs.kills
    risk = next(one for one in ui.popup.assessment.risks if one.process.name == "nginx")
    window.page.chosen.emit(Remedy("Let nginx go first…", "unit", Subject.of_process(risk), preset=preset))
    dialog = ui.dialogs.dialog
    assert isinstance(dialog, UnitDialog)
    assert dialog.preset == preset
    dialog.close()
    window.close()


@pytest.fixture
def limits(ui, private_bus):
    """Of a service that was killed at its limit of 200 MiB."""
    peer = private_bus.peer("org.freedesktop.systemd1")
    limits = MemoryLimits(peer, shop_service=200 << 20)
    ui.dialogs.limit_changer = lambda: LimitChanger(addresses=lambda _: private_bus.address)
    with serving(peer):
        yield limits


def raise_limit(ui, qtbot):
    ui.dialogs.show_kills()
    window = ui.dialogs.kills
    with qtbot.waitSignal(ui.dialogs.changed):
        window.limit_wanted.emit(MemoryMax("shop.service", False, 320 << 20))
        assert window.said.text.text() == "Asking systemd…"
        assert ui.popup.waits, "a password dialog may have the focus now"
    assert not ui.popup.waits
    return window


def test_a_raised_limit_is_taken_back_where_it_was_raised(ui, qtbot, limits):
    window = raise_limit(ui, qtbot)
    assert window.said.text.text() == "shop.service may now use 320 MiB."
    with qtbot.waitSignal(ui.dialogs.changed):
        press(window, "Undo")
    assert window.said.text.text() == "shop.service may use 200 MiB again."
    assert (limits.limits["shop.service"], Journal().last(), window.said.offers) == (200 << 20, None, [])
    window.close()


def test_a_raised_limit_that_the_command_has_taken_back_is_not_taken_back_twice(ui, qtbot, limits):
    window = raise_limit(ui, qtbot)
    batch = Journal().last()
    ui.dialogs.limit_changer().undo(batch)
    limits.limits["shop.service"] = 300 << 20
    press(window, "Undo")
    qtbot.waitUntil(lambda: window.said.text.text().startswith("shop.service is not as before: "))
    assert (limits.limits["shop.service"], window.said.offers) == (300 << 20, [])
    window.close()


def test_a_raised_limit_that_can_not_be_noted_says_so(ui, qtbot, limits, private_bus, tmp_path):
    (tmp_path / "no-directory").touch()
    noted = Journal(str(tmp_path / "no-directory/journal"))
    ui.dialogs.limit_changer = lambda: LimitChanger(journal=noted, addresses=lambda _: private_bus.address)
    window = raise_limit(ui, qtbot)
    assert window.said.text.text().startswith("shop.service may now use 320 MiB. The change stands, but undo won't know of it.")
    assert window.said.offers == []
    window.close()


def test_a_limit_without_a_password_stays_and_can_be_asked_for_again(ui, qtbot, limits):
    window = raise_limit(ui, qtbot)
    limits.refuses = "org.freedesktop.DBus.Error.AccessDenied"
    press(window, "Undo")
    qtbot.waitUntil(lambda: bool(window.said.offers))
    assert window.said.text.text() == "shop.service is not as before: You were not authorized to change shop.service."
    limits.refuses = None
    with qtbot.waitSignal(ui.dialogs.changed):
        press(window, "Undo")
    assert limits.limits["shop.service"] == 200 << 20
    window.close()


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
        ui.dialogs.kills.close()
    assert ui.dialogs.attention(paused=False) == Attention()
