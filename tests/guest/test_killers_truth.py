"""Whom `list` names just before is whom a real killer takes: the kernel with and without swap, earlyoom, nohang.

Random machines, drawn from seeds: a few here, the numbers of the README by `make proof`.
"""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.guest.commands import said_at_once
from tests.guest.conftest import LOADED
from tests.guest.draws import Outcome, check, crowd, killer_named
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest
from tests.rigs.guest.link import RemoteHog
from tests.rigs.processes.programs import wait_for

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

CROWD_MB = 200
SWAP_MB = 96
SWAP_STATE = "swap"


@pytest.fixture(scope="session")
def with_swap(loaded_guest: Guest) -> Guest:
    """The guest with a swap file, which is there in the state SWAP_STATE."""
    loaded_guest.restore(LOADED)
    loaded_guest.sh(
        f"dd if=/dev/zero of=/swap bs=1M count={SWAP_MB} status=none && chmod 600 /swap"
        " && mkswap -q /swap && swapon /swap"
    )
    # it would act before the kernel on this machine's user services
    loaded_guest.sh("systemctl stop systemd-oomd.socket systemd-oomd.service")
    loaded_guest.save(SWAP_STATE)
    return loaded_guest


def start(guest: Guest, random: Random) -> list[RemoteHog]:
    user = random.choice(["root", ALICE])
    return [
        guest.hog(program.mb, user=user, adj=program.adj, name=program.name)
        for program in crowd(random, CROWD_MB)
    ]


def described(report: dict[str, Any]) -> str:
    rows = report["processes"][:6]
    return ", ".join(
        f"{row['pid']} {row['name']} {row['badness']} adj {row['oom_score_adj']}" for row in rows
    )


# -- the kernel ------------------------------------------------------------------------------------


def kernel_kills(guest: Guest, seeds: range) -> Iterator[Outcome]:
    """Memory runs out twice in each drawn machine: the second time it meets what the first has left."""
    for seed in seeds:
        random = Random(seed)
        guest.restore(LOADED)
        start(guest, random)
        for _ in range(2):
            [report] = said_at_once(guest, "list", "--json", "-n", "8")
            # a small victim was not enough: who died besides, died of a machine that was another by then
            kill = guest.run_out_of_memory()[0]
            assert kill.constraint == "CONSTRAINT_NONE"
            yield kernel_outcome(seed, report, kill.pid)


def kernel_kills_with_swap(guest: Guest, seeds: range) -> Iterator[Outcome]:
    """Parts of the programs, drawn too, lie in swap; sysrq-f has the kernel choose and kill at once.

    An emulated machine that swaps for real takes minutes to run out of memory.
    """
    for seed in seeds:
        random = Random(seed)
        guest.restore(SWAP_STATE)
        for hog in start(guest, random):
            group = f"/sys/fs/cgroup/drawn{hog.pid}"
            reclaim = f"echo {random.randint(0, 20)}M >{group}/memory.reclaim || true"
            guest.sh(f"mkdir {group} && echo {hog.pid} >{group}/cgroup.procs && {reclaim} 2>/dev/null")
        for _ in range(2):
            before = len(guest.kills())
            done = guest.sh(
                "PYTHONPATH=/src python3 -m oomtray list --json -n 8 && echo f >/proc/sysrq-trigger",
                timeout=60,
            )
            kill = wait_for(lambda before=before: guest.kills()[before:], "the kernel's report")[0]
            yield kernel_outcome(seed, json.loads(done), kill.pid)


def kernel_outcome(seed: int, report: dict[str, Any], pid: int) -> Outcome:
    victim = report["next_victim"]
    assert victim["killer"] == "kernel"
    return Outcome(seed, frozenset({victim["pid"], *victim["near"]}), pid, described(report))


def test_the_kernel_takes_whom_we_name(loaded_guest: Guest) -> None:
    check(kernel_kills(loaded_guest, range(1)), 1)


def test_the_kernel_takes_whom_we_name_where_there_is_swap(with_swap: Guest) -> None:
    check(kernel_kills_with_swap(with_swap, range(100, 101)), 1)


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_the_kernel_takes_whom_we_name_a_hundred_times(loaded_guest: Guest) -> None:
    check(kernel_kills(loaded_guest, range(1, 51)), 0.99)


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_the_kernel_takes_whom_we_name_a_hundred_times_where_there_is_swap(with_swap: Guest) -> None:
    check(kernel_kills_with_swap(with_swap, range(101, 151)), 0.99)


# -- daemons -----------------------------------------------------------------------------------------


def use_up(guest: Guest, per_cent_left: float) -> None:
    """So much of RAM that a little less than that is left, by a process that nobody may take."""
    memory = dict(line.split(":") for line in guest.sh("cat /proc/meminfo").splitlines())
    total, available = (int(memory[field].split()[0]) >> 10 for field in ("MemTotal", "MemAvailable"))
    # above the limit first: that the grower itself starts must not be what is too much
    grower = guest.hog(1, adj=-1000, name="grower")
    grower.grow(int(available - total * per_cent_left / 100) + 20)


