"""Look up users by number in the system's name service."""

from __future__ import annotations

import pwd
from functools import lru_cache


@lru_cache(maxsize=256)
def login_name(uid: int) -> str | None:
    """Return the login name; None for a uid without one, as in a container."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None
