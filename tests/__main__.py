"""All tests in less time: `python -m tests` runs the plain ones beside the packages', the virtual machine's and some windows'.

Each half has a pytest of its own. The plain tests' output is shown as it comes; the other half's is kept in build/tests and
shown from the moment on at which the plain ones are through. The desktop comes last and alone: there a hand's clicks are
played in real time, and who would be killed next must not be the virtual machine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NoReturn

PYTEST = (sys.executable, "-m", "pytest")
BESIDE = ("tests/deb", "tests/guest", "tests/ui/popup", "tests/ui/qt", "tests/ui/settings")
"""Run in this order in the second half; those of the windows so that both halves take about as long."""
ALONE = "tests/desktop"
ENDING_SECONDS = 60.0
"""For what is told to stop: pytest takes down a desktop, a container or a virtual machine then."""


@dataclass
class Part:
    name: str
    argv: Sequence[str]
    kept: Path | None = None
    """Where its output goes; None: where ours goes."""
    program: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        with contextlib.ExitStack() as opened:
            out: BinaryIO | None = None
            if self.kept is not None:
                self.kept.parent.mkdir(parents=True, exist_ok=True)
                out = opened.enter_context(self.kept.open("wb"))
            # in a group of its own, as a terminal's Ctrl-C and `stop` together would cut its taking down short
            self.program = subprocess.Popen(self.argv, stdout=out, stderr=out and subprocess.STDOUT, process_group=0)

    def end(self) -> int:
        """Its exit status, awaited; what was kept of its output is shown meanwhile."""
        if self.kept is None:
            return self.program.wait()
        print(f"\n{self.name}, also in {self.kept}:", flush=True)
        with self.kept.open("rb") as said:
            while True:
                status = self.program.poll()
                shutil.copyfileobj(said, sys.stdout.buffer)
                sys.stdout.flush()
                if status is not None:
                    return status
                time.sleep(0.2)

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self.program.poll() is None:
            self.program.send_signal(signal.SIGINT)
        try:
            self.program.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()


def run(stages: Sequence[Sequence[Part]]) -> int:
    """One after the other, the parts of each at once; 0 where every one went well."""
    told = [done for parts in stages for done in _at_once(parts)]
    print(flush=True)
    for name, status in told:
        print(f"{name}: {'passed' if status == 0 else f'failed with status {status}'}", flush=True)
    return next((status for _, status in told if status), 0)


def _at_once(parts: Sequence[Part]) -> list[tuple[str, int]]:
    """Each one's name and exit status."""
    begun: list[Part] = []
    try:
        for part in parts:
            part.start()
            begun.append(part)
        return [(part.name, part.end()) for part in parts]
    finally:
        for part in begun:
            part.stop()


# those that note which tests have failed would overwrite each other's notes
FORGETFUL = (*PYTEST, "-p", "no:cacheprovider")
STAGES = (
    (
        Part("The plain tests", (*PYTEST, *(f"--ignore={folder}" for folder in (*BESIDE, ALONE)))),
        Part("The packages, the virtual machine, and windows", (*FORGETFUL, *BESIDE), Path("build/tests/beside.txt")),
    ),
    (Part("The desktop", (*FORGETFUL, ALONE)),),
)


def _stopped(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main(stages: Sequence[Sequence[Part]] = STAGES) -> int:
    os.chdir(Path(__file__).parents[1])
    signal.signal(signal.SIGTERM, _stopped)
    try:
        return run(stages)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
