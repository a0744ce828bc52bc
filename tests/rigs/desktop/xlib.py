"""Facts about an X server that xdotool doesn't report, or reports wrongly, from libX11 (which xdotool depends on)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_ubyte, c_uint, c_ulong, c_void_p

from tests.rigs.desktop.screen import Box

_ANY_TYPE = 0
_Handler = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)


# a window may vanish during a query; Xlib's default handler would exit this process
_go_on = _Handler(lambda _display, _error: 0)


def selection_has_owner(display: str, selection: str) -> bool:
    """Whether a selection has an owner: `WM_S0` the window manager, `_NET_SYSTEM_TRAY_S0` an XEmbed tray."""
    with opened(display) as (x11, connection):
        atom = x11.XInternAtom(connection, selection.encode(), 0)
        return bool(x11.XGetSelectionOwner(connection, atom))


def paint_root(display: str, rgb: int) -> None:
    """Paint one color behind all windows, on a server with 24 bits."""
    with opened(display) as (x11, connection):
        root = x11.XDefaultRootWindow(connection)
        x11.XSetWindowBackground(connection, root, rgb)
        x11.XClearWindow(connection, root)


def describe(display: str, windows: list[int]) -> list[tuple[int, str, Box, str]]:
    """Return ID, title, place on the screen and kind of the windows that still exist.

    The kind is the last word of _NET_WM_WINDOW_TYPE, such as normal, popup_menu or tooltip. xdotool counts a
    window manager's frame twice in a window's place.
    """
    found = []
    with opened(display) as (x11, connection):
        root = x11.XDefaultRootWindow(connection)
        for window in windows:
            parent, child = c_ulong(), c_ulong()
            x, y, width, height, border, depth = c_int(), c_int(), c_uint(), c_uint(), c_uint(), c_uint()
            values = (parent, x, y, width, height, border, depth)
            if not x11.XGetGeometry(connection, window, *map(byref, values)):
                continue
            if not x11.XTranslateCoordinates(
                connection, window, root, 0, 0, byref(x), byref(y), byref(child)
            ):
                continue
            title, old_title, kind = (
                _property(x11, connection, window, name)
                for name in ("_NET_WM_NAME", "WM_NAME", "_NET_WM_WINDOW_TYPE")
            )
            box = Box(x.value, y.value, width.value, height.value)
            found.append((window, title or old_title, box, kind.rpartition("TYPE_")[2].lower()))
    return found


def _property(x11: ctypes.CDLL, connection: c_void_p, window: int, name: str) -> str:
    """Return the text of a text property, or the name of the first of its atoms."""
    kind, form, count, left, data = c_ulong(), c_int(), c_ulong(), c_ulong(), POINTER(c_ubyte)()
    atom = x11.XInternAtom(connection, name.encode(), 0)
    answer = map(byref, (kind, form, count, left, data))
    failed = x11.XGetWindowProperty(connection, window, atom, 0, 256, 0, _ANY_TYPE, *answer)
    if failed or not data:
        return ""
    text = ""
    if form.value == 8:
        text = bytes(data[: count.value]).decode(errors="replace")
    elif form.value == 32 and count.value:
        # Xlib returns 32-bit items as longs
        named = x11.XGetAtomName(connection, ctypes.cast(data, POINTER(c_ulong))[0])
        text = ctypes.string_at(named).decode()
        x11.XFree(named)
    x11.XFree(data)
    return text


@contextmanager
def opened(display: str) -> Iterator[tuple[ctypes.CDLL, c_void_p]]:
    """Yield libX11 and a connection."""
    x11 = _library()
    connection = x11.XOpenDisplay(display.encode())
    if not connection:
        raise OSError(f"the X server {display} does not answer")
    x11.XSetErrorHandler(_go_on)
    try:
        yield x11, c_void_p(connection)
    finally:
        x11.XCloseDisplay(connection)


def _library() -> ctypes.CDLL:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = x11.XGetAtomName.restype = c_void_p
    for name in ("XInternAtom", "XGetSelectionOwner", "XDefaultRootWindow"):
        getattr(x11, name).restype = c_ulong
    x11.XSetErrorHandler.restype = c_void_p
    number, text, where = c_ulong, c_char_p, c_void_p
    x11.XOpenDisplay.argtypes = [text]
    x11.XCloseDisplay.argtypes = [where]
    x11.XSetErrorHandler.argtypes = [_Handler]
    x11.XInternAtom.argtypes = [where, text, c_int]
    x11.XGetSelectionOwner.argtypes = [where, number]
    x11.XDefaultRootWindow.argtypes = [where]
    x11.XSetWindowBackground.argtypes = [where, number, number]
    x11.XClearWindow.argtypes = [where, number]
    x11.XGetGeometry.argtypes = [where, number, *[where] * 7]
    x11.XTranslateCoordinates.argtypes = [where, number, number, c_int, c_int, where, where, where]
    x11.XGetWindowProperty.argtypes = [where, number, number, c_long, c_long, c_int, number, *[where] * 5]
    x11.XGetAtomName.argtypes = [where, number]
    x11.XFree.argtypes = [where]
    x11.XCreateSimpleWindow.restype = c_ulong
    x11.XCreateSimpleWindow.argtypes = [where, number, *[c_int] * 2, *[c_uint] * 3, number, number]
    x11.XChangeProperty.argtypes = [where, number, number, number, c_int, c_int, where, c_int]
    x11.XSetSelectionOwner.argtypes = [where, number, number, number]
    x11.XSendEvent.argtypes = [where, number, c_int, c_long, where]
    x11.XSync.argtypes = [where, c_int]
    return x11
