"""Login time and state of the user's session, from systemd-logind or elogind (org.freedesktop.login1)."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from jeepney import DBusAddress, Properties

from oomtray.dbus.connection import Connection, property_of, system_address

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "org.freedesktop.login1"
SESSION = DBusAddress("/org/freedesktop/login1/session/auto", NAME, f"{NAME}.Session")
"""The caller's session, or the user's graphical one for a caller outside of any (systemd 243)."""
_TIMEOUT = 0.5


def seconds_since_login(
    address: str | None = None, *, clock: Callable[[], float] = time.monotonic
) -> float | None:
    """Return seconds; None if no service tracks sessions, or it doesn't answer within half a second."""
    logged_in = _told("TimestampMonotonic", "t", address)
    return None if logged_in is None else max(clock() - logged_in / 1e6, 0.0)


def is_in_front(address: str | None = None) -> bool | None:
    """Whether the user's session is on the screen and not locked; None if there is no answer within a second."""
    active, locked = _told("Active", "b", address), _told("LockedHint", "b", address)
    if active is False or locked is True:
        return False
    return True if active else None


def _told(name: str, kind: str, address: str | None) -> Any:
    """Read a property of the session; None if unavailable or of another type."""
    try:
        with closing(Connection(address or system_address(), _TIMEOUT)) as bus:
            return property_of(bus.call(Properties(SESSION).get(name), _TIMEOUT), kind)
    except OSError:
        return None
