"""What is said of whether more memory would fit, and of the order of deaths until so much is free."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oomtray.kernel.snapshot import OomPolicy, Scope
from oomtray.messages import fits as words
from oomtray.messages import memory as memory_words
from oomtray.risk.assessment import Assessment
from oomtray.risk.fits import deaths, fit
from oomtray.risk.judged import Risk
from tests.facts import GIB
from tests.facts.assessments import app, assessment, killer, risk
from tests.facts.memory import memory
from tests.facts.processes import NO_MEMORY, process
from tests.facts.snapshots import snapshot


def row(pid: int, name: str, gib: int = 1, *, of: str | None = None, private: int | None = None, **facts: Any) -> Risk:
    size = {"rss": gib * GIB, "rss_anon": gib * GIB, "page_tables": 0} | facts
    return risk(pid, of=process(pid, name=name, **size), rank=pid, app=of, private=private)


TABS = row(2, "Web Content", of="firefox"), row(3, "Web Content", of="firefox")
ROWS = row(1, "slack"), *TABS, row(4, "java"), row(5, "Isolated Web Co", of="firefox")


def machine(*rows: Risk, **facts: Any) -> Assessment:
    chosen = rows or ROWS
    firefox = app(members=tuple(one for one in chosen if one.app == "firefox"))
    told = {"available": 4 * GIB, "swap_total": 0, "swap_free": 0, "swap_worth": 0.0, "floor": 0} | facts
    taken = snapshot(*(one.process for one in chosen), memory=memory(**told))
    return assessment(risks=chosen, snapshot=taken, apps=(firefox,))


def said(gib: float, *rows: Risk, **facts: Any) -> list[str]:
    whole = machine(*rows, **facts)
    found = fit(whole, round(gib * GIB))
    assert found is not None
    return [words.answer(whole, found), *words.notes(whole, found)]


def test_where_processes_wait_at_their_limit_nobody_dies() -> None:
    box = Scope("cgroup", 16384, "/box", 64 << 20, waits=True)
    whole = assessment(risks=ROWS, snapshot=snapshot(*(one.process for one in ROWS), scope=box))
    order = deaths(whole, GIB)
    assert (order.dead, order.reached) == ((), False)
    says = "If /box ran out of memory now, the kernel would kill nobody: its processes would wait until memory is freed (memory.oom_control)."
    assert words.to_free(whole, order) == says


def test_it_fits() -> None:
    assert said(3) == ["3.0 GiB would fit, with 1.0 GiB left.", "4.0 GiB of RAM can be used now."]


@pytest.mark.parametrize(
    ("swap", "says"),
    [
        pytest.param({}, "4.0 GiB of RAM is left, of which the kernel keeps 512 MiB.", id="no swap"),
        pytest.param(
            {"swap_total": 2 * GIB, "swap_free": 2 * GIB, "swap_worth": 1.0},
            "4.0 GiB of RAM is left, of which the kernel keeps 512 MiB. 2.0 GiB of swap can be used, too.", id="with swap",
        ),
    ],
)
def test_what_is_left_is_the_popups_number(swap: dict[str, Any], says: str) -> None:
    """It was another, without a word of the difference."""
    whole = machine(floor=GIB // 2, **swap)
    assert said(3, floor=GIB // 2, **swap)[1] == says
    assert memory_words.left(whole.snapshot.memory) == "4.0 GiB left"


def test_it_fits_with_swap() -> None:
    assert said(5, swap_total=8 * GIB, swap_free=4 * GIB, swap_worth=0.5) == [
        "5.0 GiB would fit only with swap, so the computer would become slow. 1.0 GiB would be left.",
        "4.0 GiB of RAM and 2.0 GiB of swap can be used now.",
    ]


EXACT = tuple(row(one.process.pid, one.process.name, of=one.app, private=GIB) for one in ROWS)


def test_it_fits_after_some_have_ended() -> None:
    larger = tuple(replace(one, badness=99 * GIB // 4096) for one in EXACT)
    assert said(7, *larger) == [
        "7.0 GiB would fit once these have ended: slack and Firefox (2 of 3 processes).",
        "4.0 GiB of RAM can be used now.",
        "Otherwise the kernel would kill them in this order as memory runs out.",
    ]


def test_it_would_be_killed_itself() -> None:
    """It was said to fit once others had been killed, and then that it might be killed too."""
    assert said(7, *EXACT) == [
        "7.0 GiB would not fit: the kernel would kill the new program itself at about 4.0 GiB.",
        "7.0 GiB would fit once these have ended: slack and Firefox (2 of 3 processes).",
        "4.0 GiB of RAM can be used now.",
    ]


def test_where_the_kernel_panics_it_is_not_said_whom_it_would_kill() -> None:
    whole = machine(*EXACT)
    panics = replace(whole, killers=(killer(overrides=("panic_on_oom",)),))
    found = fit(panics, 7 * GIB)
    assert found is not None
    assert [words.answer(panics, found), *words.notes(panics, found)] == [
        "7.0 GiB would fit once these have ended: slack and Firefox (2 of 3 processes).",
        "4.0 GiB of RAM can be used now.",
        "The order below doesn't count, because vm.panic_on_oom is set.",
    ]


def test_the_list_names_an_app_as_the_sentence_does() -> None:
    whole = machine(row(1, "firefox", of="firefox"), row(2, "firefox", of="firefox"))
    order = deaths(whole, 2 * GIB)
    assert words.waterline(whole, order) == "Firefox (2 processes)"
    assert [one.name for one in words.order_rows(whole, order, 9)] == ["1. Firefox", "2. Firefox"]


def test_a_sum_is_no_more_exact_than_what_is_in_it() -> None:
    whole = machine(row(1, "slack", private=GIB), row(2, "java"), row(3, "secret", **NO_MEMORY), row(4, "code", private=GIB))
    rows = words.order_rows(whole, deaths(whole, 4 * GIB), 9)
    assert [(one.frees, one.total) for one in rows] == [("1.0 GiB", "1.0 GiB"), ("≤ 1.0 GiB", "≤ 2.0 GiB"), ("unknown", ""), ("1.0 GiB", "≤ 3.0 GiB")]


def test_an_app_that_loses_only_some_processes_is_told_with_all_of_them() -> None:
    """VS Code (3 processes) stood beside a popup that said 4: the fourth need not end."""
    whole = machine(*(row(pid, "firefox", of="firefox") for pid in (1, 2)), row(3, "java"))
    assert words.waterline(whole, deaths(whole, GIB)) == "Firefox (1 of 2 processes)"
    assert words.waterline(whole, deaths(whole, 2 * GIB)) == "Firefox (2 processes)"
    tabs = machine(*TABS)
    assert words.waterline(tabs, deaths(tabs, GIB)) == "Firefox · Web Content", "a single one is told by its own name"


def test_apps_of_one_name_are_told_with_the_processes_of_each() -> None:
    """As of two users: with those of the first alone, none seemed to be left."""
    first, second, third = (row(pid, "firefox", of="firefox") for pid in (1, 2, 3))
    whole = replace(machine(first, second, third), apps=(app(members=(first, third)), app(members=(second,))))
    assert words.waterline(whole, deaths(whole, 2 * GIB)) == "Firefox (2 of 3 processes)"


def test_it_would_be_killed_itself_after_larger_ones() -> None:
    larger = replace(EXACT[0], badness=99 * GIB // 4096)
    assert said(7, larger, *EXACT[1:])[0] == "7.0 GiB would not fit: the kernel would kill slack, and then the new program itself."


def test_it_does_not_fit() -> None:
    assert said(30)[0] == "30.0 GiB would not fit, whatever is ended."


@pytest.mark.parametrize(("gib", "told"), [(3, False), (5, True), (30, True)])
def test_who_is_hidden_may_be_what_makes_it_fit(gib: int, told: bool) -> None:
    whole = machine()
    whole = replace(whole, snapshot=whole.snapshot._replace(complete=False))
    found = fit(whole, gib * GIB)
    assert found is not None
    hidden = "Only processes that you can see are counted. Others may be hidden from you."
    assert words.notes(whole, found).count(hidden) == told
    assert hidden in words.uncertain(whole, deaths(whole, GIB))
    assert hidden not in said(gib)


def test_it_would_be_refused() -> None:
    whole = machine(commit_limit=12 * GIB, committed=11 * GIB)
    strict = replace(whole, snapshot=whole.snapshot._replace(policy=OomPolicy(0, 0, 2)))
    found = fit(strict, 3 * GIB)
    assert found is not None
    assert [words.answer(strict, found), *words.notes(strict, found)] == [
        "3.0 GiB would be refused: of the 12.0 GiB that programs may ask for in all, only about 1.0 GiB is left (vm.overcommit_memory is 2).",
    ]


@pytest.mark.parametrize(
    ("gib", "says"),
    [
        (0, "To free 0 B, nothing has to be killed."),
        (1, "To free 1.0 GiB, the kernel would kill slack."),
        (4, "To free 4.0 GiB, the kernel would kill slack, Firefox (2 of 3 processes) and java."),
        (5, "To free 5.0 GiB, the kernel would kill slack, Firefox (3 processes) and java."),
        (9, "Killing can't free 9.0 GiB: all that can be killed would free at most 5.0 GiB."),
    ],
)
def test_the_order_of_deaths_in_one_sentence(gib: int, says: str) -> None:
    whole = machine()
    assert words.to_free(whole, deaths(whole, gib * GIB)) == says


def test_many_names_end_in_a_number() -> None:
    whole = machine(*(row(pid, f"p{pid}") for pid in range(1, 8)))
    assert words.to_free(whole, deaths(whole, 7 * GIB)).endswith("kill p1, p2, p3, p4 and 3 more.")


def test_what_may_be_wrong_about_it_is_said() -> None:
    whole = machine(row(1, "secret", **NO_MEMORY), row(2, "java"))
    earlyoom = killer(name="earlyoom")
    void = assessment(
        risks=whole.risks, snapshot=whole.snapshot, killers=(earlyoom, killer(overrides=("oom_kill_allocating_task",)))
    )
    assert words.uncertain(void, deaths(void, GIB)) == [
        "These may free less than is shown, so more may have to end.",
        "What 1 of them frees is unknown, and counts as nothing.",
        "The order below doesn't count, because vm.oom_kill_allocating_task is set.",
        "earlyoom acts before the kernel, and may choose others.",
    ]
