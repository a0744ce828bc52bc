"""Badness is the kernel's number, page for page, and its oom_score is read the way the kernel writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomtray.risk.badness import (
    badness,
    badness_from_score,
    badness_of,
    scale_of,
    share,
    why_not,
)
from oomtray.risk.ranking import rank
from tests.facts.in_pages import TOTAL_PAGES, process, snapshot
from tests.facts.shown_score import shown_score


@pytest.mark.parametrize(
    ("pages", "adj", "total", "since_5_9", "before"),
    [
        pytest.param(1234, 0, 120_000, 1234, 1234, id="memory alone"),
        pytest.param(100, 300, 120_000, 36_100, 36_100, id="raised"),
        pytest.param(50_000, -400, 120_000, 2_000, 2_000, id="lowered"),
        pytest.param(20_657, -400, 119_994, -26_943, 1, id="below nothing: before 5.9 never under 1"),
        pytest.param(0, 0, 120_000, 0, 1, id="nothing resident"),
        pytest.param(0, 1000, 1999, 1000, 1000, id="the total is divided by 1000 first, rounding down"),
        pytest.param(7, 1000, 999, 7, 7, id="under 1000 pages an adjustment does nothing"),
    ],
)
def test_badness(pages: int, adj: int, total: int, since_5_9: int, before: int) -> None:
    assert badness(pages, adj, total) == since_5_9
    assert badness(pages, adj, total, "plain") == before


@pytest.mark.parametrize(
    ("points", "total", "shifted", "plain"),
    [
        pytest.param(0, 1_000_000, 666, 0, id="an empty process reads 666"),
        pytest.param(1_000_000, 1_000_000, 1333, 1000, id="all of memory"),
        pytest.param(2_000_000, 1_000_000, 2000, 2000, id="all of memory at +1000"),
        pytest.param(999, 1_000_000, 666, 0, id="less than one step"),
        pytest.param(2_000, 1_000_000, 668, 2, id="two steps"),
        pytest.param(
            -999, 1_000_000, 666, 0, id="C rounds towards zero, so a little below nothing is nothing"
        ),
        pytest.param(-1_001, 1_000_000, 666, -1, id="one step below"),
        pytest.param(-998_990, 1_000_000, 1, -998, id="the least that an eligible process reads is 1"),
    ],
)
def test_shown_score(points: int, total: int, shifted: int, plain: int) -> None:
    assert shown_score(points, total, "shifted") == shifted
    assert shown_score(points, total, "plain") == plain


@given(pages=st.integers(1, 10**9), adj=st.integers(-999, 1000), total=st.integers(1000, 10**9))
def test_an_eligible_process_never_reads_0_on_the_shifted_scale(pages: int, adj: int, total: int) -> None:
    assert shown_score(badness(pages, adj, total), total, "shifted") >= 1


@given(points=st.integers(-999_000, 2_000_000), total=st.integers(1_000_000, 10**9))
def test_a_shown_score_gives_badness_back_to_within_two_steps(points: int, total: int) -> None:
    about = badness_from_score(shown_score(points, total, "shifted"), total, "shifted")
    assert abs(about - points) <= 2 * total / 1000 + 1


@given(points=st.integers(0, 2_000_000), total=st.integers(1_000_000, 10**9))
def test_a_plain_score_gives_badness_back_to_within_one_step(points: int, total: int) -> None:
    assert (
        abs(badness_from_score(shown_score(points, total, "plain"), total, "plain") - points)
        <= total / 1000 + 1
    )


def test_share_is_per_mille_and_unknown_without_a_total() -> None:
    assert share(73_210, 120_000) == pytest.approx(610.08, abs=0.01)
    assert share(10, 0) is None


ELIGIBLE = [
    pytest.param({"pid": 50}, "shifted", None, id="an ordinary process"),
    pytest.param({"pid": 1, "oom_score": 0}, "shifted", "pid-1", id="pid 1"),
    pytest.param({"pid": 1, "oom_score": 0}, "plain", "pid-1", id="pid 1 before 5.9"),
    pytest.param({"pid": 1, "oom_score": 5}, "plain", "pid-1", id="pid 1 before 5.9 whatever it shows"),
    pytest.param({"pid": 1, "oom_score": 667}, "shifted", None, id="pid 1 of a container can be killed"),
    pytest.param({"pid": 2, "pages": None, "kernel_thread": True}, "shifted", "kernel-thread", id="kernel thread"),
    pytest.param({"pid": 50, "adj": -1000}, "shifted", "adj-minimum", id="-1000"),
    pytest.param({"pid": 50, "adj": -1000, "oom_score": 0}, "plain", "adj-minimum", id="-1000 before 5.9"),
    pytest.param({"pid": 50, "adj": -999}, "shifted", None, id="-999 is not never"),
    pytest.param({"pid": 50, "pages": None, "state": "Z"}, "shifted", "zombie", id="zombie"),
    pytest.param({"pid": 50, "pages": None, "state": "Z", "oom_score": 690}, "shifted", None,
                 id="zombie leader whose threads hold memory"),
    pytest.param({"pid": 50, "pages": None, "state": "Z", "oom_score": 25}, "plain", None,
                 id="the same before 5.9"),
    pytest.param({"pid": 50, "pages": None, "state": "Z", "adj": -1000}, "shifted", "zombie",
                 id="a zombie at -1000 is a zombie first"),
    pytest.param({"pid": 50, "pages": None}, "shifted", "no-memory", id="no memory"),
    pytest.param({"pid": 50, "oom_score": 0}, "shifted", "not-eligible", id="in vfork or being reaped"),
    pytest.param({"pid": 50, "oom_score": 0}, "plain", None, id="0 says nothing before 5.9"),
    pytest.param({"pid": 50, "oom_score": None}, "shifted", None, id="score unreadable"),
    pytest.param({"pid": 50, "adj": None, "oom_score": None}, "shifted", "not-eligible", id="nothing readable"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "scale", "expected"), ELIGIBLE)
def test_why_the_kernel_would_not_choose(facts: dict, scale: str, expected: str | None) -> None:
    assert why_not(process(**facts), scale) == expected


@pytest.mark.parametrize(("facts", "scale", "expected"), ELIGIBLE)
def test_the_ranking_knows_it_too(facts: dict, scale: str, expected: str | None) -> None:
    ranking = rank(snapshot(process(**facts), scale=scale))
    assert [row.why_not for row in ranking.first + ranking.rest] == [expected]
    assert ranking.killable == (expected is None)


@pytest.mark.parametrize(
    ("scale", "release", "expected"),
    [
        pytest.param("plain", (6, 1), "plain", id="what was seen counts"),
        pytest.param("shifted", (5, 4), "shifted", id="what was seen counts, backports included"),
        pytest.param(None, (5, 8), "plain", id="not seen, 5.8"),
        pytest.param(None, (5, 9), "shifted", id="not seen, 5.9"),
        pytest.param(None, (0, 0), "shifted", id="nothing known: today's"),
    ],
)
def test_scale(scale: str | None, release: tuple[int, int], expected: str) -> None:
    assert scale_of(snapshot(scale=scale, release=release)) == expected


def test_badness_that_only_the_score_tells_is_about_right() -> None:
    held, adj = 250_000, 100
    whole = process(7, pages=held, adj=adj)
    leader = process(7, pages=None, adj=adj, state="Z", oom_score=whole.oom_score)
    view = snapshot(leader)
    assert badness_of(leader, view, "shifted") == pytest.approx(
        badness(held, adj, TOTAL_PAGES), abs=2 * TOTAL_PAGES / 1000
    )


def test_an_unreadable_adjustment_leaves_what_the_score_says() -> None:
    shown = process(7, pages=250_000).oom_score
    unread = process(7, pages=250_000, adj=None, oom_score=shown)
    assert badness_of(unread, snapshot(unread), "shifted") == pytest.approx(
        250_000, abs=2 * TOTAL_PAGES / 1000
    )
