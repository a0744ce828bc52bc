"""A settings daemon of X11 as a desktop has one (XSETTINGS 0.5): it owns the selection and publishes what a test says.

    with SettingsDaemon(desk.display) as daemon:
        daemon.publish({"Gtk/FontName": "Sans 18", "Net/DoubleClickTime": 600})
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from ctypes import Structure, byref, c_char, c_int, c_long, c_ulong, c_void_p, create_string_buffer
from types import TracebackType
from typing import Self

from tests.rigs.desktop import xlib

_CLIENT_MESSAGE, _STRUCTURE_NOTIFY_MASK, _REPLACE = 33, 1 << 17, 0  # X11/X.h


class _ClientMessage(Structure):
    _fields_ = (
        ("kind", c_int),
        ("serial", c_ulong),
        ("sent", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("message", c_ulong),
        ("form", c_int),
        ("data", c_long * 5),
        ("room", c_char * 96),
    )


class SettingsDaemon:
    def __init__(self, display: str) -> None:
        self._display = display

    def __enter__(self) -> Self:
        self._opened = xlib.opened(self._display)
        self._x11, self._connection = self._opened.__enter__()
        root = self._x11.XDefaultRootWindow(self._connection)
        self._window = self._x11.XCreateSimpleWindow(self._connection, root, -1, -1, 1, 1, 0, 0, 0)
        self._root = root
        self._serial = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The server takes window and selection away."""
        self._opened.__exit__(kind, error, trace)

    def publish(self, settings: Mapping[str, int | str]) -> None:
        """In place of what was published before; the first time it takes the selection and tells of itself."""
        self._serial += 1
        data = packed(settings, self._serial)
        atom = self._atom("_XSETTINGS_SETTINGS")
        buffer = create_string_buffer(data, len(data))
        self._x11.XChangeProperty(self._connection, self._window, atom, atom, 8, _REPLACE, buffer, len(data))
        if self._serial == 1:
            selection = self._atom("_XSETTINGS_S0")
            self._x11.XSetSelectionOwner(self._connection, selection, self._window, 0)
            event = _ClientMessage(_CLIENT_MESSAGE, 0, 1, None, self._root, self._atom("MANAGER"), 32)
            event.data[1], event.data[2] = selection, self._window
            self._x11.XSendEvent(self._connection, self._root, 0, _STRUCTURE_NOTIFY_MASK, byref(event))
        self._x11.XSync(self._connection, 0)

    def _atom(self, name: str) -> int:
        return int(self._x11.XInternAtom(self._connection, name.encode(), 0))


def packed(settings: Mapping[str, int | str], serial: int = 1, order: str = "<") -> bytes:
    """As the property has them, in either order of bytes."""
    made = struct.pack(order + "BxxxII", order == ">", serial, len(settings))
    for name, value in settings.items():
        key = name.encode()
        made += struct.pack(order + "BxH", isinstance(value, str), len(key)) + _filled(key) + struct.pack(order + "I", serial)
        if isinstance(value, str):
            made += struct.pack(order + "I", len(value.encode())) + _filled(value.encode())
        else:
            made += struct.pack(order + "i", value)
    return made


def _filled(text: bytes) -> bytes:
    return text + bytes(-len(text) % 4)
