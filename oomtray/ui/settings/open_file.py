"""Opens a file in the desktop's editor, or says where it is if the desktop has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from oomtray.messages.files import not_opened
from oomtray.messages.i18n import tr
from oomtray.ui.qt.question import complain

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def open_file(path: str, asked_in: QWidget) -> None:
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
        complain(asked_in.window(), tr("Settings"), not_opened(path))
