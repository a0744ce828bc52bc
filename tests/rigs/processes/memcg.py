"""Real out-of-memory kills in a small memory cgroup of this machine, cgroup v1 or v2.

    with MemoryCgroup(128 * MIB) as group:
        big, small = group.hog(60), group.hog(20, adj=300)      # each a Hog that already holds its memory
        trigger = group.hog(1)                                  # any hog may be the one that exceeds the limit
        victim = group.kill_by(trigger, grow=80)                # the Hog that the kernel chose

`group.path` is the path in /proc/PID/cgroup ("/oomtray-…"), `group.dir` its directory, `group.mount` the controller's
root. `group.child(limit)` creates a group below. `group.spawn(argv)` starts any program inside. At the end, every
process in the group is killed by its pid and the group is removed. Limits over 256 MiB are refused: a test must not
put the machine under pressure. Needs root; negative `adj` also CAP_SYS_RESOURCE.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import resource
import select
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.rigs.processes.hog import hog_binary
from tests.rigs.processes.proc import adj_of
from tests.rigs.processes.programs import RigTimeout, RigUnavailable, wait_for

MIB = 1 << 20
PAGE = resource.getpagesize()
LIMIT_MAX = 256 * MIB
DEADLINE = 30.0
"""Seconds within which an expected kill must have happened."""

_names = itertools.count()
_ENTER = 'echo 0 >"$0/cgroup.procs" && exec "$@"'


def controller() -> tuple[Path, int]:
    """Return where the memory controller's root is mounted, and its version (1 or 2)."""
    v1, v2 = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
    if (v1 / "memory.limit_in_bytes").exists():
        return v1, 1
    controllers = v2 / "cgroup.controllers"
    if not controllers.exists() or "memory" not in controllers.read_text().split():
        raise RigUnavailable("this machine has no memory cgroup controller")
    return v2, 2


class Hog:
    """A process that holds memory and grows on request."""

    def __init__(self, process: subprocess.Popen[str], name: str) -> None:
        self.process = process
        self.name = name
        self.pid = process.pid
        self._await_ready()

    def __repr__(self) -> str:
        return f"<{self.name} {self.pid}>"

    def grow(self, mb: int) -> None:
        """Ask for `mb` more (0: without end) without waiting: it or another process may die of it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{mb}\n")
        self.process.stdin.flush()

    def badness(self, total_pages: int) -> int:
        """Compute badness in pages by the kernel's formula (mm/oom_kill.c: oom_badness) from the current `status`."""
        status = _status(self.pid)
        held = sum(int(status[field].split()[0]) for field in ("VmRSS", "VmSwap", "VmPTE"))
        adj = adj_of(self.pid)
        return held * 1024 // PAGE + adj * (total_pages // 1000)

    def _await_ready(self) -> None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("READY "), f"{self.name} died while it filled up: {self.process.wait()}"


