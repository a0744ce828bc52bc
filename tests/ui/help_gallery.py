"""Takes pictures of the help window: `LANGUAGE=ko python -m tests.ui.help_gallery [DIRECTORY]`."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QStyleFactory

from oomtray import help_pages
from oomtray.ui.help.help_window import HelpWindow
from tests.ui.gallery import DARK, LIGHT, palette


def take(directory: Path, name: str, size: QSize, topic: str, search: str = "") -> None:
    window = HelpWindow()
    window.resize(size)
    window.show()
    window.show_topic(topic)
    window.search.setText(search)
    QApplication.processEvents()
    window.grab().save(str(directory / f"{name}.png"))
    window.close()


def main(arguments: list[str]) -> int:
    gc.disable()  # a thread that reads would destroy the widgets of closed windows
    app = QApplication(["oomtray"])
    app.setStyle(QStyleFactory.create("Fusion"))
    directory = Path(arguments[0] if arguments else "build/gallery")
    directory.mkdir(parents=True, exist_ok=True)
    for tone, colors in (("light", LIGHT), ("dark", DARK)):
        app.setPalette(palette(colors))
        for topic in help_pages.TOPICS:
            take(directory, f"help-{topic}-{tone}", QSize(900, 1300), topic)
        take(directory, f"help-narrow-{tone}", QSize(440, 640), "killed")
        take(directory, f"help-found-{tone}", QSize(900, 640), "froze", "swap")
        take(directory, f"help-not-found-{tone}", QSize(900, 640), "froze", "xyzzy")
    app.setPalette(palette(LIGHT))
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    take(directory, "help-right-to-left", QSize(900, 640), "score")
    print(f"pictures are in {directory}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
