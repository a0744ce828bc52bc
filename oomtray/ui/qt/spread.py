"""Positions labels that would overlap: pushed apart, as little as possible. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def spread(wished: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Return positions at least `apart` from each other, in order, within `low` and `high` if all fit.

    Labels that would overlap are moved together, so that their center stays where it was.
    """
    order = sorted(range(len(wished)), key=lambda number: wished[number])
    runs: list[list[float]] = []
    """Per group of touching labels, the mean of their wished positions and their count."""
    for number in order:
        runs.append([wished[number], 1])
        while len(runs) > 1 and runs[-1][0] - runs[-2][0] < apart * (runs[-1][1] + runs[-2][1]) / 2:
            (middle, count), (other, more) = runs.pop(), runs.pop()
            runs.append([(middle * count + other * more) / (count + more), count + more])
    places = [middle + apart * (n - (count - 1) / 2) for middle, count in runs for n in range(int(count))]
    for number in range(len(places)):
        places[number] = max(places[number], low + apart * number)
    for number in range(len(places)):
        places[-1 - number] = min(places[-1 - number], high - apart * number)
    put = dict(zip(order, places, strict=True))
    return [put[number] for number in range(len(wished))]
