"""Programs that a rig starts, watches and ends: each in its own process group, with its output in a file."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

DEADLINE = 40.0
"""Seconds that anything in a rig may take before it counts as broken; generous, for a busy machine with two cores."""


class RigUnavailable(Exception):
    """The rig can't work on this machine; the message names what is missing."""


class RigTimeout(AssertionError):
    """An awaited condition did not become true."""


def wait_for(condition: Callable[[], T | None], what: str, timeout: float = DEADLINE) -> T:
    """Poll `condition` until it returns something true, and return that.

    Raises RigTimeout, which names `what`, after `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise RigTimeout(f"waited {timeout:g} s in vain for {what}")
        time.sleep(0.02)


def listens(path: Path) -> bool:
    """Whether this Unix socket accepts connections, which it does a moment after its file exists."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def need_programs(packages: Mapping[str, str]) -> None:
    """Raise RigUnavailable if a program is missing; `packages` maps programs (names or globs) to Debian packages."""
    missing = sorted({package for program, package in packages.items() if find_program(program) is None})
    if missing:
        raise RigUnavailable(f"this needs the packages {' '.join(missing)} (make test installs them)")


def find_program(program: str) -> str | None:
    if program.startswith("/"):
        found = sorted(str(path) for path in Path("/").glob(program[1:]))
        return found[0] if found else None
    return shutil.which(program)


class Program:
    """One child process, with everything that it has started in its process group.

    Its output, both streams, goes to `log`. It ends with the rig, and the kernel kills it if the rig dies.
    `user` is a login name to run as, only for root.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        log: Path,
        *,
        name: str = "",
        user: str | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.argv = list(argv)
        self.env = dict(env)
        self.log = log
        self.name = name or Path(self.argv[0]).name
        self.user = user
        self.cwd = cwd
        self.pass_fds = tuple(pass_fds)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.alive:
            raise RuntimeError(f"{self.name} runs already")
        # setpriv, because preexec_fn is unsafe in a program with threads
        wrap = ["setpriv", "--pdeathsig", "KILL"]
        if self.user is not None:
            wrap += ["--reuid", self.user, "--regid", group_of(self.user), "--clear-groups"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*wrap, *self.argv],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cwd,
                start_new_session=True,
                pass_fds=self.pass_fds,
            )

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def send(self, number: int) -> None:
        """Send a signal to the program alone, not to its group."""
        os.kill(self.pid, number)

    def wait(self, timeout: float = DEADLINE) -> int:
        """Wait for its exit status; negative: the signal that killed it."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise RigTimeout(
                f"{self.name} did not end within {timeout:g} s\n{self.output()[-2000:]}"
            ) from None

    def stop(self, number: int = signal.SIGTERM, timeout: float = 5.0) -> int | None:
        """End the program and its group: with this signal, then by force if that has no effect."""
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.send_signal(number)
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout)
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return self._process.returncode


def group_of(user: str) -> str:
    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
