"""Specifies what is still known of a process that has been killed: by the last scan, as far as that is fresh enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.risk.assessment import Level
from oomtray.risk.last_scan import LastScan
from tests.facts import GIB, MIB, assessments
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

NOW = 5000.0


def scanned(*rows, at: float = NOW, **facts: object) -> LastScan:
    scan = LastScan()
    scan.take(assessments.assessment(snapshot=snapshot(*rows, at=at), **facts))
    return scan


@pytest.mark.parametrize(
    ("rss", "age", "freed"),
    [
        pytest.param(4 * GIB, 1.0, 4 * GIB, id="just read"),
        pytest.param(4 * GIB, 100.0, 4 * GIB, id="a large one, which a scan would have read anew had it grown"),
        pytest.param(4 * GIB, 500.0, None, id="long ago"),
        pytest.param(8 * MIB, 1.0, 8 * MIB, id="a small one just now"),
        pytest.param(8 * MIB, 60.0, None, id="a small one may have grown unseen"),
        pytest.param(None, 1.0, None, id="not known"),
    ],
)
def test_what_its_death_has_freed(rss: int | None, age: float, freed: int | None) -> None:
    row = process(7, name="java")._replace(rss=rss, read_at=NOW - age)
    assert scanned(row).dead(row, NOW, {}).freed == freed


def test_a_warning_that_named_it_has_foretold_it() -> None:
    victim = process(7, name="java")
    named = assessments.victim(assessments.risk(of=victim))
    scan = LastScan()
    base = assessments.assessment(snapshot=snapshot(victim, at=NOW), level=Level("warning"))
    killers = tuple(replace(killer, victim=named) for killer in base.killers)
    scan.take(replace(base, killers=killers))
    assert scan.foretold(victim, NOW + 40) == 40
    assert scan.foretold(process(8, name="other"), NOW + 40) is None
    scan.take(assessments.assessment(snapshot=snapshot(victim, at=NOW + 60)))
    assert scan.foretold(victim, NOW + 90) == 90, "a warning that has just ended still counts"
    scan.take(assessments.assessment(snapshot=snapshot(victim, at=NOW + 500)))
    assert scan.foretold(victim, NOW + 500) is None


def test_where_an_adjustment_came_from_is_known() -> None:
    row = process(7, name="java")._replace(oom_score_adj=300)
    assert scanned(row).dead(row, NOW, {row.identity: 300}).adj_from == "adj-set-by-hand"
