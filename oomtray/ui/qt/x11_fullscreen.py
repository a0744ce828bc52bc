"""Whether the active window fills the screen on X11.

Source: Extended Window Manager Hints 1.5, _NET_WM_STATE_FULLSCREEN.
"""

from __future__ import annotations

from oomtray.ui.qt.x11 import errors_ignored, numbers_of, opened

_MOST_STATES = 32


def active_window_fills_screen() -> bool:
    """Return False also without an X server or a window manager that supports it."""
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
