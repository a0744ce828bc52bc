"""Collects Python's cyclic garbage in the thread of the widgets, and in no other."""

from __future__ import annotations

import gc


class GarbageCollector:
    """Switches Python's own collection off and does its work whenever `collect` is called.

    Python collects in whatever thread happens to allocate. In the worker's that would destroy widgets and timers of
    closed dialogs, and the app then crashes in Qt's event loop.
    """

    def __init__(self) -> None:
        gc.disable()
        self._begun = False

    def begin(self) -> None:
        """Collect from now on, and leave alone what is there by now."""
        gc.freeze()
        self._begun = True

    def collect(self) -> None:
        """Collect if enough was allocated since the last time, by Python's own thresholds. Else it takes under 1 us."""
        count, threshold = gc.get_count(), gc.get_threshold()
        if self._begun and count[0] > threshold[0]:
            # all of it once in a while; where that is 0 (Python 3.14), each collection takes its share of the old objects
            gc.collect(2 if count[2] > threshold[2] > 0 else 1)
