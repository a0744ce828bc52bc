"""A mount namespace of a rig's own: its mounts are invisible elsewhere, and disappear with it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.rigs.processes.programs import DEADLINE


class NotReady(Exception):
    """The first program ended early; the text is its standard error."""


class MountNamespace:
    """A namespace whose first program, `argv`, mounts things, prints `ready`, and ends with its standard input."""

    def __init__(self, argv: Sequence[str], cwd: Path | None = None) -> None:
        pipe = subprocess.PIPE
        command = ["unshare", "--mount", "--propagation", "private", *argv]
        self._first = subprocess.Popen(command, cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        assert self._first.stdout
        if self._first.stdout.readline() != "ready\n":
            raise NotReady(self._first.communicate()[1].strip())

    @property
    def proc(self) -> str:
        return f"/proc/{self._first.pid}"

    def path(self, inside: str | Path) -> Path:
        """Return where a file of it is visible from outside."""
        return Path(f"{self.proc}/root{inside}")

    def close(self) -> None:
        self._first.communicate(timeout=DEADLINE)
