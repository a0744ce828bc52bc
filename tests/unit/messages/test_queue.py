"""Which place an app has in the order, and would have."""

from __future__ import annotations

import pytest

from oomtray.messages.queue import moves


@pytest.mark.parametrize(
    ("now", "then", "says"),
    [
        pytest.param(1, 4, "Of 9 apps, number 1 to be killed now, and 4 then", id="it moves"),
        pytest.param(4, 4, "Of 9 apps, number 4 to be killed, as now", id="it stays"),
        pytest.param(None, 4, "Of 9 apps, number 4 to be killed then", id="it was never taken"),
        pytest.param(4, None, "Never to be killed then", id="it is never taken then"),
    ],
)
def test_where_it_goes(now: int | None, then: int | None, says: str) -> None:
    assert moves(now, then, 9) == says
