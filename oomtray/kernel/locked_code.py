"""Locks the interpreter's code in memory, so that the program still reads the system while memory thrashes.

Without swap the kernel makes room by dropping the pages of files, programs among them, and reads them back from the
disk at each use. In a virtual machine with a disk of 300 reads a second, `watch` was silent for the 55 to 87 s before
the kernel killed (Linux 6.1; 15 to 34 s on 7.2); with its code locked, for 4 to 7 s (under 3 s).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NEEDED = 8 << 20
"""RLIMIT_MEMLOCK in bytes that is enough for all of it."""
_ONFAULT = 1
"""MLOCK_ONFAULT (include/uapi/asm-generic/mman-common.h): lock pages once they are used; read none in for it."""
_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r-(.)p \S+ \S+ [1-9]\d* +(/.*)")
"""A private mapping of a file that can't be written: start, end, `x` for code, path (proc_pid_maps(5))."""
_USED = re.compile(r".*/(?:libpython|libc[.-]|ld-)[^/]*|.*/lib-dynload/[^/]*")
"""The files that every line of Python runs, besides the program itself: some 6 MiB."""
_BINDING = re.compile(r".*/lib(?:shiboken|pyside)6\.[^/]*")
"""In the tray, what each call between Qt and Python runs, for which all threads wait: 0.4 MiB of code is locked too."""


def lock_code() -> int:
    """Keep the interpreter, its modules and the C library in memory from their next use on; return the bytes locked.

    Locks no more than RLIMIT_MEMLOCK allows, 8 MiB on most systems: code first, then constants. What doesn't fit is
    left out, and where nothing may be locked, the program goes on without (mlock2(2), Linux 4.4).
    """
    try:
        import ctypes  # 0.4 MB, which commands that end at once do without

        mlock2 = ctypes.CDLL(None).mlock2
        with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
            spans = [*_spans(maps, os.readlink("/proc/self/exe"))]
    except (OSError, AttributeError, ImportError):  # a Python built without libffi has no ctypes
        return 0
    mlock2.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    spans.sort(key=lambda span: not span[2])
    return sum(size for start, size, _ in spans if mlock2(start, size, _ONFAULT) == 0)


def _spans(maps: Iterable[str], program: str) -> Iterator[tuple[int, int, bool]]:
    """Yield address and bytes of each mapping to lock, and whether it is code."""
    for line in maps:
        mapping = _MAPPING.fullmatch(line.rstrip("\n"))
        if not mapping:
            continue
        is_code, path = mapping[3] == "x", mapping[4]
        if path == program or _USED.fullmatch(path) or (is_code and _BINDING.fullmatch(path)):
            start = int(mapping[1], 16)
            yield start, int(mapping[2], 16) - start, is_code
