"""The desktop app.

PySide6 reads the source of every module that is imported after it, to find out if it uses PySide6, and leaves
the lines in `linecache`: some 4 MB by the time the popup is open. Therefore that cache stores nothing, and a
traceback reads its files when one is printed. What needs no Qt and is used before the icon is imported here,
before Qt, so that its source isn't read.
"""

import linecache
import logging

from oomtray import text
from oomtray.dbus import session
from oomtray.desktop import single_instance, tray_host


class _KeepsNothing(dict[str, object]):
    def __setitem__(self, _key: str, _value: object) -> None:
        pass

    def __missing__(self, key: str) -> object:
        """Answer for a module without a source file as its loader may: `linecache` has just stored that one here."""
        raise OSError(key)


linecache.cache = _KeepsNothing()  # type: ignore[assignment]

__all__ = ["logging", "session", "single_instance", "text", "tray_host"]
