"""A popup that is opened again and again on X11 leaves nothing behind."""

from __future__ import annotations

import ctypes
import gc

from oomtray.ui.qt.x11_focus import FocusWatch


def test_each_opening_uses_the_libraries_that_the_first_one_loaded() -> None:
    FocusWatch()
    before = _libraries_held()
    for _ in range(3):
        FocusWatch()
    assert _libraries_held() == before


def _libraries_held() -> int:
    return sum(isinstance(one, ctypes.CDLL) for one in gc.get_objects())
