"""Qt inside the systemd container, offscreen: the PySide6 that runs these tests, and the libraries that it needs.

    with QtForBox() as qt, Box(qt.binds) as box:
        qt.need(box)
        box.run_as("alice", f"{qt.environment} python3 -m …")

The container is a Debian 12 without any of this; missing libraries come from this machine. If the two don't fit
together, `need` raises RigUnavailable.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import PySide6
import shiboken6

from tests.rigs.debian.debian_tree import debian_tree
from tests.rigs.guest.link import Machine
from tests.rigs.processes.programs import RigUnavailable, need_programs

PACKAGES = (Path(PySide6.__file__).parent, Path(shiboken6.__file__).parent)
MODULES = ("QtCore", "QtGui", "QtWidgets", "QtTest")
PARTS = (*(f"{module}.abi3.so" for module in MODULES), "Qt/plugins/platforms/libqoffscreen.so")
FONTS = Path("/usr/share/fonts")
TOO_NEW = "6.12.0"
"""With a newer Python here it may be installed, but it ends the container's Python 3.11 (see pyproject.toml)."""


class QtForBox:
    environment = "QT_QPA_PLATFORM=offscreen PYTHONPATH=/qt LD_LIBRARY_PATH=/qt/lib"

    def __enter__(self) -> Self:
        need_programs({"ldd": "libc-bin"})
        if PySide6.__version__ == TOO_NEW:
            raise RigUnavailable(f"PySide6 {TOO_NEW} ends the container's Python 3.11")
        lacking = self._lacking()
        self._scratch = Path(tempfile.mkdtemp(prefix="oomtray-qt-"))
        self._scratch.chmod(0o755)  # alice reads it too
        for library in lacking:
            shutil.copy(library, self._scratch)
        self.binds = [f"--bind-ro={package}:/qt/{package.name}" for package in PACKAGES]
        self.binds += [f"--bind-ro={self._scratch}:/qt/lib"]
        self.binds += [f"--bind-ro={FONTS}"] if FONTS.is_dir() else []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._scratch)

    def need(self, machine: Machine) -> None:
        done = machine.run_as("alice", f"{self.environment} python3 -c 'from PySide6 import {', '.join(MODULES)}'")
        if done.rc != 0:
            raise RigUnavailable(f"this machine's Qt does not run in the container: {done.err.strip()[-500:]}")

    def _lacking(self) -> set[Path]:
        needed = set()
        for part in PARTS:
            told = subprocess.run(["ldd", str(PACKAGES[0] / part)], capture_output=True, text=True, check=True).stdout
            needed |= {Path(path) for path in re.findall(r"=> (/\S+)", told)}
        tree = debian_tree()
        there = {path.name for path in (tree / "usr/lib").glob("*-linux-gnu*/*.so*")}
        return {path for path in needed if path.name not in there and PACKAGES[0] not in path.parents}
