"""Find the killers among the processes, and whose processes they may end."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, get_args

from oomtray.kernel.files import read_bytes
from oomtray.kernel.killer_facts import Daemon, Reach
from oomtray.kernel.killer_names import Program
from oomtray.kernel.killers.files import arguments
from oomtray.text import COMM_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from oomtray.kernel.snapshot import Process

_BY_NAME: dict[str, Program] = {name[:COMM_BYTES]: name for name in get_args(Program)}
_SCRIPTS: dict[str, Program] = {"nohang": "nohang"}
_MOST_SCRIPTS = 4096
_INTERPRETER = re.compile(r"(python|pypy|perl|ruby|node|bash|dash|sh|env)[0-9.]*")
"""What /proc shows of a script that begins with `#!/usr/bin/env python3`, or that is passed to python3."""
_CAPABILITIES = re.compile(rb"\nCapEff:\t([0-9a-f]+)\n")
_CAP_KILL = 1 << 5  # include/uapi/linux/capability.h
_INNER = re.compile(rb"\nNSpid:\t[0-9]+\t")
"""Matches a second PID: the process is in a PID namespace below that of the /proc being read."""
_BEST_FIRST: dict[Reach, int] = {"all": 0, "own": 1, "none": 2}


def daemons(
    processes: Iterable[Process], proc: str, scripts: MutableMapping[tuple[int, int], str] | None = None
) -> tuple[Daemon, ...]:
    """Return the running killers, one of each name: if there are several, the one with the widest reach.

    `scripts` caches what interpreters run, by (pid, start time), so that each command line is read once.
    """
    scripts = {} if scripts is None else scripts
    if len(scripts) > _MOST_SCRIPTS:
        scripts.clear()
    found: dict[Program, Daemon] = {}
    for process in processes:
        name = _BY_NAME.get(process.name)
        if name is None and _INTERPRETER.fullmatch(process.name):
            run = scripts.get(process.identity) or _script(process.pid, proc)
            if run is not None:
                scripts[process.identity] = run
            name = _SCRIPTS.get(run or "")
        if name is None or process.kernel_thread:
            continue
        daemon = Daemon(
            name=name, pid=process.pid, start_time=process.start_time, uid=process.uid, reach=_reach(process, proc)
        )
        known = found.get(name)
        if known is None or _BEST_FIRST[daemon.reach] < _BEST_FIRST[known.reach]:
            found[name] = daemon
    return tuple(found.values())


def _script(pid: int, proc: str) -> str | None:
    """Return the base name of the first argument that isn't an option; None if there is none or it isn't readable in time."""
    given = (arguments(pid, proc) or [])[1:]
    return next((one for one in given if one and not one.startswith("-")), "").rpartition("/")[2] or None


def _reach(process: Process, proc: str) -> Reach:
    """Return whose processes it may end, by its credentials: a name proves nothing, as any program may have it.

    Capabilities count only in our own user namespace, because every user has them all in a new one. In its
    own PID namespace, as in a container or a sandbox, it can't reach any process outside.
    """
    directory = f"{proc}/{process.pid}"
    try:
        status = read_bytes(f"{directory}/status")
        if _INNER.search(status):
            return "none"
        capabilities = _CAPABILITIES.search(status)
        if capabilities and int(capabilities[1], 16) & _CAP_KILL and _same_namespace(directory, proc):
            return "all"
    except OSError:
        pass
    return "own" if process.uid == os.geteuid() else "none"


def _same_namespace(directory: str, proc: str) -> bool:
    """Whether its IDs are mapped like ours."""
    return read_bytes(f"{directory}/uid_map") == read_bytes(f"{proc}/self/uid_map")
