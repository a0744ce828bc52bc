"""Makes a file of GLib's resources (GVDB, gio/gvdb/gvdb-format.h) as glib-compile-resources does."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

_ITEM = 24
_NONE = 0xFFFFFFFF


def resource_file(parts: Mapping[str, bytes], *, compressed: bool = False) -> bytes:
    """Paths and contents; each path's folders are items of their own, of which its key is the rest."""
    folders = sorted({path[: path.rindex("/") + 1] for path in parts})
    items = [(folder, _NONE, b"L", b"") for folder in folders]
    for path, content in parts.items():
        folder = path[: path.rindex("/") + 1]
        flags, body = (1, zlib.compress(content)) if compressed else (0, content + b"\0")
        value = struct.pack("<II", len(content), flags) + body
        items.append((path.removeprefix(folder), folders.index(folder), b"v", value))
    start = 24
    end = start + 8 + 4 + _ITEM * len(items)  # one bucket, no bloom filter
    table, heap = struct.pack("<III", 0, 1, 0), b""
    for key, parent, kind, value in items:
        at = end + len(heap)
        heap += key.encode()
        heap += bytes(-(end + len(heap)) % 8)
        where = end + len(heap)
        heap += value
        table += struct.pack("<IIIHcxII", 0, parent, at, len(key.encode()), kind, where, where + len(value))
    return b"GVariant" + struct.pack("<IIII", 0, 0, start, end) + table + heap
