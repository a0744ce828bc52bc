"""The control group that `list` names just before is the one that a real systemd-oomd kills when swap is used up.

Random units, drawn from seeds: a few here, the numbers of the README by `make proof`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.guest.commands import listed
from tests.guest.conftest import STATE
from tests.guest.draws import Outcome, Program, check, crowd, killer_named
from tests.guest.test_killers_truth import told
from tests.rigs.guest import Guest

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

SWAP_MB = 128
USED_LIMIT = 50
"""Per cent of memory and of swap at which it kills: the default of 90 takes an emulated machine a minute to reach."""
CROWD_MB = 200
OOMD_STATE = "oomd"
SETTINGS = f"""[OOM]
SwapUsedLimit={USED_LIMIT}%
"""


@pytest.fixture(scope="module")
def with_swap(running_guest: Guest) -> Guest:
    """The guest with a swap file and systemd-oomd's settings, which is there in the state OOMD_STATE."""
    guest = running_guest
    guest.restore(STATE)
    guest.sh(
        f"dd if=/dev/zero of=/swap bs=1M count={SWAP_MB} status=none && chmod 600 /swap"
        " && mkswap -q /swap && swapon /swap"
    )
    guest.push({"/etc/systemd/oomd.conf.d/50-test.conf": SETTINGS})
    guest.save(OOMD_STATE)
    return guest


def start(guest: Guest, program: Program, unit: str, *properties: str) -> str:
    """A unit that holds its memory when this returns; its cgroup."""
    options = [f"--unit={unit}", "--quiet", f"--property=StandardOutput=file:/run/{unit}.out"]
    options += [
        f"--property={text}" for text in ("OOMPolicy=continue", f"OOMScoreAdjust={program.adj}", *properties)
    ]
    command = shlex.join(["systemd-run", *options, "/rig/hog", "-n", program.name, str(program.mb)])
    guest.sh(f"{command} && until grep -q READY /run/{unit}.out; do sleep 0.2; done")
    return guest.sh(f"systemctl show -P ControlGroup {unit}").strip()


def units(random: Random) -> list[tuple[Program, str, str]]:
    """Programs with the name of their unit and its ManagedOOMPreference; not all are left out."""
    drawn = []
    for number, program in enumerate(crowd(random, CROWD_MB)):
        preference = random.choice(["none", "none", "none", "avoid", "omit"]) if number else "none"
        drawn.append((program, f"drawn{number}.service", preference))
    return drawn


def push_out(guest: Guest, cgroup: str, mb: int) -> None:
    """Into swap, as far as the kernel follows."""
    guest.run_as("root", f"echo {mb}M >/sys/fs/cgroup{cgroup}/memory.reclaim")


def outcome(seed: int, guest: Guest, report: dict[str, Any], crowd: str) -> Outcome:
    takes = killer_named(report, "systemd-oomd")["takes"]
    line = told(guest, "systemd-oomd", "^Killed /")
    found = re.match(r"Killed \S*/(\S+) due to", line)
    assert found, line
    named = frozenset() if takes is None else frozenset({takes["unit"]})
    return Outcome(seed, named, found[1], f"{line}; {crowd}")


def kills_by_swap(guest: Guest, seeds: range) -> Iterator[Outcome]:
    for seed in seeds:
        random = Random(seed)
        guest.restore(OOMD_STATE)
        guest.sh("systemctl set-property --runtime -- -.slice ManagedOOMSwap=kill")
        groups = {}
        for program, unit, preference in units(random):
            cgroup = start(guest, program, unit, f"ManagedOOMPreference={preference}")
            push_out(guest, cgroup, random.randint(0, min(program.mb, 14)))
            groups[unit] = (program, preference)
        filler = start(guest, Program("filler", 110, 0), "filler.service", "ManagedOOMPreference=omit")
        guest.sh("systemctl restart systemd-oomd")
        report = listed(guest, "--all")
        swap = guest.sh(
            "cd /sys/fs/cgroup; for u in system.slice/*.service; do echo ${u#*/} $(cat $u/memory.swap.current); done"
            " | grep -v ' 0$'"
        )
        push_out(guest, filler, 100)
        yield outcome(seed, guest, report, f"{groups} swap {swap.split()}")


def test_oomd_takes_the_unit_that_we_name_where_swap_is_used_up(with_swap: Guest) -> None:
    check(kills_by_swap(with_swap, range(1)), 1)


@pytest.mark.proof
def test_oomd_takes_the_unit_that_we_name_many_times_where_swap_is_used_up(with_swap: Guest) -> None:
    check(kills_by_swap(with_swap, range(1, 26)), 0.95)
