"""Whether more memory would fit, and the kernel's order of deaths until it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oomtray.kernel.snapshot import OomPolicy
from oomtray.risk.assessment import Assessment
from oomtray.risk.fits import Fit, deaths, fit, inherited_adj
from oomtray.risk.judged import Risk
from oomtray.risk.killer import Also, Override
from tests.facts import GIB, MIB
from tests.facts.assessments import assessment, killer, risk
from tests.facts.assessments import victim as a_victim
from tests.facts.memory import memory
from tests.facts.processes import NO_MEMORY, process
from tests.facts.snapshots import snapshot

FLOOR = 256 * MIB


def row(pid: int, rank: int | None, gib: float, *, private: float | None = None) -> Risk:
    """One that frees so much: at most, or truly where `private` is told."""
    size = int(gib * GIB)
    own = None if private is None else int(private * GIB)
    return risk(pid, of=process(pid, rss=size, rss_anon=size, page_tables=0), rank=rank, private=own)


SLACK, TAB, JAVA = row(11, 1, 1), row(12, 2, 2), row(13, 3, 4)
INIT = row(1, None, 1)


def machine(*risks: Risk, **facts: Any) -> Assessment:
    """4 GiB of 16 left over the floor, and 2 GiB of swap on a disk."""
    told = {"available": 4 * GIB + FLOOR, "floor": FLOOR, "swap_total": 8 * GIB, "swap_free": 2 * GIB, "swap_worth": 1.0}
    rows = risks or (SLACK, TAB, JAVA, INIT)
    taken = snapshot(*(one.process for one in rows), memory=memory(**(told | facts)))
    return assessment(risks=rows, snapshot=taken)


def found(size: float, *risks: Risk, also: dict[int, Also] | None = None, **facts: Any) -> Fit:
    told = fit(machine(*risks, **facts), int(size * GIB), also)
    assert told is not None
    return told


def pids(told: Fit) -> list[int]:
    return [one.process.pid for one in told.deaths.dead]


@pytest.mark.parametrize(
    ("size", "facts", "fits", "left", "stalls", "end"),
    [
        pytest.param(3, {}, "yes", 3, False, [], id="into RAM"),
        pytest.param(4, {}, "yes", 2, False, [], id="into all of RAM"),
        pytest.param(5, {}, "yes", 1, True, [], id="with swap"),
        pytest.param(6, {}, "yes", 0, True, [], id="into all there is"),
        pytest.param(6.5, {}, "after", 0.5, True, [11], id="after one has ended"),
        pytest.param(8, {}, "after", 1, True, [11, 12], id="after two have, in the kernel's order"),
        pytest.param(14, {}, "no", 0, True, [], id="not even after all that can be killed have"),
        pytest.param(5, {"swap_worth": 0.0}, "after", 0, False, [11], id="swap that is worth nothing"),
        pytest.param(5, {"swap_worth": 0.5}, "yes", 0, True, [], id="zram by its worth"),
        pytest.param(5, {"swap_worth": None}, "yes", 1, True, [], id="swap whose worth wasn't read"),
        pytest.param(5, {"swap_total": 0, "swap_free": 0}, "after", 0, False, [11], id="no swap"),
        pytest.param(5, {"reclaimable": GIB * 10 // 8}, "yes", 2, False, [], id="what ZFS gives back counts"),
        pytest.param(0, {}, "yes", 6, False, [], id="nothing"),
    ],
)
def test_what_becomes_of_more(
    size: float, facts: dict[str, Any], fits: str, left: float, stalls: bool, end: list[int]
) -> None:
    told = found(size, **facts)
    assert (told.fits, told.left, told.stalls, pids(told)) == (fits, left * GIB, stalls, end)
    assert told.deaths.wanted == max(told.size - told.ram - told.swap, 0)


def strict(size: float, *, mode: int = 2, admin: int = 0, user: int = 0, **facts: Any) -> Fit:
    """Of 12 GiB that may be promised, 10 MiB are left."""
    told = machine(**({"commit_limit": 12 * GIB, "committed": 12 * GIB - 10 * MIB} | facts))
    snapshot_ = told.snapshot._replace(policy=OomPolicy(0, 0, mode, admin, user))
    answer = fit(replace(told, snapshot=snapshot_), int(size * GIB))
    assert answer is not None
    return answer


class TestWhereTheKernelRefusesWhatIsPromisedAlready:
    def test_more_than_is_left_to_ask_for_never_fits_however_much_is_free(self) -> None:
        told = strict(3)
        assert (told.fits, told.left, told.stalls, pids(told), told.askable) == ("no", 0, False, [], 10 * MIB)

    def test_nor_once_more_is_promised_than_may_be(self) -> None:
        assert strict(1, committed=13 * GIB).askable == 0

    def test_what_is_left_to_ask_for_fits(self) -> None:
        assert (strict(10 / 1024).fits, strict(10 / 1024).askable) == ("yes", None)

    @pytest.mark.parametrize(
        ("left", "admin", "user", "most"),
        [
            pytest.param(1024, 8, 0, 1016, id="root's reserve"),
            pytest.param(6, 8, 0, 0, id="root's reserve is more than is left"),
            pytest.param(330, 0, 128, 320, id="a 32nd of what the program has"),
            pytest.param(3072, 0, 32, 3040, id="a large program leaves the users' reserve"),
            pytest.param(338, 8, 128, 320, id="both"),
        ],
    )
    def test_what_the_kernel_keeps_from_a_program_cannot_be_asked_for(self, left: int, admin: int, user: int, most: int) -> None:
        facts = {"committed": 12 * GIB - left * MIB, "admin": admin * MIB, "user": user * MIB}
        assert strict(most / 1024, **facts).fits == "yes"
        refused = strict((most + 1) / 1024, **facts)
        assert (refused.fits, refused.askable) == ("no", most * MIB)

    @pytest.mark.parametrize("mode", [0, 1])
    def test_promises_count_in_that_mode_alone(self, mode: int) -> None:
        assert strict(3, mode=mode).fits == "yes"

    @pytest.mark.parametrize("fact", ["commit_limit", "committed"])
    def test_what_is_unknown_refuses_nothing(self, fact: str) -> None:
        assert strict(3, **{fact: None}).fits == "yes"


def test_more_than_the_machine_has_never_fits_whatever_the_sums_of_shared_memory_say() -> None:
    shared = tuple(row(20 + n, n + 1, 8) for n in range(8))
    assert found(30, *shared).fits == "no"


def test_nothing_is_said_where_it_is_not_told_how_much_is_left() -> None:
    assert fit(machine(available=None), GIB) is None


def test_the_floor_is_nobodys() -> None:
    assert found(0, available=FLOOR // 2).ram == 0


LARGE, SMALL = row(11, 1, 8), row(12, 2, 2)


@pytest.mark.parametrize(
    ("size", "risks", "room", "after"),
    [
        pytest.param(6.5, (SLACK, TAB, JAVA), 6, 0, id="it is the largest by then"),
        pytest.param(6.5, (LARGE,), 1, None, id="there is a larger one"),
        pytest.param(9.5, (LARGE, SMALL), 1, 1, id="once that has ended it is the largest"),
        pytest.param(9, (LARGE, SMALL), 1, None, id="it has all that it takes before"),
        pytest.param(5, (LARGE,), 0, None, id="nothing is free"),
    ],
)
def test_a_program_that_would_be_the_largest_by_then_dies_itself(size: float, risks: tuple[Risk, ...], room: float, after: int | None) -> None:
    told = found(size, *risks, available=FLOOR + int(room * GIB), swap_free=0)
    assert (told.fits, told.itself_after) == ("after", after)


@pytest.mark.parametrize(
    ("adj", "after"),
    [
        pytest.param(0, None, id="none"),
        pytest.param(280, None, id="too little to be the first"),
        pytest.param(300, 0, id="as apps of a desktop have one"),
        pytest.param(-1000, None, id="never killed"),
    ],
)
def test_its_own_oom_score_adj_counts(adj: int, after: int | None) -> None:
    """It has 1 GiB when memory runs out, of 24 in all, and the other one 8."""
    told = fit(machine(LARGE, available=FLOOR + GIB, swap_free=0), int(6.5 * GIB), adj=adj)
    assert told is not None
    assert told.itself_after == after


def test_a_program_that_may_never_be_killed_is_not_said_to_be() -> None:
    told = fit(machine(), int(6.5 * GIB), adj=-1000)
    assert told is not None
    assert told.itself_after is None


def test_a_program_has_the_oom_score_adj_of_what_starts_it() -> None:
    shell = process(20, oom_score_adj=200)
    whole = machine()
    whole = replace(whole, snapshot=whole.snapshot._replace(processes=(*whole.snapshot.processes, shell)))
    assert [inherited_adj(whole, pid) for pid in (20, 11, 999)] == [200, 0, 0]


@pytest.mark.parametrize("sysctl", ["panic_on_oom", "oom_kill_allocating_task"])
def test_where_no_order_holds_nobody_knows_whether_it_dies_itself(sysctl: Override) -> None:
    void = replace(machine(), killers=(killer(overrides=(sysctl,)),))
    told = fit(void, int(6.5 * GIB))
    assert told is not None
    assert (told.fits, told.itself_after) == ("after", None)


def test_who_ends_together_with_an_earlier_one_is_counted_among_those_before_it() -> None:
    with_it = {11: Also("firefox.service", "oom-policy-stop", (13,))}
    assert found(12, LARGE, SMALL, row(13, None, 2), also=with_it, available=FLOOR + GIB, swap_free=0).itself_after == 2


class TestOrder:
    def test_the_first_deaths_until_enough_is_free(self) -> None:
        told = deaths(machine(), 3 * GIB)
        assert ([one.process.pid for one in told.dead], told.freed, told.reached) == ([11, 12], 3 * GIB, True)

    def test_all_of_them_where_they_don_t_free_enough_and_never_what_can_t_be_killed(self) -> None:
        told = deaths(machine(), 100 * GIB)
        assert ([one.process.pid for one in told.dead], told.freed, told.reached) == ([11, 12, 13], 7 * GIB, False)

    def test_who_ends_together_with_a_victim_ends_with_it_and_not_again(self) -> None:
        also = {11: Also("app.scope", "oom-policy-stop", (11, 13, 999))}
        told = deaths(machine(), 100 * GIB, also)
        assert ([one.process.pid for one in told.dead], told.freed) == ([11, 13, 12], 7 * GIB)

    def test_of_the_next_victim_it_is_known_without_asking(self) -> None:
        whole = machine()
        group = Also("/a", "memory-oom-group", (11, 13))
        kernel = killer(victim=a_victim(SLACK, also=group))
        told = deaths(assessment(risks=whole.risks, snapshot=whole.snapshot, killers=(kernel,)), 2 * GIB)
        assert [one.process.pid for one in told.dead] == [11, 13]

    def test_what_a_death_truly_frees_counts_where_it_was_read(self) -> None:
        told = deaths(machine(row(11, 1, 4, private=0.5), row(12, 2, 2, private=2)), 2 * GIB)
        assert (told.freed, told.exact, told.reached) == (int(2.5 * GIB), True, True)

    def test_one_upper_bound_makes_the_sum_one(self) -> None:
        assert not deaths(machine(row(11, 1, 1, private=1), row(12, 2, 2)), 2 * GIB).exact

    def test_what_can_t_be_told_counts_as_nothing_and_is_said(self) -> None:
        unknown = risk(11, of=process(11, **NO_MEMORY), rank=1, badness=900)
        told = deaths(machine(unknown, row(12, 2, 2)), GIB)
        assert ([one.process.pid for one in told.dead], told.freed, told.unknown) == ([11, 12], 2 * GIB, 1)
