"""Pressure stall information: for how much of the time tasks wait for memory, and triggers by which the kernel wakes this
program when they do (Documentation/accounting/psi.rst).
"""

from __future__ import annotations

import os
import re
import select

_TRIGGER = b"some 150000 2000000\0"
"""150 ms of stall in a window of 2 s: unprivileged, the window must be a multiple of 2 s (Linux 6.4, 6.1.42)."""


_AVG10 = re.compile(rb"^(some|full) avg10=(\d+\.\d+)", re.MULTILINE)


def averages(text: bytes) -> tuple[float | None, float | None]:
    """Return for what percentage of the last 10 s some tasks waited, and all; None for what isn't in the text."""
    told = {kind: float(share) for kind, share in _AVG10.findall(text)}
    return told.get(b"some"), told.get(b"full")


class PsiTrigger:
    """An armed trigger: its descriptor reports POLLPRI at most once per window while tasks stall."""

    EVENTS = select.POLLPRI

    def __init__(self, proc: str = "/proc") -> None:
        """Arm the trigger; raise OSError if the kernel has no PSI or grants triggers only to root."""
        self._fd = os.open(f"{proc}/pressure/memory", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            os.write(self._fd, _TRIGGER)
        except OSError:
            os.close(self._fd)
            raise

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        os.close(self._fd)


def arm(proc: str = "/proc") -> PsiTrigger | None:
    """Arm a trigger, or return None if this kernel or user doesn't get one; then only polling remains."""
    try:
        return PsiTrigger(proc)
    except OSError:
        return None
