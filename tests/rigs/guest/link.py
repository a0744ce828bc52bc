"""Run commands, copy files and start hogs in another machine: `Machine`, the base of the virtual machine and the container.

It is the client of guest/executor.py, which runs there.

    machine.sh("uname -r")                             standard output; a failure raises with the output
    machine.run(["id", "-u"], user="alice")            a Done(rc, out, err), with any status
    machine.run_as("alice", "id -u")                   the same for a shell line
    machine.push({"/etc/x.conf": "text", "/opt/y": Path("here")})          files, 0644 or as the source's mode says
    big = machine.hog(80, user="alice", adj=300)       holds 80 MiB when this returns; big.grow(20), big.pid
    machine.first_death([big, small])                  waits for the first one killed

`user` is "root" (the default) or "alice", who runs in her login session.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import signal
import socket
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.rigs.processes.programs import DEADLINE, RigTimeout

PATIENCE = 180.0
"""Seconds that one command may take in an emulated machine."""


class Done(NamedTuple):
    rc: int
    """Exit status; negative: the signal that killed it; 124: it took too long."""
    out: str
    err: str


class Link:
    """The connection to one executor; it survives a restore of the machine's state."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids = itertools.count(1)
        self._socket = socket.socket(socket.AF_UNIX)
        self._pending = b""

    def connect(self) -> bool:
        try:
            self._socket.connect(str(self._path))
        except OSError:
            self._socket.close()
            self._socket = socket.socket(socket.AF_UNIX)
            return False
        return True

    def close(self) -> None:
        self._socket.close()

    def ask(self, op: str, *, timeout: float = PATIENCE, **request: Any) -> dict[str, Any]:
        number = next(self._ids)
        line = json.dumps({"id": number, "op": op, "timeout": timeout, **request}) + "\n"
        self._socket.settimeout(timeout + DEADLINE)
        try:
            self._socket.sendall(line.encode())
            while (answer := json.loads(self._line()))["id"] != number:
                pass  # the answer to an abandoned request
        except TimeoutError:
            raise RigTimeout(
                f"the machine did not answer within {timeout + DEADLINE:g} s: {line[:300]}"
            ) from None
        if "broken" in answer:
            raise RuntimeError(answer["broken"])
        assert isinstance(answer, dict)
        return answer

    def _line(self) -> bytes:
        while b"\n" not in self._pending:
            data = self._socket.recv(1 << 16)
            if not data:
                raise RigTimeout("the machine is gone")
            self._pending += data
        line, self._pending = self._pending.split(b"\n", 1)
        return line


class RemoteHog:
    """A program that holds memory (hog.c) in the machine, as `user`."""

    def __init__(self, link: Link, user: str, name: str, pid: int) -> None:
        self.user = user
        self.name = name
        self.pid = pid
        self._link = link

    def __repr__(self) -> str:
        return f"<{self.name} {self.pid} of {self.user}>"

    def grow(self, mb: int) -> None:
        """Grow by `mb` MiB, 0 without end; doesn't wait."""
        self._link.ask("write", pid=self.pid, text=f"{mb}\n")

    def grow_until_a_kill(self) -> None:
        """Grow until the kernel has killed somebody for lack of memory; doesn't wait."""
        self._link.ask("write", pid=self.pid, text="oom\n")

    def settle(self, timeout: float = PATIENCE) -> bool:
        """Wait for the end of its growth; return False if it died."""
        line = self._link.ask("line", pid=self.pid, timeout=timeout)["line"]
        if line is None:
            raise RigTimeout(f"{self} still grows after {timeout:g} s")
        return bool(line)

    def end(self) -> None:
        self._link.ask("kill", pid=self.pid)
        assert self.exit(timeout=PATIENCE) == -signal.SIGKILL

    def exit(self, timeout: float = 0) -> int | None:
        """Return its status once it has ended (negative: the signal), None while it is alive."""
        exits = self._link.ask("first-exit", pids=[self.pid], timeout=timeout)["exits"]
        return exits[0][1] if exits else None


