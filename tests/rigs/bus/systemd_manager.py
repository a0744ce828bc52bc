"""A fake systemd manager on a real bus, with real processes in a unit, for code that reads and changes units."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from oomtray.actions.units import dropin
from oomtray.actions.units.changer import UnitChanger
from oomtray.actions.units.settings import UnitRefused, UnitSettings
from oomtray.config import Presets
from tests.rigs.bus.peers import Peer, PrivateBus, serving
from tests.rigs.processes.proc import adj_of

NAME = "org.freedesktop.systemd1"
NO_UNIT = f"{NAME}.NoSuchUnit"


class SystemdManager:
    def __init__(self, bus: PrivateBus, peer: Peer, root: Path) -> None:
        self.root = root
        self.units = root / "units"
        self.own = root / "config/systemd/user"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.asked: list[tuple[Sequence[str], list[dict[str, Any]]]] = []
        """Calls that the runner received."""
        self.answer: tuple[int, bytes, bytes] | None = None
        """The runner's answer, instead of that of a helper which has done everything."""
        self.unit: dict[str, tuple[str, object]] = {
            "Id": ("s", "x.service"),
            "LoadState": ("s", "loaded"),
            "Transient": ("b", False),
            "FragmentPath": ("s", ""),
            "DropInPaths": ("as", []),
        }
        self.service: dict[str, tuple[str, object]] = {
            "OOMPolicy": ("s", "stop"),
            "OOMScoreAdjust": ("i", 0),
            "ControlGroup": ("s", "/x.service"),
            "ManagedOOMPreference": ("s", "none"),
            "MainPID": ("u", 0),
        }
        self.manager: dict[str, tuple[str, object]] = {"DefaultOOMScoreAdjust": ("i", 0), "UnitPath": ("as", [])}
        self.peer = peer
        self._bus = bus
        peer.answers = {"LoadUnit": ("o", ("/unit",)), "GetAll": self.get_all, "Reload": ("", ())}
        (root / "cgroup/x.service").mkdir(parents=True)
        (root / "cgroup/cgroup.controllers").write_text("memory\n")
        self.kill_count = root / "cgroup/x.service/memory.events"
        self.kill_count.write_text("oom_kill 0\n")
        self._list()

    def start(self, adj: int) -> int:
        """Start a process in the unit with this value; return its pid."""
        process = subprocess.Popen(["sleep", "infinity"])
        self.processes.append(process)
        Path(f"/proc/{process.pid}/oom_score_adj").write_text(str(adj))
        self._list()
        return process.pid

    def end(self, place: int) -> None:
        """End a started process by its index, from 0."""
        process = self.processes.pop(place)
        process.kill()
        process.wait()
        self._list()

    def adj(self, pid: int) -> int:
        return adj_of(pid)

    def changer(self, levels: Presets | None = None, **given: Any) -> UnitChanger:
        options: dict[str, Any] = {
            "runner": self._run,
            "helper": sys.executable,
            "pkexec": sys.executable,
            "check": lambda *_, **__: True,
            "addresses": lambda _: self._bus.address,
            "cgroups": str(self.root / "cgroup"),
            "system_units": str(self.units),
            "as_root": False,
        }
        return UnitChanger(levels, **(options | given))

    def _run(self, argv: Sequence[str], stdin: bytes) -> tuple[int, bytes, bytes]:
        lines = [json.loads(line) for line in stdin.splitlines()]
        self.asked.append((argv, lines))
        if self.answer is not None:
            return self.answer
        if "OOMScoreAdjust" in lines[0].get("set", {}):
            self.service["OOMScoreAdjust"] = ("i", lines[0]["set"]["OOMScoreAdjust"])
        try:
            self._edit(lines[0])
        except UnitRefused as refused:
            answer = {"unit": lines[0]["unit"], "path": "/p", "ok": False, "error": getattr(refused.why, "id", "failed")}
            return 1, json.dumps(answer).encode() + b"\n", b""
        for line in lines[1:]:
            Path(f"/proc/{line['pid']}/oom_score_adj").write_text(str(line["adj"]))
        told = [{"ok": True, "error": None, "path": "/p", **line} for line in lines]
        return 0, "".join(json.dumps(line) + "\n" for line in told).encode(), b""

    def _edit(self, asked: dict[str, Any]) -> None:
        name, was = asked["unit"], asked.get("was")
        if "remove" in asked:
            dropin.remove(str(self.units), name, was=was)
        else:
            dropin.write(str(self.units), name, UnitSettings.of(asked["set"]), was=was)

    def _list(self) -> None:
        pids = "".join(f"{process.pid}\n" for process in self.processes)
        (self.root / "cgroup/x.service/cgroup.procs").write_text(pids)

    def get_all(self, interface: str) -> tuple[str, tuple[Any, ...]]:
        known = {"Unit": self.unit, "Service": self.service, "Manager": self.manager}
        return "a{sv}", (known[interface.rpartition(".")[2]],)


@contextmanager
def systemd_manager(bus: PrivateBus, root: Path) -> Iterator[SystemdManager]:
    made = SystemdManager(bus, bus.peer(NAME), root)
    try:
        with serving(made.peer):
            yield made
    finally:
        for process in made.processes:
            process.kill()
            process.wait()
