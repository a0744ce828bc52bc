"""A procfs of ordinary files, for situations that the real one can't provide."""

from __future__ import annotations

import shutil
from pathlib import Path

KTHREAD = 0x00200000


class ProcTree:
    """`add` and `remove` change processes, `memory` sets meminfo; pass `root` to a reader as its /proc."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        self.memory(total=8 << 30, available=6 << 30)

    def __str__(self) -> str:
        return str(self.root)

    def write(self, path: str, content: str | bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # Overwritten in place like the kernel's files: a reader's open descriptor sees the new content.
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def memory(
        self, *, total: int, available: int | None, swap: int = 0, swap_free: int = 0, psi: str | None = None
    ) -> None:
        lines = [f"MemTotal: {total >> 10} kB", f"SwapTotal: {swap >> 10} kB", f"SwapFree: {swap_free >> 10} kB"]
        if available is not None:
            lines.insert(1, f"MemAvailable: {available >> 10} kB")
        self.write("meminfo", "\n".join(lines) + "\n")
        if psi is not None:
            self.write("pressure/memory", psi)

    def add(
        self,
        pid: int,
        *,
        name: bytes = b"program",
        rss_kib: int | None = 1000,
        swap_kib: int = 0,
        pte_kib: int = 0,
        adj: int = 0,
        score: int = 666,
        uid: int = 1000,
        start: int = 4711,
        state: str = "S",
        flags: int = 0,
        threads: int = 1,
        cgroup: str = "0::/user.slice/app.scope\n",
    ) -> None:
        shown = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
        status = b"Name:\t" + shown + (
            f"\nUmask:\t0022\nState:\t{state} (x)\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\nPPid:\t1\nTracerPid:\t0\n"
            f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t1\t1\t1\t1\n"
        ).encode()
        if rss_kib is not None:
            status += (
                f"VmRSS:\t{rss_kib} kB\nRssAnon:\t{rss_kib // 2} kB\nRssFile:\t{rss_kib - rss_kib // 2} kB\n"
                f"VmPTE:\t{pte_kib} kB\nVmSwap:\t{swap_kib} kB\n"
            ).encode()
        status += f"Threads:\t{threads}\n".encode()
        self.write(f"{pid}/status", status)
        fields = f"{state} 1 {pid} {pid} 0 -1 {flags} " + "0 " * 12 + f"{start} 0"
        self.write(f"{pid}/stat", str(pid).encode() + b" (" + name + b") " + fields.encode() + b"\n")
        self.write(f"{pid}/oom_score_adj", f"{adj}\n")
        self.write(f"{pid}/oom_score", f"{score}\n")
        self.write(f"{pid}/cgroup", cgroup)

    def adj(self, pid: int) -> int:
        return int((self.root / str(pid) / "oom_score_adj").read_text())

    def remove(self, pid: int) -> None:
        shutil.rmtree(self.root / str(pid))
