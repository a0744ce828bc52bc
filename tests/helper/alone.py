"""Running a module of the tests in a pid namespace of its own, where no process of the machine's can be hit."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.helper.support import need_root
from tests.rigs.processes.programs import need_programs

CHECKOUT = str(Path(__file__).resolve().parents[2])


def alone(module: str, *arguments: str) -> list[str]:
    """The command; whatever it leaves running ends with it."""
    need_root()
    need_programs({"unshare": "util-linux", "env": "coreutils"})
    inside = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child"]
    return [*inside, "env", "--chdir", CHECKOUT, sys.executable, "-m", module, *arguments]
