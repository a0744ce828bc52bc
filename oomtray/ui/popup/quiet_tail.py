"""Chooses the apps that are small and late enough in the order to be summarized in one row. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.risk.set_here import ORIGINS
from oomtray.ui.popup.process_row import Tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oomtray.risk.judged import App, Reason

_ALWAYS_SHOWN = 5
"""How many of the first apps always have rows of their own."""
_LEAST_SUMMARIZED = 4
"""Least number of apps that are summarized."""
_PART, _OF_ALL = 20, 100
"""Small is less than a 20th of the largest, and less than a 100th of all memory."""
_NOTABLE: frozenset[Reason] = ORIGINS | {"next-victim", "near-victim"}
_LEAST_GROWTH = 256 * 1024
"""Growth in bytes per second from which an app isn't quiet."""


def quiet(apps: Sequence[App], total_pages: int) -> tuple[App, ...]:
    """Return the apps to summarize, of `apps` sorted by rank; empty if too few."""
    share = min(max((app.share or 0.0 for app in apps), default=0.0) / _PART, 1000 / _OF_ALL)
    most = max((app.memory or 0 for app in apps), default=0)
    memory = min(most / _PART, total_pages * PAGE_SIZE / _OF_ALL)
    found = tuple(app for app in apps[_ALWAYS_SHOWN:] if _is_quiet(app, share, memory))
    return found if len(found) >= _LEAST_SUMMARIZED else ()


def tail(apps: Iterable[App], *, opened: bool) -> Tail:
    held = [(app.memory, app.memory_exact) for app in apps]
    known = [memory for memory, _ in held if memory is not None]
    return Tail(len(held), sum(known) if known else None, all(exact for _, exact in held), opened)


def _is_quiet(app: App, share: float, memory: float) -> bool:
    if (app.share or 0.0) >= share or (app.memory or 0) >= memory or (app.change or 0.0) >= _LEAST_GROWTH:
        return False
    return not any(reason in _NOTABLE for member in app.members for reason in member.reasons)
