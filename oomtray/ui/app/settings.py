"""Opens the settings window, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.history import own_database
from oomtray.ui.qt.help_key import ask_by_f1
from oomtray.ui.settings.page import Surroundings
from oomtray.ui.settings.pages import PAGES
from oomtray.ui.settings.settings_file import SettingsFile
from oomtray.ui.settings.settings_window import SettingsWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.config import Watcher
    from oomtray.desktop.autostart import Autostart
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.rules import RuleController
    from oomtray.ui.controllers.shortcut import ShortcutController

_TOPICS = {"protection": "score", "rules": "lasting", "step-in": "stepping-in"}
"""Help topics of the pages, by page id; all others have "machines"."""


class SettingsOpener(QObject):
    """Opens the settings, and keeps what reads and edits their file."""

    help_wanted = Signal(str)
    """F1 was pressed; carries the help topic of the current page."""

    def __init__(self, watcher: Watcher, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.file = SettingsFile(watcher, self)
        self.window: SettingsWindow | None = None

    def open(
        self,
        assessment: Callable[[], Assessment | None],
        rules: RuleController,
        shortcut: ShortcutController,
        show_help: Callable[..., object],
        show_history: Callable[[], object],
    ) -> SettingsWindow:
        if self.window is None:
            self.window = SettingsWindow(
                Surroundings(self.file, _autostart, own_database, assessment, rules, shortcut, show_help, show_history)
            )
            self.window.closed.connect(self._closed)
            ask_by_f1(self.window, self.help_wanted, self._topic)
        self.window.come_up()
        return self.window

    def _topic(self) -> str:
        page = "" if self.window is None else PAGES[self.window.list.currentRow()].id
        return _TOPICS.get(page, "machines")

    @Slot()
    def _closed(self) -> None:
        self.window = None


def _autostart() -> Autostart:
    from oomtray.desktop.autostart import Autostart

    return Autostart()
