"""Switches the popup's global shortcut with the settings, and holds its status for the settings window."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.desktop.global_shortcut import GlobalShortcut, ShortcutStatus
from oomtray.file_access import FileError
from oomtray.messages.shortcut import description
from oomtray.paths import state_file
from oomtray.private_file import PrivateFile

if TYPE_CHECKING:
    from oomtray.dbus.session import SessionBus

log = logging.getLogger(__name__)

FILE = "shortcut-declined"


class ShortcutController(QObject):
    pressed = Signal(str)
    """The activation token for a window, or empty."""
    changed = Signal()
    """`status` has changed."""

    def __init__(self, bus: SessionBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.global_shortcut = GlobalShortcut(bus, description(), lambda token: self.pressed.emit(token or ""), self._take)
        self._on: bool | None = None
        self._no = PrivateFile(state_file(FILE), flush=False, limit=64)
        """Exists if the user has declined, so that the next start doesn't ask again."""

    @property
    def status(self) -> ShortcutStatus:
        return self.global_shortcut.status

    def follow(self, *, on: bool) -> None:
        """Apply the current setting."""
        if on == self._on:
            return
        self._on = on
        if on:
            self.global_shortcut.switch_on(declined=self._no.stamp() is not None)
        else:
            self.global_shortcut.switch_off()
            self._remember(declined=False)

    @Slot()
    def configure(self) -> None:
        self.global_shortcut.configure()

    def _take(self) -> None:
        if self.status.state == "declined":
            self._remember(declined=True)
        self.changed.emit()

    def _remember(self, *, declined: bool) -> None:
        try:
            if declined:
                self._no.write(b"")
            else:
                self._no.remove()
        except FileError as error:
            log.info("%s", error)
