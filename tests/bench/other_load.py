"""Measure what else the machine did during a measurement, which makes its result less reliable."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

_OTHERS = 0.15
"""CPUs that others may use before a measurement counts as disturbed; kernel threads count as others too."""
_STOLEN = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """Other load during one measurement."""

    others: float
    """CPUs kept busy by processes other than this one and its descendants."""
    stolen: float
    """CPUs that the host of this virtual machine kept for itself."""
    waiting: float | None
    """Percentage of the time in which some task, ours or not, waited for a CPU (PSI); None if unavailable."""
    average: float
    """Average of runnable tasks over the last minute (loadavg)."""
    cpus: int

    @property
    def alone(self) -> bool:
        return self.others < _OTHERS and self.stolen < _STOLEN

    def __str__(self) -> str:
        waiting = "unknown" if self.waiting is None else f"{self.waiting:.0f} %"
        says = (
            f"others used {self.others:.2f} of {self.cpus} CPUs, the host kept {self.stolen:.2f}, some task waited for a"
            f" CPU {waiting} of the time, load average {self.average:.1f}"
        )
        return says if self.alone else f"NOT ALONE: {says}"


class LoadMeter:
    """Measures load from its creation to `read`."""

    def __init__(self) -> None:
        self._at, self._busy, self._stolen, self._ours, self._waiting = _now()

    def read(self) -> Load:
        at, busy, stolen, ours, waiting = _now()
        seconds = max(at - self._at, 1e-3)
        others = (busy - self._busy - (ours - self._ours)) / seconds
        waited = None if waiting is None or self._waiting is None else (waiting - self._waiting) / seconds * 100
        average = float(Path("/proc/loadavg").read_text().split()[0])
        return Load(max(others, 0.0), (stolen - self._stolen) / seconds, waited, average, os.cpu_count() or 1)


def _now() -> tuple[float, float, float, float, float | None]:
    """Return, in seconds: time, work of all CPUs, time stolen by the host, our own work, time tasks waited."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = (
        int(field) / _TICKS for field in Path("/proc/stat").read_text().split(None, 9)[1:9]
    )
    return time.monotonic(), user + nice + system + irq + softirq, steal, _ours(), _waited()


def _ours() -> float:
    """CPU seconds of this process and its descendants, including ended ones that were waited for."""
    spent: dict[int, float] = {}
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text(errors="replace")
            except OSError:
                continue
            fields = stat.rpartition(")")[2].split()
            parents[int(entry)] = int(fields[1])
            spent[int(entry)] = sum(map(int, fields[11:15])) / _TICKS
    return sum(its for pid, its in spent.items() if _is_below(pid, os.getpid(), parents))


def _is_below(pid: int, top: int, parents: dict[int, int]) -> bool:
    while pid not in (0, top):
        pid = parents.get(pid, 0)
    return pid == top


def _waited() -> float | None:
    try:
        some = re.search(r"^some .*total=(\d+)", Path("/proc/pressure/cpu").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(some[1]) / 1e6 if some else None
