"""Specifies how the settings are opened: one window at a time, which tells the app of a change at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.config import Watcher
from oomtray.dbus.session import SessionBus
from oomtray.ui.app.settings import SettingsOpener
from oomtray.ui.controllers.shortcut import ShortcutController
from oomtray.ui.settings.settings_window import SettingsWindow
from tests.ui.rules_file import rule_controller

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    return Watcher(tmp_path / "config.toml")


def opened(opener: SettingsOpener, directory: Path) -> SettingsWindow:
    shortcut = ShortcutController(SessionBus(None))
    return opener.open(lambda: None, rule_controller(directory), shortcut, lambda: None, lambda: None)


@pytest.fixture
def opener(qtbot, watcher: Watcher, xdg: Path, tmp_path: Path):
    opener = SettingsOpener(watcher)
    window = opened(opener, tmp_path)
    window.show_page("notifications")
    yield opener
    if opener.window is not None:
        qtbot.waitUntil(lambda: not opener.window.pages["warnings"].tried.busy, timeout=10_000)
        opener.window.close()
    assert window is not None


def test_there_is_one_window_which_comes_up_at_its_page(opener: SettingsOpener, tmp_path: Path) -> None:
    window = opener.window
    assert opened(opener, tmp_path) is window
    assert window.page is window.pages["notifications"]


def test_a_window_that_was_made_an_icon_comes_up_again(opener: SettingsOpener, tmp_path: Path) -> None:
    opener.window.showMinimized()
    assert not opened(opener, tmp_path).isMinimized()


def test_a_change_is_in_force_before_anybody_is_told(opener: SettingsOpener) -> None:
    told = []
    opener.file.read_anew.connect(lambda: told.append(opener.file.settings.notifications.kills))
    row = next(row for row in opener.window.page.rows if row.path == "notifications.kills")
    row.control.click()
    row.commit()
    assert told == [False]


def test_what_another_reader_has_read_is_shown(opener: SettingsOpener, watcher: Watcher) -> None:
    Path(opener.file.path).write_text("[notifications]\nkills = false\n")
    assert watcher.refresh()
    opener.file.refresh()
    row = next(row for row in opener.window.page.rows if row.path == "notifications.kills")
    assert not row.control.isChecked()
