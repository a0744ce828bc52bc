"""The settings in all their states, and the editor of a rule."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.config import Watcher
from oomtray.dbus.session import SessionBus
from oomtray.desktop.autostart import Autostart
from oomtray.desktop.global_shortcut import ShortcutStatus
from oomtray.history.database import Database
from oomtray.ui.controllers.shortcut import ShortcutController
from oomtray.ui.settings.page import Page, Surroundings
from oomtray.ui.settings.pages import PAGES
from oomtray.ui.settings.rules_page import RulesPage
from oomtray.ui.settings.settings_file import SettingsFile
from oomtray.ui.settings.settings_window import SettingsWindow
from oomtray.ui.settings.warnings_page import WarningsPage
from tests.facts import desktops, histories
from tests.ui.rules_file import MISTAKEN, RULES, TRAINING, rule_controller

MINE = """\
# my own words
[levels]
warning_percent = 82   # early
warning_left = "4G"

[actions]
protect = -600
"""
SHORTCUTS = (
    ShortcutStatus("bound", "Meta+Alt+M", configurable=True),
    ShortcutStatus("declined"),
    ShortcutStatus("not-offered"),
    ShortcutStatus("unknown-app"),
)
BROKEN = MINE + "\n[pace]\nopen_seconds = two\n"
WIDTHS = (560, 900)


class SettingsGallery:
    """`save` is called with a name and a window."""

    def __init__(self, directory: Path, save: Callable[[str, QWidget], None]) -> None:
        self.directory = directory
        self.save = save

    def window(
        self, text: str = "", shortcut: ShortcutController | None = None, rules: str = ""
    ) -> SettingsWindow:
        path = self.directory / "config.toml"
        path.write_text(text)
        environ = {"XDG_CONFIG_HOME": str(self.directory / "home"), "XDG_CONFIG_DIRS": str(self.directory / "none")}
        around = Surroundings(
            SettingsFile(Watcher(path)),
            lambda: Autostart(("/usr/bin/oomtray",), environ),
            self.record,
            desktops.desktop,
            rule_controller(self.directory, rules),
            shortcut or ShortcutController(SessionBus(None)),
            show_help=lambda: None,
            show_history=lambda: None,
        )
        window = SettingsWindow(around)
        self.wait_for(window.page)
        return window

    def record(self) -> Database:
        """A believable week, written once."""
        record = Database(str(self.directory / "history.db"))
        if not (self.directory / "history.db").exists():
            histories.write(record, time.time(), days=8)
        return record

    @staticmethod
    def wait_for(page: Page) -> None:
        """Until the week was read: no thread outlives its window, as Python may tidy up widgets in it between two tests."""
        until = QDeadlineTimer(10_000)
        while isinstance(page, WarningsPage) and page.tried.busy and not until.hasExpired():
            QApplication.processEvents()

    def all(self, tone: str) -> None:
        for width in WIDTHS:
            window = self.window(MINE)
            window.resize(width, 660)
            window.show()
            for page in PAGES:
                self.wait_for(window.show_page(page.id))
                self.save(f"settings-{page.id}-{width}-{tone}", window)
            window.close()
        window = self.window(MINE)
        window.show()
        (self.directory / "config.toml").write_text(BROKEN)
        window.file.refresh()
        self.save(f"settings-mistake-{tone}", window)
        window.close()
        for name in ("fill", "percent"):
            window = self.window(f'[icon]\nshows = "{name}"\nsymbolic = {str(name == "percent").lower()}\n')
            window.show()
            window.show_page("look")
            self.save(f"settings-look-{name}-{tone}", window)
            window.close()
        for status in SHORTCUTS:
            shortcut = ShortcutController(SessionBus(None))
            shortcut.global_shortcut.status = status
            window = self.window("[popup]\nglobal_shortcut = true\n", shortcut)
            window.show()
            window.show_page("look")
            self.save(f"settings-shortcut-{status.state}-{tone}", window)
            window.close()
        window = self.window(MINE)
        window.resize(900, 1100)
        window.show()
        self.wait_for(window.page)
        self.save(f"settings-week-{tone}", window)
        window.close()
        window = self.window(MINE)
        window.show()
        row = window.page.rows[0]
        row.control.setValue(95)
        row.commit()
        self.save(f"settings-refused-{tone}", window)
        window.close()

    def rules(self, tone: str) -> None:
        made = self.window(rules=RULES + TRAINING + MISTAKEN)
        made.show()
        page = made.show_page("rules")
        assert isinstance(page, RulesPage)
        page.list.setCurrentItem(page.list.topLevelItem(0))  # type: ignore[arg-type]
        self.save(f"rules-{tone}", made)
        page.edit_button.click()
        assert page.editor is not None
        self.save(f"rule-editor-{tone}", page.editor)
        page.editor.more.button.click()
        page.editor.fields["exe"].setEditText("firefox")
        page.editor.foresee()
        self.save(f"rule-editor-wrong-{tone}", page.editor)
        page.editor.close()
        page.add_button.click()
        page.editor.fields["app"].setEditText("firefox")
        page.editor.fields["user"].setEditText("")
        page.editor.foresee()
        self.save(f"rule-editor-above-{tone}", page.editor)
        page.editor.first.click()
        self.save(f"rule-editor-below-{tone}", page.editor)
        page.editor.save_button.click()
        self.save(f"rules-new-{tone}", made)
        made.show_page("step-in")
        self.save(f"step-in-{tone}", made)
        made.show_page("rules")
        made.resize(540, 640)
        self.save(f"rules-narrow-{tone}", made)
        made.close()
