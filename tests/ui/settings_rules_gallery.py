"""Pictures of the page of rules and of its editor: `python -m tests.ui.settings_rules_gallery DIRECTORY`."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from oomtray.config import Watcher
from oomtray.desktop.autostart import Autostart
from oomtray.history.database import Database
from oomtray.ui.settings.rules_page import RulesPage
from oomtray.ui.settings.settings_file import SettingsFile
from oomtray.ui.settings.settings_window import SettingsWindow
from oomtray.ui.settings.surroundings import Surroundings
from tests.facts import desktops
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.rules_file import MISTAKEN, RULES, TRAINING, rule_controller


def window(home: Path) -> SettingsWindow:
    made = SettingsWindow(
        Surroundings(
            SettingsFile(Watcher(home / "config.toml")),
            lambda: Autostart(("/bin/true",), {"XDG_CONFIG_HOME": str(home)}),
            lambda: Database(str(home / "history.db")),
            desktops.desktop,
            rules=rule_controller(home, RULES + TRAINING + MISTAKEN),
        )
    )
    made.show_page("rules")
    return made


def main(arguments: list[str]) -> int:
    gc.disable()  # a thread that reads would destroy the widgets of closed windows
    app = QApplication(["oomtray"])
    app.setStyle(QStyleFactory.create("Fusion"))
    directory = Path(arguments[0] if arguments else "build/rules")
    directory.mkdir(parents=True, exist_ok=True)

    def save(widget: QWidget, name: str) -> None:
        for _ in range(4):
            app.processEvents()
        widget.grab().save(str(directory / f"{name}.png"))

    for tone, colors in (("light", LIGHT), ("dark", DARK)):
        app.setPalette(palette(colors))
        made = window(Path(tempfile.mkdtemp(prefix="oomtray-rules-")))
        made.show()
        page = made.page
        assert isinstance(page, RulesPage)
        page.list.setCurrentItem(page.list.topLevelItem(0))  # type: ignore[arg-type]
        save(made, f"rules-{tone}")
        page.edit_button.click()
        assert page.editor is not None
        save(page.editor, f"rule-editor-{tone}")
        page.editor.more.button.click()
        page.editor.fields["exe"].setEditText("firefox")
        page.editor.foresee()
        save(page.editor, f"rule-editor-wrong-{tone}")
        page.editor.close()
        page.add_button.click()
        page.editor.fields["app"].setEditText("firefox")
        page.editor.fields["user"].setEditText("")
        page.editor.foresee()
        save(page.editor, f"rule-editor-above-{tone}")
        page.editor.first.click()
        save(page.editor, f"rule-editor-below-{tone}")
        page.editor.save_button.click()
        save(made, f"rules-new-{tone}")
        made.show_page("step-in")
        save(made, f"step-in-{tone}")
        made.show_page("rules")
        made.resize(540, 640)
        save(made, f"rules-narrow-{tone}")
        made.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
