"""Notice processes ended by SIGKILL through the kernel's proc connector (drivers/connector/cn_proc.c).

Open to ordinary users from Linux 6.6, in the first PID and user namespace. It subscribes to failed exits
only, and a socket filter drops all but those by SIGKILL, so that a `configure` run causes no wake-ups.
"""

from __future__ import annotations

import array
import os
import socket
import struct
import sys
import time

from oomtray.kernel.exits import Exit

_NETLINK_CONNECTOR = 11
_SO_ATTACH_FILTER = 26
_CN_IDX_PROC, _CN_VAL_PROC = 1, 1
_LISTEN = 1
_NONZERO_EXIT, _EXIT = 0x20000000, 0x80000000
_HEADER, _CONNECTOR, _EVENT = struct.Struct("=IHHII"), struct.Struct("=IIIIHH"), struct.Struct("=IIQ")
"""struct nlmsghdr, struct cn_msg, and the fields what, cpu and timestamp_ns of struct proc_event."""
_EXITED = struct.Struct("=IIII")
"""struct exit_proc_event: process_pid, process_tgid, exit_code, exit_signal."""
_AT = _HEADER.size + _CONNECTOR.size
_WHAT, _PID, _TGID, _CODE = _AT, _AT + _EVENT.size, _AT + _EVENT.size + 4, _AT + _EVENT.size + 8
_BUFFER_BYTES = 1 << 18
"""Size of the socket's buffer in bytes: some hundred kills at once, such as a whole group's."""
_KILLED = 9


class ProcConnector:
    """A socket that becomes readable once SIGKILL has ended a process. Not thread-safe."""

    def __init__(self) -> None:
        """Subscribe; raise OSError if the kernel has no connector, or grants it only to root."""
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, _NETLINK_CONNECTOR
        )
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            _attach(self._socket, _filter())
            self._socket.bind((0, _CN_IDX_PROC))
            self._socket.send(_subscription())
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> list[Exit]:
        """Return the processes ended by SIGKILL since the last call, in the kernel's order; never blocks."""
        exits: list[Exit] = []
        while True:
            try:
                data, (sender, _groups) = self._socket.recvfrom(512)
            except BlockingIOError:
                return exits
            except OSError:  # ENOBUFS: too many events came at once, and some were dropped
                continue
            # other processes may send to this socket too; only the kernel's messages have port 0
            if sender == 0 and (told := _parsed(data)) is not None:
                exits.append(told)

    def close(self) -> None:
        self._socket.close()


def connect() -> ProcConnector | None:
    """Open a connector, or return None if this kernel or user doesn't get one."""
    try:
        return ProcConnector()
    except OSError:
        return None


def _parsed(data: bytes) -> Exit | None:
    if len(data) < _PID + _EXITED.size:
        return None
    what, _cpu, nanoseconds = _EVENT.unpack_from(data, _AT)
    pid, tgid, code, _signal = _EXITED.unpack_from(data, _PID)
    if what != _EXIT or pid != tgid or code & 0x7F != _KILLED:
        return None
    # the kernel stamps with ktime_get_ns, the monotonic clock
    return Exit(pid=tgid, signal=_KILLED, at=min(nanoseconds / 1e9, time.monotonic()), source="proc-connector")


def _subscription() -> bytes:
    """Build PROC_CN_MCAST_LISTEN with an event type (struct proc_input, Linux 6.6)."""
    body = struct.pack("=II", _LISTEN, _NONZERO_EXIT)
    message = _CONNECTOR.pack(_CN_IDX_PROC, _CN_VAL_PROC, 0, 0, len(body), 0) + body
    return _HEADER.pack(_HEADER.size + len(message), 3, 0, 0, os.getpid()) + message  # 3: NLMSG_DONE


def _filter() -> bytes:
    """Build a classic BPF program that accepts only the exit of a whole process by signal 9.

    A word is loaded in network order, so the byte with the signal depends on the machine's byte order.
    """
    word, byte, against, and_with, is_equal, is_x, to_x, give = 0x20, 0x30, 0, 0x54, 0x15, 0x1D, 0x07, 0x06
    signal = _CODE if sys.byteorder == "little" else _CODE + 3
    program = (
        (word, 0, 0, _PID),
        (to_x, 0, 0, 0),
        (word, 0, 0, _TGID),
        (is_x, 0, 4, 0),  # a thread; the exit of its process is reported too
        (byte, 0, 0, signal),
        (and_with, 0, 0, 0x7F),
        (is_equal, 0, 1, _KILLED),
        (give, 0, 0, 0xFFFFFFFF),
        (give, 0, 0, against),
    )
    return b"".join(struct.pack("=HBBI", *step) for step in program)


def _attach(to: socket.socket, program: bytes) -> None:
    """Attach the filter; SO_ATTACH_FILTER takes a struct sock_fprog, which holds a pointer."""
    held = array.array("B", program)  # gives the address without ctypes, which the idle tray avoids loading
    address, length = held.buffer_info()
    to.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", length // 8, address))
