"""Start sleeping processes and compile the C programs of this directory, once."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.rigs.cache import built

AGE = 3.0
"""Seconds; on a real machine not all processes have just started, and young ones are read twice."""
HERE = Path(__file__).parent


def compiled(name: str) -> Path:
    source = HERE / f"{name}.c"
    command = ["gcc", "-O2", "-Wall"]

    def compile_to(path: Path) -> None:
        subprocess.run([*command, "-o", path, source], check=True)

    return built(name, [source, " ".join(command)], compile_to)


def process_count() -> int:
    return sum(entry.isdecimal() for entry in os.listdir("/proc"))


@contextlib.contextmanager
def crowd(total: int) -> Iterator[int]:
    """Fill the machine up to about `total` processes; yield the actual number."""
    missing = max(0, total - process_count())
    program = subprocess.Popen([compiled("crowd"), str(missing)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert program.stdout is not None
        program.stdout.readline()
        time.sleep(AGE)
        yield process_count()
    finally:
        program.communicate()
