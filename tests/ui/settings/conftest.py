"""A window of the settings over a file of the test's own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oomtray.config import Watcher
from oomtray.dbus.session import SessionBus
from oomtray.desktop.autostart import Autostart
from oomtray.history.database import Database
from oomtray.ui.controllers.shortcut import ShortcutController
from oomtray.ui.settings.page import Surroundings
from oomtray.ui.settings.settings_file import SettingsFile
from oomtray.ui.settings.settings_window import SettingsWindow
from tests.facts import desktops
from tests.ui.rules_file import rule_controller

MINE = """\
# my own words
[levels]
warning_percent = 82   # early
warning_left = "4G"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(MINE)
    return path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": str(tmp_path / "none")}


@pytest.fixture
def around(qapp, path: Path, tmp_path: Path, environ: dict[str, str], xdg: Path) -> Surroundings:
    return Surroundings(
        SettingsFile(Watcher(path)),
        lambda: Autostart(("/bin/true",), environ),
        lambda: Database(str(tmp_path / "history.db")),
        desktops.desktop,
        rule_controller(tmp_path, ""),
        ShortcutController(SessionBus(None)),
        show_help=lambda: None,
        show_history=lambda: None,
    )


@pytest.fixture
def make(qtbot, around: Surroundings) -> Iterator[Callable[[], SettingsWindow]]:
    def made() -> SettingsWindow:
        window = SettingsWindow(around)
        qtbot.addWidget(window)
        window.show()
        return window

    yield made
    # no thread outlives its window, as Python may tidy up widgets in it between two tests
    for thread in threading.enumerate():
        if thread.name == "background task":
            thread.join(10)


@pytest.fixture
def window(make: Callable[[], SettingsWindow]) -> SettingsWindow:
    return make()
