"""The control group that `list` names just before is the one that a real systemd-oomd kills: swap used up, or a stall.

Random units, drawn from seeds: a few here, the numbers of the README by `make proof`.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from functools import partial
from itertools import islice
from random import Random
from typing import Any

import pytest

from tests.guest.commands import said_at_once
from tests.guest.conftest import LOADED
from tests.guest.draws import Outcome, Program, check, crowd, killer_named
from tests.rigs.guest import Guest
from tests.rigs.processes.programs import wait_for

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

SWAP_MB = 128
USED_LIMIT = 50
"""Per cent of memory and of swap at which it kills: the default of 90 takes an emulated machine a minute to reach."""
CROWD_MB = 200
OOMD_STATE = "oomd"
DRAWS = 4
"""How many are drawn until one ends in a kill that can be told beforehand: on a slow machine some use up too much before anybody looked, and some too little."""
PRESSED_LIMIT, PRESSED_SECONDS = 10, 10
"""Per cent of the time in which all of the slice waits, and for how long."""
SETTINGS = f"""[OOM]
SwapUsedLimit={USED_LIMIT}%
DefaultMemoryPressureDurationSec={PRESSED_SECONDS}s
"""
TOUCHER = """
import os, sys, time
parent = os.environ["PARENT"]
os.nice(19)  # whoever asks must not wait for them

def touch(size, pause):
    memory, ones = bytearray(size), b"x" * (size >> 12)
    memory[::4096] = ones
    open("/run/touchers", "a").write("READY\\n")
    while True:
        memory[::4096] = ones
        time.sleep(pause)

for line in open("/run/touch"):
    unit, mb, pause, preference = line.split()
    group = f"{parent}/{unit}"
    os.mkdir(group)
    if preference != "none":
        os.setxattr(group, f"user.oomd_{preference}", b"1")
    if os.fork() == 0:
        open(f"{group}/cgroup.procs", "w").write(str(os.getpid()))
        touch(int(mb) << 20, float(pause))
"""
"""Forks programs into control groups of their own that hold memory and touch all of it again and again, with a pause."""


@pytest.fixture(scope="module")
def with_swap(loaded_guest: Guest) -> Guest:
    """The guest with a swap file and systemd-oomd's settings, which is there in the state OOMD_STATE."""
    guest = loaded_guest
    guest.restore(LOADED)
    guest.sh(
        f"dd if=/dev/zero of=/swap bs=1M count={SWAP_MB} status=none && chmod 600 /swap"
        " && mkswap -q /swap && swapon /swap"
    )
    guest.push({"/etc/systemd/oomd.conf.d/50-test.conf": SETTINGS, "/rig/toucher.py": TOUCHER})
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


def killed_unit(guest: Guest, why: str) -> str | None:
    """The last part of the control group that it killed, awaited; None where what was drawn brought it to nothing."""
    follow = "timeout 90 journalctl -f -n all -o cat -u systemd-oomd"
    line = guest.run_as("root", f"grep -m1 -E '^Killed /' <({follow})").out.strip()
    found = re.fullmatch(rf"Killed \S*/(\S+) due to {why}.*", line)
    assert found or not line, line
    return found[1] if found else None


def groups_are_known(guest: Guest) -> bool:
    """Not yet where it has just been started: on a busy machine that takes longer than a look."""
    return "Path: /" in guest.sh("oomctl | sed '/^Memory Pressure/q'")


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
        wait_for(partial(groups_are_known, guest), "systemd-oomd to have looked at the groups")
        [report] = said_at_once(guest, "list", "--json", "--all")
        if guest.sh("journalctl -o cat -u systemd-oomd | grep -m1 '^Killed /' || true"):
            continue  # what was drawn had used up too much before anybody looked
        said = killer_named(report, "systemd-oomd")
        near = report["next_victim"]["near"] if said["next"] else ()  # it spares whoever has less than a twentieth of all swap
        named = frozenset(own_group(guest, pid) for pid in (*said["next"], *near))
        swap = guest.sh(
            "cd /sys/fs/cgroup; for u in system.slice/*.service; do echo ${u#*/} $(cat $u/memory.swap.current); done"
            " | grep -v ' 0$'"
        )
        push_out(guest, filler, 100)
        victim = killed_unit(guest, "memory used")
        if victim is not None:
            yield Outcome(seed, named, victim, f"{groups} swap {swap.split()}")


def own_group(guest: Guest, pid: int) -> str:
    """The last part of its control group."""
    return guest.sh(f"cat /proc/{pid}/cgroup").strip().rpartition("/")[2]


def test_oomd_takes_the_unit_that_we_name_where_swap_is_used_up(with_swap: Guest) -> None:
    check(islice(kills_by_swap(with_swap, range(DRAWS)), 1), 1)


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_oomd_takes_the_unit_that_we_name_many_times_where_swap_is_used_up(with_swap: Guest) -> None:
    check(kills_by_swap(with_swap, range(1, 26)), 0.95)


