"""Tooltips that a screen reader is told as well, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.ui.qt.plain_text import as_html

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def give_tooltip(widget: QWidget, text: str) -> None:
    """Set a tooltip, or none for "", and the same as what a screen reader says of the widget.

    Without that, Qt hands the reader the tooltip itself, which is HTML: "less than qt greater".
    """
    widget.setToolTip(as_html(text) if text else "")
    widget.setAccessibleDescription(text)
