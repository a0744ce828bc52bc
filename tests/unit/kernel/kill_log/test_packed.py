"""A log that logrotate has packed is read as it is; what can't be unpacked here is named."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
from collections.abc import Callable

import pytest

from oomtray.kernel.kill_log.packed import PackedError
from oomtray.kernel.kill_log.reading import read

LOG = b"".join(
    b"[  %d.000001] Out of memory: Killed process %d (x) total-vm:10kB, anon-rss:8kB, file-rss:1kB, shmem-rss:0kB\n" % (at, at)
    for at in range(1, 2000)
)


def pids(data: bytes) -> list[int | None]:
    return [victim.pid for report in read(io.BytesIO(data), 1.79e9) for victim in report.victims]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress, lambda data: gzip.compress(data[:500]) + gzip.compress(data[500:])])
def test_packed(pack: object) -> None:
    assert callable(pack)
    assert pids(pack(LOG)) == list(range(1, 2000))


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_cut_or_broken(pack: object) -> None:
    assert callable(pack)
    data = pack(LOG)
    found = pids(data[: len(data) // 2])
    assert found == list(range(1, len(found) + 1))
    assert found or pack is bz2.compress  # which has it all in one block
    pids(data[:-40] + bytes(80))
    assert pids(data[:8]) == []


@pytest.mark.parametrize(
    ("begin", "packing"), [(b"\x28\xb5\x2f\xfd", "zstd"), (b"\x04\x22\x4d\x18", "lz4"), (b"PK\x03\x04", "zip"), (b"LPKSHHRH", "journal")]
)
def test_what_can_not_be_unpacked(begin: bytes, packing: str) -> None:
    with pytest.raises(PackedError) as caught:
        pids(begin + LOG)
    assert caught.value.packing == packing


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
