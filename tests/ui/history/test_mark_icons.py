"""Specifies that a mark looks the same wherever it is drawn, and each of the outlines like no other."""

from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from oomtray.ui.history.mark_icons import SIZE, Shape, draw
from oomtray.ui.qt import contrast

SHAPES: tuple[Shape, ...] = get_args(Shape)


def drawn(shape: Shape, brush: Qt.GlobalColor | None = None) -> bytes:
    found = contrast.of(QApplication.palette(), on_base=True)
    image = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
    image.fill(found.ground)
    painter = QPainter(image)
    if brush is not None:
        painter.setBrush(brush)
    draw(painter, shape, QRectF(0, 0, SIZE, SIZE), found)
    painter.end()
    return bytes(image.constBits())


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_was_painted_before(qapp: QApplication, shape: Shape) -> None:
    assert drawn(shape, Qt.GlobalColor.red) == drawn(shape)


def test_each_is_another(qapp: QApplication) -> None:
    assert len({drawn(shape) for shape in SHAPES}) == len(SHAPES)
