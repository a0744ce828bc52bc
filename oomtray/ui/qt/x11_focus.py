"""Why a window has lost the focus on X11: by a click, the keyboard, or because the pointer passed over another.

Uses a connection of its own while in use. Sources: Extended Window Manager Hints 1.5, _NET_ACTIVE_WINDOW; X
Input Extension 2.2, raw events, which arrive whoever grabs the pointer; X Synchronization Extension 3.1,
whose system counters DEVICEIDLETIME give the idle times of pointer and keyboard.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from oomtray.ui.qt.x11 import Event, library, numbers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_PROPERTY_CHANGE_MASK, _PROPERTY_NOTIFY, _GENERIC_EVENT = 1 << 22, 28, 35  # X11/X.h
_ALL_MASTER_DEVICES, _POINTER, _KEYBOARD = 1, 2, 3  # X11/extensions/XI2.h; the core devices' ids, xserver dix
_RAW_PRESS, _RAW_RELEASE, _RAW_TOUCH_BEGIN, _RAW_TOUCH_END = 15, 16, 22, 24  # X11/extensions/XI2.h

_MOST_SAMPLES = 20
"""After this many samples it counts as a key, because a window closed by that can be reopened."""


class _Mask(Structure):
    _fields_ = (("device", c_int), ("length", c_int), ("bits", c_char_p))


class _Raw(Structure):
    """The beginning of an XIRawEvent."""

    _fields_ = (
        ("kind", c_int),
        ("serial", c_ulong),
        ("sent", c_int),
        ("display", c_void_p),
        ("extension", c_int),
        ("evtype", c_int),
        ("time", c_ulong),
    )


class _Value(Structure):
    _fields_ = (("high", c_int), ("low", c_uint))


class _Counter(Structure):
    _fields_ = (("name", c_char_p), ("counter", c_ulong), ("resolution", _Value))


class FocusWatch(QObject):
    """Reports clicks anywhere on the screen, and changes of the active window."""

    pressed = Signal(object)
    """Carries the X server's time in milliseconds, the timestamp of Qt's event if the press is in one of our windows.

    The press doesn't say where it was.
    """
    released = Signal()
    active_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._x11, self._xi, self._xext = _libraries()
        self._display: Any = None
        self._notifier: QSocketNotifier | None = None

    def start(self) -> bool:
        """Connect and return whether it works: it needs an X server, XInput 2.2 and an EWMH window manager."""
        if self._display is not None:
            return True
        if self._x11 is None:
            return False
        self._display = self._x11.XOpenDisplay(None)
        if not self._display:
            self._display = None
            return False
        self._root = self._x11.XDefaultRootWindow(self._display)
        self._active_atom = self._atom(b"_NET_ACTIVE_WINDOW")
        major, minor = c_int(2), c_int(2)
        old = self._xi.XIQueryVersion(self._display, byref(major), byref(minor))
        if old or not self._property(self._atom(b"_NET_SUPPORTING_WM_CHECK")):
            self.stop()
            return False
        bits = bytearray(4)
        for kind in (_RAW_PRESS, _RAW_RELEASE, _RAW_TOUCH_BEGIN, _RAW_TOUCH_END):
            bits[kind >> 3] |= 1 << (kind & 7)
        mask = _Mask(_ALL_MASTER_DEVICES, len(bits), bytes(bits))
        self._xi.XISelectEvents(self._display, self._root, byref(mask), 1)
        self._x11.XSelectInput(self._display, self._root, _PROPERTY_CHANGE_MASK)
        self._x11.XFlush(self._display)
        self._notifier = QSocketNotifier(
            self._x11.XConnectionNumber(self._display), QSocketNotifier.Type.Read, self
        )
        self._notifier.activated.connect(self._read)
        return True

    def stop(self) -> None:
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._display is not None:
            self._x11.XCloseDisplay(self._display)
            self._display = None

    def taken_from(self, ours: Collection[int]) -> bool:
        """Whether another window is active, and not just because of the pointer.

        `ours` are the ids of our windows. While the window manager grabs the keyboard for a move or a menu,
        the active window stays what it was.
        """
        if self._display is None:
            return True
        active = self._property(self._active_atom)  # 0 during a change
        taken = active not in (0, *ours) and not self._pointer_was_last()
        # waiting for the reply also queued earlier events, which the notifier on the socket would never
        # report
        QTimer.singleShot(0, self._read)
        return taken

    def _pointer_was_last(self) -> bool:
        """Whether the pointer was used more recently than any key; False also without such counters."""
        event, error, major, minor, count = c_int(), c_int(), c_int(), c_int(), c_int()
        if not self._xext.XSyncQueryExtension(self._display, byref(event), byref(error)):
            return False
        if not self._xext.XSyncInitialize(self._display, byref(major), byref(minor)):
            return False
        listed = self._xext.XSyncListSystemCounters(self._display, byref(count))
        counters: dict[int, int] = {}
        for counter in listed[: count.value] if listed else ():
            name, _, number = counter.name.partition(b" ")
            if name == b"DEVICEIDLETIME":
                counters[int(number)] = counter.counter
        if listed:
            self._xext.XSyncFreeSystemCounterList(listed)
        if _POINTER not in counters or _KEYBOARD not in counters:
            return False
        return pointer_was_last(lambda: self._counted(counters[_POINTER]), lambda: self._counted(counters[_KEYBOARD]))

    def _counted(self, counter: int) -> int | None:
        """Return an idle counter's value in milliseconds."""
        value = _Value()
        told = self._xext.XSyncQueryCounter(self._display, counter, byref(value))
        return (value.high << 32) + value.low if told else None

    @Slot()
    def _read(self) -> None:
        event = Event()
        told: list[Callable[[], object]] = []
        while self._display is not None and self._x11.XPending(self._display):
            self._x11.XNextEvent(self._display, byref(event))
            if event.kind == _GENERIC_EVENT and event.evtype in (_RAW_PRESS, _RAW_TOUCH_BEGIN):
                told.append(partial(self.pressed.emit, self._time_of(event)))
            elif event.kind == _GENERIC_EVENT and event.evtype in (_RAW_RELEASE, _RAW_TOUCH_END):
                told.append(self.released.emit)
            elif event.kind == _PROPERTY_NOTIFY and _atom_of(event) == self._active_atom:
                told.append(self.active_changed.emit)
        for tell in told:
            tell()

    def _time_of(self, event: Event) -> int | None:
        """Return the time of a raw event, or None if it can't be read."""
        if not self._x11.XGetEventData(self._display, byref(event)):
            return None
        try:
            return int(ctypes.cast(event.data, POINTER(_Raw)).contents.time)
        finally:
            self._x11.XFreeEventData(self._display, byref(event))

    def _atom(self, name: bytes) -> int:
        return int(self._x11.XInternAtom(self._display, name, 0))

    def _property(self, atom: int) -> int:
        """Return the window id in a property of the root window, or 0."""
        found = numbers_of(self._x11, self._display, self._root, atom, 1)
        return found[0] if found else 0


