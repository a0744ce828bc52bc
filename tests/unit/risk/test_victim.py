"""Who dies together with a process, and who would be next after a change."""

from __future__ import annotations

import pytest

from oomtray.kernel.snapshot import PAGE_SIZE, Consequences
from oomtray.risk.killer import Also
from oomtray.risk.victim import also, foresee
from tests.facts.in_pages import STEP, judged, process, snapshot


@pytest.mark.parametrize(
    ("consequences", "expected"),
    [
        pytest.param(Consequences(), None, id="dies alone"),
        pytest.param(
            Consequences(unit="t.scope", unit_policy="stop", unit_pids=(5, 6, 7)),
            Also("t.scope", "oom-policy-stop", (5, 6, 7)),
            id="systemd stops the unit",
        ),
        pytest.param(
            Consequences(unit="t.scope", unit_policy="kill", unit_pids=(5, 6)),
            Also("t.scope", "oom-policy-stop", (5, 6)),
            id="systemd kills the unit",
        ),
        pytest.param(
            Consequences(unit="t.scope", unit_policy="continue", unit_pids=(5, 6)), None, id="the unit goes on"
        ),
        pytest.param(Consequences(unit="t.scope", unit_pids=(5, 6)), None, id="policy unknown: nothing is claimed"),
        pytest.param(Consequences(unit="t.scope", unit_policy="stop", unit_pids=(5,)), None, id="alone in its unit"),
        pytest.param(
            Consequences(unit="t.service", unit_policy="continue", unit_pids=(5, 6), main=True),
            Also("t.service", "oom-policy-stop", (5, 6), main=True),
            id="it is the main process: systemd stops the unit all the same",
        ),
        pytest.param(
            Consequences(unit="t.service", unit_policy="stop", unit_pids=(5, 6), main=True),
            Also("t.service", "oom-policy-stop", (5, 6)),
            id="it is the main process, and the policy would do anyway",
        ),
        pytest.param(
            Consequences(oom_group="/box", group_pids=(5, 8)), Also("/box", "memory-oom-group", (5, 8)), id="oom group"
        ),
        pytest.param(
            Consequences("/box", "t.scope", "stop", (5, 8), (5, 8)), Also("/box", "memory-oom-group", (5, 8)),
            id="both alike: the kernel is there first",
        ),
        pytest.param(
            Consequences("/box", "t.scope", "stop", (5, 8), (5, 8, 9)),
            Also("t.scope", "oom-policy-stop", (5, 8, 9)),
            id="both: whichever takes more",
        ),
    ],
)  # fmt: skip
def test_who_goes_with_it(consequences: Consequences, expected: Also | None) -> None:
    assert also(consequences, 5) == expected
    victim = judged(snapshot(process(5)), consequences={5: consequences}).victim
    assert victim is not None
    assert victim.also == expected
    told = {"oom-policy-stop": "unit-dies-whole", "memory-oom-group": "group-dies-whole"}
    assert set(victim.risk.reasons) - {"next-victim"} == ({told[expected.cause]} if expected else set())


@pytest.mark.parametrize(
    ("adjusted", "pid", "badness"),
    [
        pytest.param({}, 5, 9000, id="as it is"),
        pytest.param({5: -500}, 6, 8000, id="protected"),
        pytest.param({7: 300}, 7, 100 + 300 * STEP, id="offered up"),
        pytest.param({8: 0}, 8, 50_000, id="let go of -1000, of which the shown score said never"),
        pytest.param({5: -1000, 6: -1000, 7: -1000}, None, None, id="nobody left"),
    ],
)
def test_foresee(adjusted: dict[int, int], pid: int | None, badness: int | None) -> None:
    view = snapshot(process(5, pages=9000), process(6, pages=8000), process(7, pages=100), process(8, pages=50_000, adj=-1000))
    first = foresee(view, adjusted).first
    assert [(row.process.pid, row.badness) for row in first] == ([] if pid is None else [(pid, badness)])


def test_foresee_shifts_the_shown_score_by_which_other_killers_choose() -> None:
    first = foresee(snapshot(process(5, pages=9000, adj=100)), {5: 300}).first[0]
    assert first.process.oom_score == process(5, pages=9000, adj=300).oom_score


def test_foresee_counts_swap_once() -> None:
    (row,) = foresee(snapshot(process(5, pages=9000, swap=500 * PAGE_SIZE)), {5: 100}).first
    assert row.badness == 9500 + 100 * STEP


def test_foresee_makes_up_no_score_that_is_not_shown() -> None:
    assert foresee(snapshot(process(5, oom_score=None)), {5: 300}).first[0].process.oom_score is None


def test_foresee_keeps_what_only_the_score_tells() -> None:
    leader = process(5, pages=None, state="Z", oom_score=process(5, pages=200_000).oom_score)
    row = foresee(snapshot(leader), {5: 100}).first[0]
    assert row.badness == pytest.approx(200_000 + 100 * STEP, abs=3 * STEP)
