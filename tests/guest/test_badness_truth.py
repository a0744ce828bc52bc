"""The commands give each process the badness that the kernel prints when it kills, and name the one that it takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from tests.guest.commands import listed
from tests.rigs.guest import Guest

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

PAGE = 4096
COUNTING_ERROR = 64
"""Pages: a thread hands its counts over in batches of so many (TASK_RSS_EVENTS_THRESH in mm/memory.c)."""

# dump_task() in mm/oom_kill.c, the columns in the second line since Linux 6.8:
# [  pid  ]   uid  tgid total_vm      rss
#                                         rss_anon rss_file rss_shmem
#                                         pgtables_bytes swapents oom_score_adj name
TASK = re.compile(
    r"\[ *(\d+)\] +\d+ +(\d+) +\d+ +(\d+)(?: +\d+ +\d+ +\d+)? +(\d+) +(\d+) +(-?\d+) (.*)$", re.MULTILINE
)

ADJUSTED = {"none": 0, "plus": 300, "first": 1000, "minus": -300, "lowest": -999, "never": -1000}


def kernel_table(report: str, total_pages: int) -> dict[int, int]:
    """Badness in pages by pid, from the numbers in the kernel's report (mm/oom_kill.c: oom_badness)."""
    return {
        int(tgid): int(rss) + int(tables) // PAGE + int(swapped) + int(adj) * (total_pages // 1000)
        for pid, tgid, rss, tables, swapped, adj, _ in TASK.findall(report)
        if pid == tgid
    }


def test_every_badness_is_the_kernels_own(guest: Guest) -> None:
    hogs = {name: guest.hog(12, user="alice", adj=adj, name=name) for name, adj in ADJUSTED.items()}

    # sysrq-f has the kernel choose and kill at once, and print all that it chose from
    done = guest.sh("PYTHONPATH=/src python3 -m oomtray list --json --all && echo f >/proc/sysrq-trigger")

    report = json.loads(done)
    ours = {process["pid"]: process for process in report["processes"]}
    kernels = kernel_table(guest.serial(), report["scope"]["total_pages"])
    assert {hog.pid for hog in hogs.values()} <= kernels.keys() <= ours.keys()
    pairs = {ours[pid]["name"]: (ours[pid]["badness"], badness) for pid, badness in kernels.items()}
    assert {name: pair for name, pair in pairs.items() if abs(pair[0] - pair[1]) > COUNTING_ERROR} == {}
    [kill] = guest.kills()
    assert kill.pid == report["next_victim"]["pid"] == hogs["first"].pid


def test_every_score_is_the_badness_on_the_kernels_scale(guest: Guest) -> None:
    for name, adj in ADJUSTED.items():
        guest.hog(12, user="alice", adj=adj, name=name)

    report = listed(guest)

    total = report["scope"]["total_pages"]
    for process in report["processes"]:
        if process["badness"] is None or (not process["killable"] and process["oom_score"] == 0):
            continue
        on_scale = (1000 + process["badness"] * 1000 / total) * 2 / 3  # proc_oom_score() in fs/proc/base.c
        slack = COUNTING_ERROR * 1000 / total * 2 / 3 + 1
        assert process["oom_score"] == pytest.approx(max(on_scale, 0), abs=slack), process
        assert process["share"] == pytest.approx(process["badness"] * 1000 / total, abs=0.01), process


def test_who_cannot_be_chosen_is_said_to_be_safe(guest: Guest) -> None:
    never = guest.hog(12, adj=-1000, name="never")

    processes = {process["pid"]: process for process in listed(guest)["processes"]}

    kernel_threads = [process for process in processes.values() if process["name"] == "kthreadd"]
    for process in (processes[1], processes[never.pid], *kernel_threads):
        assert (process["killable"], process["rank"]) == (False, None), process
    assert len(kernel_threads) == 1


