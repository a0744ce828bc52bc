"""What a process has open: files, by the links in its fd directory and never accessed by their paths, and connections."""

from __future__ import annotations

import os
from contextlib import suppress
from socket import SOCK_DGRAM
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC, READ, read_bytes
from oomtray.kernel.process import decode
from oomtray.kernel.process_facts import MOST_LISTED, Connection, Listing, Unread, Value
from oomtray.records import dataclass

if TYPE_CHECKING:
    import psutil

MOST_DESCRIPTORS = 4096
"""How many are examined: a desktop's largest process has some hundreds, a hostile one a million."""
_IN_MEMORY = (b"/memfd:", b"/proc/", b"/sys/")
MOST_SOCKETS = 20_000
"""How many lines of the tables are searched, whichever process they belong to."""


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Open files and sockets of a process; both are None if only their number may be read."""

    count: int | None
    """None if there are more than are examined, and the kernel doesn't count them."""
    looked_through: bool
    """Whether all were examined; else `files` and `sockets` cover the first `MOST_DESCRIPTORS`."""
    files: tuple[str, ...] | None
    """Each path once, as seen from the process's own root, without devices and in-memory files."""
    sockets: int | None


def read_descriptors(process: int) -> Descriptors:
    """Read the descriptors; `process` is a descriptor on the process's directory.

    Raise OSError: PermissionError if not even their number may be read.
    """
    directory = os.open("fd", READ | os.O_DIRECTORY, dir_fd=process)
    try:
        return _look_through(directory)
    finally:
        os.close(directory)


def _look_through(directory: int) -> Descriptors:
    count, sockets, files = 0, 0, dict[str, None]()
    refused = False
    with os.scandir(directory) as entries:
        for entry in entries:
            count += 1
            if count > MOST_DESCRIPTORS:
                break
            if refused:
                continue
            try:
                target = os.fsencode(os.readlink(entry.name, dir_fd=directory))
            except PermissionError:  # counting them takes the same user, following them permission to trace the process
                refused = True
            except OSError:  # closed meanwhile
                count -= 1
            else:
                sockets += target.startswith(b"socket:")
                if _is_file(target):
                    files[decode(target)] = None
    all_of_them = count <= MOST_DESCRIPTORS
    return Descriptors(
        # from Linux 6.2 on the directory's size is their number, before it is 0 (fs/proc/fd.c,
        # proc_fd_getattr)
        count if all_of_them else os.stat(directory).st_size or None,
        all_of_them,
        None if refused else tuple(files),
        None if refused else sockets,
    )


def _is_file(target: bytes) -> bool:
    if not target.startswith(b"/") or target.startswith(_IN_MEMORY):
        return False
    return not target.startswith(b"/dev/") or target.startswith(b"/dev/shm/")


def read_connections(process: int, asked: psutil.Process) -> Value[Listing[Connection]]:
    """Read the TCP and UDP connections; `process` is a descriptor on the directory of the process in `asked`.

    Raises OSError and psutil.Error. psutil picks them from the tables of all processes in our own network
    namespace: a container has others.
    """
    if os.readlink("ns/net", dir_fd=process) != os.readlink(f"{PROC}/self/ns/net"):
        return Unread.ELSEWHERE
    if _lines() > MOST_SOCKETS:
        return Unread.MANY
    # renamed in psutil 6.0
    ask = asked.net_connections if hasattr(asked, "net_connections") else asked.connections
    found = []
    for one in ask(kind="inet"):
        local, remote = _address(one.laddr), _address(one.raddr)
        udp = one.type == SOCK_DGRAM
        found.append(Connection("udp", local, remote) if udp else Connection("tcp", local, remote, one.status))
    found.sort(key=lambda one: (one.state != "LISTEN", one.remote is None))
    return Listing(len(found), tuple(found[:MOST_LISTED]))


def _address(pair: tuple[()] | tuple[str, int]) -> str | None:
    if not pair:
        return None
    host, port = pair
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _lines() -> int:
    """How many connections all tables have together; 0 if unknown (proc_net_sockstat)."""
    found = 0
    for file in ("sockstat", "sockstat6"):
        with suppress(OSError):
            for line in read_bytes(f"{PROC}/net/{file}").splitlines():
                protocol, *words = line.split()
                if protocol.startswith((b"TCP", b"UDP")):
                    counts = dict(zip(words[::2], map(int, words[1::2]), strict=False))
                    found += counts.get(b"inuse", 0) + counts.get(b"tw", 0)
    return found
