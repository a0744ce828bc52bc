"""All tests in less time: `python -m tests` runs them in two halves at once, each in a pytest of its own.

One half is what keeps a core busy and minds no company: the packages and the virtual machine. What it says is kept in
build/tests and shown from the moment on at which the other half is through, whose output is shown as it comes. There, what
is measured or clicked in real time comes last (`_ORDER` in conftest.py), when the first half is about to be done.
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
BESIDE = ("tests/deb", "tests/guest")
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


def run(parts: Sequence[Part]) -> int:
    """All at once; 0 where every one went well."""
    begun: list[Part] = []
    try:
        for part in parts:
            part.start()
            begun.append(part)
        told = [(part.name, part.end()) for part in parts]
    finally:
        for part in begun:
            part.stop()
    print(flush=True)
    for name, status in told:
        print(f"{name}: {'passed' if status == 0 else f'failed with status {status}'}", flush=True)
    return next((status for _, status in told if status), 0)


PARTS = (
    Part("All other tests", (*PYTEST, *(f"--ignore={folder}" for folder in BESIDE))),
    # two that note which tests have failed would overwrite each other's notes
    Part("The packages and the virtual machine", (*PYTEST, "-p", "no:cacheprovider", *BESIDE), Path("build/tests/beside.txt")),
)


def _stopped(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main(parts: Sequence[Part] = PARTS) -> int:
    os.chdir(Path(__file__).parents[1])
    signal.signal(signal.SIGTERM, _stopped)
    try:
        return run(parts)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
