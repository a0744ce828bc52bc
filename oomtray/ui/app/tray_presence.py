"""Decides when there is a tray icon: once a panel shows icons, and again after the session bus was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot

from oomtray.desktop.tray_host import TrayHost
from oomtray.ui.tray.position import anchor, on_x11

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.dbus.session import SessionBus
    from oomtray.ui.tray.tray_icon import TrayIcon

PATIENCE_MS = 6000
"""How long a panel may take to appear before a window replaces the icon."""
_LOOK_MS = 1000


class TrayPresence(QObject):
    """Creates the icon once it is known which kind the panel accepts.

    Qt commits to StatusNotifierItem or XEmbed with the first icon of a process, so none may be created
    earlier.
    """

    appeared = Signal()
    """The icon has been created."""
    absent = Signal()
    """No panel has appeared in time; a later one still gets its icon."""

    def __init__(
        self, bus: SessionBus, make_icon: Callable[[bool], TrayIcon], parent: QObject | None = None
    ) -> None:
        """`make_icon` is told whether the panel takes a StatusNotifierItem, which exports the menu."""
        super().__init__(parent)
        self.icon: TrayIcon | None = None
        self._bus = bus
        self._make_icon = make_icon
        self._connection_lost = False
        self._host = TrayHost(bus, self._host_changed)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._try)
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self._out_of_patience)

    def start(self) -> None:
        if not self._try():
            self._patience.start(PATIENCE_MS)
            if on_x11():  # an XEmbed tray doesn't announce itself
                self._look.start()

    def anchor(self) -> QRect | None:
        """Return the icon's place, see `position.anchor`."""
        icon = self.icon
        return anchor(QRect(), None) if icon is None else anchor(icon.geometry(), icon.clicked_at)

    @Slot()
    def bus_lost(self) -> None:
        """Note that the icon's connection is lost too, which Qt restores only after a panel's death."""
        self._connection_lost = True

    def remove(self) -> None:
        if self.icon is not None:
            self.icon.remove()

    def _host_changed(self) -> None:
        if self._host.ready and self.icon is not None and self._connection_lost:
            self._connection_lost = False
            self.icon.rebuild()
        elif self._host.ready:
            self._try()

    @Slot()
    def _out_of_patience(self) -> None:
        if not self._try():
            self.absent.emit()

    @Slot()
    def _try(self) -> bool:
        if self.icon is not None:
            return True
        exported = bool(self._host.ready)
        if not exported and not self._has_xembed_tray():
            return False
        self._look.stop()
        self._patience.stop()
        self.icon = self._make_icon(exported)
        self.appeared.emit()
        return True

    def _has_xembed_tray(self) -> bool:
        unknown = self._host.ready is None and self._bus.connected
        if unknown or not on_x11():
            return False
        from oomtray.ui.qt.x11 import has_tray

        return has_tray()
