"""The table of deaths: what each frees, and a sum that is no more exact than what is in it."""

from __future__ import annotations

from dataclasses import replace

from oomtray.cli.fits import deaths_table
from oomtray.cli.terminal import Terminal
from oomtray.risk.fits import deaths
from tests.facts import GIB
from tests.facts.assessments import app
from tests.facts.processes import NO_MEMORY
from tests.unit.messages.test_fits import machine, row

ROWS = (
    row(1, "slack", private=GIB), row(2, "java"), row(3, "secret", **NO_MEMORY), row(4, "nginx", of="nginx", private=GIB, uid=0),
    row(5, "nginx", of="nginx", private=GIB, uid=33),
)  # fmt: skip
WHOLE = replace(machine(*ROWS), apps=tuple(app(one[0].process.name, members=one) for one in (*((one,) for one in ROWS[:3]), ROWS[3:])))


def test_a_row_for_each_process() -> None:
    assert deaths_table(WHOLE, deaths(WHOLE, 5 * GIB), Terminal(), apps=False) == [
        "#  PID  NAME        FREES     IN ALL",
        "1    1  Slack     1.0 GiB    1.0 GiB",
        "2    2  Java    ≤ 1.0 GiB  ≤ 2.0 GiB",
        "3    3  Secret          –  ≤ 2.0 GiB",
        "4    4  Nginx     1.0 GiB  ≤ 3.0 GiB",
        "5    5  Nginx     1.0 GiB  ≤ 4.0 GiB",
    ]


def test_what_a_service_of_several_users_loses_at_a_time_is_one_row() -> None:
    assert deaths_table(WHOLE, deaths(WHOLE, 5 * GIB), Terminal(), apps=True)[1:] == [
        "1          1  Slack     1.0 GiB    1.0 GiB",
        "2          1  Java    ≤ 1.0 GiB  ≤ 2.0 GiB",
        "3          1  Secret          –  ≤ 2.0 GiB",
        "4          2  Nginx     2.0 GiB  ≤ 4.0 GiB",
    ]
