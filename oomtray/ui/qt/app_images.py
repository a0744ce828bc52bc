"""App icons as images, read and rendered in a background thread so that no file can block the window."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QLoggingCategory, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QImageReader, QPainter, QPixmap

from oomtray.desktop.icon_files import Icon, read_icon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LARGEST = 1024
"""Longest side in pixels; a larger image is not used as an icon."""


def read_images(
    name: str, pixels: Sequence[int], themes: Sequence[str], environ: Mapping[str, str] = os.environ
) -> tuple[QImage, ...]:
    """Return the named icon at each size, or nothing if it can't be drawn. Thread-safe."""
    found = []
    for size in pixels:
        icon = read_icon(name, size, themes, environ)
        image = None if icon is None else _drawn(icon, size)
        if image is None:
            return ()
        found.append(image)
    return tuple(found)


def icon_of(images: Sequence[QImage]) -> QIcon:
    """Convert images to an icon; main thread only."""
    icon = QIcon()
    for image in images:
        icon.addPixmap(QPixmap.fromImage(image))
    return icon


def _drawn(icon: Icon, size: int) -> QImage | None:
    """Render an icon centered in a square of this size."""
    if icon.drawn:
        QLoggingCategory.setFilterRules("qt.svg*=false")  # it logs every error of every file
    content = QBuffer()
    content.setData(QByteArray(icon.content))
    content.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(content)
    reader.setAutoDetectImageFormat(False)  # detection would load every format plugin
    reader.setFormat(QByteArray(icon.kind.encode("ascii")))
    given = reader.size()
    if given.isEmpty():
        return None
    if icon.drawn:
        reader.setScaledSize(given.scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    elif max(given.width(), given.height()) > _LARGEST:
        return None
    image = reader.read()
    if image.isNull():
        return None
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    if max(image.width(), image.height()) != size:
        image = image.scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    if image.width() == size == image.height():
        return image
    square = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.drawImage((size - image.width()) // 2, (size - image.height()) // 2, image)
    painter.end()
    return square
