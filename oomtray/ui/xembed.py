"""Is there a panel that takes icons by XEmbed? Asked of the X server: asking Qt would settle for ever what it uses.

Source: System Tray Protocol Specification 0.3, the manager selection _NET_SYSTEM_TRAY_Sn.
"""

from __future__ import annotations

import ctypes


def has_manager(screen: int = 0) -> bool:
    """False too where there is no X server, or no libX11 to ask it with."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return False
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XGetSelectionOwner.restype = ctypes.c_ulong
    x11.XGetSelectionOwner.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    try:
        selection = x11.XInternAtom(display, f"_NET_SYSTEM_TRAY_S{screen}".encode(), 0)
        return bool(x11.XGetSelectionOwner(display, selection))
    finally:
        x11.XCloseDisplay(display)