# -- pressure --------------------------------------------------------------------------------------


SLICE = "drawn.slice"
HELD_MB = 150
PRESSED_STATE = "pressed"


@pytest.fixture(scope="module")
def with_slice(with_swap: Guest) -> Guest:
    """The same with a slice that is watched and a program that fills it, which is there in the state PRESSED_STATE."""
    guest = with_swap
    guest.restore(OOMD_STATE)
    guest.sh("mkfifo /run/touch && touch /run/touchers")
    options = f"--unit=touchers --quiet --slice={SLICE} -p Delegate=memory -p ManagedOOMPreference=omit -p OOMScoreAdjust=-500"
    guest.sh(f"systemd-run {options} -p Environment=PARENT=/sys/fs/cgroup/{SLICE} /usr/bin/python3 /rig/toucher.py")
    guest.sh("sleep infinity >/run/touch & echo >/dev/null")
    enrolled = f"ManagedOOMMemoryPressure=kill ManagedOOMMemoryPressureLimit={PRESSED_LIMIT}%"
    guest.sh(f"systemctl set-property --runtime {SLICE} {enrolled} && systemctl restart systemd-oomd")
    options = "--unit=watching --quiet -p OOMScoreAdjust=-1000 -p ManagedOOMPreference=omit -p StandardOutput=file:/run/watched"
    guest.sh(f"systemd-run {options} -p Environment=PYTHONPATH=/src /usr/bin/python3 -m oomtray watch --json -i 2 -n 1")
    guest.sh("until grep -q '\"systemd-oomd\"' /run/watched; do sleep 0.2; done")
    guest.save(PRESSED_STATE)
    return guest


def touchers(random: Random) -> list[tuple[str, int, float, str]]:
    """Control group, MiB, seconds between two touches of all of it, preference."""
    drawn = []
    for number, program in enumerate(crowd(random, HELD_MB)):
        preference = random.choice(["none", "none", "none", "avoid", "omit"]) if number else "none"
        drawn.append((f"drawn{number}.service", program.mb, random.choice([0.05, 0.1, 0.5]), preference))
    return drawn


def kills_by_pressure(guest: Guest, seeds: range) -> Iterator[Outcome]:
    """A slice whose programs have no longer room for what they touch: reclaim and waiting go on until one is killed."""
    for seed in seeds:
        random = Random(seed)
        guest.restore(PRESSED_STATE)
        drawn = touchers(random)
        for one in drawn:
            guest.sh(f"echo {' '.join(map(str, one))} >/run/touch")
        guest.sh(f"until [ $(grep -c READY /run/touchers) = {len(drawn)} ]; do sleep 0.1; done")
        room = round(sum(mb for _, mb, _, _ in drawn) * random.uniform(0.7, 0.9))
        units = in_units(guest)
        # the write returns only when so much was reclaimed, which a slow machine may never get to
        guest.sh(f"echo {room}M >/sys/fs/cgroup/{SLICE}/memory.high & echo")
        victim = killed_unit(guest, "memory pressure")
        if victim is None:
            continue
        report = said_before(guest)
        state = guest.sh(f"cd /sys/fs/cgroup/{SLICE}; grep -H '^pgscan ' */memory.stat").split()
        said = killer_named(report, "systemd-oomd")
        assert said["distance"] == 0, said
        named = frozenset(units.get(pid, "another") for pid in (*said["next"], *report["next_victim"]["near"]))
        yield Outcome(seed, named, victim, f"{drawn} room {room}; {state}")


def in_units(guest: Guest) -> dict[int, str]:
    """The control group of each process in the slice, by pid."""
    lines = guest.sh(f"cd /sys/fs/cgroup/{SLICE}; grep -H . */cgroup.procs").split()
    return {int(pid): path.partition("/")[0] for path, _, pid in (line.rpartition(":") for line in lines)}


def said_before(guest: Guest) -> dict[str, Any]:
    """What `watch`, which runs all the time as the tray does, said last before the kill."""
    at = float(guest.sh("journalctl -o short-unix -u systemd-oomd | grep -m1 ': Killed /' | cut -d' ' -f1"))
    reports = [json.loads(line) for line in guest.sh("cat /run/watched").splitlines()]
    before = [report for report in reports if report["time"] < at]
    assert isinstance(before[-1], dict)
    return before[-1]


def test_oomd_takes_the_unit_that_we_name_where_a_slice_stalls(with_slice: Guest) -> None:
    check(islice(kills_by_pressure(with_slice, range(200, 200 + DRAWS)), 1), 1)


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_oomd_takes_the_unit_that_we_name_many_times_where_a_slice_stalls(with_slice: Guest) -> None:
    # what is reclaimed from in the second that decides is not told beforehand: two are named where one is not far ahead
    check(kills_by_pressure(with_slice, range(201, 226)), 0.95, alone=0.3)
