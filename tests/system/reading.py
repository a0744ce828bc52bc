"""The commands' JSON read as the contract says, and names that no program should have."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.rigs.commands import contract
from tests.rigs.commands.program import oomtray

HOSTILE = {
    "newline": b"a\nb c",
    "terminal-escape": b"\x1b[2J\x1b[31mred",
    "looks-like-stat": b"foo) Z 1 1 (x",
    "invalid-utf-8": b"\xff\xfe\x80half\xc3",
    "bidi": "a\u202ecba".encode(),
    "korean-cut-in-a-character": "한글프로그램".encode(),
    "quotes": b"'\"\\<b>&",
    "spaces": b"   ",
}


def report(*argv: str, shape: Any = contract.LIST, statuses: Collection[int] = (0,)) -> Any:
    done = oomtray(*argv, "--json")
    assert done.returncode in statuses
    assert done.stderr == ""
    return contract.read(done.stdout, shape)


def row(document: Any, pid: int) -> Any:
    (found,) = [process for process in document["processes"] if process["pid"] == pid]
    return found


def settled(pid: int, program: str) -> bool:
    """It has become that program, and has nothing left to do."""
    return (
        os.readlink(f"/proc/{pid}/exe").endswith(program)
        and b") S " in Path(f"/proc/{pid}/stat").read_bytes()
    )
