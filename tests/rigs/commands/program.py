"""Run the program as a person or a script does, from this tree."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

TREE = Path(__file__).parents[3]
DEADLINE = 60
"""Seconds; generous, for a busy machine."""


def oomtray(
    *argv: str, env: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; `env` adds to the environment."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(
        command(*argv), text=True, timeout=DEADLINE, check=False, cwd=TREE, env=environment(env), **options
    )


def start(*argv: str, env: Mapping[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
    """Start a command without waiting; the caller ends it."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(command(*argv), text=True, cwd=TREE, env=environment(env), **options)


def python(
    script: str, *argv: str, stdout: int | IO[str] = subprocess.PIPE, env: Mapping[str, str] | None = None, encoding: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a script that imports this tree to its end; `env` adds to the environment."""
    given = [sys.executable, "-c", textwrap.dedent(script), *argv]
    return subprocess.run(
        given, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=DEADLINE, check=False, cwd=TREE, env=environment(env), encoding=encoding
    )


def command(*argv: str) -> list[str]:
    return [sys.executable, "-m", "oomtray", *argv]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return our environment plus `more`; output is buffered, as by default."""
    return os.environ | {"PYTHONPATH": str(TREE), "PYTHONUNBUFFERED": ""} | dict(more or {})


def on_terminal(
    *argv: str, columns: int = 80, lines: int = 24, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run a command on a terminal of this size; return its exit status and output (including standard error)."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = start(
            *argv,
            env={"TERM": "xterm", "COLUMNS": "", "LINES": ""} | dict(env or {}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        output = _all(screen)
    return process.wait(DEADLINE), output.replace("\r\n", "\n")


def _all(screen: IO[bytes]) -> str:
    parts = []
    while True:
        try:
            part = screen.read(65536)
        except OSError:  # EIO: the other end was closed
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode(errors="replace")
