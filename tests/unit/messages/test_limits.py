"""What the window says in a line of a group with a memory limit of its own."""

from __future__ import annotations

from typing import Any

import pytest

from oomtray.messages.limits import in_a_line
from oomtray.risk.limited_group import LimitedGroup
from oomtray.risk.outlook import Forecast, Level
from tests.facts import MIB

NORMAL = Level()


def group(**facts: Any) -> LimitedGroup:
    given = {"path": "/x", "name": "web", "kind": "unit", "limit": 100 * MIB, "high": None, "used": 97 * MIB, "level": Level("warning", "used")}
    return LimitedGroup(**(given | {"forecast": Forecast()} | facts))


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        pytest.param({}, "web: 97.0 MiB of its own 100 MiB limit", id="close to it"),
        pytest.param({"kind": "container"}, "Container web: 97.0 MiB of its own 100 MiB limit", id="a container"),
        pytest.param({"limit": None, "high": 98 * MIB}, "web: 97.0 MiB of its own 98.0 MiB limit", id="one that kills nobody"),
        pytest.param({"high": 98 * MIB, "held_since": 1.0}, "web: 97.0 MiB of its own 100 MiB limit", id="close, and held back"),
        pytest.param({"high": 98 * MIB, "held_since": 1.0, "level": NORMAL}, "web is held back by its own 98.0 MiB limit", id="held back"),
    ],
)
def test_in_a_line(facts: dict[str, Any], says: str) -> None:
    assert in_a_line(group(**facts)) == says
