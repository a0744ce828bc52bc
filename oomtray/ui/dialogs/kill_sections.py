"""Sections of a kill's page: a heading, and below it texts and rounded boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oomtray.ui.qt.flow_layout import HeadingLayout
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence


class Section(QWidget):
    """A section: a heading with an optional widget at its end, and its content below."""

    def __init__(self, heading: str, parent: QWidget, aside: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = fill(QVBoxLayout(self), margins=(0, 8, 0, 0), spacing=6)
        self.heading = Plain(heading, self, wraps=True)
        self.heading.setFont(scaled(self.font(), 1.0, bold=True))
        line = HeadingLayout()
        line.addWidget(self.heading)
        if aside is not None:
            line.addWidget(aside)
        self._rows.addLayout(line)

    def fill(self, *parts: QWidget) -> None:
        for part in parts:
            self._rows.addWidget(part)


def boxed(part: QWidget, parent: QWidget) -> Panel:
    box = Panel(parent)
    column = QVBoxLayout(box)
    column.setContentsMargins(1, 4, 1, 4)  # within the round corners
    column.addWidget(part)
    return box


def boxed_column(parts: Sequence[QWidget], parent: QWidget) -> Panel:
    box = Panel(parent)
    column = fill(QVBoxLayout(box), margins=(12, 12, 12, 12), spacing=10)
    for part in parts:
        column.addWidget(part)
    return box


def boxed_row(picture: QWidget, texts: Sequence[QWidget], parent: QWidget) -> Panel:
    box = Panel(parent)
    row = fill(QHBoxLayout(box), picture, margins=(12, 12, 12, 12), spacing=16)
    column = fill(QVBoxLayout(), None, spacing=4)
    for text in texts:
        column.addWidget(text)
    column.addStretch(1)
    row.addLayout(column, 1)
    return box
