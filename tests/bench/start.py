"""How soon the icon appears, compared with a bare tray's. They take turns, so that a busy moment affects both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from tests.bench.peers import BARE_TRAY, BYTECODE
from tests.bench.report import Row
from tests.rigs.desktop.session import Desktop, python_module, wait_for

STARTS = 5


def measure() -> list[Row]:
    """Measure the time from process start to the icon's registration with the panel, warm."""
    bare, ours = [], []
    with Desktop() as desk:
        for turn in range(STARTS + 1):
            bare_seconds, our_seconds = _seconds(desk, BARE_TRAY), _seconds(desk, python_module("oomtray"))
            if turn:  # the first start reads the files from disk, and writes bytecode
                bare.append(bare_seconds)
                ours.append(our_seconds)
    theirs, mine = statistics.median(bare), statistics.median(ours)
    note = f"medians of {STARTS}: bare tray {theirs * 1000:.0f} ms, ours {mine * 1000:.0f} ms"
    return [Row("start to icon / the bare tray's", mine / theirs, 1.5, note=note)]


def _seconds(desk: Desktop, argv: Sequence[str]) -> float:
    registered = len(_items(desk))
    start = time.perf_counter()
    app = desk.run(argv, env=BYTECODE)
    while len(_items(desk)) <= registered:
        time.sleep(0.002)
    seconds = time.perf_counter() - start
    app.stop()
    wait_for(lambda: len(_items(desk)) <= registered, "the icon to be gone")
    return seconds


def _items(desk: Desktop) -> list[str]:
    return list(
        desk.bus.get(
            "org.kde.StatusNotifierWatcher",
            "/StatusNotifierWatcher",
            "org.kde.StatusNotifierWatcher",
            "RegisteredStatusNotifierItems",
        )
    )
