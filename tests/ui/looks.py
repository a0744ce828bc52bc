"""The desktop's colors and the style in which Qt draws, for the time of a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication, QStyleFactory

from oomtray.ui.qt import field_edges
from tests.ui.gallery import palette


@contextmanager
def looks(tone: Mapping[str, str] | None = None, style: str = "") -> Iterator[None]:
    """Without a tone or a style those of before go on, until a test changes them itself."""
    colors, drawn_by = QApplication.palette(), QApplication.style().name()
    try:
        if style:
            QApplication.setStyle(QStyleFactory.create(style))
        if tone is not None:
            QApplication.setPalette(palette(dict(tone)))
        yield
    finally:
        if QApplication.style().name() != drawn_by:
            QApplication.setStyle(QStyleFactory.create(drawn_by))
        QApplication.setPalette(colors)
        field_edges.give_edges()
