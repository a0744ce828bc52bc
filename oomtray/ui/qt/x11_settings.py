"""Follows the settings that an X11 desktop publishes (XSETTINGS 0.5), over a separate connection."""

from __future__ import annotations

from ctypes import byref
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

from oomtray.desktop.xsettings import MAX_BYTES, PROPERTY, SELECTION, parse
from oomtray.ui.qt import x11

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROPERTY_CHANGE_MASK, _STRUCTURE_NOTIFY_MASK = 1 << 22, 1 << 17  # X11/X.h
_DESTROY_NOTIFY, _PROPERTY_NOTIFY, _CLIENT_MESSAGE = 17, 28, 33


def read_once() -> Mapping[str, int | str]:
    """Return the settings by name; empty without a settings daemon. It needs no Qt application."""
    with x11.opened() as (lib, display):
        if display is None:
            return {}
        with x11.errors_ignored(lib, display):  # the owner may vanish at any moment
            selection = SELECTION.format(screen=lib.XDefaultScreen(display)).encode()
            owner = lib.XGetSelectionOwner(display, lib.XInternAtom(display, selection, 0))
            name = lib.XInternAtom(display, PROPERTY.encode(), 0)
            return parse(x11.bytes_of(lib, display, owner, name, MAX_BYTES)) if owner else {}


class XSettings(QObject):
    """Keeps `values` by name; None while there is no settings daemon."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.values: Mapping[str, int | str] | None = None
        self._x11 = x11.library()
        self._display: Any = None
        self._notifier: QSocketNotifier | None = None

    def start(self) -> None:
        """Read the settings and follow them from now on; do nothing without an X server."""
        self._display = None if self._x11 is None else self._x11.XOpenDisplay(None)
        if not self._display:
            return
        screen = self._x11.XDefaultScreen(self._display)
        self._selection = self._atom(SELECTION.format(screen=screen))
        self._property = self._atom(PROPERTY)
        # a new daemon announces itself on the root window (ICCCM 2.8, MANAGER)
        self._x11.XSelectInput(self._display, self._x11.XDefaultRootWindow(self._display), _STRUCTURE_NOTIFY_MASK)
        self.values = self._read()
        self._notifier = QSocketNotifier(
            self._x11.XConnectionNumber(self._display), QSocketNotifier.Type.Read, self
        )
        self._notifier.activated.connect(self._take)
        self._take()  # events queued during requests, which the notifier on the socket would never report

    @Slot()
    def _take(self) -> None:
        event = x11.Event()
        before = self.values
        while self._x11.XPending(self._display):
            self._x11.XNextEvent(self._display, byref(event))
            if event.kind in (_DESTROY_NOTIFY, _PROPERTY_NOTIFY, _CLIENT_MESSAGE):
                self.values = self._read()
        if self.values != before:
            self.changed.emit()

    def _read(self) -> Mapping[str, int | str] | None:
        """Read from the current daemon, and subscribe to its changes."""
        lib, display = self._x11, self._display
        with x11.errors_ignored(lib, display):  # the owner may vanish at any moment
            lib.XGrabServer(display)
            owner = lib.XGetSelectionOwner(display, self._selection)
            if owner:
                lib.XSelectInput(display, owner, _PROPERTY_CHANGE_MASK | _STRUCTURE_NOTIFY_MASK)
            lib.XUngrabServer(display)
            if not owner:
                return None
            return parse(x11.bytes_of(lib, display, owner, self._property, MAX_BYTES))

    def _atom(self, name: str) -> int:
        return int(self._x11.XInternAtom(self._display, name.encode(), 0))
