"""What `fits` says of a kernel that limits what it promises is what a program then gets."""

from __future__ import annotations

import pytest

from tests.guest.commands import PYTHON, oomtray
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

STEP_MIB = 1
ASKS = """
import mmap
held = []
try:
    while True:
        held.append(mmap.mmap(-1, %d << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
except OSError:
    print(len(held))
"""
CLOSE_MIB = 8
"""The kernel counts what is promised for each CPU at first (mm/mm_init.c: mm_compute_batch), and Python promises some to itself."""


@pytest.mark.parametrize("user", [ALICE, "root"])
def test_a_program_gets_about_what_is_said_and_is_refused_more(guest: Guest, user: str) -> None:
    guest.sh("sysctl -qw vm.overcommit_memory=2 vm.overcommit_ratio=80 vm.admin_reserve_kbytes=60000 vm.user_reserve_kbytes=131072")

    got = int(guest.run([*PYTHON, "-c", ASKS % STEP_MIB], user=user).out) * STEP_MIB

    assert "would be refused" in oomtray(guest, "fits", f"{got + CLOSE_MIB}M", user=user).out
    assert "would be refused" not in oomtray(guest, "fits", f"{got - CLOSE_MIB}M", user=user).out
