"""Sections of a kill's page: a heading, and below it texts and rounded boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oomtray.ui.qt.flow_layout import HeadingLayout
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
        self.heading = Plain(heading, self, wraps=True, bold=True)
        self._rows.addLayout(fill(HeadingLayout(), self.heading, *([] if aside is None else [aside])))

    def fill(self, *parts: QWidget) -> None:
        fill(self._rows, *parts)


def boxed(part: QWidget, parent: QWidget) -> Panel:
    box = Panel(parent)
    fill(QVBoxLayout(box), part, margins=(1, 4, 1, 4))  # within the round corners
    return box


def boxed_column(parts: Sequence[QWidget], parent: QWidget) -> Panel:
    box = Panel(parent)
    fill(QVBoxLayout(box), *parts, margins=(12, 12, 12, 12), spacing=10)
    return box


def boxed_row(picture: QWidget, texts: Sequence[QWidget], parent: QWidget) -> Panel:
    box = Panel(parent)
    column = fill(QVBoxLayout(), None, *texts, None, spacing=4)
    fill(QHBoxLayout(box), picture, (column, 1), margins=(12, 12, 12, 12), spacing=16)
    return box
