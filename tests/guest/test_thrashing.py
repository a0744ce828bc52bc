"""By `make proof`: `watch` keeps its code in memory while the kernel drops the pages of files for want of others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.guest.conftest import STATE
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest
from tests.rigs.processes.programs import wait_for

pytestmark = pytest.mark.guest

READS = 300
"""What the disk does a second: at the full speed of a file in memory there is hardly any thrashing."""
OUT, STEP_MB = "/dev/shm/watch.json", 2
WATCHES = f"PYTHONPATH=/src setsid prlimit --memlock={{lockable}} python3 -m oomtray watch --json -i 1 </dev/null >{OUT} 2>&1 & echo $!"


@pytest.fixture
def slow_disk(guest: Guest) -> Iterator[Guest]:
    yield guest
    guest.limit_disk(0)


def read_again(guest: Guest, lockable: int) -> int:
    """How many pages `watch` had to read from the disk while memory filled up until a kill (proc_pid_stat(5), majflt)."""
    guest.restore(STATE)
    pid = int(guest.run_as(ALICE, WATCHES.format(lockable=lockable)).out)
    wait_for(lambda: int(guest.sh(f"wc -l <{OUT}")) >= 3, "three readings", 240)

    def counted() -> int:
        return int(guest.sh(f"cat /proc/{pid}/stat").rpartition(")")[2].split()[9])

    before = counted()
    guest.limit_disk(READS)
    grower = guest.hog(1, adj=500, name="grower")
    while not guest.kills():
        grower.grow(STEP_MB)
        grower.settle(timeout=300)
    guest.limit_disk(0)
    assert guest.kills()[0].pid == grower.pid
    return counted() - before


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_watch_reads_little_of_itself_again_while_memory_thrashes(slow_disk: Guest) -> None:
    locked = read_again(slow_disk, 8 << 20)
    free = read_again(slow_disk, 0)
    assert locked < free / 3, (locked, free)
