"""The order is the kernel's own, ties included, and the shortcut for a calm scan gives the same order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomtray.kernel.snapshot import Process, Scope
from oomtray.risk.badness import badness_of, why_not
from oomtray.risk.ranking import counting_error, rank
from tests.facts.in_pages import PAGE_SIZE, process, snapshot


def pids(*processes: Process, **facts: object) -> list[int]:
    return [row.process.pid for row in rank(snapshot(*processes, **facts)).first]


@pytest.mark.parametrize(
    ("processes", "order"),
    [
        pytest.param([process(5, pages=10), process(6, pages=30), process(7, pages=20)], [6, 7, 5], id="by memory"),
        pytest.param([process(5, pages=5000), process(6, pages=100, adj=3)], [6, 5], id="an adjustment outweighs memory"),
        pytest.param([process(5, pages=5000, adj=-3), process(6, pages=100)], [6, 5], id="protected goes below nothing"),
        pytest.param([process(5, pages=900), process(6, pages=901)], [6, 5], id="closer than one oom_score step"),
        pytest.param(
            [process(5, pages=10, adj=-999), process(6, pages=20, adj=-999)], [6, 5], id="negative badness is ordered too"
        ),
    ],
)
def test_order(processes: list[Process], order: list[int]) -> None:
    assert pids(*processes) == order


@pytest.mark.parametrize(
    ("release", "order"),
    [
        pytest.param((6, 18), [9, 8, 7], id="since 5.3 the youngest"),
        pytest.param((5, 3), [9, 8, 7], id="5.3"),
        pytest.param((5, 2), [7, 8, 9], id="before 5.3 the oldest"),
        pytest.param((0, 0), [9, 8, 7], id="unknown release: as today"),
    ],
)
def test_among_equals_the_place_in_the_kernels_list_decides(
    release: tuple[int, int], order: list[int]
) -> None:
    assert pids(process(8), process(9), process(7), release=release) == order


def test_start_time_comes_before_the_pid_which_wraps_around() -> None:
    assert pids(process(300, start_time=1000), process(20, start_time=2000)) == [20, 300]


def test_before_5_9_all_that_count_for_nothing_are_equal() -> None:
    ranking = rank(
        snapshot(process(5, pages=50, adj=-900), process(6, pages=90, adj=-900), scale="plain", release=(5, 4))
    )
    assert [(row.process.pid, row.badness) for row in ranking.first] == [(6, 1), (5, 1)]


def test_what_cannot_be_chosen_comes_last_by_memory_and_keeps_its_badness() -> None:
    protected = process(50, pages=700, adj=-1000)
    init = process(1, pages=900, oom_score=0)
    kernel = process(2, pages=None, kernel_thread=True, adj=0)
    ranking = rank(snapshot(kernel, protected, init, process(60, pages=10)))
    assert [(r.process.pid, r.rank, r.why_not) for r in ranking.rest] == [
        (1, None, "pid-1"),
        (50, None, "adj-minimum"),
        (2, None, "kernel-thread"),
    ]
    assert [r.badness for r in ranking.rest] == [900, 700 - 1000 * 2000, None]
    assert [(r.process.pid, r.rank) for r in ranking.first] == [(60, 1)]
    assert ranking.killable == 1


def test_a_cgroup_is_measured_by_its_limit() -> None:
    scope = Scope("cgroup", 50_000, "/box", 50_000 * PAGE_SIZE)
    small, large = process(5, pages=100, adj=100), process(6, pages=5200)
    assert pids(small, large) == [5, 6]
    assert pids(small, large, scope=scope) == [6, 5]


def test_nobody_to_kill() -> None:
    ranking = rank(snapshot(process(1, oom_score=0)))
    assert (ranking.first, ranking.near, ranking.contenders, ranking.killable) == ((), (), (), 0)


@pytest.mark.parametrize(
    ("cpus", "release", "pages"),
    [
        pytest.param(2, (6, 18), 256, id="4 counters * 32 a CPU * 2"),
        pytest.param(16, (6, 2), 2048, id="6.2 began it"),
        pytest.param(32, (6, 12), 8192, id="from 16 CPUs on the batch grows too"),
        pytest.param(64, (6, 1), 64, id="before 6.2: what one thread holds back"),
        pytest.param(64, (7, 0), 0, id="exact sums"),
        pytest.param(2, (0, 0), 256, id="unknown release: the wider error"),
    ],
)
def test_counting_error(cpus: int, release: tuple[int, int], pages: int) -> None:
    assert counting_error(cpus, release) == pages


def test_near_are_all_within_the_counting_error_and_only_those() -> None:
    view = snapshot(process(5, pages=9000), process(6, pages=8744), process(7, pages=8743), process(8, pages=8999), cpus=2)
    ranking = rank(view, top=1)
    assert [(row.process.pid, row.rank) for row in ranking.near] == [(8, 2), (6, 3)]
    assert [p.pid for p in ranking.contenders] == [5, 8, 6]


def test_exact_counters_leave_nobody_near_but_equals() -> None:
    ranking = rank(snapshot(process(5, pages=100), process(6, pages=99), process(7, pages=100), release=(7, 1)))
    assert [row.process.pid for row in ranking.near] == [5]


@st.composite
def tables(draw: st.DrawFn) -> list[Process]:
    made = []
    for pid in draw(st.lists(st.integers(1, 60), unique=True, min_size=5, max_size=25)):
        pages = draw(st.none() | st.integers(0, 6))
        adj = draw(st.sampled_from([None, -1000, -999, -1, 0, 0, 0, 1, 1000]))
        score = draw(st.sampled_from([None, 0, 1, 666, 900]))
        start = draw(st.integers(0, 3))
        kernel = draw(st.booleans()) and pages is None
        state = "Z" if pages is None else "S"
        made.append(
            process(pid, pages=pages, adj=adj, oom_score=score, start_time=start, kernel_thread=kernel, state=state)
        )
    return made


views = st.builds(
    lambda table, scale, release: snapshot(*table, scale=scale, release=release),
    tables(),
    st.sampled_from(["shifted", "plain"]),
    st.sampled_from([(4, 19), (6, 18)]),
)


@given(view=views, top=st.integers(0, 30))
def test_a_part_of_the_order_is_the_head_of_the_whole(view, top: int) -> None:
    whole, part = rank(view), rank(view, top)
    assert part.first + part.rest == (whole.first + whole.rest)[:top]
    assert (part.near, part.killable, part.most_pages) == (whole.near, whole.killable, whole.most_pages)


@given(view=views)
def test_every_process_is_there_once_and_judged_as_one_by_one(view) -> None:
    ranking = rank(view)
    rows = ranking.first + ranking.rest
    assert sorted(r.process.pid for r in rows) == sorted(p.pid for p in view.processes)
    assert [r.rank for r in ranking.first] == list(range(1, len(ranking.first) + 1))
    for row in rows:
        why = why_not(row.process, ranking.scale)
        points = badness_of(row.process, view, ranking.scale)
        assert row.badness == points
        assert row.why_not == (why or (None if points is not None else "not-eligible"))
    badnesses = [r.badness for r in ranking.first]
    assert badnesses == sorted(badnesses, reverse=True)
