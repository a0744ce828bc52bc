"""The helper's file as a module, and real processes to aim it at."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.rigs.processes.proc import adj_of, start_time
from tests.rigs.processes.programs import RigUnavailable

HELPER = Path(__file__).resolve().parents[2] / "oomtray/helper/oomtray_helper.py"
ANA, BEN = 61001, 61002
"""Two users without rights; nothing else on a machine has these uids."""


def load_helper(file: Path = HELPER) -> ModuleType:
    """By its path, as it is no module of the installed project."""
    spec = importlib.util.spec_from_file_location("oomtray_helper", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def need_root() -> None:
    if os.geteuid() != 0:
        raise RigUnavailable("the helper does nothing without root")


def lines(*requests: Mapping[str, object]) -> bytes:
    return "".join(json.dumps(request) + "\n" for request in requests).encode()


def arguments_for(verb: str, data: bytes, kind: str = "protect") -> list[str]:
    """What an honest caller says it asks for: how many processes, or the first unit that is named."""
    lines = data.removesuffix(b"\n").split(b"\n")
    if verb != "unit":
        return [verb, kind, str(len(lines))]
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            return [verb, str(json.loads(line)["unit"])]
    return [verb, "nginx.service"]


def start_helper(
    *arguments: str,
    data: bytes = b"",
    asker: str | None = "0",
    before: Sequence[str] = (),
    file: Path = HELPER,
    **options: Any,
) -> subprocess.CompletedProcess[bytes]:
    """The real file as a program, as pkexec starts it; `before` wraps it. A verb alone gets what the data asks for."""
    if arguments in (("own",), ("other",), ("unit",)):
        arguments = tuple(arguments_for(arguments[0], data))
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **options.pop("env", {})}
    if asker is not None:
        env["PKEXEC_UID"] = asker
    argv = [*before, str(file), *arguments]
    options.setdefault("cwd", "/")
    return subprocess.run(argv, input=data, capture_output=True, env=env, timeout=30, check=False, **options)


def answers_of(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


PREPARED = """
import ctypes, os, sys, threading
comm, adj, real, effective, saved, fs = sys.argv[1], *map(int, sys.argv[2:7])
open("/proc/self/oom_score_adj", "w").write(str(adj))
with open("/proc/self/comm", "wb", buffering=0) as file:
    file.write(os.fsencode(comm))
threading.Thread(target=threading.Event().wait, daemon=True).start()
os.setgroups([])
os.setresuid(real, effective, saved)
ctypes.CDLL(None).setfsuid(fs)
print(*os.listdir("/proc/self/task"), flush=True)
sys.stdin.read()
"""


class Target:
    """A real process with the oom_score_adj, the name and the four uids that a test asks for. It has two threads."""

    def __init__(self, *uids: int, adj: int = 500, comm: str = "target") -> None:
        need_root()
        four = uids * 4 if len(uids) == 1 else uids
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-c", PREPARED, comm, str(adj), *map(str, four)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout
        tasks = [int(tid) for tid in self.process.stdout.readline().split()]
        assert len(tasks) == 2, "the target came up with two threads"
        self.pid = self.process.pid
        self.thread = next(tid for tid in tasks if tid != self.pid)
        self.start_time = start_time(self.pid)

    @property
    def adj(self) -> int:
        return adj_of(self.pid)

    def ask(self, adj: int, **more: object) -> dict[str, object]:
        return {"pid": self.pid, "start_time": self.start_time, "adj": adj, **more}

    def kill(self) -> None:
        """It stays a zombie until the end of the test."""
        self.process.kill()
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


class Served:
    """The answers to one request, and what went to the system log."""

    def __init__(
        self, helper: ModuleType, verb: str, asker: int, data: bytes, kind: str = "protect", **roots: str
    ) -> None:
        self.answers: list[dict[str, Any]] = []
        self.log: list[tuple[int, str]] = []
        log = lambda level, text: self.log.append((level, text))  # noqa: E731
        asked = helper.parse(arguments_for(verb, data, kind), data)
        self.status = helper.serve(asked, asker, helper.Roots(log=log, **roots), self.answers.append)

    @property
    def errors(self) -> list[str | None]:
        return [answer["error"] for answer in self.answers]
