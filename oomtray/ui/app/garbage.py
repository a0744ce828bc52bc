"""Runs Python's cyclic garbage collection only in the main thread, where the widgets are."""

from __future__ import annotations

import gc


class GarbageCollector:
    """Disables automatic collection and collects when `collect` is called.

    Python collects in whatever thread happens to allocate. In the worker's thread that would destroy widgets
    and timers of closed dialogs, and the app would crash in Qt's event loop.
    """

    def __init__(self) -> None:
        gc.disable()
        self._begun = False

    def begin(self) -> None:
        """Collect from now on, excluding the objects that exist by now."""
        gc.freeze()
        self._begun = True

    def collect(self) -> None:
        """Collect if enough was allocated since the last time (Python's thresholds); else takes under 1 µs."""
        count, threshold = gc.get_count(), gc.get_threshold()
        if self._begun and count[0] > threshold[0]:
            # a full collection now and then; with a threshold of 0 (Python 3.14), each includes a part of the
            # old objects
            gc.collect(2 if count[2] > threshold[2] > 0 else 1)
