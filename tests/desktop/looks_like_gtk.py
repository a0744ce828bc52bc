"""Tells in JSON how an application looks with one look of GTK, with another, and how often that other is set anew when it comes again.

A program of its own: the whole application changes, with each window that an earlier test has left.
"""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QApplication

from oomtray.desktop.look import look_of
from oomtray.desktop.theme_colors import colors_of
from oomtray.ui.qt.gtk_look import apply

TOLD: dict[str, int | str] = {
    "Gtk/FontName": "Sans 14",
    "Net/IconThemeName": "Mine",
    "Net/FallbackIconTheme": "Else",
    "Net/DoubleClickTime": 555,
    "Net/CursorBlink": 0,
}


def state() -> dict[str, Any]:
    return {
        "points": QApplication.font().pointSizeF(),
        "window": QApplication.palette().color(QPalette.ColorRole.Window).name(),
        "scheme": QApplication.styleHints().colorScheme().name,
        "icons": [QIcon.themeName(), QIcon.fallbackThemeName()],
        "times": [QApplication.doubleClickInterval(), QApplication.cursorFlashTime()],
    }


if __name__ == "__main__":
    app = QApplication(["looks", "-platformtheme", "gnome"])
    found: list[Any] = []
    for told, dark in ((TOLD, True), ({}, False)):
        apply(look_of(told, {}, {}, {}), colors_of("Adwaita", dark=dark))
        app.processEvents()  # the scheme comes by one
        found.append(state())
    again: list[object] = []
    QApplication.setPalette = QApplication.setFont = again.append  # type: ignore[assignment,method-assign]
    apply(look_of({}, {}, {}, {}), colors_of("Adwaita", dark=False))
    print(json.dumps([*found, len(again)]))
