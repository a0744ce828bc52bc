"""Measure what memory that nobody touched for five seconds costs meanwhile, which differs by a factor of 100 between hours.

Programs that sleep between two looks pay it for each page, those that are always busy do not, so the ratios between
the two depend on it.
"""

from __future__ import annotations

import statistics
import subprocess

from tests.bench.crowd import compiled


class ColdMemory:
    """Measures from its creation to `read`."""

    def __init__(self) -> None:
        self._program = subprocess.Popen([compiled("cold_memory")], stdout=subprocess.PIPE, text=True)

    def read(self) -> float | None:
        """Return the median microseconds for each page, and stop; None if it took less than five seconds."""
        self._program.terminate()
        found = [int(line) / 1000 for line in self._program.communicate()[0].splitlines()]
        return statistics.median(found) if found else None
