"""Look up users in the system's name service, and the names of people and this computer, which reports to others leave out."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress
from functools import lru_cache

_FIRST_PERSON, _NOBODY = 1000, 65534
"""Range of uids that belong to people (login.defs)."""
_FILES = ("/etc/hostname", "/etc/mailname", "/proc/sys/kernel/domainname")


@lru_cache(maxsize=256)
def login_name(uid: int) -> str | None:
    """Return the login name; None for a uid without one, as in a container."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None


def accounts() -> list[dict[str, str]]:
    """Accounts of people, with login, full name and home; always includes the user's own."""
    own = os.getuid()
    return [
        {"login": one.pw_name, "full": one.pw_gecos, "home": one.pw_dir}
        for one in pwd.getpwall()
        if _FIRST_PERSON <= one.pw_uid < _NOBODY or one.pw_uid == own
    ]


def hosts() -> set[str]:
    """Names of this computer and its domain, whole and in parts."""
    found = {os.uname().nodename}
    for path in _FILES:
        with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
            found.add(file.read(256).strip())
    with suppress(OSError), open("/etc/machine-info", encoding="utf-8", errors="replace") as file:
        found |= {line.partition("=")[2].strip().strip('"') for line in file if line.startswith("PRETTY_HOSTNAME=")}
    found |= {part for name in set(found) for part in (name.partition(".")[0], name.partition(".")[2])}
    return {name for name in found if len(name) > 1 and name not in ("localhost", "(none)", "localdomain")}
