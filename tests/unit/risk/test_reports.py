"""Given the task table of a real kernel report, the ranking names the process that the kernel killed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oomtray.kernel.snapshot import PAGE_SIZE, Process, Scope
from oomtray.risk.badness import badness
from oomtray.risk.ranking import Ranking, rank
from tests.facts.in_pages import process, snapshot

REPORTS = sorted((Path(__file__).parent / "data" / "oom_reports").glob("*.txt"))

BADNESS = {
    "global-6.1-all-protected": {120: -26_943, 121: -43_935},
    "global-6.1-swap": {119: 15_566, 120: 10_407, 118: -55_342},
    "memcg-v1-6.18": {5570: 20_653, 5569: 20_570, 5571: 17_902, 5568: 15_562, 5567: 7_836},
    "memcg-v1-6.18-equals": {11742: 21_271, 11741: 21_271, 11739: 21_271, 11740: 21_270, 11743: 12_260},
    "memcg-v2-6.1": {463: 15_104, 455: 1_413, 453: 751},
}
"""By hand from the tables: rss + swapents + pgtables_bytes / 4096 + adj * (total / 1000)."""


def ranking_of(report: Path) -> tuple[Ranking, int]:
    """The ranking of a report's tasks, and the pid that the kernel killed."""
    text = report.read_text()
    total = int(re.search(r"total_pages (\d+)", text)[1])
    release = tuple(map(int, re.search(r"release (\d+)\.(\d+)", text).groups()))
    lines = [line for line in text.splitlines() if line.startswith("[")]
    columns = lines[0].replace("[", "").replace("]", "").split()
    tasks = [_task(dict(zip(columns, line.replace("[", "").replace("]", "").split(None, len(columns) - 1), strict=True)))
             for line in lines[1:]]  # fmt: skip
    kind = "cgroup" if "CONSTRAINT_MEMCG" in text else "system"
    view = snapshot(
        *tasks, total_pages=total, scope=Scope(kind, total, "/oomtest", total * PAGE_SIZE), release=release
    )
    return rank(view), int(re.search(r"Killed process (\d+)", text)[1])


def _task(row: dict[str, str]) -> Process:
    return process(
        int(row["pid"]),
        adj=int(row["oom_score_adj"]),
        name=row["name"],
        oom_score=None,
        rss=int(row["rss"]) * PAGE_SIZE,
        swap=int(row["swapents"]) * PAGE_SIZE,
        page_tables=int(row["pgtables_bytes"]),
    )


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_the_first_in_the_ranking_is_the_one_that_died(report: Path) -> None:
    ranking, killed = ranking_of(report)
    assert ranking.first[0].process.pid == killed


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_badness_of_every_task_that_could_die(report: Path) -> None:
    ranking, _ = ranking_of(report)
    assert {row.process.pid: row.badness for row in ranking.first} == BADNESS[report.stem]


def test_no_report_is_left_out() -> None:
    assert {path.stem for path in REPORTS} == set(BADNESS)


def test_half_the_step_would_have_named_another() -> None:
    """The table is able to tell a wrong formula from the right one."""
    assert (
        badness(5283 + 19, 301, 51_200)
        > badness(17_859 + 43, 0, 51_200)
        > badness(5283 + 19, 301, 51_200 // 2)
    )
