"""An explanation adds up, names what moves the number, and says what no longer counts on this kernel."""

from __future__ import annotations

from typing import Any

import pytest

from oomtray.config import Rows
from oomtray.kernel.snapshot import Consequences, OomPolicy, Process, Scope
from oomtray.messages.explanation import tell
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Assessment
from oomtray.risk.explain import Explanation, Parts, explain
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts.in_pages import PAGE_SIZE, TOTAL_PAGES, process, snapshot

TAB = process(
    42,
    pages=60_000,
    adj=233,
    name="Web Content",
    ppid=41,
    page_tables=210 * PAGE_SIZE,
    swap=1000 * PAGE_SIZE,
    oom_score=841,
)
BROWSER = process(41, pages=90_000, name="firefox")
JOB = process(43, pages=80_000, name="job")


def judged(*processes: Process, top: int | None = None, consequences: Any = None, **facts: Any) -> Assessment:
    ranking = rank(snapshot(*processes, **facts), top)
    return assess(ranking, level=Level(), rows=Rows(), consequences=consequences or {})


def explained(pid: int, *processes: Process, **facts: Any) -> Explanation:
    return explain(judged(*processes, **facts), pid)


def said(pid: int, *processes: Process, **facts: Any) -> tuple[str, ...]:
    judgment = judged(*processes, **facts)
    return tell(judgment, explain(judgment, pid))


def test_the_parts_add_up_to_the_badness() -> None:
    told = explained(42, TAB, BROWSER)
    assert told.parts == Parts(60_000, 1000, 210, 233 * 2000)
    assert told.risk.badness == 60_000 + 1000 + 210 + 466_000


def test_unknown_parts_are_unknown() -> None:
    assert explained(2, process(2, pages=None, kernel_thread=True, adj=None)).parts == Parts(None, None, None, None)


@pytest.mark.parametrize(
    ("pid", "without", "after"),
    [
        pytest.param(42, 41, 41, id="the next victim"),
        pytest.param(41, 42, 42, id="another: nothing changes"),
    ],
)
def test_who_would_be_next(pid: int, without: int, after: int) -> None:
    told = explained(pid, TAB, BROWSER, JOB)
    assert told.without is not None
    assert told.after is not None
    assert (told.without.process.pid, told.after.process.pid) == (without, after)


def test_what_dies_with_it_is_not_next() -> None:
    whole = {42: Consequences(unit="app-firefox-1.scope", unit_policy="stop", unit_pids=(41, 42))}
    told = explained(42, TAB, BROWSER, JOB, consequences=whole)
    assert told.without is not None
    assert told.after is not None
    assert (told.without.process.pid, told.after.process.pid) == (41, 43)
    sentences = said(42, TAB, BROWSER, JOB, consequences=whole)
    assert "Because of its OOMPolicy, all 2 processes of app-firefox-1.scope would end with it." in sentences


def test_a_main_process_takes_its_service_along() -> None:
    main = {42: Consequences(unit="web.service", unit_policy="continue", unit_pids=(41, 42), main=True)}
    judgment = judged(TAB, BROWSER, JOB, consequences=main)
    sentences = tell(judgment, explain(judgment, 42))
    assert "It is the main process of web.service, so all 2 processes of it would end with it." in sentences
    assert "If this process alone were protected, firefox (41) would be next. Once it had died, job (43) would be." in sentences


def test_the_only_one() -> None:
    told = explained(42, TAB)
    assert (told.without, told.after, told.killable) == (None, None, 1)


def test_a_row_that_was_not_judged_is_explained_all_the_same() -> None:
    told = explain(judged(TAB, BROWSER, JOB, top=1), 43)
    assert (told.risk.rank, told.risk.badness, told.killable) == (3, 80_000, 3)


def test_a_pid_that_isnt_there() -> None:
    with pytest.raises(KeyError):
        explained(7, TAB)


ALWAYS = {"runtime-not-counted", "nice-not-counted"}
TODAY = ALWAYS | {"root-bonus-gone", "children-not-counted", "score-666-is-empty"}


