"""The desktop app.

PySide6 reads the source of every module that is imported after it, to see whether it uses PySide6, and leaves the lines in
`linecache`: some 4 MB by the time that the popup is open. So that cache keeps nothing, and a traceback reads its files when
there is one to print. What needs no Qt and comes before the icon is imported here, before Qt, so that it is not read.
"""

import linecache
import logging

from oomtray import text
from oomtray.dbus import session
from oomtray.desktop import single_instance, tray_host


class _KeepsNothing(dict[str, object]):
    def __setitem__(self, _key: str, _value: object) -> None:
        pass


linecache.cache = _KeepsNothing()  # type: ignore[assignment]

__all__ = ["logging", "session", "single_instance", "text", "tray_host"]
