"""Memory, swap, stall and the kill count of the whole system (meminfo, pressure/memory, vmstat of proc(5))."""

from __future__ import annotations

import re

from oomtray.kernel.files import RereadFile, read_int
from oomtray.kernel.snapshot import Memory, OomPolicy

_MEMINFO = re.compile(rb"^(MemTotal|MemAvailable|SwapTotal|SwapFree):\s*(\d+) kB$", re.MULTILINE)
_AVG10 = re.compile(rb"^(some|full) avg10=(\d+\.\d+)", re.MULTILINE)
_OOM_KILL = re.compile(rb"^oom_kill (\d+)$", re.MULTILINE)


class MemoryReader:
    """Reads a `Memory` in some 40 microseconds: cheap enough for every tick."""

    def __init__(self, proc: str = "/proc") -> None:
        self._proc = proc
        self._meminfo = RereadFile(f"{proc}/meminfo")
        self._pressure = RereadFile(f"{proc}/pressure/memory")
        self._vmstat = RereadFile(f"{proc}/vmstat")

    def read(self) -> Memory:
        """Memory now. Raises OSError where even the total is unknown (no procfs)."""
        sizes = {key: int(kib) * 1024 for key, kib in _MEMINFO.findall(self._meminfo.read())}
        if not sizes.get(b"MemTotal"):
            raise OSError(f"{self._proc}/meminfo does not tell the memory's size: is procfs mounted there?")
        stall = dict(_AVG10.findall(self._pressure.read()))
        kills = self._vmstat.search(_OOM_KILL)
        return Memory(
            total=sizes[b"MemTotal"],
            available=sizes.get(b"MemAvailable"),
            swap_total=sizes.get(b"SwapTotal"),
            swap_free=sizes.get(b"SwapFree"),
            psi_some_avg10=_number(stall.get(b"some")),
            psi_full_avg10=_number(stall.get(b"full")),
            oom_kills=int(kills[1]) if kills else None,
        )

    def policy(self) -> OomPolicy:
        """The sysctls that void a ranking (Documentation/admin-guide/sysctl/vm.rst)."""
        return OomPolicy(
            oom_kill_allocating_task=read_int(f"{self._proc}/sys/vm/oom_kill_allocating_task"),
            panic_on_oom=read_int(f"{self._proc}/sys/vm/panic_on_oom"),
        )

    def close(self) -> None:
        for file in (self._meminfo, self._pressure, self._vmstat):
            file.close()


def _number(text: bytes | None) -> float | None:
    return None if text is None else float(text)
