"""The three things of an X server that xdotool doesn't tell, asked of libX11 (which xdotool brings along)."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterator
from contextlib import contextmanager


def selection_has_owner(display: str, selection: str) -> bool:
    """`WM_S0` is owned by the window manager, `_NET_SYSTEM_TRAY_S0` by an XEmbed tray."""
    with _opened(display) as (x11, connection):
        atom = x11.XInternAtom(connection, selection.encode(), 0)
        return bool(x11.XGetSelectionOwner(connection, atom))


def paint_root(display: str, rgb: int) -> None:
    """One colour behind all windows, for a server of 24 bits."""
    with _opened(display) as (x11, connection):
        root = x11.XDefaultRootWindow(connection)
        x11.XSetWindowBackground(connection, root, ctypes.c_ulong(rgb))
        x11.XClearWindow(connection, root)


@contextmanager
def _opened(display: str) -> Iterator[tuple[ctypes.CDLL, ctypes.c_void_p]]:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    for name in ("XInternAtom", "XGetSelectionOwner", "XDefaultRootWindow"):
        getattr(x11, name).restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XGetSelectionOwner.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
    x11.XSetWindowBackground.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
    x11.XClearWindow.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    connection = x11.XOpenDisplay(display.encode())
    if not connection:
        raise OSError(f"the X server {display} does not answer")
    try:
        yield x11, ctypes.c_void_p(connection)
    finally:
        x11.XCloseDisplay(connection)