def told(guest: Guest, unit: str, pattern: str) -> str:
    """The first line of a unit's journal that matches, awaited."""
    follow = f"timeout 90 journalctl -f -n all -o cat -u {unit}"
    return guest.sh(f"grep -m1 -E '{pattern}' <({follow})", timeout=120).strip()


def killed(guest: Guest, hogs: list[RemoteHog]) -> RemoteHog:
    victim, status = guest.first_end(hogs)
    assert status in (-signal.SIGTERM, -signal.SIGKILL), (victim, status)
    assert guest.kills() == [], "the kernel was first"
    return victim


EARLYOOM_OPTIONS = (
    "",
    "--prefer '^(java|Web Content)$'",
    "--avoid '^(chrome|postgres|node)$'",
    "--prefer '^slack$' --avoid 's.*l'",
)


def earlyoom_kills(guest: Guest, seeds: range) -> Iterator[Outcome]:
    for seed in seeds:
        random = Random(seed)
        guest.restore(LOADED)
        percent = random.randint(15, 22)
        options = f"-r 0 -m {percent} {random.choice(EARLYOOM_OPTIONS)}"
        guest.push({"/etc/default/earlyoom": f'EARLYOOM_ARGS="{options}"\n'})
        hogs = start(guest, random)
        guest.sh("systemctl start earlyoom")
        [report] = said_at_once(guest, "list", "--json", "--all")
        said = killer_named(report, "earlyoom")
        assert said["idle_because"] is None
        assert report["next_victim"]["killer"] == "earlyoom"
        use_up(guest, percent)
        line = told(guest, "earlyoom", "^sending SIG(TERM|KILL) to process")
        victim = killed(guest, hogs)
        assert f"process {victim.pid} " in line, line
        named = {*said["next"], *report["next_victim"]["near"]}
        yield Outcome(seed, frozenset(named), victim.pid, f"earlyoom {options}; {described(report)}")


def test_earlyoom_takes_whom_we_name(loaded_guest: Guest) -> None:
    check(earlyoom_kills(loaded_guest, range(2)), 1)


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_earlyoom_takes_whom_we_name_many_times(loaded_guest: Guest) -> None:
    check(earlyoom_kills(loaded_guest, range(2, 42)), 0.95)


NOHANG_OPTIONS = (
    "",
    "@BADNESS_ADJ_RE_NAME 40 /// ^(java|Web Content)$",
    "@BADNESS_ADJ_RE_NAME -60 /// ^(chrome|postgres|node)$",
    "@BADNESS_ADJ_RE_CMDLINE 30 /// -n (slack|node|firefox)",
    "@BADNESS_ADJ_RE_UID 50 /// ^1000$\n@BADNESS_ADJ_RE_NAME -100 /// java",
    "@BADNESS_ADJ_RE_CGROUP_V2 -50 /// ^/user.slice/\n@BADNESS_ADJ_RE_REALPATH 20 /// /hog$",
)


def nohang_kills(guest: Guest, seeds: range) -> Iterator[Outcome]:
    """Its own file with a threshold that is soon reached, and some lines of what people add."""
    for seed in seeds:
        random = Random(seed)
        guest.restore(LOADED)
        percent, options = random.randint(15, 22), random.choice(NOHANG_OPTIONS)
        ignores = random.choice(["False", "False", "True"])
        changed = f"s/^soft_threshold_min_mem = .*/soft_threshold_min_mem = {percent} %/"
        changed += f"; s/^ignore_positive_oom_score_adj = .*/ignore_positive_oom_score_adj = {ignores}/"
        guest.sh(f"sed -i '{changed}' /etc/nohang/nohang.conf && cat >>/etc/nohang/nohang.conf <<'END'\n\n{options}\nEND")
        start(guest, random)
        guest.sh("systemctl start nohang")
        told(guest, "nohang", "^Monitoring has started")
        [report] = said_at_once(guest, "list", "--json", "--all")
        said = killer_named(report, "nohang")
        assert said["idle_because"] is None
        assert report["next_victim"]["killer"] == "nohang"
        use_up(guest, percent)
        told(guest, "nohang", "Sending SIG(TERM|KILL) to the victim")
        # not who ended first: it may have asked another, which took its time
        [victim] = re.findall(r"^  PID: (\d+), name", guest.sh("journalctl -o cat -u nohang | grep -m1 '^  PID: [0-9]*, name'"))
        assert guest.kills() == [], "the kernel was first"
        named = {*said["next"], *report["next_victim"]["near"]}
        context = f"nohang {options!r} ignores adj {ignores}; {described(report)}"
        yield Outcome(seed, frozenset(named), int(victim), context)


def test_nohang_takes_whom_we_name(loaded_guest: Guest) -> None:
    check(nohang_kills(loaded_guest, range(1)), 1)


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_nohang_takes_whom_we_name_many_times(loaded_guest: Guest) -> None:
    check(nohang_kills(loaded_guest, range(1, 31)), 0.95)
