"""Takes pictures of all windows in all their states: `LANGUAGE=ko python -m tests.ui.pictures DIRECTORY [WINDOWS...] [TONES...]`.

`WINDOWS` and `TONES` have the names; without any it is all windows, in light and dark.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    scratch = tempfile.TemporaryDirectory(prefix="oomtray-gallery-")
    os.environ["XDG_STATE_HOME"] = os.environ["XDG_DATA_HOME"] = scratch.name
    # no window is larger than its screen, and the usual one is of 800 x 800 pixels
    screen = Path(scratch.name) / "screen.json"
    screen.write_text(json.dumps({"screens": [{"name": "wide", "width": 1600, "height": 1400, "dpr": 1}]}))
    os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={screen}")

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleFactory

from oomtray import help_pages
from oomtray.ui.app.qt_start import translate_qt
from oomtray.ui.help.help_window import HelpWindow
from oomtray.ui.qt.background_task import has_background_work
from tests.ui import dialog_gallery, gallery_list, kill_pictures
from tests.ui.gallery import DARK, LIGHT, Gallery, palette
from tests.ui.gallery_list import CONTRAST
from tests.ui.settings_gallery import SettingsGallery

TONES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST, "large": LIGHT, "mirrored": LIGHT}
WINDOWS = ("popup", "history", "list", "dialogs", "settings", "kills", "help")


def take(gallery: Gallery, window: str, tone: str) -> None:
    match window:
        case "popup":
            gallery.all(tone)
        case "history":
            gallery.history(tone)
            gallery.history_menu(tone)
        case "list":
            gallery_list.take(gallery.save, tone)
        case "dialogs":
            dialog_gallery.take(gallery.save, tone)
        case "settings":
            with tempfile.TemporaryDirectory() as directory:
                settings = SettingsGallery(Path(directory), gallery.save)
                settings.all(tone)
                settings.rules(tone)
        case "kills":
            kill_pictures.take(gallery.save, tone)
        case "help":
            take_help(gallery, tone)


def take_help(gallery: Gallery, tone: str) -> None:
    for name, (width, height), topic, search in (
        *((topic, (900, 1300), topic, "") for topic in help_pages.TOPICS),
        ("narrow", (440, 640), "killed", ""),
        ("found", (900, 640), "froze", "swap"),
        ("not-found", (900, 640), "froze", "xyzzy"),
    ):
        window = HelpWindow()
        window.resize(width, height)
        window.show()
        window.show_topic(topic)
        window.search.setText(search)
        gallery.save(f"help-{name}-{tone}", window)
        window.close()


def main(directory: str, *wanted: str) -> None:
    gc.disable()  # a thread that reads would destroy the widgets of closed windows
    app = QApplication(["oomtray"])
    app.setStyle(QStyleFactory.create("Fusion"))
    QLocale.setDefault(QLocale(os.environ.get("LANGUAGE") or "en_GB"))
    translate_qt(app)
    kill_pictures.install_apps()
    gallery, usual = Gallery(Path(directory)), app.font()
    for tone in [tone for tone in TONES if tone in wanted] or ("light", "dark"):
        app.setPalette(palette(TONES[tone]))
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if tone == "mirrored" else Qt.LayoutDirection.LeftToRight)
        font = QFont(usual)
        if tone == "large":
            font.setPointSizeF(18)
        app.setFont(font)
        for window in [window for window in WINDOWS if window in wanted] or WINDOWS:
            take(gallery, window, tone)
    while has_background_work():  # else Qt's objects would be destroyed under a thread that draws icons
        QTest.qWait(10)


if __name__ == "__main__":
    main(sys.argv[1], *sys.argv[2:])
