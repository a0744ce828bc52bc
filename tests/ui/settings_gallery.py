"""Pictures of the settings: `python -m tests.ui.settings_gallery DIRECTORY`."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="oomtray-gallery-")

from PySide6.QtCore import QDeadlineTimer
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from oomtray.config import Watcher
from oomtray.dbus.session import SessionBus
from oomtray.desktop.autostart import Autostart
from oomtray.desktop.global_shortcut import ShortcutStatus
from oomtray.history.database import Database
from oomtray.ui.controllers.shortcut import ShortcutController
from oomtray.ui.settings.page import Page
from oomtray.ui.settings.pages import PAGES
from oomtray.ui.settings.settings_file import SettingsFile
from oomtray.ui.settings.settings_window import SettingsWindow
from oomtray.ui.settings.surroundings import Surroundings
from oomtray.ui.settings.warnings_page import WarningsPage
from tests.facts import desktops, histories
from tests.ui.gallery import DARK, LIGHT, palette

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

    def window(self, text: str, shortcut: ShortcutController | None = None) -> SettingsWindow:
        path = self.directory / "config.toml"
        path.write_text(text)
        environ = {"XDG_CONFIG_HOME": str(self.directory / "home"), "XDG_CONFIG_DIRS": str(self.directory / "none")}
        around = Surroundings(
            SettingsFile(Watcher(path)),
            lambda: Autostart(("/usr/bin/oomtray",), environ),
            self.record,
            desktops.desktop,
            shortcut=shortcut,
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


def main(arguments: list[str]) -> int:
    gc.disable()  # a thread that reads would destroy the widgets of closed windows
    app = QApplication(["oomtray"])
    app.setStyle(QStyleFactory.create("Fusion"))
    directory = Path(arguments[0] if arguments else "build/gallery")
    directory.mkdir(parents=True, exist_ok=True)

    def save(name: str, widget: QWidget) -> None:
        QApplication.processEvents()
        QApplication.processEvents()
        widget.grab().save(str(directory / f"{name}.png"))

    with tempfile.TemporaryDirectory() as scratch:
        for tone, colors in (("light", LIGHT), ("dark", DARK)):
            app.setPalette(palette(colors))
            SettingsGallery(Path(scratch), save).all(tone)
    print(f"pictures are in {directory}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
