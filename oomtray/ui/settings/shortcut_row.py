"""The row of the popup's shortcut, with the keys that the desktop has assigned, or why there are none."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from oomtray.messages import shortcut as words
from oomtray.messages.i18n import tr
from oomtray.ui.qt.link_button import LinkButton
from oomtray.ui.settings.setting_row import SettingRow

if TYPE_CHECKING:
    from oomtray.ui.settings.surroundings import Surroundings

PATH = "popup.global_shortcut"


class ShortcutRow(SettingRow):
    def __init__(self, around: Surroundings, parent: QWidget | None) -> None:
        super().__init__(around.file, PATH, parent=parent)
        self._around = around
        self.change = LinkButton(tr("Change the keys…"), self)
        self.change.setAccessibleDescription(tr("Opens the keyboard settings of the desktop"))
        self._line = QWidget(self)
        line = QHBoxLayout(self._line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addSpacing(self._below)  # aligned with the text above
        line.addWidget(self.change, 1, Qt.AlignmentFlag.AlignLeading)
        self._line.hide()
        shortcut = around.shortcut
        if shortcut is not None:
            self.change.clicked.connect(shortcut.configure)
            shortcut.changed.connect(self.take)

    def set_narrow(self, narrow: bool) -> None:
        super().set_narrow(narrow)
        if self._grid.indexOf(self._line) < 0:
            self._grid.addWidget(self._line, 4, 0, 1, 3)

    def take(self) -> None:
        super().take()
        if self._around.shortcut is not None:
            now = self._around.shortcut.status
            self.say(words.status(now, shlex.join(self._around.autostart().command)))
            self._line.setVisible(now.configurable)
