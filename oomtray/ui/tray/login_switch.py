"""The menu item that toggles starting at login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from oomtray.desktop.autostart import Autostart


class LoginSwitch(QObject):
    """Toggles starting at login; its code is imported on first use. `failed` says why it could not change."""

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._autostart: Autostart | None = None

    def on(self) -> bool:
        return self._entry().enabled()

    @Slot(bool)
    def set(self, on: bool) -> None:
        from oomtray.file_access import FileError

        try:
            if on:
                self._entry().enable()
            else:
                self._entry().disable()
        except FileError as error:
            from oomtray.messages.files import file_problem

            self.failed.emit(file_problem(error.problem))

    def _entry(self) -> Autostart:
        if self._autostart is None:
            from oomtray.desktop.autostart import Autostart

            self._autostart = Autostart()
        return self._autostart
