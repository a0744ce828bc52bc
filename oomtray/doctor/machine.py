"""Checks of what the kernel reports and allows, and of other killers."""

from __future__ import annotations

import os
import resource
from contextlib import closing
from typing import TYPE_CHECKING

from oomtray.doctor.checks import Finding, Place, Probe, found
from oomtray.kernel.capabilities import IPC_LOCK, may
from oomtray.kernel.cgroups import MemoryCgroups
from oomtray.kernel.files import read_or_empty
from oomtray.kernel.killers.daemons import daemons
from oomtray.kernel.locked_code import NEEDED
from oomtray.kernel.memory import MemoryReader
from oomtray.kernel.process import cgroup_paths
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.psi import arm
from oomtray.kernel.visibility import sees_all
from oomtray.messages.killers import MENDABLE
from oomtray.monitor import Monitor
from oomtray.risk.conditions import lack_of_swap
from oomtray.risk.killers import IN_ORDER
from oomtray.systemd.unit_names import unit_of
from oomtray.text import size

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Memory, Process
    from oomtray.risk.killer import Killer

SPARE_FILES = 256
"""Descriptors needed in addition to one per process."""


def processes(place: Place) -> Finding:
    if sees_all(place.proc):
        return found(True, "processes-all")
    return found(False, "processes-hidden")


def memory_cgroup(place: Place) -> Finding:
    version = MemoryCgroups(place.cgroups, place.proc).version
    if version == 2:
        return found(True, "cgroup-v2")
    if version == 1:
        return found(True, "cgroup-v1")
    return found(False, "cgroup-none")


def systemd(_place: Place) -> Finding:
    from oomtray.systemd.units import UnitReader

    with closing(UnitReader()) as reader:
        version, own = reader.manager_version(), reader.manager_version(os.geteuid())
    if version is None:
        return found(None, "systemd-none")
    return found(True, "systemd-no-user" if own is None else "systemd-runs", version=version)


def psi(place: Place) -> Finding:
    stall = _memory(place).psi_some_avg10
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
    if hard >= needed:
        return found(True, "files-enough", allowed=hard, needed=needed)
    command = _in_user_manager(place, f"LimitNOFILE=1024:{needed}")  # programs that use select(2) need the low soft limit
    return found(False, "files-few", allowed=hard, needed=needed, command=command, limit="nofile")


