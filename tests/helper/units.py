"""A directory of system units, a systemctl that notes its calls, and the requests that are made of the helper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helper.support import Served, need_root

HEADER = "# Written by OOM Tray (io.github.oomtray.OOMTray), which replaces and removes this file.\n"
OURS = HEADER + "[Service]\nOOMScoreAdjust=-500\n"
PROTECT = {"unit": "nginx.service", "set": {"OOMScoreAdjust": -500}}
REMOVE = {"unit": "nginx.service", "remove": True}
DROP_IN = "nginx.service.d/50-oomtray.conf"


class System:
    """A directory of system units, and a systemctl that writes down how it is called."""

    def __init__(self, path: Path) -> None:
        need_root()
        self.units = path / "units"
        self.units.mkdir(mode=0o755)
        self.reloads = path / "reloads"
        self.systemctl = path / "systemctl"
        self.answer_reloads_with(0)

    def answer_reloads_with(self, status: int) -> None:
        noise = "echo noise\necho noise >&2"
        self.systemctl.write_text(f'#!/bin/sh\necho "$@" >>{self.reloads}\n{noise}\nexit {status}\n')
        self.systemctl.chmod(0o755)

    @property
    def roots(self) -> dict[str, str]:
        return {"units": str(self.units), "systemctl": str(self.systemctl)}

    def files(self) -> dict[str, str]:
        """What is there: text of files, target of links, mode of directories."""
        found = {}
        for path in sorted(self.units.rglob("*")):
            name = str(path.relative_to(self.units))
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            else:
                found[name] = f"{path.stat().st_mode & 0o7777:o}" if path.is_dir() else path.read_text()
        return found

    def reloaded(self) -> list[str]:
        return self.reloads.read_text().splitlines() if self.reloads.exists() else []


Ask = Callable[..., Served]
"""Requests to the helper, as Ana."""


def foreign(path: Path) -> None:
    path.write_text("[Service]\nOOMScoreAdjust=0\n")
