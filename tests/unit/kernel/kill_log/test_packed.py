"""A log that logrotate has packed is read as it is; what can't be unpacked here is named."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import pytest

from oomtray.kernel.kill_log.packed import PackedError, check_brotli
from oomtray.kernel.kill_log.reading import read

LOG = b"".join(
    b"[  %d.000001] Out of memory: Killed process %d (x) total-vm:10kB, anon-rss:8kB, file-rss:1kB, shmem-rss:0kB\n" % (at, at)
    for at in range(1, 2000)
)


def pids(data: bytes) -> list[int | None]:
    return [victim.pid for report in read(io.BytesIO(data), 1.79e9) for victim in report.victims]


class Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_args: int) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def zipped(data: bytes, *, method: int = zipfile.ZIP_DEFLATED, into: type[io.BytesIO] = io.BytesIO) -> bytes:
    """Two files, of which the first has half."""
    half = data.index(b"\n", len(data) // 2) + 1
    file = into()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("var/log/kern.log", data[:half])
        archive.writestr("var/log/\u00e9", data[half:])
    return file.getvalue()


@pytest.mark.parametrize(
    "pack",
    [
        gzip.compress, lzma.compress, bz2.compress, lambda data: gzip.compress(data[:500]) + gzip.compress(data[500:]),
        partial(lzma.compress, format=lzma.FORMAT_ALONE), zipped, partial(zipped, method=zipfile.ZIP_STORED), partial(zipped, into=Pipe),
    ],
)  # fmt: skip
def test_packed(pack: object) -> None:
    assert callable(pack)
    assert pids(pack(LOG)) == list(range(1, 2000))


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress, zipped])
def test_cut_or_broken(pack: object) -> None:
    assert callable(pack)
    data = pack(LOG)
    found = pids(data[: len(data) // 2])
    assert found == list(range(1, len(found) + 1))
    assert found or pack is bz2.compress  # which has it all in one block
    pids(data[:-40] + bytes(80))
    assert pids(data[:8]) == []


@pytest.mark.parametrize(
    ("begin", "packing"), [
        (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x04\x22\x4d\x18", "lz4"), (b"\x02\x21\x4c\x18", "lz4"), (b"PK\x03\x04", "zip"),
        (b"LPKSHHRH", "journal"), (b"LZIP", "other"), (b"7z\xbc\xaf\x27\x1c", "other"), (b"\x1f\x9d", "other"),
    ],
)
def test_what_can_not_be_unpacked(begin: bytes, packing: str) -> None:
    with pytest.raises(PackedError) as caught:
        pids(begin + LOG)
    assert caught.value.packing == packing


def test_brotli_is_known_by_its_name_where_it_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "kern.log.br"
    file.write_bytes(b"\x1b\x4e\x01\x00\x8c\x9b\xbf\xaa\x3d" + LOG)
    with pytest.raises(PackedError) as caught:
        check_brotli(str(file))
    assert caught.value.packing == "brotli"
    check_brotli(str(file.rename(tmp_path / "kern.log")))
    other = tmp_path / "mine.br"
    for text in (LOG, "\tué\r\n".encode(), b""):
        other.write_bytes(text)
        check_brotli(str(other))


def test_zstd_where_python_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unpacked(io.BytesIO):
        def __init__(self, stream: BinaryIO) -> None:
            super().__init__(stream.read(1 << 30).removeprefix(b"\x28\xb5\x2f\xfd"))

    monkeypatch.setitem(sys.modules, "compression", ModuleType("compression"))
    known = ModuleType("compression.zstd")
    known.ZstdFile = Unpacked  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "compression.zstd", known)
    assert pids(b"\x28\xb5\x2f\xfd" + LOG) == list(range(1, 2000))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_archive_of_another_kind(method: int) -> None:
    with pytest.raises(PackedError) as caught:
        pids(zipped(LOG, method=method))
    assert caught.value.packing == "zip"


@pytest.mark.parametrize("data", [b"", b"x", b"\x1f\x8b"])
def test_next_to_nothing(data: bytes) -> None:
    assert pids(data) == []


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_what_the_disk_does_not_give_is_no_end_of_the_log(pack: Callable[[bytes], bytes]) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 8:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(min(size or 8, 8))

    with pytest.raises(OSError, match="Input/output error"):
        list(read(Failing(pack(b"x" * 10_000)), 0.0))


def as_if_for(dictionary: int, data: bytes) -> bytes:
    """A packed file whose header asks for a dictionary of so many bytes, a power of two."""
    if data.startswith(b"\x5d"):
        return data[:1] + struct.pack("<I", dictionary) + data[5:]
    header = bytearray(data[12 : 12 + (data[12] + 1) * 4])
    at = header.index(b"\x21\x01") + 2  # the filter LZMA2 has one byte, of which two steps are a power (xz-file-format, 5.3.1)
    header[at] = (dictionary.bit_length() - 13) * 2
    header[-4:] = struct.pack("<I", zlib.crc32(bytes(header[:-4])))
    return data[:12] + bytes(header) + data[12 + len(header) :]


@pytest.mark.parametrize("form", [lzma.FORMAT_XZ, lzma.FORMAT_ALONE])
def test_what_asks_for_very_much_memory_is_not_unpacked(form: int) -> None:
    packed = lzma.compress(LOG, format=form)
    assert pids(as_if_for(64 << 20, packed)) == list(range(1, 2000))  # as of xz -9
    with pytest.raises(PackedError) as caught:
        pids(as_if_for(1 << 30, packed))
    assert caught.value.packing == "xz"


def test_several_streams_of_xz_and_what_fills_them_up() -> None:
    half = LOG.index(b"\n", len(LOG) // 2) + 1
    whole = lzma.compress(LOG[:half]) + bytes(20_000) + lzma.compress(LOG[half:])
    for end in (b"", bytes(8), b"no stream"):
        assert pids(whole + end) == list(range(1, 2000))
