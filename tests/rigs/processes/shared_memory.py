"""Two processes that share all memory, created by clone with CLONE_VM.

    with sharing_memory() as (parent, child): ...        pids; both end with the block
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_PAIR = """
import ctypes, os, signal, sys
CLONE_VM = 0x100
libc = ctypes.CDLL(None)
stack = ctypes.create_string_buffer(1 << 16)
top = ctypes.c_void_p((ctypes.addressof(stack) + (1 << 16)) & ~15)
# pause(2) and nothing else: both have one memory, and with it one interpreter
child = libc.clone(ctypes.cast(libc.pause, ctypes.c_void_p), top, CLONE_VM | signal.SIGCHLD, None)
print(os.getpid(), child, flush=True)
sys.stdin.read()
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
"""


@contextmanager
def sharing_memory() -> Iterator[tuple[int, int]]:
    with subprocess.Popen(
        [sys.executable, "-S", "-c", _PAIR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as pair:
        assert pair.stdout is not None
        parent, child = map(int, pair.stdout.readline().split())
        yield parent, child
        pair.communicate("")
