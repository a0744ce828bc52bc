"""A real systemd as PID 1 of a container (systemd-nspawn) on this machine, booted in about a second.

    with Box() as box:                                   # also: tests.rigs.guest.link.Machine, with sh, run, push, …
        box.sh("systemctl daemon-reload")
        box.run_as("alice", "systemctl --user start x")  # alice has a user manager and an active session at seat0
        box.push({"/etc/systemd/system/x.service": "…"})

Its root is debian/debian_tree.py's, below an in-memory overlay: each box starts clean, and nothing of it is kept. This
checkout is at /src, read-only; `box.sh("cd /src && python3 -m oomtray list")` runs it with the tree's own Python.
It has the machine's kernel and permissions: if root may not lower oom_score_adj here, neither may the box. No kernel
log, no systemd-oomd; the cgroup layout is the machine's. Needs root.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.rigs.debian.debian_tree import ALICE, debian_tree
from tests.rigs.guest.link import Link, Machine
from tests.rigs.processes.hog import hog_binary
from tests.rigs.processes.programs import Program, RigUnavailable, need_programs, wait_for

REPO = Path(__file__).parents[3]
EXECUTOR = Path(__file__).parents[1] / "guest/executor.py"
CGROUPS = Path("/sys/fs/cgroup")
BOOT_SECONDS = 60.0

_numbers = itertools.count()
_ENTER = 'for group in $CGROUPS; do echo 0 >"$group/cgroup.procs"; done; exec "$@"'


class Box(Machine):
    """A container with systemd. `extra`: more arguments for systemd-nspawn, such as `--bind-ro=…`."""

    def __init__(self, extra: Sequence[str] = ()) -> None:
        super().__init__()
        need_programs({"systemd-nspawn": "systemd-container"})
        if os.geteuid() != 0:
            raise RigUnavailable("a systemd container needs root")
        self._name = f"oomtray-{os.getpid()}-{next(_numbers)}"
        self._extra = extra
        self._cgroups = [root / self._name for root in _hierarchies()]
        self._leader: int | None = None

    def __enter__(self) -> Self:
        tree, hog = debian_tree(), hog_binary()
        self._scratch = Path(tempfile.mkdtemp(prefix="oomtray-box-"))
        for group in self._cgroups:
            group.mkdir()
        nspawn = ["systemd-nspawn", "--quiet", "--boot", f"--directory={tree}", "--volatile=overlay"]
        nspawn += [
            "--register=no",
            "--keep-unit",
            "--private-network",
            "--console=pipe",
            f"--machine={self._name}",
        ]
        nspawn += [
            f"--bind-ro={EXECUTOR}:/rig/executor.py",
            f"--bind-ro={hog}:/rig/hog",
            f"--bind-ro={REPO}:/src",
        ]
        env = {"PATH": os.environ["PATH"], "CGROUPS": " ".join(map(str, self._cgroups))}
        self._program = Program(
            ["sh", "-c", _ENTER, "sh", *nspawn, *self._extra],
            env,
            self._scratch / "console.log",
            name="systemd-nspawn",
        )
        self._program.start()
        try:
            self._leader = wait_for(self._find_leader, "systemd in the container", BOOT_SECONDS)
            for user in ("root", ALICE):
                link = self.links[user] = Link(Path(f"/proc/{self._leader}/root/run/rig/{user}"))
                wait_for(link.connect, f"{user}'s executor in the container", BOOT_SECONDS)
            state = self.run_as("root", "systemctl is-system-running --wait").out.strip()
            session = self.run_as(ALICE, "echo $XDG_SESSION_ID").out.strip()
            well = state == "running" and session != ""
            assert well, f"{state}, session {session!r}\n" + self.sh("journalctl -b -n 60")
        except BaseException as error:
            error.add_note(self._program.output()[-2000:])
            self.off()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.off()

    def off(self) -> None:
        """Stop it at once, as by pulling the plug: nothing of it is kept."""
        for link in self.links.values():
            link.close()
        if self._leader is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._leader, signal.SIGKILL)
                self._program.wait()
        self._program.stop()
        wait_for(self._cgroups_removed, "the container's cgroups to be empty")
        shutil.rmtree(self._scratch)

    def _find_leader(self) -> int | None:
        if not self._program.alive:
            raise RigUnavailable(f"systemd-nspawn can't start here: {self._program.output()[-2000:]}")
        children = Path(f"/proc/{self._program.pid}/task/{self._program.pid}/children")
        with contextlib.suppress(OSError):
            for pid in children.read_text().split():
                if Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                    return int(pid)
        return None

    def _cgroups_removed(self) -> bool:
        for group in self._cgroups:
            for directory, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(directory)
        return not any(group.exists() for group in self._cgroups)


def _hierarchies() -> list[Path]:
    """Return the hierarchies that systemd manages: on a machine without systemd as PID 1, nothing else
    creates the group there.
    """
    named = [CGROUPS / name for name in ("unified", "systemd") if (CGROUPS / name / "cgroup.procs").exists()]
    return named or [CGROUPS]
