"""Decompress logs that logrotate compressed."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from oomtray.kernel.kill_log.columns import columns
from oomtray.kernel.kill_log.copied import breaks_by_cr, mend
from oomtray.kernel.kill_log.zipped import BEGINS, UnknownMethodError, Zipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedIOBase

Packing = Literal["zstd", "lz4", "brotli", "zip", "journal", "xz", "other"]
_ZSTD = b"\x28\xb5\x2f\xfd"
_UNREADABLE: dict[bytes, Packing] = {
    _ZSTD: "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x02\x21\x4c\x18": "lz4",  # its format before 2013
    b"LPKSHHRH": "journal",
    b"LZIP": "other",
    b"\x89LZO\x00": "other",
    b"\x1f\x9d": "other",  # compress
    b"7z\xbc\xaf\x27\x1c": "other",
    b"Rar!\x1a\x07": "other",
}
"""Magic bytes that the standard library can't decompress, and those of the journal's own file format."""


_LOOKED_AT = 64
_TEXT = bytes((*range(0x20, 0x7F), *b"\t\r\n", *range(0x80, 0x100)))
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks, as in files saved by Windows' shell."""
LIST = re.compile(rb"\s{0,16}(?:\{\s{0,16}\x22\w{1,32}\x22\s{0,8}:\s{0,8}|\{\x22[^\[\]\n]{0,1000}?[{,] ?\x22(?:items|hits)\x22: ?)?\[\s{0,16}\{")
"""A list of objects, as jq, dmesg, Kubernetes and Elasticsearch write it; they may all be on one line."""
EXPORTED = (b"__CURSOR=", b"__REALTIME_TIMESTAMP=")
"""First fields of the journal's export format, in which an entry has many lines."""


class PackedError(Exception):
    """The log can't be read as it is; `packing` names its format."""

    def __init__(self, packing: Packing) -> None:
        super().__init__(packing)
        self.packing = packing


def unpacked(stream: BinaryIO) -> BinaryIO:
    """Return the stream, decompressed if it is gzip, xz, bzip2 or zip.

    Raises PackedError, and the stream's own OSError.
    """
    first = b""
    while len(first) < 8 and (more := stream.read(8 - len(first))):
        first += more
    opened = _opener(first)
    for sign, packing in _UNREADABLE.items():
        if first.startswith(sign) and opened is None:
            raise PackedError(packing)
    whole = cast("BinaryIO", Begun(first, stream))
    return whole if opened is None else cast("BinaryIO", _Unpacked(opened(whole)))


def check_brotli(path: str) -> None:
    """Raise PackedError if a file is Brotli by its name and isn't text; Brotli has no magic bytes. Raises OSError."""
    if not path.endswith(".br") or not stat.S_ISREG(os.stat(path).st_mode):
        return
    with open(path, "rb") as file:
        first = file.read(_LOOKED_AT)
    if first.translate(None, _TEXT):
        raise PackedError("brotli")


def is_plain(first: bytes) -> bool:
    """Whether a log that begins with `first` has lines that can each be read without those before."""
    other = (*_UNREADABLE, *UTF_16, *EXPORTED)
    is_packed = first.startswith(other) or _opener(first) is not None
    return not is_packed and LIST.match(first) is None and not breaks_by_cr(first) and mend(first) is None and columns(first) is None


def _opener(first: bytes) -> Callable[[BinaryIO], BufferedIOBase] | None:
    if first.startswith(b"\x1f\x8b"):
        from gzip import GzipFile

        return lambda stream: cast("BufferedIOBase", GzipFile(fileobj=stream))
    if first.startswith((b"\xfd7zXZ\x00", b"\x5d\x00\x00")):
        from oomtray.kernel.kill_log.unxz import Unxz

        return lambda stream: cast("BufferedIOBase", Unxz(stream))
    if first.startswith(b"BZh"):
        from bz2 import BZ2File

        return BZ2File
    if first.startswith(BEGINS):
        return lambda stream: cast("BufferedIOBase", Zipped(stream))
    if first.startswith(_ZSTD):
        from importlib import import_module

        try:
            return cast("Callable[[BinaryIO], BufferedIOBase]", import_module("compression.zstd").ZstdFile)
        except ImportError:  # before Python 3.14
            return None
    return None


class Begun:
    """A stream whose first bytes have already been read."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first, self._rest = first, rest

    def read(self, size: int = -1) -> bytes:
        if not self._first:
            return self._rest.read(size)
        whole = len(self._first) if size < 0 else size
        first, self._first = self._first[:whole], self._first[whole:]
        wanted = size - len(first)
        return first + self._rest.read(wanted if size >= 0 else -1) if wanted else first


class _Unpacked:
    """Ends at corrupt data, as in a truncated log."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, in small steps so that nothing before corrupt data is lost."""
        from lzma import LZMAError
        from zlib import error

        from oomtray.kernel.kill_log.unxz import TooMuchMemoryError

        got, length = [], 0
        try:
            while length < size and (part := self._stream.read1(size - length)):
                got.append(part)
                length += len(part)
        except (EOFError, LZMAError, error):
            pass
        except UnknownMethodError:
            raise PackedError("zip") from None
        except TooMuchMemoryError:
            raise PackedError("xz") from None
        except OSError as failure:
            if failure.errno is not None:  # a real I/O error; gzip and bzip2 report corrupt data without a number
                raise
        return b"".join(got)
