"""What xz or lzma has packed, in memory of which its author can't have as much as he likes: up to 4 GiB stand in a header of a few bytes."""

from __future__ import annotations

from lzma import FORMAT_AUTO, LZMADecompressor, LZMAError
from typing import BinaryIO

MEMORY = 128 << 20
"""Bytes, twice what unpacking takes of what `xz -9` has packed."""
_CHUNK, _LARGEST_PART = 1 << 13, 1 << 16


class TooMuchMemoryError(Exception):
    """Unpacking it takes more than that."""


class Unxz:
    """Reads it, one stream after the other. Raises TooMuchMemoryError, EOFError where it was cut, LZMAError where it is broken."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._unpack = _new()

    def read1(self, size: int) -> bytes:
        """A part of no more than so many bytes; none at the end."""
        while True:
            data = b""
            if self._unpack.eof:
                # a stream is filled up with zeros to a multiple of four bytes
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
                if "Memory" in str(error):  # there is no other telling
                    raise TooMuchMemoryError from error
                raise
            if part:
                return part


def _new() -> LZMADecompressor:
    return LZMADecompressor(FORMAT_AUTO, memlimit=MEMORY)
