"""Run a program as a user without rights, from a test that runs as root, or as root of a pid namespace of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from tests.rigs.processes.programs import RigUnavailable, need_programs

NOBODY = 65534


def need_root() -> None:
    if os.geteuid() != 0:
        raise RigUnavailable("this needs root")


def in_own_pids(*argv: str) -> list[str]:
    """Return the command that runs a program as root of a pid namespace of its own; not root's own for other users."""
    need_programs({"unshare": "util-linux"})
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    unshare = ["unshare", *user, "--pid", "--fork", "--mount-proc", "--kill-child"]
    tried = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise RigUnavailable(f"no pid namespace of our own: {tried.stderr.strip()}")
    return [*unshare, *argv]


def as_nobody(argv: Sequence[str]) -> list[str]:
    """Return the command that runs a program as nobody.

    It may still read every file, because a virtual environment may be in root's home, but write only its own.
    """
    need_root()
    need_programs({"setpriv": "util-linux"})
    read_all = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
    user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return ["setpriv", *user, *read_all, "--", *argv]


def sleeper(*, user: int | None = None, program: str = "sleep") -> subprocess.Popen[bytes]:
    """Start a process that does nothing, with oom_score_adj 0; `user` is a uid, only for root."""
    if user is None:
        process = subprocess.Popen([program, "600"])
    else:
        process = subprocess.Popen([program, "600"], user=user, group=user, extra_groups=[])
    return process
