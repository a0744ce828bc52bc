"""Extracts a file from a GResource bundle (gio/gresource.c, gio/gvdb/gvdb-format.h)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = b"GVariant"
_ITEM = struct.Struct("<IIIHcxII")
"""Hash, parent, start and size of the key, type, start and end of the value."""
_HEAD, _COMPRESSED = 8, 1
_DEEPEST, _NONE = 40, 0xFFFFFFFF


def part(data: bytes, path: str, limit: int) -> bytes | None:
    """Return at most `limit` bytes of the file at `path`; None if it is missing or the bundle malformed."""
    try:
        for value in _values(data, path.encode()):
            size, flags = struct.unpack_from("<II", value)
            if flags & _COMPRESSED:
                return zlib.decompressobj().decompress(value[_HEAD:], limit)
            return value[_HEAD : _HEAD + min(size, limit)]
    except (struct.error, zlib.error, IndexError):
        pass
    return None


def _values(data: bytes, path: bytes) -> Iterator[bytes]:
    """Yield the values at a path; a key holds only the end of its path, and its parent the beginning."""
    if not data.startswith(_MAGIC):
        return
    start, end = struct.unpack_from("<II", data, 16)
    blooms, buckets = struct.unpack_from("<II", data, start)
    first = start + 8 + 4 * (blooms & (1 << 27) - 1) + 4 * buckets
    count = max(end - first, 0) // _ITEM.size
    for number in range(count):
        _, parent, key_at, key_size, kind, at, to = _ITEM.unpack_from(data, first + number * _ITEM.size)
        key = data[key_at : key_at + key_size]
        if kind != b"v" or not path.endswith(key):
            continue
        for _ in range(_DEEPEST):
            if parent == _NONE or parent >= count:
                break
            _, parent, key_at, key_size, *_ = _ITEM.unpack_from(data, first + parent * _ITEM.size)
            key = data[key_at : key_at + key_size] + key
        if key == path:
            yield data[at:to]
