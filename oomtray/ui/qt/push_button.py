"""A button with a text, as at the bottom of windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


def push_button(text: str, does: Callable[[], object], parent: QWidget | None) -> QPushButton:
    """Return a button that calls `does`; in a dialog, Enter presses it only while it has the focus."""
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    button.clicked.connect(does)
    return button