class Machine:
    """A machine that runs executors; `links` by user name."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}

    def run(
        self, argv: Sequence[str], *, user: str = "root", given: str | bytes = b"", timeout: float = PATIENCE
    ) -> Done:
        """Run a command to its end, with `given` on its standard input."""
        data = given.encode() if isinstance(given, str) else given
        answer = self.links[user].ask(
            "run", argv=list(argv), input=base64.b64encode(data).decode(), timeout=timeout
        )
        out, err = (base64.b64decode(answer[stream]).decode(errors="replace") for stream in ("out", "err"))
        return Done(answer["rc"], out, err)

    def run_as(self, user: str, script: str, *, given: str | bytes = b"", timeout: float = PATIENCE) -> Done:
        return self.run(["bash", "-c", script], user=user, given=given, timeout=timeout)

    def sh(
        self, script: str, *, user: str = "root", given: str | bytes = b"", timeout: float = PATIENCE
    ) -> str:
        done = self.run_as(user, script, given=given, timeout=timeout)
        assert done.rc == 0, f"{script!r} ended with {done.rc}:\n{done.out}{done.err}"
        return done.out

    def push(self, files: Mapping[str, Path | str]) -> None:
        """Copy text or files (or whole directories) to absolute paths there, owned by root."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
            for to, source in files.items():
                if isinstance(source, Path):
                    tar.add(source, to, filter=_as_root)
                else:
                    info = tarfile.TarInfo(to)
                    info.size, info.mode = len(source.encode()), 0o644
                    tar.addfile(info, io.BytesIO(source.encode()))
        done = self.run(["tar", "-xzf", "-", "-C", "/"], given=packed.getvalue())
        assert done.rc == 0, done.err

    def hog(
        self,
        mb: int,
        *,
        user: str = "root",
        adj: int | None = None,
        name: str = "hog",
        cgroup: str | None = None,
        step_kb: int = 1024,
    ) -> RemoteHog:
        """Start a process that holds `mb` MiB when this returns.

        Root writes `adj`, so that the floor is there too. `cgroup`: a path below the unified hierarchy's
        root, which it joins before it touches its memory.
        """
        link = self.links[user]
        argv = ["/rig/hog", "-n", name, "-s", str(step_kb), str(mb)]
        if cgroup is not None:
            argv = ["sh", "-c", f'echo 0 >"/sys/fs/cgroup{cgroup}/cgroup.procs" && exec "$@"', "sh", *argv]
        answer = link.ask("start", argv=argv)
        assert answer["line"].startswith("READY "), f"{name} died while it filled up"
        hog = RemoteHog(link, user, name, answer["pid"])
        if adj is not None:
            self.sh(f"echo {adj} >/proc/{hog.pid}/oom_score_adj")
        return hog

    def first_death(self, hogs: Sequence[RemoteHog], timeout: float = 120.0) -> RemoteHog:
        """Wait for the first of these hogs (all of one user) to be killed."""
        victim, status = self.first_end(hogs, timeout)
        assert status == -signal.SIGKILL, f"{victim} ended by itself: {status}"
        return victim

    def first_end(self, hogs: Sequence[RemoteHog], timeout: float = 120.0) -> tuple[RemoteHog, int]:
        """Wait for the first of these hogs (all of one user) to end; return it with its status, negative for
        a signal.
        """
        exits = hogs[0]._link.ask("first-exit", pids=[hog.pid for hog in hogs], timeout=timeout)["exits"]
        if not exits:
            raise RigTimeout(f"nobody was killed in {timeout:g} s")
        assert len(exits) == 1, f"more than one died: {exits}"
        [(pid, status)] = exits
        return next(hog for hog in hogs if hog.pid == pid), status


def _as_root(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if "__pycache__" in info.name:
        return None
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    return info