def pointer_was_last(pointer: Callable[[], int | None], keyboard: Callable[[], int | None]) -> bool:
    """Whether the pointer was used more recently than any key, by their idle times; None for an unknown one.

    Time passes between two samples, on a busy machine more than between a pointer movement and a key press.
    So the pointer is sampled before and after the keyboard, and again while that is inconclusive.
    """
    before = pointer()
    for _ in range(_MOST_SAMPLES):
        key, after = keyboard(), pointer()
        if before is None or key is None or after is None:
            return False
        if after < key:
            return True
        if key <= before:
            return False
        before = after
    return False


def _atom_of(event: Event) -> int:
    """Return the atom of an XPropertyEvent: type, serial, send_event, display, window, atom."""
    return int(ctypes.cast(byref(event), POINTER(c_ulong))[5])


@cache
def _libraries() -> tuple[Any, Any, Any]:
    """Load libX11, libXi and libXext, which every X desktop has; three times None if one is missing."""
    x11 = library()
    try:
        xi, xext = (ctypes.CDLL(name) for name in ("libXi.so.6", "libXext.so.6"))
    except OSError:
        return None, None, None
    if x11 is None:
        return None, None, None
    at, number = c_void_p, c_ulong
    xi.XIQueryVersion.argtypes = [at, at, at]
    xi.XISelectEvents.argtypes = [at, number, at, c_int]
    xext.XSyncQueryExtension.argtypes = xext.XSyncInitialize.argtypes = [at, at, at]
    xext.XSyncListSystemCounters.argtypes = [at, at]
    xext.XSyncListSystemCounters.restype = POINTER(_Counter)
    xext.XSyncQueryCounter.argtypes = [at, number, at]
    xext.XSyncFreeSystemCounterList.argtypes = [POINTER(_Counter)]
    return x11, xi, xext
