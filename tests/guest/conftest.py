"""The virtual machine of these tests: booted once, with this checkout in it, and set back before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guest.commands import load, oomtray
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest

REPO = Path(__file__).parents[2]
FILES = {
    "/src/oomtray": REPO / "oomtray",
    "/src/resources/profiles": REPO / "resources/profiles",
    "/usr/libexec/oomtray/oomtray-helper": REPO / "oomtray/helper/oomtray_helper.py",
    "/usr/share/polkit-1/actions/io.github.oomtray.policy": REPO / "packaging/io.github.oomtray.policy",
    "/rig/polkit_seat.py": REPO / "tests/rigs/polkit/seat.py",
}
"""Where each lies in the guest: as installed, and what a person at the screen would do (polkit_seat.py)."""
STATE = "tests"
LOADED = "loaded"
"""The same with the program loaded, for tests that ask it a hundred times."""


@pytest.fixture(scope="session")
def running_guest() -> Iterator[Guest]:
    with Guest() as guest:
        guest.push(FILES)
        guest.sh("chmod 755 /usr/libexec/oomtray/oomtray-helper && python3 -m compileall -q /src/oomtray")
        oomtray(guest, "list", user=ALICE)  # what it starts and what it reads are there from now on
        # alice's own services run at +100 and +200 of 1000: here that would outrank programs of half the memory
        guest.sh(f"for pid in $(pgrep -u {ALICE}); do echo 0 >/proc/$pid/oom_score_adj; done")
        guest.save(STATE)
        yield guest


@pytest.fixture
def guest(running_guest: Guest) -> Guest:
    running_guest.restore(STATE)
    return running_guest


@pytest.fixture(scope="session")
def loaded_guest(running_guest: Guest) -> Guest:
    running_guest.restore(STATE)
    load(running_guest)
    running_guest.save(LOADED)
    return running_guest
