"""Specifies the page of starting at login: a switch, what it is by default, and a way back to that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from oomtray.desktop.autostart import FILE_NAME
from oomtray.ui.settings.login_page import LoginPage
from oomtray.ui.settings.settings_window import SettingsWindow
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


def shown(make: Callable[[], SettingsWindow]) -> tuple[SettingsWindow, LoginPage]:
    """The window too, which is gone once nobody holds it."""
    window = make()
    page = window.show_page("login")
    assert isinstance(page, LoginPage)
    return window, page


def test_it_is_off_by_default_and_goes_back_to_that(make: Callable[[], SettingsWindow], tmp_path: Path) -> None:
    _window, page = shown(make)
    own = tmp_path / "home" / "autostart" / FILE_NAME
    assert page.default_label.text() == "Default: off"
    assert not page.switch.isChecked()
    assert not page.reset.isVisible()
    page.switch.click()
    assert own.exists()
    page.reset.click()
    assert not own.exists()
    assert not page.switch.isChecked()
    assert not page.reset.isVisible()


def test_where_the_system_starts_it_that_is_the_default(make: Callable[[], SettingsWindow], tmp_path: Path) -> None:
    entry = tmp_path / "none" / "autostart" / FILE_NAME
    entry.parent.mkdir(parents=True)
    entry.write_text("[Desktop Entry]\nType=Application\nName=x\nExec=/bin/true\n")
    _window, page = shown(make)
    assert page.default_label.text() == "Default: on"
    page.switch.click()
    assert not page.switch.isChecked()
    assert page.reset.accessibleName() == "Back to the default of “Start OOM Tray when I log in”: on"
    page.reset.click()
    assert page.switch.isChecked()


def test_what_it_can_t_write_is_told(make: Callable[[], SettingsWindow], tmp_path: Path) -> None:
    own = tmp_path / "home" / "autostart" / FILE_NAME
    own.parent.mkdir(parents=True)
    own.symlink_to(tmp_path / "elsewhere")
    _window, page = shown(make)
    page.switch.click()
    assert "is a symbolic link" in page.complaint.text()
    assert not page.switch.isChecked()


def test_in_the_narrowest_window_too(make: Callable[[], SettingsWindow]) -> None:
    """A scroll bar that was never laid out is 100 pixels wide, which the switch would give way to."""
    window, page = shown(make)
    window.resize(window.minimumWidth(), 600)
    QApplication.processEvents()
    assert "\n" not in page.switch.text()


def test_in_large_letters_the_switch_is_named_on_one_line_where_that_has_room(make: Callable[[], SettingsWindow]) -> None:
    with text_size(18):
        window, page = shown(make)
        for width, wraps in ((1108, False), (700, True)):
            window.resize(width, 600)
            QApplication.processEvents()
            assert ("\n" in page.switch.text()) is wraps
            assert page.horizontalScrollBar().maximum() == 0


def test_where_the_compositor_reads_no_entries_it_says_what_to_do_instead(make: Callable[[], SettingsWindow], environ: dict[str, str]) -> None:
    environ["XDG_CURRENT_DESKTOP"] = "sway"
    _window, page = shown(make)
    says = "\n".join(label.text() for label in page.findChildren(QLabel))
    assert "to ~/.config/sway/config, unless dex or systemd starts them." in says
