"""What a cell of the list says to the pointer: the parts of a number, and nothing of what isn't known."""

from __future__ import annotations

import pytest

from oomtray.messages import row_hints
from tests.facts import GIB
from tests.facts.assessments import app, risk
from tests.facts.processes import NO_MEMORY, process

WHOLE = "Badness: 1.0 GiB, 10.0 % of RAM and swap."


@pytest.mark.parametrize(
    ("share", "held", "says"),
    [
        pytest.param(100.0, 60.0, [WHOLE, "The process holds 614 MiB, and its setting adds 410 MiB."], id="raised"),
        pytest.param(100.0, 160.0, [WHOLE, "The process holds 1.6 GiB, and its setting takes off 614 MiB."], id="lowered"),
        pytest.param(100.0, 100.1, [WHOLE], id="a difference of rounding"),
        pytest.param(None, None, ["Badness: – of RAM and swap."], id="unknown"),
        pytest.param(-5.0, 60.0, ["Badness: -0.5 % of RAM and swap."], id="less than nothing"),
    ],
)
def test_what_badness_is_made_of(share: float | None, held: float | None, says: list[str]) -> None:
    assert row_hints.badness(share, held, 10 * GIB) == says


@pytest.mark.parametrize(
    ("span", "says"),
    [
        pytest.param((0, 0), ["oom_score_adj: 0. Nothing protects it, and nothing lets it go first."], id="ordinary"),
        pytest.param((300, 300), ["oom_score_adj: +300, set by you", "Below 0 protects, above 0 lets it go first."], id="set"),
        pytest.param(None, [], id="unknown"),
    ],
)
def test_what_was_set_and_by_whom(span: tuple[int, int] | None, says: list[str]) -> None:
    assert row_hints.adjustment(span, risk(reasons=("adj-set-by-hand",)), None, own=True) == says


def test_what_is_not_known_is_not_told() -> None:
    nameless = risk(of=process(7, oom_score=None, exe=None, **NO_MEMORY))
    assert row_hints.score(nameless) == []
    assert row_hints.belongs_to(nameless, alone=True) == ["PID 7"]
    assert len(row_hints.memory(nameless)) == 1
    assert row_hints.memory(risk())[1:] == ["Ending it would free at most 81.0 MiB."]


@pytest.mark.parametrize(("age", "told"), [(None, []), (2.0, []), (20.0, ["Some of these numbers are 20 s old."])])
def test_numbers_that_are_old_are_told_as_that(age: float | None, told: list[str]) -> None:
    assert row_hints.memory_of_app(app(age=age))[1:] == told
