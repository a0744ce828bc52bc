"""Asks the X server, over a separate connection, what Qt doesn't tell or would tell too late.

Sources: System Tray Protocol Specification 0.3; Extended Window Manager Hints 1.5, _NET_WM_STATE.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATOM, _REPLACE = 4, 0  # X11/Xatom.h, X11/X.h


def has_tray(screen: int = 0) -> bool:
    """Whether a panel accepts icons by XEmbed; asking Qt would fix forever which kind of icon it makes.

    False also without an X server, or without libX11.
    """
    with _display() as (x11, display):
        if display is None:
            return False
        selection = x11.XInternAtom(display, f"_NET_SYSTEM_TRAY_S{screen}".encode(), 0)
        return bool(x11.XGetSelectionOwner(display, selection))


def keep_off_taskbar(window: int) -> None:
    """Keep a window that isn't shown yet off the taskbar and pager; Qt preserves this state."""
    with _display() as (x11, display):
        if display is None:
            return
        names = (b"_NET_WM_STATE_SKIP_TASKBAR", b"_NET_WM_STATE_SKIP_PAGER")
        states = (ctypes.c_ulong * len(names))(*(x11.XInternAtom(display, name, 0) for name in names))
        state = x11.XInternAtom(display, b"_NET_WM_STATE", 0)
        x11.XChangeProperty(display, window, state, _ATOM, 32, _REPLACE, states, len(names))


@contextmanager
def _display() -> Iterator[tuple[Any, int | None]]:
    x11 = _library()
    display = None if x11 is None else x11.XOpenDisplay(None)
    try:
        yield x11, display
    finally:
        if x11 is not None and display is not None:
            x11.XCloseDisplay(display)  # flushes pending requests


@cache
def _library() -> Any:
    """Load libX11, or return None if there is none."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    pointer, number = ctypes.c_void_p, ctypes.c_ulong
    x11.XOpenDisplay.restype = pointer
    x11.XInternAtom.restype = x11.XGetSelectionOwner.restype = number
    x11.XInternAtom.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int]
    x11.XGetSelectionOwner.argtypes = [pointer, number]
    x11.XChangeProperty.argtypes = [pointer, number, number, number, *[ctypes.c_int] * 2, pointer, ctypes.c_int]
    x11.XCloseDisplay.argtypes = [pointer]
    return x11
