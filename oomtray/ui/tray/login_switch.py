"""The menu item that toggles starting at login."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.file_access import FileError

if TYPE_CHECKING:
    from oomtray.desktop.autostart import Autostart


class LoginSwitch(QObject):
    """Toggles starting at login; its code is imported on first use. `failed` says why it could not change."""

    failed = Signal(str)

    def on(self) -> bool:
        return self._entry.enabled()

    @Slot(bool)
    def set(self, on: bool) -> None:
        try:
            (self._entry.enable if on else self._entry.disable)()
        except FileError as error:
            from oomtray.messages.files import file_problem

            self.failed.emit(file_problem(error.problem))

    @cached_property
    def _entry(self) -> Autostart:
        from oomtray.desktop.autostart import Autostart

        return Autostart()
