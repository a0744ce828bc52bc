"""Parses the settings that an X11 desktop publishes (XSETTINGS 0.5), such as theme and font names."""

from __future__ import annotations

import struct

PROPERTY = "_XSETTINGS_SETTINGS"
SELECTION = "_XSETTINGS_S{screen}"
"""Selection whose owner has the property."""
MAX_BYTES = 1 << 16
_INT, _STRING, _COLOR = 0, 1, 2
_MOST = 1000


def parse(data: bytes) -> dict[str, int | str]:
    """Return the settings by name, without colors, which no toolkit uses; empty for malformed data."""
    try:
        return _parsed(data)
    except (struct.error, UnicodeDecodeError, ValueError):
        return {}


def _parsed(data: bytes) -> dict[str, int | str]:
    order = {b"\0": "<", b"\1": ">"}.get(data[:1])
    if order is None:
        raise ValueError("neither byte order")
    (count,) = struct.unpack_from(order + "I", data, 8)
    found: dict[str, int | str] = {}
    at = 12
    for _ in range(min(count, _MOST)):
        kind, length = struct.unpack_from(order + "BxH", data, at)
        name = _text(data, at + 4, length)
        at += 4 + _padded(length) + 4  # a serial number follows
        if kind == _INT:
            (found[name],) = struct.unpack_from(order + "i", data, at)
            at += 4
        elif kind == _STRING:
            (length,) = struct.unpack_from(order + "I", data, at)
            found[name] = _text(data, at + 4, length)
            at += 4 + _padded(length)
        elif kind == _COLOR:
            at += 8
        else:
            raise ValueError("no such type")
    return found


def _text(data: bytes, at: int, length: int) -> str:
    if at + length > len(data):
        raise ValueError("cut off")
    return data[at : at + length].decode()


def _padded(length: int) -> int:
    return (length + 3) & ~3
