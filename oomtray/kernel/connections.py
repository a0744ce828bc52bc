"""The TCP and UDP connections of one process, which psutil picks from the tables of all processes."""

from __future__ import annotations

import os
from contextlib import suppress
from socket import SOCK_DGRAM
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC, read_bytes
from oomtray.kernel.process_facts import MOST_LISTED, Connection, Listing, Unread

if TYPE_CHECKING:
    import psutil

    from oomtray.kernel.process_facts import Value

MOST_SOCKETS = 20_000
"""How many lines of the tables are searched, whichever process they belong to."""


def read_connections(process: int, asked: psutil.Process) -> Value[Listing[Connection]]:
    """Read the connections; `process` is a descriptor on the directory of the process in `asked`.

    Raises OSError and psutil.Error. psutil reads the tables of our own network namespace: a container has
    others.
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
