"""Modules that are imported after PySide6, which reads the source of each: also those that have none."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
from pathlib import Path

import oomtray


def test_a_module_may_come_without_its_source(tmp_path: Path) -> None:
    source = tmp_path / "compiled.py"
    source.write_text("from PySide6.QtCore import QObject\nfound = QObject.__name__\n")
    py_compile.compile(str(source), cfile=str(tmp_path / "compiled.pyc"), doraise=True)
    source.unlink()
    places = os.pathsep.join([str(Path(oomtray.__file__).parents[1]), str(tmp_path)])
    done = subprocess.run(
        [sys.executable, "-c", "import oomtray.ui, PySide6.QtCore, compiled; print(compiled.found)"],
        env=os.environ | {"PYTHONPATH": places},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("QObject\n", "")
