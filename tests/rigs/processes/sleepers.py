"""Processes that do nothing, with a unique name each, and the kernel's facts about them.

    with sleepers(tmp_path) as spawn:
        sleeper = spawn()               # or spawn(user=NOBODY), only for root
        sleeper.set(200); sleeper.adj; sleeper.facts
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from oomtray.kernel.process import read_process
from oomtray.kernel.snapshot import Process
from tests.rigs.processes.proc import adj_of
from tests.rigs.processes.users import as_nobody


class Sleeper:
    def __init__(self, process: subprocess.Popen[bytes], name: str) -> None:
        self.process, self.name = process, name
        self.pid = process.pid

    @property
    def adj(self) -> int:
        return adj_of(self.pid)

    def set(self, value: int) -> None:
        """Set the value as the owner does."""
        script = f"echo {value} > /proc/{self.pid}/oom_score_adj"
        subprocess.run(as_nobody(["sh", "-c", script]) if self.uid else ["sh", "-c", script], check=True)

    @property
    def uid(self) -> int:
        return os.stat(f"/proc/{self.pid}").st_uid

    @property
    def facts(self) -> Process:
        with Path(f"/proc/{self.pid}/oom_score").open("rb") as score:
            return read_process(f"/proc/{self.pid}", self.pid, score.fileno(), 0.0)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


Spawn = Callable[..., Sleeper]


@contextmanager
def sleepers(place: Path) -> Iterator[Spawn]:
    """Yield a function that starts them; `place` is a directory for the programs."""
    made: list[Sleeper] = []
    for directory in (place, *place.parents[:2]):
        directory.chmod(0o755)

    def spawn(name: str = f"oomt{os.getpid()}", *, user: int | None = None) -> Sleeper:
        program = place / name
        if not program.exists():
            shutil.copy("/bin/sleep", program)
        options: dict[str, Any] = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        made.append(Sleeper(subprocess.Popen([program, "600"], **options), name))
        return made[-1]

    try:
        yield spawn
    finally:
        for sleeper in made:
            sleeper.end()
