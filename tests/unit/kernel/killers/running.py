"""Killers in a tree of files that stands for /proc."""

from __future__ import annotations

from collections.abc import Sequence

from oomtray.kernel.killer_facts import Daemon
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.snapshot import Process
from tests.rigs.processes.proc_tree import ProcTree
from tests.unit.kernel.killers.conftest import FIRST_NAMESPACE

ALL_CAPABILITIES, NONE = 0x1FFFFFFFFFF, 0
STARTED = 4711


def run(
    proc: ProcTree, name: str, *arguments: str, pid: int = 300, uid: int = 0, capabilities: int = ALL_CAPABILITIES,
    ids: str = FIRST_NAMESPACE,
) -> None:  # fmt: skip
    proc.add(pid, name=name.encode()[:15], uid=uid, start=STARTED)
    status = (proc.root / str(pid) / "status").read_text()
    proc.write(f"{pid}/status", f"{status}CapEff:\t{capabilities:016x}\n")
    proc.write(f"{pid}/cmdline", "".join(f"{argument}\0" for argument in arguments or (name,)))
    proc.write(f"{pid}/uid_map", ids)


def rows(proc: ProcTree) -> Sequence[Process]:
    table = ProcessTable(str(proc), keep_descriptors=False)
    try:
        return table.scan(0.0)
    finally:
        table.close()


def daemon(name: str = "earlyoom", **changes: object) -> Daemon:
    return Daemon(**({"name": name, "pid": 300, "start_time": STARTED, "uid": 0, "reach": "all"} | changes))  # type: ignore[arg-type]
