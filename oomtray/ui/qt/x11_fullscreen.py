"""Whether the active window fills the screen on X11.

Source: Extended Window Manager Hints 1.5, _NET_WM_STATE_FULLSCREEN.
"""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_long, c_ubyte, c_ulong, c_void_p
from functools import cache
from typing import Any

_ANY_TYPE = 0
_MOST_STATES = 32
_Handler = CFUNCTYPE(c_int, c_void_p, c_void_p)


# the window may vanish during the query, for which Xlib's default handler would exit the process
_go_on = _Handler(lambda _display, _error: 0)


def active_window_fills_screen() -> bool:
    """Return False also without an X server or a window manager that supports it."""
    x11 = _library()
    display = None if x11 is None else x11.XOpenDisplay(None)
    if not display:
        return False
    before = x11.XSetErrorHandler(_go_on)
    try:
        active = _property(x11, display, x11.XDefaultRootWindow(display), b"_NET_ACTIVE_WINDOW")
        if not active or not active[0]:
            return False
        full = x11.XInternAtom(display, b"_NET_WM_STATE_FULLSCREEN", 0)
        return full in _property(x11, display, active[0], b"_NET_WM_STATE")
    finally:
        x11.XCloseDisplay(display)
        x11.XSetErrorHandler(before)


def _property(x11: Any, display: int, window: int, name: bytes) -> list[int]:
    """Return the 32-bit items of a window's property, or none without it."""
    kind, form, count, left, data = c_ulong(), c_int(), c_ulong(), c_ulong(), POINTER(c_ubyte)()
    atom = x11.XInternAtom(display, name, 0)
    failed = x11.XGetWindowProperty(
        display, window, atom, 0, _MOST_STATES, 0, _ANY_TYPE, *map(byref, (kind, form, count, left, data))
    )
    if failed or not data:
        return []
    # Xlib returns 32-bit items as longs
    found = ctypes.cast(data, POINTER(c_ulong))[: count.value] if form.value == 32 else []
    x11.XFree(data)
    return list(found)


@cache
def _library() -> Any:
    """Load libX11, or return None if there is none."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    at, number = c_void_p, c_ulong
    x11.XOpenDisplay.restype = x11.XSetErrorHandler.restype = at
    x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = number
    x11.XOpenDisplay.argtypes = [c_char_p]
    x11.XInternAtom.argtypes = [at, c_char_p, c_int]
    x11.XGetWindowProperty.argtypes = [at, number, number, c_long, c_long, c_int, number, *[at] * 5]
    for name in ("XDefaultRootWindow", "XCloseDisplay", "XFree", "XSetErrorHandler"):
        getattr(x11, name).argtypes = [at]
    return x11