class MemoryCgroup:
    """A memory cgroup of this test's own; `limit` in bytes.

    `memsw_limit` (bytes, memory and swap together) and `swappiness` (v1 only) as the kernel takes them.
    """

    def __init__(
        self,
        limit: int,
        *,
        memsw_limit: int | None = None,
        swappiness: int | None = None,
        parent: MemoryCgroup | None = None,
    ) -> None:
        assert limit <= LIMIT_MAX, f"{limit} bytes would press the machine"
        if os.geteuid() != 0:
            raise RigUnavailable("a memory cgroup needs root")
        self.mount, self.version = controller()
        self.limit = limit
        self.path: str = f"{parent.path if parent else ''}/oomtray-{os.getpid()}-{next(_names)}"
        self.dir = self.mount / self.path.lstrip("/")
        self.children: list[MemoryCgroup] = []
        self.hogs: list[Hog] = []
        self._parent = parent
        self._memsw_limit = memsw_limit
        self._swappiness = swappiness

    def __enter__(self) -> Self:
        if self.version == 2:
            (self.dir.parent / "cgroup.subtree_control").write_text("+memory")
        self.dir.mkdir()
        if self.version == 2:
            self.write("memory.max", self.limit)
            if self._memsw_limit is not None:
                self.write("memory.swap.max", self._memsw_limit - self.limit)
        else:
            self.write("memory.limit_in_bytes", self.limit)
            if self._memsw_limit is not None:
                self.write("memory.memsw.limit_in_bytes", self._memsw_limit)
            if self._swappiness is not None:
                self.write("memory.swappiness", self._swappiness)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self.children:
            child.__exit__(None, None, None)
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for hog in self.hogs:
            hog.process.communicate()
        wait_for(self._removed, f"{self.dir} to be empty")

    @property
    def total_pages(self) -> int:
        """Pages that badness is measured against here if the machine has no swap."""
        return self.limit // PAGE

    def _removed(self) -> bool:
        """Try to remove the group: an ended process keeps it busy until the kernel has torn it down."""
        with contextlib.suppress(OSError):
            self.dir.rmdir()
        return not self.dir.exists()

    def pids(self) -> list[int]:
        return [int(pid) for pid in (self.dir / "cgroup.procs").read_text().split()]

    def oom_kills(self) -> int:
        """Return how many processes of this group the kernel has killed (on v2 also of its descendants)."""
        counters = self.dir / ("memory.events" if self.version == 2 else "memory.oom_control")
        lines = counters.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

    def write(self, file: str, value: object) -> None:
        (self.dir / file).write_text(f"{value}")

    def child(
        self, limit: int, *, memsw_limit: int | None = None, swappiness: int | None = None
    ) -> MemoryCgroup:
        """Create a group below this one, removed with it; on v2 this one can't hold processes itself then."""
        child = MemoryCgroup(limit, memsw_limit=memsw_limit, swappiness=swappiness, parent=self).__enter__()
        self.children.append(child)
        return child

    def spawn(self, argv: Sequence[str | Path], **options: object) -> subprocess.Popen[str]:
        """Start a program that is in the group from its first page on."""
        command = ["/bin/sh", "-c", _ENTER, self.dir, *argv]
        return subprocess.Popen(command, text=True, **options)  # type: ignore[call-overload,no-any-return]

    def hog(self, mb: int, adj: int | None = None, name: str = "hog", step_kb: int = 256) -> Hog:
        """Start a process and return when it holds `mb` MiB; `adj` sets its oom_score_adj, else it is inherited."""
        argv: list[str | Path] = [hog_binary(), "-n", name, "-s", str(step_kb), str(mb)]
        hog = Hog(self.spawn(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE), name)
        self.hogs.append(hog)
        if adj is not None:
            Path(f"/proc/{hog.pid}/oom_score_adj").write_text(f"{adj}")
        return hog

    def kill_by(self, trigger: Hog, grow: int) -> Hog:
        """Let `trigger` grow by `grow` MiB; return the first hog of this group or below that the kernel kills."""
        groups = [self, *self.children]
        alive = [hog for group in groups for hog in group.hogs if hog.process.poll() is None]
        kills = sum(group.oom_kills() for group in groups)
        with kernel_kills() as told:
            trigger.grow(grow)
            victim = first_to_exit(alive)
            # before its memory is freed a second one may be killed, and may end earlier
            victim = next((hog for pid in told() for hog in alive if hog.pid == pid), victim)
        assert victim.process.wait(DEADLINE) == -signal.SIGKILL, (
            f"{victim} ended by itself: {victim.process.returncode}"
        )
        assert sum(group.oom_kills() for group in groups) > kills, f"{victim} was killed, but not for memory"
        return victim


def _status(pid: int | str) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


@contextlib.contextmanager
def kernel_kills() -> Iterator[Callable[[], list[int]]]:
    """Yield a function that returns the pids killed since, in the kernel's order; none if its log can't be read."""
    try:
        log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        yield list
        return
    os.lseek(log, 0, os.SEEK_END)

    def told() -> list[int]:
        pids = []
        while True:
            try:
                record = os.read(log, 8192)
            except BlockingIOError:
                return pids
            except BrokenPipeError:  # overwritten meanwhile
                continue
            pids += [int(pid) for pid in re.findall(rb"Killed process (\d+)", record)]

    try:
        yield told
    finally:
        os.close(log)


def first_to_exit(hogs: Sequence[Hog]) -> Hog:
    poller = select.poll()
    watched = {os.pidfd_open(hog.pid): hog for hog in hogs}
    try:
        for pidfd in watched:
            poller.register(pidfd, select.POLLIN)
        ready = poller.poll(DEADLINE * 1000)
        if not ready:
            raise RigTimeout(f"nobody was killed in {DEADLINE:.0f} s")
        return watched[ready[0][0]]
    finally:
        for pidfd in watched:
            os.close(pidfd)