@pytest.mark.parametrize(
    ("facts", "notes"),
    [
        pytest.param({}, TODAY, id="today"),
        pytest.param({"release": (0, 0)}, TODAY, id="unknown release: as today"),
        pytest.param({"release": (5, 4), "scale": "plain"}, ALWAYS | {"root-bonus-gone", "children-not-counted"},
                     id="5.4"),
        pytest.param({"release": (4, 19), "scale": "plain"}, ALWAYS | {"root-bonus-gone", "child-may-die-instead"},
                     id="4.19"),
        pytest.param({"release": (4, 9), "scale": "plain"}, ALWAYS | {"root-bonus-counts", "child-may-die-instead"},
                     id="4.9"),
        pytest.param({"scope": Scope("cgroup", TOTAL_PAGES, "/box", 1)}, TODAY | {"score-against-system"}, id="cgroup"),
        pytest.param({"complete": False}, TODAY | {"incomplete"}, id="hidden processes"),
        pytest.param({"policy": OomPolicy(1, 1)}, TODAY | {"oom_kill_allocating_task", "panic_on_oom"}, id="overrides"),
    ],
)  # fmt: skip
def test_notes(facts: dict[str, Any], notes: set[str]) -> None:
    told = explained(42, TAB, BROWSER, **facts)
    assert set(told.notes) == notes
    assert len(told.notes) == len(notes)


def test_notes_about_a_number_that_isnt_exact() -> None:
    leader = process(5, pages=None, state="Z", oom_score=800)
    assert "estimated" in explained(5, leader).notes
    assert said(5, leader)[0].startswith("It counts as about ")
    assert "floor-of-one" in explained(5, process(5, pages=10, adj=-900), scale="plain", release=(5, 4)).notes
    assert "floor-of-one" not in explained(5, process(5, pages=1)).notes


def test_the_story_of_the_next_victim() -> None:
    assert said(42, TAB, BROWSER, cpus=2) == (
        "It counts as 2.0 GiB: 26.4 % of the 7.6 GiB of RAM and swap.",
        "It holds 234 MiB in memory, 3.9 MiB swapped out and 840 KiB of page tables.",
        "It is the first of the 2 processes that the kernel could kill: it would be killed next.",
        "Its oom_score_adj of +233 makes it count as if it held 1.8 GiB more.",
        "Its setting was made by the program, or by somebody for it: its parent firefox (41) has 0.",
        "If this process alone is protected or ends, firefox (41) is next.",
        (
            "In pages: badness 527210 of 2000000 = 60000 resident + 1000 swapped + 210 of page tables + 466000 for an"
            " oom_score_adj of +233, 2000 each."
        ),
        "/proc shows it as oom_score 841: on this scale a process without memory reads 666, and 1333 is all of it.",
        "On this kernel (6.18) these don't count: how long it has run, its nice value, being root and its child processes.",
    )


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        pytest.param(process(5, pages=10, adj=-1000), "Its oom_score_adj is -1000: the kernel never chooses it.", id="-1000"),
        pytest.param(process(1, pages=10, oom_score=0), "The kernel never kills PID 1.", id="pid 1"),
        pytest.param(process(5, pages=None, state="Z"),
                     "It is a zombie: it has ended, its memory is already free, and there is nothing to kill.", id="zombie"),
        pytest.param(process(5, pages=10, adj=-400, ppid=41),
                     "Its oom_score_adj of -400 makes it count as if it held 3.1 GiB less.", id="protected"),
        pytest.param(process(5, pages=89_999), "It is number 2 of the 2 processes that the kernel could kill.", id="the second"),
    ],
)  # fmt: skip
def test_a_sentence_of_the_story(subject: Process, sentence: str) -> None:
    assert sentence in said(subject.pid, subject, BROWSER)


def test_a_void_ranking_claims_no_death() -> None:
    sentences = said(42, TAB, policy=OomPolicy(1, 0))
    assert "It is the only process that the kernel could kill." in sentences
    assert any(s.startswith("vm.oom_kill_allocating_task is set") for s in sentences)
    assert not any("next" in s or "one of these" in s for s in sentences)


def test_one_of_these() -> None:
    sentences = said(41, BROWSER, process(44, pages=89_990, name="evil\x1b[2J"), cpus=2)
    assert (
        r"The kernel's count is too coarse to tell it from evil\x1b[2J (44): it would be one of these."
        in sentences
    )
    assert "It is the first of the 2 processes that the kernel could kill: it may be killed next." in sentences


def test_older_kernels_say_what_still_counts() -> None:
    sentences = said(42, TAB, BROWSER, release=(4, 9), scale="plain")
    assert "On this kernel (4.9) these don't count: how long it has run and its nice value." in sentences
    assert any("3 %" in s for s in sentences)
    assert any("child" in s and "place" in s for s in sentences)
