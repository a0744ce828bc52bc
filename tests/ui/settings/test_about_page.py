"""Specifies the files that the page about this program names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from oomtray.ui.qt.labels import Plain
from oomtray.ui.settings.settings_window import SettingsWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


def named(window: SettingsWindow) -> list[str]:
    page = window.show_page("about")
    return [one.text() for one in page.findChildren(Plain) if one.isVisible()]


def test_the_file_that_starts_it_at_login_is_named_only_while_there_is_one(make: Callable[[], SettingsWindow], tmp_path: Path) -> None:
    window = make()
    assert "Settings" in named(window)
    assert "Start at login" not in named(window)
    window.around.autostart().enable()
    window.show_page("login")
    assert "Start at login" in named(window)


def test_a_path_is_not_broken_before_the_ending_of_its_name(make: Callable[[], SettingsWindow]) -> None:
    window = make()
    window.around.autostart().enable()
    path = next(text for text in named(window) if "autostart" in text)
    assert path.endswith("OOMTray.desktop")
    assert "\u200bOOMTray" in path
