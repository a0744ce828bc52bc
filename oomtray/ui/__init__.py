"""The desktop app.

PySide6 reads the source of every module that is imported after it, to see whether it uses PySide6, and leaves the lines in
`linecache`: some 4 MB by the time that the popup is open. So that cache forgets here at once, and tracebacks read their
files when there is one to print. What needs no Qt and comes before the icon is loaded before Qt, which spares the reading.
"""

import linecache
import logging

from oomtray import text
from oomtray.dbus import session as bus
from oomtray.desktop import single_instance as instance
from oomtray.desktop import tray_host as trayhost


class _Forgetful(dict[str, object]):
    def __setitem__(self, _key: str, _value: object) -> None:
        pass


linecache.cache = _Forgetful()  # type: ignore[assignment]

__all__ = ["bus", "instance", "logging", "text", "trayhost"]
