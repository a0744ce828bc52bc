"""Icons of apps as pictures: read and drawn in a thread, so that no file can hold up the window."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QLoggingCategory, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QImageReader, QPainter, QPixmap

from oomtray.desktop.icon_files import Icon, read_icon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LARGEST = 1024
"""Pixels of a side: what is larger is no icon."""


def read_images(
    name: str, pixels: Sequence[int], themes: Sequence[str], environ: Mapping[str, str] = os.environ
) -> tuple[QImage, ...]:
    """The icon of this name at each size; empty where there is none that can be drawn. May be called in any thread."""
    found = []
    for size in pixels:
        icon = read_icon(name, size, themes, environ)
        image = None if icon is None else _drawn(icon, size)
        if image is None:
            return ()
        found.append(image)
    return tuple(found)


def icon_of(images: Sequence[QImage]) -> QIcon:
    """In the window's thread."""
    icon = QIcon()
    for image in images:
        icon.addPixmap(QPixmap.fromImage(image))
    return icon


def _drawn(icon: Icon, size: int) -> QImage | None:
    """A square of that size with the picture in its middle."""
    if icon.drawn:
        QLoggingCategory.setFilterRules("qt.svg*=false")  # it tells every fault of every file
    content = QBuffer()
    content.setData(QByteArray(icon.content))
    content.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(content)
    reader.setAutoDetectImageFormat(False)  # which would load every format that Qt knows
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
