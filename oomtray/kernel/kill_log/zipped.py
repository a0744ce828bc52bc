"""Read the files of a zip archive one after the other, sequentially, so that it may be a pipe (PKWARE's APPNOTE.TXT)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGINS = b"PK\x03\x04"
_HEADER = struct.Struct("<6xHH8xI4xHH")
"""Flags, method, compressed size, length of the name and of the extra field."""
_ENCRYPTED, _SIZE_FOLLOWS = 1, 8
_STORED, _DEFLATED = 0, 8
_CHUNK = 1 << 16
_AFTER = 24
"""Longest data descriptor after a file, in bytes."""


class UnknownMethodError(Exception):
    """The archive has a file that can't be read here."""


class Zipped:
    """Reads the files. Raises UnknownMethodError, and zlib's own error for corrupt data."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead = b""
        self._part = b""
        """Decompressed bytes not read yet."""
        self._parts = self._files()

    def read1(self, size: int) -> bytes:
        """Return at most `size` bytes; none at the end."""
        part = self._part or next(self._parts, b"")
        part, self._part = part[:size], part[size:]
        return part

    def _files(self) -> Iterator[bytes]:
        while True:
            header = self._take(_HEADER.size)
            if len(header) < _HEADER.size or not header.startswith(BEGINS):
                return
            flags, method, size, name, extra = _HEADER.unpack(header)
            self._take(name + extra)
            if flags & _ENCRYPTED or method not in {_STORED, _DEFLATED} or (method == _STORED and flags & _SIZE_FOLLOWS):
                raise UnknownMethodError
            yield from self._inflated() if method == _DEFLATED else self._stored(size)
            yield b"\n"
            if flags & _SIZE_FOLLOWS:
                self._ahead += self._stream.read(max(_AFTER + len(BEGINS) - len(self._ahead), 0))
                at = self._ahead.find(BEGINS, 0, _AFTER + len(BEGINS))
                self._ahead = b"" if at < 0 else self._ahead[at:]

    def _take(self, size: int) -> bytes:
        if len(self._ahead) < size:
            self._ahead += self._stream.read(size - len(self._ahead))
        taken, self._ahead = self._ahead[:size], self._ahead[size:]
        return taken

    def _stored(self, size: int) -> Iterator[bytes]:
        while size and (part := self._take(min(size, _CHUNK))):
            size -= len(part)
            yield part

    def _inflated(self) -> Iterator[bytes]:
        from zlib import decompressobj

        unpack = decompressobj(-15)
        while not unpack.eof and (part := unpack.unconsumed_tail or self._take(_CHUNK)):
            got = unpack.decompress(part, _CHUNK)
            if got:
                yield got
        self._ahead = unpack.unused_data + self._ahead
