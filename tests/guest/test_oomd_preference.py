"""A preference that alice sets for a unit of her own reaches a real systemd-oomd, which goes on watching her manager."""

from __future__ import annotations

import pytest

from tests.guest.commands import oomtray
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

MANAGER = "/user.slice/user-1000.slice/user@1000.service"
TERMINAL = f"{MANAGER}/app.slice/term.scope"


def test_it_is_marked_and_her_manager_is_watched_as_before(guest: Guest) -> None:
    guest.sh(
        "systemctl set-property --runtime user@1000.service ManagedOOMMemoryPressure=kill && systemctl start systemd-oomd"
    )
    guest.sh(
        "systemd-run --user --scope --unit=term sh -c 'sleep 1d & wait' >/dev/null 2>&1 &"
        " until systemctl --user is-active term.scope; do sleep 0.2; done",
        user=ALICE,
    )
    done = oomtray(guest, "unit", "set", "--user", "term.scope", "--oomd", "avoid", user=ALICE)
    assert (done.rc, done.err) == (0, "")
    assert done.out.splitlines() == [
        "systemd-oomd now takes others before term.scope with its 2 processes.",
        "This holds until term.scope ends.",
        "`oomtray undo` takes it back.",
    ], "without swap nothing limits it"
    ask = "import os, sys; print(*os.listxattr('/sys/fs/cgroup' + sys.argv[1]))"
    assert "user.oomd_avoid" in guest.sh(f'python3 -c "{ask}" {TERMINAL}').split()
    watched = guest.sh("oomctl").partition("Memory Pressure Monitored")[2]
    assert f"Path: {MANAGER}\n" in watched
    done = oomtray(guest, "undo", user=ALICE)
    assert (done.rc, done.err) == (0, "")
    assert "user.oomd_avoid" not in guest.sh(f'python3 -c "{ask}" {TERMINAL}').split()
