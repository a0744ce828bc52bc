"""Asks the X server, over a separate connection, what Qt doesn't tell or would tell too late.

Sources: System Tray Protocol Specification 0.3; Extended Window Manager Hints 1.5, _NET_WM_STATE.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_int,
    c_long,
    c_ubyte,
    c_uint,
    c_ulong,
    c_void_p,
)
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATOM, _HINTS, _REPLACE, _ANY_TYPE = 4, 35, 0, 0  # X11/Xatom.h, X11/X.h
_HINTS_LENGTH = 9
"""Items of WM_HINTS, of which the group is the last."""
_MOST_STATES = 32
_Handler = CFUNCTYPE(c_int, c_void_p, c_void_p)
_go_on = _Handler(lambda _display, _error: 0)


class Event(Structure):
    """Large enough for any XEvent; the fields are those of XGenericEventCookie.

    For an XPropertyEvent, the atom is in the place of `evtype` and what follows.
    """

    _fields_ = (
        ("kind", c_int),
        ("serial", c_ulong),
        ("sent", c_int),
        ("display", c_void_p),
        ("extension", c_int),
        ("evtype", c_int),
        ("cookie", c_uint),
        ("data", c_void_p),
        ("room", c_long * 22),
    )


def has_tray() -> bool:
    """Whether a panel accepts icons by XEmbed; asking Qt would fix forever which kind of icon it makes.

    False also without an X server, or without libX11.
    """
    with opened() as (x11, display):
        if display is None:
            return False
        selection = x11.XInternAtom(display, b"_NET_SYSTEM_TRAY_S0", 0)
        return bool(x11.XGetSelectionOwner(display, selection))


def set_apart(window: int) -> None:
    """Keep a window that isn't shown yet off the taskbar and pager, and out of the group of the program's windows.

    Some window managers keep a tool, and the dialogs that belong to it, above all other windows of its group (ICCCM 4.1.2.4).
    Qt preserves both.
    """
    with opened() as (x11, display):
        if display is None:
            return
        names = (b"_NET_WM_STATE_SKIP_TASKBAR", b"_NET_WM_STATE_SKIP_PAGER")
        states = (c_ulong * len(names))(*(x11.XInternAtom(display, name, 0) for name in names))
        state = x11.XInternAtom(display, b"_NET_WM_STATE", 0)
        x11.XChangeProperty(display, window, state, _ATOM, 32, _REPLACE, states, len(names))
        hints = numbers_of(x11, display, window, _HINTS, _HINTS_LENGTH)
        if len(hints) == _HINTS_LENGTH:
            alone = (c_ulong * _HINTS_LENGTH)(*hints[:-1], window)
            x11.XChangeProperty(display, window, _HINTS, _HINTS, 32, _REPLACE, alone, _HINTS_LENGTH)


def active_window_fills_screen() -> bool:
    """Whether the active window fills the screen; False also without an X server or a window manager that tells."""
    with opened() as (x11, display):
        if display is None:
            return False
        with errors_ignored(x11, display):  # the window may vanish during the query
            active_atom, states, full = (
                x11.XInternAtom(display, name, 0)
                for name in (b"_NET_ACTIVE_WINDOW", b"_NET_WM_STATE", b"_NET_WM_STATE_FULLSCREEN")
            )
            active = numbers_of(x11, display, x11.XDefaultRootWindow(display), active_atom, 1)
            return bool(active) and active[0] != 0 and full in numbers_of(x11, display, active[0], states, _MOST_STATES)


@contextmanager
def opened() -> Iterator[tuple[Any, int | None]]:
    """Yield libX11 and a connection, which is None without an X server or without libX11."""
    x11 = library()
    display = None if x11 is None else x11.XOpenDisplay(None)
    try:
        yield x11, display
    finally:
        if x11 is not None and display is not None:
            x11.XCloseDisplay(display)  # flushes pending requests


@contextmanager
def errors_ignored(x11: Any, display: int) -> Iterator[None]:
    """Ignore X errors, as for a window that may vanish: Xlib's default handler would exit the process."""
    before = x11.XSetErrorHandler(_go_on)
    try:
        yield
        x11.XSync(display, 0)  # errors arrive as late as replies
    finally:
        x11.XSetErrorHandler(before)


def numbers_of(x11: Any, display: int, window: int, atom: int, most: int) -> list[int]:
    """Return the 32-bit items of a window's property, or none without it."""
    with _property(x11, display, window, atom, most) as (form, count, data):
        # Xlib returns 32-bit items as longs
        return list(ctypes.cast(data, POINTER(c_ulong))[:count]) if form == 32 else []


def bytes_of(x11: Any, display: int, window: int, atom: int, most: int) -> bytes:
    """Return the bytes of a window's property, or none without it."""
    with _property(x11, display, window, atom, most // 4) as (form, count, data):
        return ctypes.string_at(data, count) if form == 8 else b""


@contextmanager
def _property(x11: Any, display: int, window: int, atom: int, most: int) -> Iterator[tuple[int, int, Any]]:
    """Yield the item size in bits (0 without the property), the count, and the address; `most` is in units of 32 bits."""
    kind, form, count, left, data = c_ulong(), c_int(), c_ulong(), c_ulong(), POINTER(c_ubyte)()
    failed = x11.XGetWindowProperty(
        display, window, atom, 0, most, 0, _ANY_TYPE, *map(byref, (kind, form, count, left, data))
    )
    if failed or not data:
        yield 0, 0, None
        return
    try:
        yield form.value, count.value, data
    finally:
        x11.XFree(data)


@cache
def library() -> Any:
    """Load libX11, which every X desktop has, or return None if it is missing.

    Loaded once, because each CDLL is a reference cycle: one per opening of the popup would leave 20 KB to
    collect.
    """
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    at, number = c_void_p, c_ulong
    x11.XOpenDisplay.restype = x11.XSetErrorHandler.restype = at
    x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = x11.XGetSelectionOwner.restype = number
    x11.XOpenDisplay.argtypes = [c_char_p]
    x11.XInternAtom.argtypes = [at, c_char_p, c_int]
    x11.XGetSelectionOwner.argtypes = [at, number]
    x11.XSelectInput.argtypes = [at, number, c_long]
    x11.XChangeProperty.argtypes = [at, number, number, number, c_int, c_int, at, c_int]
    x11.XGetWindowProperty.argtypes = [at, number, number, c_long, c_long, c_int, number, *[at] * 5]
    x11.XNextEvent.argtypes = x11.XGetEventData.argtypes = x11.XFreeEventData.argtypes = [at, at]
    x11.XSync.argtypes = [at, c_int]
    for name in (
        "XDefaultRootWindow", "XDefaultScreen", "XConnectionNumber", "XPending", "XFlush", "XGrabServer", "XUngrabServer",
        "XCloseDisplay", "XFree", "XSetErrorHandler",
    ):  # fmt: skip
        getattr(x11, name).argtypes = [at]
    return x11
