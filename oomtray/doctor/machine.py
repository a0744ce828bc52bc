"""What the kernel reports and allows, and who else kills."""

from __future__ import annotations

import os
import resource
from typing import TYPE_CHECKING

from oomtray.doctor.checks import Finding, Place, Probe, found
from oomtray.kernel.cgroups import MemoryCgroups
from oomtray.kernel.memory import MemoryReader
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.programs import programs
from oomtray.kernel.psi import arm
from oomtray.kernel.visibility import sees_all
from oomtray.risk.killers import running
from oomtray.systemd.units import UnitReader

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process

SPARE_FILES = 256
"""Descriptors that are needed besides one for each process."""


def processes(place: Place) -> Finding:
    if sees_all(place.proc):
        return found(True, "processes-all")
    return found(False, "processes-hidden")


def memory_cgroup(place: Place) -> Finding:
    version = MemoryCgroups(place.cgroups).version
    if version == 2:
        return found(True, "cgroup-v2")
    if version == 1:
        return found(True, "cgroup-v1")
    return found(False, "cgroup-none")


def systemd(_place: Place) -> Finding:
    reader = UnitReader()
    try:
        version, own = reader.manager_version(), reader.manager_version(os.geteuid())
    finally:
        reader.close()
    if version is None:
        return found(None, "systemd-none")
    return found(True, "systemd-no-user" if own is None else "systemd-runs", version=version)


def psi(place: Place) -> Finding:
    reader = MemoryReader(place.proc)
    try:
        stall = reader.read().psi_some_avg10
    finally:
        reader.close()
    return found(False, "psi-off") if stall is None else found(True, "psi-on")


def psi_trigger(place: Place) -> Finding:
    trigger = arm(place.proc)
    if trigger is None:
        return found(False, "trigger-off")
    trigger.close()
    return found(True, "trigger-on")


def open_files(place: Place) -> Finding:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard == resource.RLIM_INFINITY:
        return found(True, "files-unlimited")
    needed = len(_rows(place)) + SPARE_FILES
    enough = hard >= needed
    return found(enough, "files-enough" if enough else "files-few", allowed=hard, needed=needed)


def kernel_oom(place: Place) -> Finding:
    reader = MemoryReader(place.proc)
    try:
        policy = reader.policy()
    finally:
        reader.close()
    if policy.panic_on_oom:
        return found(False, "oom-panic", value=policy.panic_on_oom, command="sysctl vm.panic_on_oom=0")
    if policy.oom_kill_allocating_task:
        return found(False, "oom-allocating", command="sysctl vm.oom_kill_allocating_task=0")
    if policy.panic_on_oom is None or policy.oom_kill_allocating_task is None:
        return found(None, "oom-unknown")
    return found(True, "badness-decides")


def killers(place: Place) -> Finding:
    names = running(programs(_rows(place), place.proc))
    if sees_all(place.proc):
        return found(True, "killers", names=names) if names else found(True, "only-kernel")
    return found(None, "killers-among-others", names=names) if names else found(None, "killers-unknown")


PROBES: tuple[Probe, ...] = (
    ("processes", processes),
    ("memory-cgroup", memory_cgroup),
    ("systemd", systemd),
    ("psi", psi),
    ("psi-trigger", psi_trigger),
    ("open-files", open_files),
    ("kernel-oom", kernel_oom),
    ("killers", killers),
)


def _rows(place: Place) -> tuple[Process, ...]:
    table = ProcessTable(place.proc, keep_descriptors=False)
    try:
        return table.scan(0.0)
    finally:
        table.close()
