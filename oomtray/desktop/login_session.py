"""How long ago the user logged in, as systemd-logind or elogind tells it (org.freedesktop.login1)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jeepney import DBusAddress, Properties

from oomtray.dbus.connection import Connection, error_of, signature_of, system_address

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "org.freedesktop.login1"
SESSION = DBusAddress("/org/freedesktop/login1/session/auto", NAME, f"{NAME}.Session")
"""The caller's session, or the user's graphical one for a caller outside any (systemd 243)."""
_TIMEOUT = 0.5


def seconds_since_login(
    address: str | None = None, *, clock: Callable[[], float] = time.monotonic
) -> float | None:
    """Seconds; None where nobody keeps track of sessions, or does not answer within half a second."""
    try:
        bus = Connection(address or system_address(), _TIMEOUT)
    except OSError:
        return None
    try:
        reply = bus.call(Properties(SESSION).get("TimestampMonotonic"), _TIMEOUT)
    except OSError:
        return None
    finally:
        bus.close()
    if error_of(reply) is not None or signature_of(reply) != "v" or reply.body[0][0] != "t":
        return None
    logged_in: int = reply.body[0][1]
    return max(clock() - logged_in / 1e6, 0.0)
