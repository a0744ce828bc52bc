"""Real memory pressure without a shortage: programs in a small cgroup keep reading files that don't fit in it.

    with SlowDisk(reads=2000, speed=100 * MIB) as disk, MemoryCgroup(200 * MIB) as group:
        with thrashing(group, disk, readers=4):
            time.sleep(8)                       # until they have filled it
            disk.slow()
            wait_for(lambda: stalled(1) > 40, "PSI some of the whole machine to rise")

Other programs in the group (`inside`) lose their file pages as well, as on a machine that thrashes.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import RigUnavailable, wait_for

_READER_HOLDS = 4 * MIB
_LARGER = 1.35
_BLKIO = Path("/sys/fs/cgroup/blkio")

_READER = """
import os, random, sys
open("/proc/self/oom_score_adj", "w").write("1000")  # should the group be full, it is none of the others
file = os.open(sys.argv[1], os.O_RDONLY)
size = os.fstat(file).st_size
os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
while True:
    at = random.randrange(size)
    for _ in range(2):  # what is used twice is needed: to wait for such a page again is what the kernel calls a stall
        os.pread(file, 1, at)
"""


class SlowDisk:
    """A blkio cgroup (v1) that limits its programs' total reads and bytes per second."""

    def __init__(self, *, reads: int, speed: int) -> None:
        self.dir = _BLKIO / f"oomtray-{os.getpid()}"
        self._limits = {"read_iops": reads, "read_bps": speed}

    def __enter__(self) -> Self:
        limit = _BLKIO / "blkio.throttle.read_iops_device"
        if os.geteuid() != 0 or not limit.exists():
            raise RigUnavailable("this machine can't slow its disk down: no blkio cgroup (v1)")
        self.dir.mkdir()
        return self

    def slow(self) -> None:
        """Apply the limits; before that, programs read at full speed and so fill their memory."""
        disk = os.stat("/var/tmp").st_dev
        for name, limit in self._limits.items():
            (self.dir / f"blkio.throttle.{name}_device").write_text(f"{os.major(disk)}:{os.minor(disk)} {limit}")

    def __exit__(self, *_: object) -> None:
        wait_for(self._removed, f"{self.dir} to be empty")

    def _removed(self) -> bool:
        with contextlib.suppress(OSError):
            self.dir.rmdir()
        return not self.dir.exists()


def inside(group: MemoryCgroup, disk: SlowDisk, argv: Sequence[str]) -> list[str]:
    """Return the command such that it runs in both cgroups from its first page on."""
    return ["/bin/sh", "-c", 'echo 0 >"$0/cgroup.procs" && echo 0 >"$1/cgroup.procs" && shift && exec "$@"',
            str(group.dir), str(disk.dir), *argv]  # fmt: skip


@contextlib.contextmanager
def thrashing(group: MemoryCgroup, disk: SlowDisk, *, readers: int) -> Iterator[None]:
    """Run readers whose files together are a third larger than the memory left for them in the group.

    A page evicted longer ago than that counts as read for the first time, which isn't a stall.
    """
    room = group.limit - _held(group) - readers * _READER_HOLDS
    of = int(_LARGER * room / readers)
    with tempfile.TemporaryDirectory(prefix="oomtray-pressure-", dir="/var/tmp") as directory:
        running = []
        try:
            for number in range(readers):
                file = Path(directory, f"{number}")
                _write(file, of)
                running.append(subprocess.Popen(inside(group, disk, [sys.executable, "-c", _READER, str(file)])))
            yield
        finally:
            for reader in running:
                reader.kill()
                reader.wait()


def forget(directory: Path) -> None:
    """Drop the page cache of these files, so that the next reader is charged for them."""
    for path in directory.rglob("*"):
        if path.is_file() and not path.is_symlink():
            file = os.open(path, os.O_RDONLY)
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def stalled(seconds: float) -> float:
    """Measure PSI some of the machine over so many seconds from now, in percent."""
    before = _total()
    time.sleep(seconds)
    return (_total() - before) / 1e4 / seconds


def _held(group: MemoryCgroup) -> int:
    """Return the bytes that aren't file pages (v1's memory.stat)."""
    lines = (group.dir / "memory.stat").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("total_rss "))


def _total() -> int:
    """Return the total stall in microseconds (Documentation/accounting/psi.rst)."""
    some = Path("/proc/pressure/memory").read_text().splitlines()[0]
    return int(some.rpartition("total=")[2])


def _write(path: Path, size: int) -> None:
    with path.open("wb") as file:
        block = os.urandom(1 << 20)
        for _ in range(size >> 20):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


