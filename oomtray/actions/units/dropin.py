"""The drop-in file 50-oomtray.conf in NAME.d, recognized as ours by its first line."""

from __future__ import annotations

import os
import stat
from binascii import crc32
from contextlib import suppress

from oomtray.actions.units.settings import Refusal, UnitRefused, UnitSettings
from oomtray.file_access import FileError, read_whosoever
from oomtray.paths import config_home
from oomtray.private_file import PrivateFile

FILE = "50-oomtray.conf"
HEADER = "# Written by OOM Tray (io.github.oomtray.OOMTray), which replaces and removes this file.\n"
SYSTEM_UNITS = "/etc/systemd/system"
_LARGEST = 64 * 1024
_MADE = 0o1755
"""Mode that marks a directory as made by us, as in the helper: the sticky bit has no other meaning there."""


def user_units() -> str:
    """Directory of the user's own units (systemd.unit(5))."""
    return os.path.join(config_home(), "systemd", "user")


def path_of(units: str, name: str) -> str:
    return os.path.join(units, f"{name}.d", FILE)


def render(settings: UnitSettings) -> str:
    """Render the file; the helper renders the same text from the same settings."""
    lines = "".join(f"{key}={value}\n" for key, value in settings.directives.items())
    return f"{HEADER}[Service]\n{lines}"


def read(units: str, name: str) -> tuple[str | None, int]:
    """Return the text of our drop-in, None if there is none, and its checksum. Raises UnitRefused if it isn't ours."""
    path = path_of(units, name)
    try:
        content = read_whosoever(path, links=False, limit=_LARGEST)
    except FileError as error:
        raise UnitRefused(error.problem) from error
    return None if content is None else _ours(content, path, name), _checksum(content)


def write(units: str, name: str, settings: UnitSettings, *, was: int | None = None) -> None:
    """Install the drop-in atomically. Raises UnitRefused; never touches a file that isn't ours.

    `was`: the checksum that the current file must have, None: any.
    """
    path = path_of(units, name)
    folder = os.path.dirname(path)
    made = not os.path.isdir(folder)
    try:
        with _file(path).editing() as edit:
            if edit.content is not None:
                _ours(edit.content, path, name)
            _check_unchanged(_checksum(edit.content), was, path, name)
            edit.replace(render(settings).encode("ascii"))
        if made:
            os.chmod(folder, _MADE)
    except (FileError, UnitRefused) as error:
        if made:
            with suppress(OSError):
                os.rmdir(folder)
        raise error if isinstance(error, UnitRefused) else UnitRefused(error.problem) from error


def remove(units: str, name: str, *, was: int | None = None) -> bool:
    """Remove our drop-in, and its directory if that is empty and was made by us; return False if there was none.

    `was` as for `write`. Raises UnitRefused.
    """
    path = path_of(units, name)
    text, checksum = read(units, name)
    if text is None:
        return False
    _check_unchanged(checksum, was, path, name)
    try:
        _file(path).remove()
    except FileError as error:
        raise UnitRefused(error.problem) from error
    folder = os.path.dirname(path)
    with suppress(OSError):
        if os.stat(folder).st_mode & stat.S_ISVTX:
            os.rmdir(folder)
    return True


def _file(path: str) -> PrivateFile:
    return PrivateFile(path, mode=0o644, limit=_LARGEST)


def _checksum(content: bytes | None) -> int:
    """CRC-32 as the helper computes it; 0 if there is no file."""
    return crc32(content or b"")


def _check_unchanged(checksum: int, was: int | None, path: str, name: str) -> None:
    if was not in (None, checksum):
        raise UnitRefused(Refusal("changed-since", name, path))


def _ours(content: bytes, path: str, name: str) -> str:
    text = content.decode("utf-8", "replace")
    if not text.startswith(HEADER):
        raise UnitRefused(Refusal("not-ours", name, path))
    return text


def parse(text: str) -> UnitSettings:
    """Parse our drop-in; an edited value counts as not set if we couldn't have set it."""
    return UnitSettings.of(dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#")))