def memory_lock(place: Place) -> Finding:
    limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
    if limit == resource.RLIM_INFINITY or limit >= NEEDED or may(IPC_LOCK, place.proc):  # mm/mlock.c: do_mlock
        return found(True, "lock-enough")
    command = _in_user_manager(place, f"LimitMEMLOCK={NEEDED >> 20}M")
    return found(None, "lock-little" if limit else "lock-none", allowed=size(limit), needed=NEEDED // 1024, command=command, limit="memlock")


def swap(place: Place) -> Finding:
    memory = _memory(place)
    if memory.swap_total is None:
        return found(None, "swap-unknown")
    lack, total = lack_of_swap(memory), size(memory.swap_total)
    if lack is None:
        return found(True, "swap-on", size=total)
    if lack.id == "no-swap":
        return found(False, "swap-none", command=_add_swap(memory))
    if lack.id == "swap-unused":
        return found(False, "swap-unused", size=total, command="sysctl vm.swappiness=60")
    return found(
        False, "swap-zram", size=size(lack.size), memory=size(lack.limit), command=_smaller_zram(place, memory)
    )


def overcommit(place: Place) -> Finding:
    with closing(MemoryReader(place.proc)) as reader:
        mode, memory = reader.policy().overcommit_memory, reader.read()
    if mode is None:
        return found(None, "overcommit-unknown")
    if mode == 2:
        limit, command = size(memory.commit_limit), "sysctl vm.overcommit_memory=0"
        return found(False, "overcommit-strict", limit=limit, promised=size(memory.committed), command=command)
    return found(True, "overcommit-allowed", value=mode)


def kernel_oom(place: Place) -> Finding:
    with closing(MemoryReader(place.proc)) as reader:
        policy = reader.policy()
    if policy.panic_on_oom:
        return found(False, "oom-panic", value=policy.panic_on_oom, command="sysctl vm.panic_on_oom=0")
    if policy.oom_kill_allocating_task:
        return found(False, "oom-allocating", command="sysctl vm.oom_kill_allocating_task=0")
    if policy.panic_on_oom is None or policy.oom_kill_allocating_task is None:
        return found(None, "oom-unknown")
    return found(True, "badness-decides")


def killers(place: Place) -> Finding:
    rows = _rows(place)
    running = {row.name for row in rows}.union(daemon.name for daemon in daemons(rows, place.proc))
    names = tuple(name for name in IN_ORDER if name in running and name != "kernel")
    whole = sees_all(place.proc)
    if not names:
        return _only_kernel(place) if whole else found(None, "killers-unknown")
    others = _judged(place)
    mendable = any(killer.idle_because in MENDABLE for killer in others)
    if mendable:
        return found(False, "killers" if whole else "killers-among-others", names=names, others=others)
    return found(True if whole else None, "killers" if whole else "killers-among-others", names=names, others=others)


PROBES: tuple[Probe, ...] = (
    ("processes", processes),
    ("memory-cgroup", memory_cgroup),
    ("systemd", systemd),
    ("psi", psi),
    ("psi-trigger", psi_trigger),
    ("open-files", open_files),
    ("memory-lock", memory_lock),
    ("swap", swap),
    ("overcommit", overcommit),
    ("kernel-oom", kernel_oom),
    ("killers", killers),
)


def _in_user_manager(place: Place, setting: str) -> str | None:
    """Build a command that raises a limit where the user's manager has started this program; None if it hasn't.

    The manager's own configuration can't raise it (systemd.exec(5), Limit*=). Limits of `user@.service` come before
    PAM: pam_limits, with limits.conf, wins where the distribution's PAM file for it has that module, as on Debian 12.
    """
    unit = unit_of(cgroup_paths(read_or_empty(f"{place.proc}/self/cgroup"))[1])
    if unit is None or unit.uid is None:
        return None
    directory = "/etc/systemd/system/user@.service.d"
    return f"mkdir -p {directory} && printf '[Service]\\n{setting}\\n' > {directory}/50-{setting.partition('=')[0]}.conf"


def _judged(place: Place) -> tuple[Killer, ...]:
    """Return the killers besides the kernel, in their current state."""
    with closing(Monitor(proc=place.proc, cgroups=place.cgroups, sysfs=place.sysfs, root=place.root, once=True)) as monitor:
        return tuple(killer for killer in monitor.survey(top=1).killers if killer.name != "kernel")


def _memory(place: Place) -> Memory:
    with closing(MemoryReader(place.proc, place.sysfs)) as reader:
        return reader.read()


def _only_kernel(place: Place) -> Finding:
    """Report this only as a note, because the machine works without another killer."""
    oomd = os.path.exists(place.systemd)
    return found(None, "only-kernel", command="systemctl enable --now systemd-oomd" if oomd else "apt-get install earlyoom")


def _add_swap(memory: Memory) -> str:
    """Build a command for a swap file of half the RAM, between 1 and 8 GiB."""
    gib = min(max(memory.total >> 31, 1), 8)
    return f"fallocate -l {gib}G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile"


def _smaller_zram(place: Place, memory: Memory) -> str:
    """Build a command that resizes the first zram device to half the RAM, which needs it to be reset first."""
    names = [name for name in sorted(os.listdir(f"{place.sysfs}/block")) if name.startswith("zram")]
    device = names[0] if names else "zram0"
    half = memory.total >> 21
    return (
        f"swapoff /dev/{device} && echo 1 > /sys/block/{device}/reset && echo {half}M > /sys/block/{device}/disksize"
        f" && mkswap /dev/{device} && swapon -p 100 /dev/{device}"
    )


def _rows(place: Place) -> tuple[Process, ...]:
    with closing(ProcessTable(place.proc, keep_descriptors=False)) as table:
        return table.scan(0.0)
