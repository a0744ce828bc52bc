"""Which processes the buttons of a notification would hit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.risk.growing_apps import Growth
from oomtray.ui.app.notification_offers import offers
from tests.facts import MIB, desktops
from tests.facts.processes import process

GROWN = {50: 280 * MIB, 51: 300 * MIB, 52: 260 * MIB, 53: 4096}


@pytest.mark.parametrize(
    ("program", "hit"),
    [
        pytest.param("cc1plus", [51, 50, 52, 53], id="the processes of one program"),
        pytest.param("python3.11", [51], id="scripts that have no more in common than their interpreter"),
    ],
)
def test_ending_what_grows_hits_no_script_that_does_something_else(program: str, hit: list[int]) -> None:
    """End 4 processes of python3.11 was offered, one of which had grown by a page."""
    before = tuple(process(pid, name=program, exe=f"/usr/bin/{program}", uid=1000, session=pid, rss_anon=400 * MIB) for pid in GROWN)
    rows = tuple(one._replace(rss_anon=400 * MIB + GROWN[one.pid]) for one in before)
    now = replace(desktops.judged(rows, "critical"), growing=Growth(before, rows, 10.0).fastest())

    end = offers(now, critical=True, uid=1000).end

    assert end is not None
    assert [risk.process.pid for risk in end.risks] == hit
