"""What the kernel tells us and lets us do, and who else kills."""

from __future__ import annotations

import os
import resource
from typing import TYPE_CHECKING

from oomtray.doctor.checks import Check, Place, Probe, found
from oomtray.kernel.cgroups import MemoryCgroups
from oomtray.kernel.memory import MemoryReader
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.psi import arm
from oomtray.kernel.visibility import sees_all
from oomtray.risk.killers import running
from oomtray.systemd.units import UnitReader

if TYPE_CHECKING:
    from oomtray.risk.assessment import KillerName

SPARE_FILES = 256
"""Descriptors that are needed besides one for each process."""
_KILLERS: dict[KillerName, str] = {
    "systemd-oomd": "systemd-oomd ends whole control groups and never reads oom_score_adj",
    "earlyoom": "earlyoom ends the process with the highest oom_score, earlier than the kernel",
    "nohang": "nohang ends processes by its own rules, earlier than the kernel",
}


def processes(place: Place) -> Check:
    if sees_all(place.proc):
        return found(True, "all can be seen")
    return found(
        False,
        "some may be hidden (hidepid, a container, a sandbox): what is foretold holds among those that can be seen",
        "Outside of containers: join the group that /proc is mounted with (gid=), or ask the administrator.",
    )


def memory_cgroup(place: Place) -> Check:
    version = MemoryCgroups(place.cgroups).version
    if version == 2:
        return found(True, "version 2")
    if version == 1:
        return found(True, "version 1: an app's memory is summed up, and units are not stopped as a whole")
    return found(
        False, "none is mounted: an app's memory is summed up", "Boot without cgroup_disable=memory."
    )


def systemd(_place: Place) -> Check:
    reader = UnitReader()
    try:
        version, own = reader.manager_version(), reader.manager_version(os.geteuid())
    finally:
        reader.close()
    if version is None:
        return found(None, "no systemd answers: what a unit loses with one process is unknown")
    users = "" if own is not None else ", without a manager of this user's"
    return found(True, f"version {version}{users}")


def psi(place: Place) -> Check:
    reader = MemoryReader(place.proc)
    try:
        stall = reader.read().psi_some_avg10
    finally:
        reader.close()
    if stall is not None:
        return found(True, "told")
    return found(
        False,
        "not told: warnings go by the memory used alone",
        "Boot with psi=1, where the kernel has it (4.20 and later).",
    )


def psi_trigger(place: Place) -> Check:
    trigger = arm(place.proc)
    if trigger is None:
        return found(
            False, "not granted: memory is looked at by the clock alone", "Linux 6.4 (or 6.1.42) grants it."
        )
    trigger.close()
    return found(True, "granted")


def open_files(place: Place) -> Check:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    count = len(_names(place))
    if hard == resource.RLIM_INFINITY or hard >= count + SPARE_FILES:
        allowed = "no limit" if hard == resource.RLIM_INFINITY else f"{hard} allowed"
        return found(True, f"{allowed}, {count} processes")
    return found(
        False,
        f"{hard} allowed, {count} processes: a scan costs more",
        "Raise the hard limit nofile in /etc/security/limits.conf.",
    )


def kernel_oom(place: Place) -> Check:
    reader = MemoryReader(place.proc)
    try:
        policy = reader.policy()
    finally:
        reader.close()
    if policy.panic_on_oom:
        return found(
            False,
            f"vm.panic_on_oom is {policy.panic_on_oom}: the machine panics, no process is picked",
            "sysctl vm.panic_on_oom=0",
        )
    if policy.oom_kill_allocating_task:
        return found(
            False,
            "vm.oom_kill_allocating_task is set: whoever asks for memory last is killed",
            "sysctl vm.oom_kill_allocating_task=0",
        )
    if policy.panic_on_oom is None or policy.oom_kill_allocating_task is None:
        return found(None, "how the kernel picks can't be read")
    return found(True, "the highest badness dies")


def killers(place: Place) -> Check:
    others = [_KILLERS[name] for name in running(frozenset(_names(place)))]
    if not others:
        return found(True, "the kernel alone")
    return found(True, f"{'; '.join(others)}; then the kernel")


PROBES: tuple[Probe, ...] = (
    ("processes", "Processes", processes),
    ("memory-cgroup", "Memory cgroups", memory_cgroup),
    ("systemd", "systemd", systemd),
    ("psi", "Memory stalls (PSI)", psi),
    ("psi-trigger", "Wake-up by stalls", psi_trigger),
    ("open-files", "Open files", open_files),
    ("kernel-oom", "The kernel's choice", kernel_oom),
    ("killers", "Who kills", killers),
)


def _names(place: Place) -> list[str]:
    table = ProcessTable(place.proc, keep_descriptors=False)
    try:
        return [process.name for process in table.scan(0.0)]
    finally:
        table.close()
