"""Decompress xz and lzma within a fixed memory limit: a header of a few bytes can otherwise demand up to 4 GiB."""

from __future__ import annotations

from lzma import FORMAT_AUTO, LZMADecompressor, LZMAError
from typing import BinaryIO

MEMORY = 128 << 20
"""Memory limit in bytes, twice what output of `xz -9` takes."""
_CHUNK, _LARGEST_PART = 1 << 13, 1 << 16


class TooMuchMemoryError(Exception):
    """Decompression would exceed the memory limit."""


class Unxz:
    """Reads consecutive streams.

    Raises TooMuchMemoryError, EOFError if the data is truncated, LZMAError if it is corrupt.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._unpack = _new()

    def read1(self, size: int) -> bytes:
        """Return at most `size` bytes; none at the end."""
        while True:
            data = b""
            if self._unpack.eof:
                # streams are padded with zeros to a multiple of four bytes
                data = self._unpack.unused_data.lstrip(b"\x00")
                while not data:
                    more = self._stream.read(_CHUNK)
                    if not more:
                        return b""
                    data = more.lstrip(b"\x00")
                self._unpack = _new()
            elif self._unpack.needs_input:
                data = self._stream.read(_CHUNK)
                if not data:
                    raise EOFError
            try:
                part = self._unpack.decompress(data, min(size, _LARGEST_PART))
            except LZMAError as error:
                if "Memory" in str(error):  # nothing else distinguishes it
                    raise TooMuchMemoryError from error
                raise
            if part:
                return part


def _new() -> LZMADecompressor:
    return LZMADecompressor(FORMAT_AUTO, memlimit=MEMORY)
