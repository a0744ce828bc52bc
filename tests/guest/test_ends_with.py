"""What ends together with the victim is what we name: a real kernel kills, and a real systemd does the rest."""

from __future__ import annotations

import pytest

from tests.guest.commands import listed
from tests.rigs.guest import Guest
from tests.rigs.processes.programs import wait_for

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

START = "systemd-run --quiet --unit=web --slice=web.slice {} sh -c {!r}"
FIRST = "'echo 900 >/proc/self/oom_score_adj; exec /rig/hog -n web 40 </dev/null'"


@pytest.mark.parametrize(
    ("properties", "program", "alone"),
    [
        pytest.param("-p OOMPolicy=continue", f"sleep 1000 & exec sh -c {FIRST}", False, id="the main process"),
        pytest.param("-p OOMPolicy=continue", f"sh -c {FIRST} & exec sleep 1000", True, id="not the main process"),
        pytest.param(
            "-p OOMPolicy=stop -p MemoryAccounting=no", f"sh -c {FIRST} & exec sleep 1000", True, id="no memory accounting"
        ),
    ],
)
def test_what_systemd_ends_after_a_kill(guest: Guest, properties: str, program: str, alone: bool) -> None:
    guest.sh(START.format(properties, program))
    guest.sh("until pgrep -x web && pgrep -x sleep; do sleep 0.2; done")
    victim = listed(guest)["next_victim"]
    also = victim["also"]
    assert victim["name"] == "web"
    assert (also is None, also is None or (also["unit"], len(also["pids"])) == ("web.service", 2)) == (alone, True)
    guest.sh("echo f >/proc/sysrq-trigger")
    wait_for(guest.kills, "the kernel's report")
    if alone:
        # by the end of a later unit, the manager has noticed the kill
        guest.sh("systemd-run --quiet --wait true && systemctl is-active web && pgrep -x sleep")
    else:
        guest.sh("while pgrep -x sleep; do sleep 0.2; done", timeout=30)
