"""Build `hog_binary()`, a small static program that holds memory (hog.c), once."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.rigs.cache import built
from tests.rigs.processes.programs import need_programs

SOURCE = Path(__file__).with_name("hog.c")
COMPILE = ("gcc", "-O2", "-Wall", "-Werror", "-static")


def hog_binary() -> Path:
    """Return the program; static, so that it also runs in a guest and has few file pages of its own."""
    need_programs({"gcc": "gcc"})
    return built("hog", [SOURCE, " ".join(COMPILE)], _compile)


def _compile(to: Path) -> None:
    subprocess.run([*COMPILE, "-o", to, SOURCE], check=True)
