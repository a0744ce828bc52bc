"""A fire drill: a real kill by the kernel, of a small program in its own memory cgroup, noticed like any other kill.

The user's systemd manager gives the program a scope with a limit of 64 MiB. The program allocates more, step
by step, and ends by itself at 96 MiB if the limit doesn't hold, so that nothing else is affected.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Literal

from oomtray.kills.record import KillRecord
from oomtray.kills.watch import KillWatch
from oomtray.monitor import Monitor
from oomtray.records import dataclass
from oomtray.risk.kill_event import DRILL, KillEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from oomtray.kernel.reader import SystemReader

NAME = DRILL
_DASH = "\\x2d"
"""An escaped dash in a part of a unit's name."""
LIMIT, MOST = 64 << 20, 96 << 20
"""Bytes: limit of the scope, and size at which the program ends by itself."""
_START, _PATIENCE = 30.0, 10.0
"""Seconds for systemd to start it; for its end, and again for noticing that."""
_PROGRAM = """
import ctypes, sys, time
ctypes.CDLL(None).prctl(15, b"{name}", 0, 0, 0)
with open("/proc/self/oom_score_adj", "w") as file:
    file.write("1000")
print("ready", flush=True)
if sys.stdin.readline():
    held = []
    for _ in range({most} >> 20):
        held.append(b"x" * (1 << 20))
        time.sleep(0.003)
"""

WhyNot = Literal["no-systemd", "no-user-manager", "no-memory-controller", "not-started", "not-killed"]


LACKING: frozenset[WhyNot] = frozenset({"no-systemd", "no-user-manager", "no-memory-controller"})
"""Reasons that are missing features of this machine."""


class NoDrill(Exception):
    """A drill isn't possible here."""

    def __init__(self, why: WhyNot, detail: str = "") -> None:
        super().__init__(why)
        self.why: WhyNot = why
        self.detail = detail
        """Message of systemd, or empty."""


@dataclass(frozen=True, slots=True)
class Drill:
    pid: int
    killed_after: float
    """Seconds from its first allocation to its end."""
    noticed_after: float | None
    """Seconds from its end until its kill was recognized; None: it was not noticed."""
    event: KillEvent | None

    @property
    def named(self) -> bool:
        """Whether the kill was noticed and the right process named."""
        return self.event is not None and any(victim.pid == self.pid for victim in self.event.victims)


def hold(start: Callable[[Sequence[str]], subprocess.Popen[str]] | None = None) -> Drill:
    """Hold a drill, which takes some seconds. Raises NoDrill.

    `start` runs a program within a limit of 64 MiB; None: systemd-run.
    """
    with _program(start or in_scope) as process, closing(Monitor(kill_watch=_kill_watch)) as monitor:
        return _held(monitor, process)


def _kill_watch(reader: SystemReader, counted: int | None) -> KillWatch:
    return KillWatch(reader, KillRecord(None, counted=counted), counted=counted)


def _held(monitor: Monitor, process: subprocess.Popen[str]) -> Drill:
    monitor.survey(top=10, steady=True)
    monitor.rest(0)  # from here on kills are noticed
    monitor.survey(top=10, steady=True)
    assert process.stdin is not None
    began = time.monotonic()
    process.stdin.write("go\n")
    process.stdin.flush()
    ended: float | None = None
    event: KillEvent | None = None
    while event is None and time.monotonic() - (ended or began) < _PATIENCE:
        monitor.rest(0.02)
        if ended is None and process.poll() is not None:
            ended = time.monotonic()
            if process.returncode != -9:
                raise NoDrill("not-killed")
        for kill in monitor.take_killed():
            if kill.event.outcome == "unknown" or any(one.pid == process.pid for one in kill.event.victims):
                event = kill.event
    if ended is None:
        raise NoDrill("not-killed")
    noticed = None if event is None else max(time.monotonic() - ended, 0.0)
    return Drill(process.pid, ended - began, noticed, event)


@contextmanager
def _program(start: Callable[[Sequence[str]], subprocess.Popen[str]]) -> Iterator[subprocess.Popen[str]]:
    """Start the program within its limit and wait until it is ready; it never outlives the block."""
    code = _PROGRAM.format(name=NAME, most=MOST)
    process = start([sys.executable, "-I", "-S", "-c", code])
    try:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], _START)
        if not ready or process.stdout.readline() != "ready\n":
            process.kill()
            _, complaint = process.communicate()
            raise NoDrill("not-started", (complaint or "").strip().partition("\n")[0])
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def scope_name(number: int) -> str:
    """Name the scope by systemd's "Desktop Environments" rules, so that its app is `NAME` and not some Python."""
    return f"app-{NAME.replace('-', _DASH)}-{number}.scope"


def in_scope(command: Sequence[str]) -> subprocess.Popen[str]:
    """Run a command in a limited scope. Raises NoDrill if no manager of the user can limit it."""
    uid = os.getuid()
    run = shutil.which("systemd-run")
    if run is None or not os.path.isdir("/run/systemd/system"):
        raise NoDrill("no-systemd")
    whose = [] if uid == 0 else ["--user"]
    if uid and not os.path.exists(f"/run/user/{uid}/systemd/private"):
        raise NoDrill("no-user-manager")
    if not limits_memory(uid):
        raise NoDrill("no-memory-controller")
    options = ["--scope", "--quiet", "--collect", f"--unit={scope_name(os.getpid())}", f"-pMemoryMax={LIMIT}", "-pMemorySwapMax=0"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": f"/run/user/{uid}"} if uid else None
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen([run, *whose, *options, "--", *command], stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment)
    except OSError as error:
        raise NoDrill("not-started") from error


def limits_memory(uid: int, cgroups: str = "/sys/fs/cgroup") -> bool:
    """Whether the user's manager has the memory controller, which is only delegated with cgroup v2."""
    manager = f"user.slice/user-{uid}.slice/user@{uid}.service/" if uid else ""
    with suppress(OSError), open(os.path.join(cgroups, manager, "cgroup.controllers"), encoding="ascii") as file:
        return "memory" in file.read().split()
    return uid == 0 and os.path.isdir(os.path.join(cgroups, "memory"))
