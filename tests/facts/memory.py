"""Memory of a machine of 16 GiB with 8 GiB of swap."""

from __future__ import annotations

from typing import Any

from oomtray.kernel.snapshot import Memory
from tests.facts import GIB


def memory(**changes: Any) -> Memory:
    """Half of it available. `used` sets that as per cent of the total, `stall` both averages of PSI; None is unknown."""
    facts: dict[str, Any] = {
        "total": 16 * GIB,
        "available": 8 * GIB,
        "swap_total": 8 * GIB,
        "swap_free": 6 * GIB,
        "psi_some_avg10": 0.5,
        "psi_full_avg10": 0.25,
        "oom_kills": 3,
    }
    if "used" in changes:
        used, total = changes.pop("used"), changes.get("total", facts["total"])
        facts["available"] = None if used is None else int(total * (1 - used / 100))
    if "stall" in changes:
        facts["psi_some_avg10"] = facts["psi_full_avg10"] = changes.pop("stall")
    return Memory(**(facts | changes))
