"""Specifies how the help is asked for: one window, and F1 leads to the page for the window that it is pressed in."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

import oomtray.ui
from oomtray import help_pages
from oomtray.config import Settings, Watcher
from oomtray.dbus.session import SessionBus
from oomtray.risk.assess import with_apps
from oomtray.ui.app.background import Background
from oomtray.ui.app.settings import SettingsOpener
from oomtray.ui.app.side_windows import SideWindows
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.shortcut import ShortcutController
from oomtray.ui.popup.popup import Popup
from oomtray.ui.qt import help_key
from oomtray.ui.settings.rules_page import RulesPage
from oomtray.ui.tray.tray_icon import TrayIcon
from tests.ui.rules_file import rule_controller

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints", "systemTrayWindowChanged")


def test_there_is_one_window_and_it_keeps_its_page(qtbot) -> None:
    windows = SideWindows(Background(), SessionBus(None))
    window = windows.show_help("killed")
    qtbot.addWidget(window)
    assert windows.show_help() is window
    assert window.topic == "killed"
    assert windows.show_help("score").topic == "score"
    window.close()
    again = windows.show_help()
    qtbot.addWidget(again)
    assert again.topic == help_pages.TOPICS[0]
    again.close()


def test_f1_in_the_popup_asks_for_help(qtbot) -> None:
    popup = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(popup)
    popup.open(None)
    qtbot.waitUntil(popup.isActiveWindow)
    with qtbot.waitSignal(popup.help_wanted) as asked:
        qtbot.keyClick(popup, Qt.Key.Key_F1)
    assert asked.args == ["start"]
    popup.put_away()


@pytest.mark.parametrize(("keys", "signal", "carries"), [("?", "help_wanted", ["keys"]), ("Ctrl+H", "history_wanted", []), ("Ctrl+,", "settings_wanted", [])])
def test_keys_of_the_popup_lead_to_other_windows(qtbot, keys: str, signal: str, carries: list[str]) -> None:
    popup = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(popup)
    popup.open(None)
    qtbot.waitUntil(popup.isActiveWindow)
    with qtbot.waitSignal(getattr(popup, signal)) as asked:
        qtbot.keySequence(popup.table, keys)
    assert asked.args == carries
    popup.put_away()


def test_a_question_mark_can_be_typed_into_the_filter(qtbot) -> None:
    popup = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(popup)
    popup.open(None)
    qtbot.waitUntil(popup.isActiveWindow)
    edit = popup.findChild(QLineEdit)
    edit.setFocus()
    qtbot.keyClicks(edit, "?")
    assert edit.text() == "?"
    popup.put_away()


def test_f1_in_a_window_asks_for_its_page(qtbot) -> None:
    class Asked(QObject):
        help_wanted = Signal(str)

    class KillsWindow(QWidget):
        pass

    asked, window = Asked(), KillsWindow()
    qtbot.addWidget(window)
    help_key.ask_by_f1(window, asked.help_wanted)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(asked.help_wanted) as told:
        qtbot.keyClick(window, Qt.Key.Key_F1)
    assert told.args == ["killed"]


def test_the_pages_for_windows_are_pages_and_the_windows_are_ours() -> None:
    assert set(help_key._TOPICS.values()) <= set(help_pages.TOPICS)
    ours = set()
    for module in pkgutil.walk_packages(oomtray.ui.__path__, "oomtray.ui."):
        found = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        ours |= {name for name, kind in found if issubclass(kind, QWidget)}
    assert set(help_key._TOPICS) - ours == set()


def test_the_menu_of_the_icon_asks_for_help(qtbot) -> None:
    tray = TrayIcon(lambda: Settings().actions, exported=False, autostarts=lambda: True, grouped=with_apps)
    (action,) = [action for action in tray.menu.actions() if action.text() == "Help"]
    with qtbot.waitSignal(tray.help_wanted):
        action.trigger()
    tray.remove()


@pytest.mark.parametrize(("page", "topic"), [("warnings", "machines"), ("step-in", "stepping-in"), ("rules", "lasting")])
def test_f1_in_the_settings_asks_for_the_page_of_what_is_shown(qtbot, tmp_path: Path, xdg: Path, page: str, topic: str) -> None:
    opener = SettingsOpener(Watcher(tmp_path / "config.toml"))
    shortcut = ShortcutController(SessionBus(None))
    window = opener.open(lambda: None, rule_controller(tmp_path), shortcut, lambda: None, lambda: None)
    window.show_page(page)
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(opener.help_wanted) as told:
        qtbot.keyClick(window, Qt.Key.Key_F1)
    assert told.args == [topic]
    window.close()


def test_f1_in_the_editor_of_a_rule_shows_the_page_about_rules(qtbot, tmp_path: Path, xdg: Path) -> None:
    asked: list[str] = []
    opener = SettingsOpener(Watcher(tmp_path / "config.toml"))
    window = opener.open(lambda: None, rule_controller(tmp_path), ShortcutController(SessionBus(None)), asked.append, lambda: None)
    page = window.show_page("rules")
    assert isinstance(page, RulesPage)
    page.add_button.click()
    assert page.editor is not None
    qtbot.waitUntil(page.editor.isActiveWindow)
    qtbot.keyClick(page.editor, Qt.Key.Key_F1)
    assert asked == ["lasting"]
    window.close()
