"""Users by their number, as the system's name service knows them."""

from __future__ import annotations

import pwd
from functools import lru_cache


@lru_cache(maxsize=256)
def login_name(uid: int) -> str | None:
    """The login name; None for a uid that has none, as in a container."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None
