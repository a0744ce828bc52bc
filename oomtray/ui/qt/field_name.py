"""The name of a field without a visible label, as a screen reader says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QComboBox, QFormLayout, QLayout, QWidget


def call(box: QComboBox, name: str) -> None:
    """Name a box that is in its place: on Linux Qt says what is chosen instead of its accessible name, and its label beside that."""
    box.setAccessibleName(name)
    label = QLabel(name, box.parentWidget())
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    label.setBuddy(box)


def label_for(form: QFormLayout, row: QLayout, field: QWidget) -> None:
    """Let the label of a row that is a layout stand for a field in it, as Qt does by itself where the row is a field."""
    label = form.labelForField(row)
    if isinstance(label, QLabel):
        label.setBuddy(field)