@pytest.mark.parametrize(
    ("hogs", "victim"),
    [
        pytest.param(
            {"large": (80, 0), "small": (50, 0)}, "large", id="the-largest-where-nothing-is-adjusted"
        ),
        pytest.param({"large": (80, 0), "small": (50, 100)}, "small", id="plus-100-outweighs-30-MiB"),
        pytest.param({"large": (80, -100), "small": (50, 0)}, "small", id="minus-100-saves-the-largest"),
        pytest.param(
            {"large": (80, -500), "small": (50, -1000), "tiny": (36, -400)}, "tiny", id="the-least-protected"
        ),
    ],
)
def test_the_predicted_victim_is_whom_the_kernel_kills(
    guest: Guest, hogs: Mapping[str, tuple[int, int]], victim: str
) -> None:
    # what the system brings along would outrank processes of -400
    if victim == "tiny":
        guest.sh(
            "for pid in $(ps -eo pid=); do echo -900 >/proc/$pid/oom_score_adj || true; done 2>/dev/null"
        )
    pids = {name: guest.hog(mb, user="alice", adj=adj, name=name).pid for name, (mb, adj) in hogs.items()}
    predicted = listed(guest, "-n", "1", user="alice")["next_victim"]

    kill, *_ = guest.run_out_of_memory()  # before its memory is back, the kernel may take a second

    assert (kill.pid, kill.name, kill.constraint) == (pids[victim], victim, "CONSTRAINT_NONE")
    assert predicted["pid"] == kill.pid
    assert predicted["frees"] == pytest.approx(kill.anonymous, rel=0.02)


def test_swapped_memory_counts_in_the_list_as_in_the_kernel(guest: Guest) -> None:
    guest.sh(
        "dd if=/dev/zero of=/swap bs=1M count=128 status=none && chmod 600 /swap && mkswap -q /swap && swapon /swap"
    )
    hog = guest.hog(100, user="alice", name="swapped")
    control = f"$(sed -n 's|^0::|/sys/fs/cgroup|p' /proc/{hog.pid}/cgroup)/memory.reclaim"
    guest.run_as("root", f"echo 60M >{control}")

    done = guest.sh("PYTHONPATH=/src python3 -m oomtray list --json --all && echo f >/proc/sysrq-trigger")

    report = json.loads(done)
    ours = next(process for process in report["processes"] if process["pid"] == hog.pid)
    assert ours["swap"] > 20 << 20
    kernels = kernel_table(guest.serial(), report["scope"]["total_pages"])
    assert ours["badness"] == pytest.approx(kernels[hog.pid], abs=COUNTING_ERROR)
    # with swap systemd-oomd may come before it, but sysrq asks the kernel
    [kernel] = [killer for killer in report["killers"] if killer["name"] == "kernel"]
    assert [guest.kills()[0].pid] == kernel["next"] == [hog.pid]


def test_in_a_cgroup_with_a_limit_another_ranking_counts(guest: Guest) -> None:
    """Against 150 MiB an adjustment of 100 weighs 15 MiB, against the machine's 512 it would weigh 47."""
    guest.sh("echo +memory >/sys/fs/cgroup/cgroup.subtree_control && mkdir /sys/fs/cgroup/small")
    guest.sh("echo 150M >/sys/fs/cgroup/small/memory.max")
    large = guest.hog(70, cgroup="/small", adj=0, name="large")
    small = guest.hog(45, cgroup="/small", adj=100, name="small")
    trigger = guest.hog(1, cgroup="/small", adj=0, name="trigger")
    in_the_machine = listed(guest, "-n", "1")["next_victim"]
    in_the_group = listed(guest, "--cgroup", "/small")

    trigger.grow(50)
    assert trigger.settle()

    kill = guest.kills()[0]  # a slow machine kills a second one before the first has given its memory back
    assert (kill.pid, kill.constraint) == (large.pid, "CONSTRAINT_MEMCG")
    assert in_the_group["next_victim"]["pid"] == large.pid
    assert in_the_machine["pid"] == small.pid
    assert in_the_group["scope"] == {
        "kind": "cgroup",
        "path": "/small",
        "limit": 150 << 20,
        "total_pages": (150 << 20) // PAGE,
    }
    kernels = kernel_table(guest.serial(), (150 << 20) // PAGE)
    assert {process["pid"] for process in in_the_group["processes"]} == {large.pid, small.pid, trigger.pid}
    for process in in_the_group["processes"]:
        if process["pid"] != trigger.pid:
            assert process["badness"] == pytest.approx(kernels[process["pid"]], abs=COUNTING_ERROR)
