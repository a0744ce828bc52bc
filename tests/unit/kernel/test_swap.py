"""What free swap is worth: a disk all of it, zram what compression gains, nothing where the kernel does not swap."""

from __future__ import annotations

import pytest

from oomtray.kernel.memory import MemoryReader
from oomtray.kernel.swap import FRESH_SECONDS, OLD_SECONDS
from tests.facts import GIB, MIB

HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
RAM = 8 * GIB


class Machine:
    """A procfs and a sysfs of ordinary files, and a clock that a test moves."""

    def __init__(self, tree, sysfs):
        self.tree, self.sysfs, self.now = tree, sysfs, 1000.0
        self.reader = MemoryReader(str(tree), str(sysfs), clock=lambda: self.now)
        self.swappiness(60)

    def swappiness(self, value):
        self.tree.write("sys/vm/swappiness", f"{value}\n")

    def swaps(self, *devices):
        """(name, kind, size, used) in bytes."""
        self.tree.write(
            "swaps", HEAD + "".join(f"{name} {kind}\t\t{size >> 10}\t{used >> 10}\t\t-2\n" for name, kind, size, used in devices)
        )
        size, used = sum(device[2] for device in devices), sum(device[3] for device in devices)
        self.tree.memory(total=RAM, available=RAM // 2, swap=size, swap_free=size - used)

    def zram(self, name="zram0", *, stored=0, takes=0, limit=0):
        path = self.sysfs / "block" / name / "mm_stat"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{stored:>8} {takes - 1 if takes else 0} {takes} {limit} {takes} 17 0 3 4\n")

    def read(self):
        return self.reader.read()


@pytest.fixture
def machine(tree, tmp_path):
    machine = Machine(tree, tmp_path / "sys")
    yield machine
    machine.reader.close()


DISK = ("/dev/sda2", "partition")
FILE = ("/swap\\040file", "file")
ZRAM = ("/dev/zram0", "partition")


@pytest.mark.parametrize(
    ("devices", "stat", "worth"),
    [
        pytest.param([(*DISK, 4 * GIB, GIB)], None, 1.0, id="a partition"),
        pytest.param([(*FILE, 4 * GIB, GIB)], None, 1.0, id="a file with a space in its name"),
        pytest.param([(*ZRAM, 4 * GIB, 0)], (0, 0, 0), 0.5, id="zram in which nothing is stored"),
        pytest.param([(*ZRAM, 4 * GIB, MIB)], (MIB, MIB, 0), 0.5, id="too little to tell how it compresses"),
        pytest.param([(*ZRAM, 4 * GIB, 3 * GIB)], (3 * GIB, GIB, 0), 1 - 1 / 3, id="compressed to a third"),
        pytest.param([(*ZRAM, 4 * GIB, 3 * GIB)], (3 * GIB, 3 * GIB, 0), 1 - 1 / 1.2, id="no gain is taken for a little"),
        pytest.param([(*ZRAM, 4 * GIB, 3 * GIB)], (3 * GIB, GIB // 4, 0), 0.75, id="zeros are taken for a quarter"),
        pytest.param([(*ZRAM, 4 * GIB, 0)], None, 0.5, id="a kernel without mm_stat"),
        pytest.param([(*ZRAM, 4 * RAM, 0)], (0, 0, 0), 0.25, id="four times the RAM: RAM holds half of that"),
        pytest.param([(*ZRAM, 4 * GIB, 0)], (0, 0, GIB), 0.25, id="its own limit holds half of it"),
        pytest.param([(*ZRAM, 2 * GIB, 0), (*DISK, 6 * GIB, 0)], (0, 0, 0), 0.875, id="by what is free on each"),
        pytest.param([(*ZRAM, 2 * GIB, 2 * GIB), (*DISK, 6 * GIB, GIB)], (2 * GIB, GIB, 0), 1.0, id="only the disk has room"),
        pytest.param([(*ZRAM, 4 * GIB, 4 * GIB)], (4 * GIB, 2 * GIB, 0), 0.5, id="none is free: by size"),
    ],
)
def test_the_share_of_free_swap_that_can_be_had(machine, devices, stat, worth):
    machine.swaps(*devices)
    if stat is not None:
        machine.zram(stored=stat[0], takes=stat[1], limit=stat[2])
    assert machine.read().swap_worth == pytest.approx(worth)


def test_swappiness_0_makes_swap_worth_nothing(machine):
    machine.swaps((*DISK, 4 * GIB, 0))
    machine.swappiness(0)
    assert (machine.read().swap_worth, machine.read().swappiness) == (0.0, 0)


def test_without_swap_there_is_nothing_of_worth(machine):
    machine.swaps()
    memory = machine.read()
    assert (memory.swap_total, memory.swap_worth, memory.zram) == (0, 0.0, 0)


@pytest.mark.parametrize(
    "text",
    [pytest.param(None, id="no file"), pytest.param(HEAD + "none\t\t\tvirtual\t\t4194304\t0\t0\n", id="a container's")],
)
def test_devices_that_are_not_named_are_unknown(machine, text):
    machine.tree.memory(total=RAM, available=GIB, swap=4 * GIB, swap_free=4 * GIB)
    if text is not None:
        machine.tree.write("swaps", text)
    memory = machine.read()
    assert (memory.swap_worth, memory.zram) == (None, None)


def test_zram_is_told_apart_from_other_swap(machine):
    machine.swaps((*ZRAM, 2 * GIB, 0), ("/dev/zram1", "partition", GIB, 0), (*DISK, 6 * GIB, 0))
    assert machine.read().zram == 3 * GIB


@pytest.mark.parametrize(
    ("seconds", "used", "worth"),
    [
        pytest.param(OLD_SECONDS - 1, 0, 1.0, id="nothing has moved"),
        pytest.param(FRESH_SECONDS - 1, GIB, 1.0, id="pages have, a moment ago"),
        pytest.param(FRESH_SECONDS, GIB, 0.0, id="pages have, some seconds ago"),
        pytest.param(OLD_SECONDS, 0, 0.0, id="a minute later in any case"),
    ],
)
def test_it_is_read_again_only_where_it_may_have_changed(machine, seconds, used, worth):
    machine.swaps((*DISK, 4 * GIB, 0))
    assert machine.read().swap_worth == 1.0
    machine.swappiness(0)
    machine.swaps((*DISK, 4 * GIB, used))
    machine.now += seconds
    assert machine.read().swap_worth == worth


def test_another_device_is_seen_at_once(machine):
    machine.swaps((*DISK, 4 * GIB, 0))
    assert machine.read().swap_worth == 1.0
    machine.swaps((*DISK, 4 * GIB, 0), (*ZRAM, 4 * GIB, 0))
    assert machine.read().swap_worth == 0.75
