"""The app on a machine that takes long to look through: it knows no process before the file `SCAN_WHEN_THERE` exists."""

from __future__ import annotations

import os
import sys
import time

from oomtray.__main__ import main
from oomtray.monitor import Monitor
from oomtray.risk.assessment import Assessment

SCAN = Monitor.step


def late(monitor: Monitor) -> Assessment | None:
    while not os.path.exists(os.environ["SCAN_WHEN_THERE"]):
        time.sleep(0.05)
    return SCAN(monitor)


if __name__ == "__main__":
    Monitor.step = late  # type: ignore[method-assign]
    sys.exit(main())
