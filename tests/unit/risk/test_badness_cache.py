"""Badness remembered from snapshot to snapshot is what each snapshot gives alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from oomtray.kernel.snapshot import Process, Snapshot
from oomtray.risk.badness import badness_of, why_not
from oomtray.risk.badness_cache import NEVER, BadnessCache
from oomtray.risk.ranking import rank
from tests.facts.in_pages import process, snapshot

sizes = st.none() | st.integers(0, 5_000)
adjustments = st.sampled_from([None, -1000, -999, 0, 0, 300, 1000])
rows = st.builds(
    lambda pid, pages, adj, score: process(pid, pages=pages, adj=adj, oom_score=score, state="S" if pages else "Z"),
    st.integers(1, 40),
    sizes,
    adjustments,
    st.sampled_from([None, 0, 1, 666]),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Snapshot]:
    """Snapshots of one table in which rows stay the same objects, change, come, go and take each other's place."""
    table: list[Process] = draw(st.lists(rows, max_size=8))
    history = []
    for _ in range(draw(st.integers(1, 5))):
        for place in draw(st.sets(st.integers(0, 7), max_size=3)):
            if place < len(table):
                table[place] = draw(rows)
        table += draw(st.lists(rows, max_size=3))
        if table and draw(st.booleans()):
            table[draw(st.integers(0, len(table) - 1))] = table[-1]
            table.pop()
        view = snapshot(*table, scale=draw(st.sampled_from(["shifted", "plain"])))
        if draw(st.booleans()):
            view = view._replace(scope=replace(view.scope, total_pages=draw(st.sampled_from([1, 4_000, 1 << 21]))))
        history.append(view)
    return history


def _without_twins(view: Snapshot) -> Snapshot:
    """Leave out rows with the PID of an earlier one, which the process table can't have."""
    return view._replace(processes=tuple({p.pid: p for p in view.processes[::-1]}.values())[::-1])


@given(history=histories())
def test_what_is_kept_from_snapshot_to_snapshot_is_what_each_says_alone(history: list[Snapshot]) -> None:
    points = BadnessCache()
    for view in map(_without_twins, history):
        assert view.scale is not None
        points.update(view, view.scale)
        told = [
            None if why_not(p, view.scale) else badness_of(p, view, view.scale) for p in view.processes
        ]
        assert list(points.badness) == [NEVER if its is None else its for its in told]
        assert list(points.pages) == [
            0 if its is None else p.pages or 0 for its, p in zip(told, view.processes, strict=True)
        ]
        assert points.table == {p.pid: p for p in view.processes}


@given(history=histories(), top=st.sampled_from([None, 0, 1, 3]))
def test_an_order_that_is_kept_while_nothing_changes_is_what_each_says_alone(history: list[Snapshot], top: int | None) -> None:
    points = BadnessCache()
    for view in map(_without_twins, history):
        kept, alone = rank(view, top, points), rank(view, top)
        assert (kept.first, kept.rest, kept.near, kept.killable, kept.most_pages) == (
            alone.first, alone.rest, alone.near, alone.killable, alone.most_pages,
        )  # fmt: skip
