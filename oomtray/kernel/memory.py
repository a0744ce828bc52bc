"""Memory, swap, stall and the kill count of the whole system (meminfo, pressure/memory, vmstat of proc(5))."""

from __future__ import annotations

import re

from oomtray.kernel.files import RereadFile
from oomtray.kernel.snapshot import Memory, OomPolicy

# each begins with a constant, the line's end before it included, as re looks for that eight times as fast as for `^`
_TOTAL, _AVAILABLE, _SWAP_TOTAL, _SWAP_FREE = (
    re.compile(rb"\n%s:\s*(\d+) kB\n" % key) for key in (b"MemTotal", b"MemAvailable", b"SwapTotal", b"SwapFree")
)
_AVG10 = re.compile(rb"^(some|full) avg10=(\d+\.\d+)", re.MULTILINE)
_OOM_KILL = re.compile(rb"\noom_kill (\d+)\n")


class MemoryReader:
    """Reads a `Memory` in some 40 microseconds: cheap enough for every tick."""

    def __init__(self, proc: str = "/proc") -> None:
        self._proc = proc
        self._meminfo = RereadFile(f"{proc}/meminfo")
        self._pressure = RereadFile(f"{proc}/pressure/memory")
        self._vmstat = RereadFile(f"{proc}/vmstat")
        self._allocating = RereadFile(f"{proc}/sys/vm/oom_kill_allocating_task")
        self._panic = RereadFile(f"{proc}/sys/vm/panic_on_oom")

    def read(self) -> Memory:
        """Memory now. Raises OSError where even the total is unknown (no procfs)."""
        text = b"\n" + self._meminfo.read()
        total = _bytes(_TOTAL.search(text))
        if not total:
            raise OSError(f"{self._proc}/meminfo does not tell the memory's size: is procfs mounted there?")
        stall = dict(_AVG10.findall(self._pressure.read()))
        kills = self._vmstat.search(_OOM_KILL)
        return Memory(
            total=total,
            available=_bytes(_AVAILABLE.search(text)),
            swap_total=_bytes(_SWAP_TOTAL.search(text)),
            swap_free=_bytes(_SWAP_FREE.search(text)),
            psi_some_avg10=_number(stall.get(b"some")),
            psi_full_avg10=_number(stall.get(b"full")),
            oom_kills=int(kills[1]) if kills else None,
        )

    def policy(self) -> OomPolicy:
        """The sysctls that void a ranking (Documentation/admin-guide/sysctl/vm.rst)."""
        return OomPolicy(
            oom_kill_allocating_task=self._allocating.read_int(),
            panic_on_oom=self._panic.read_int(),
        )

    def close(self) -> None:
        for file in (self._meminfo, self._pressure, self._vmstat, self._allocating, self._panic):
            file.close()


def _bytes(kib: re.Match[bytes] | None) -> int | None:
    return None if kib is None else int(kib[1]) * 1024


def _number(text: bytes | None) -> float | None:
    return None if text is None else float(text)
