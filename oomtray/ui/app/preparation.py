"""Prepares the popup at the warning level, so that it still opens when the machine hardly reads its disk any more.

Only the interpreter is locked in memory (kernel/locked_code.py): a click touches 21 MiB of 67 (smaps, Referenced),
scattered over the whole program, and a user may lock 8 MiB (RLIMIT_MEMLOCK). What was touched recently is evicted
last by the kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from PySide6.QtGui import QGuiApplication

from oomtray.ui.qt.icons import State, state_pixmap

if TYPE_CHECKING:
    from oomtray.ui.popup.popup import Popup


def draw_ahead(popup: Popup) -> None:
    """Import what opening the popup needs on this platform, and paint it unseen: fonts, icons, labels."""
    import oomtray.messages.desktop
    import oomtray.messages.settings  # noqa: F401

    _load_for_x11()
    for state in get_args(State):
        for size in (16, 22):  # for both drawings
            state_pixmap(state, False, size, 1.0)
    popup.grab()
    popup.labels.read_ahead()


def load_ahead() -> None:
    """Import the popup's code before the first click: most of the time to show it, and 5 MB."""
    import oomtray.messages.limits
    import oomtray.ui.app.dialogs
    import oomtray.ui.app.level_notifications
    import oomtray.ui.controllers.changes
    import oomtray.ui.controllers.rules
    import oomtray.ui.popup.effect_menu
    import oomtray.ui.popup.popup  # noqa: F401

    _load_for_x11()


def _load_for_x11() -> None:
    if QGuiApplication.platformName() == "xcb":
        import oomtray.ui.qt.x11
        import oomtray.ui.qt.x11_focus  # noqa: F401
