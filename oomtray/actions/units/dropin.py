"""The drop-in file: 50-oomtray.conf in NAME.d, ours by its first line."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress

from oomtray.actions.units.settings import HIGHEST, LOWEST, POLICIES, PREFERENCES, UnitRefused, UnitSettings
from oomtray.paths import config_home

FILE = "50-oomtray.conf"
HEADER = "# Written by OOM Tray (io.github.oomtray.OOMTray), which replaces and removes this file.\n"
SYSTEM_UNITS = "/etc/systemd/system"
_LARGEST = 64 * 1024


def user_units() -> str:
    """Where a user's own units lie (systemd.unit(5))."""
    return os.path.join(config_home(), "systemd", "user")


def path_of(units: str, name: str) -> str:
    return os.path.join(units, f"{name}.d", FILE)


def render(settings: UnitSettings) -> str:
    """The file's text; the helper renders the same from the same settings."""
    lines = "".join(f"{key}={value}\n" for key, value in settings.directives.items())
    return f"{HEADER}[Service]\n{lines}"


def read(units: str, name: str) -> UnitSettings | None:
    """What our drop-in sets; None where there is none. Raises UnitRefused where the file there isn't ours."""
    text = read_text(units, name)
    return None if text is None else parse(text)


def read_text(units: str, name: str) -> str | None:
    """As `read`."""
    path = path_of(units, name)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnitRefused(f"{path} can't be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise UnitRefused(f"{path} is not a regular file")
        text = os.read(fd, _LARGEST).decode("utf-8", "replace")
    finally:
        os.close(fd)
    if not text.startswith(HEADER):
        raise UnitRefused(f"{path} was not written by OOM Tray and is left as it is")
    return text


def write(units: str, name: str, settings: UnitSettings) -> None:
    """Installs the drop-in: the whole file or no file. Raises UnitRefused; what isn't ours is never touched."""
    read(units, name)
    path = path_of(units, name)
    folder = os.path.dirname(path)
    unfinished = f"{path}.{os.getpid()}.tmp"  # systemd reads only *.conf
    made = not os.path.isdir(folder)
    try:
        os.makedirs(folder, exist_ok=True)
        fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        with os.fdopen(fd, "w", encoding="ascii") as file:
            file.write(render(settings))
            file.flush()
            os.fsync(fd)
        os.rename(unfinished, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(unfinished)
        if made:
            with suppress(OSError):
                os.rmdir(folder)
        raise UnitRefused(f"{path} can't be written: {error.strerror}") from error


def remove(units: str, name: str) -> bool:
    """Takes our drop-in away, and its directory where that is empty then; False where there was none."""
    if read(units, name) is None:
        return False
    path = path_of(units, name)
    try:
        os.unlink(path)
    except OSError as error:
        raise UnitRefused(f"{path} can't be removed: {error.strerror}") from error
    with suppress(OSError):
        os.rmdir(os.path.dirname(path))
    return True


def parse(text: str) -> UnitSettings:
    """What an edit by hand has made of it counts as not set where we could not set it."""
    found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    adjust = found.get("OOMScoreAdjust", "")
    value = int(adjust) if re.fullmatch("-?[0-9]{1,4}", adjust) else None
    return UnitSettings(
        value if value is not None and LOWEST <= value <= HIGHEST else None,
        POLICIES.get(found.get("OOMPolicy", "")),
        PREFERENCES.get(found.get("ManagedOOMPreference", "")),
    )
