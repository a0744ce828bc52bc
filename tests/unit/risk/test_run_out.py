"""Specifies how early machines that run out of memory are warned, and how right the time is that they are told.

The machines are drawn from seeds, and recorded in a guest of 768 MB (`test_traces`). `make proof` draws many and leaves the
table of the README in build/proof-forecast.md.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from oomtray.cli.replay import read_lines
from tests.unit.risk.leaks import KINDS, Score, run_out, score
from tests.unit.risk.test_traces import RUN_OUT, TRACES

TABLE = Path(__file__).parents[3] / "build/proof-forecast.md"
LEAST = {"growth that doubles": 6.0}
"""Seconds that a warning comes before the kill, where that is not half a minute."""
MAY_BE_LATE = 0.03
"""Share of the machines of a kind: what doubles every four seconds may do so in a moment between two looks."""
RIGHT = 0.8
SEEDS = range(1000, 1040)
"""Nothing was ever looked at with these while the forecast was made."""


def traced(name: str) -> Score:
    with gzip.open(TRACES / f"{name}.jsonl.gz", "rb") as trace:
        lines = trace.read().splitlines()
    truth = json.loads(lines[-1])
    return score(read_lines(lines), truth["started"], truth["killed"])


def mean(shares: list[float]) -> float:
    return sum(shares) / len(shares)


def test_the_time_is_right_within_a_factor_of_two_in_four_of_five_moments_of_the_traces() -> None:
    assert mean([traced(name).right for name in RUN_OUT]) >= RIGHT


@pytest.mark.parametrize("kind", KINDS)
def test_one_machine_of_each_kind_is_warned_in_time(kind: str) -> None:
    assert run_out(kind, 3).in_time(LEAST.get(kind, 30.0))


def row(name: str, scores: list[Score]) -> str:
    before = sorted(one.before for one in scores)
    in_time = sum(one.in_time(LEAST.get(name, 30.0)) for one in scores)
    return (
        f"| {name} | {in_time} of {len(scores)} | {before[0]:.3g} s, {before[len(before) // 2]:.0f} s |"
        f" {mean([one.right for one in scores]):.0%} | {mean([one.shown for one in scores]):.0%} |"
    )


@pytest.mark.proof
def test_many_machines_are_warned_in_time_and_the_time_is_right() -> None:
    rows = {f"trace {name}": [traced(name)] for name in RUN_OUT}
    rows |= {kind: [run_out(kind, seed) for seed in SEEDS] for kind in KINDS}
    TABLE.parent.mkdir(exist_ok=True)
    head = [
        "| How memory runs out | Warned in time | Before the kill: least, median | Time right | Time shown |",
        "|---|---|---|---|---|",
    ]
    TABLE.write_text("\n".join([*head, *(row(name, scores) for name, scores in rows.items())]) + "\n", encoding="utf-8")
    late = {name: [one for one in scores if not one.in_time(LEAST.get(name, 30.0))] for name, scores in rows.items()}
    assert [name for name, scores in rows.items() if len(late[name]) > MAY_BE_LATE * len(scores)] == []
    assert mean([mean([one.right for one in scores]) for scores in rows.values()]) >= RIGHT
