"""Specifies whose death the kernel's count of kills stands for, given who has ended and how."""

from __future__ import annotations

import pytest

from oomtray.risk.kill_match import Ended, Match, inside, match
from tests.facts import MIB
from tests.facts.processes import process

NOT_TOLD = Ended(pid=9, by_signal=False)


def ended(pid: int, **facts: object) -> Ended:
    return Ended(pid=pid, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kills", "candidates", "found"),
    [
        pytest.param(1, [ended(1)], [Match("killed", (1,))], id="one kill, one death"),
        pytest.param(2, [ended(1), ended(2)], [Match("killed", (1,)), Match("killed", (2,))], id="two and two"),
        pytest.param(2, [ended(1)], [Match("killed", (1,))], id="one death is still to come"),
        pytest.param(1, [ended(1, rank=4), ended(2, rank=0)], [Match("one-of", (2, 1))], id="one of two, the first in the order first"),
        pytest.param(1, [ended(1), ended(2, cgroup_kills=0)], [Match("killed", (1,))], id="nobody was killed in the other's cgroup"),
        pytest.param(1, [ended(1, cgroup="/a", cgroup_kills=1), ended(2)], [Match("killed", (1,))], id="its cgroup counts one"),
        pytest.param(1, [ended(1), ended(2, killable=False)], [Match("killed", (1,))], id="the other could not be chosen"),
        pytest.param(1, [NOT_TOLD], [Match("likely", (9,))], id="how it ended is not told"),
        pytest.param(1, [NOT_TOLD, ended(1)], [Match("one-of", (1, 9))], id="a SIGKILL is likelier than what is not told"),
        pytest.param(
            2, [ended(1, rank=2), ended(2, rank=1), ended(3, rank=0)], [Match("likely", (3,)), Match("likely", (2,))], id="two of three",
        ),
        pytest.param(
            1, [ended(1, cgroup="/a", cgroup_kills=1), ended(2, cgroup="/a", cgroup_kills=1)], [Match("one-of", (1, 2))],
            id="two of a cgroup that counts one",
        ),
        pytest.param(
            1, [ended(1, cgroup="/a", cgroup_kills=1), ended(2, cgroup="/b", cgroup_kills=1)], [Match("one-of", (1, 2))],
            id="two cgroups count one each, and the machine one",
        ),
        pytest.param(
            2, [ended(1, cgroup="/a", cgroup_kills=1), ended(2, cgroup="/a", cgroup_kills=1), ended(3)],
            [Match("likely", (1,)), Match("likely", (2,))], id="two of a cgroup that counts one, and another",
        ),
        pytest.param(
            3, [ended(1, group="/a"), ended(2), ended(3, group="/a")], [Match("killed", (2,)), Match("killed", (1, 3), 2)],
            id="a group that was killed whole is one event",
        ),
        pytest.param(1, [], [], id="nobody"),
    ],
)  # fmt: skip
def test_once_all_have_ended(kills: int, candidates: list[Ended], found: list[Match]) -> None:
    assert match(kills, candidates, settled=True) == found


@pytest.mark.parametrize(
    ("candidates", "found"),
    [
        pytest.param([ended(1)], [], id="another may end yet"),
        pytest.param([ended(1, cgroup="/a", cgroup_kills=1)], [Match("killed", (1,))], id="sure by its cgroup"),
        pytest.param([ended(1, cgroup="/a", cgroup_kills=1, group="/a")], [], id="more of its group will end"),
        pytest.param([ended(1, cgroup="/a", cgroup_kills=1), ended(2, cgroup="/b", cgroup_kills=1)], [], id="two for one"),
    ],
)
def test_while_others_may_end_yet_only_what_is_sure_is_said(candidates: list[Ended], found: list[Match]) -> None:
    assert match(1, candidates, settled=False) == found


def test_a_small_cgroup_has_its_places_beside_a_large_one() -> None:
    large = [process(pid, cgroup="/large/in", rss=pages * MIB) for pid, pages in ((1, 900), (2, 800), (3, 700))]
    small = [process(pid, cgroup="/small", rss=pages * MIB) for pid, pages in ((4, 5), (5, 6))]
    elsewhere = process(6, cgroup="/largest")
    found = inside([*large, elsewhere, *small], ["/large", "/small"])
    assert [one.pid for one in found] == [1, 5, 2, 4, 3]


def test_everything_in_a_container_is_within_its_limit() -> None:
    found = inside([process(1, cgroup="/a"), process(2, cgroup="/../b"), process(3, cgroup="/")], ["/"])
    assert sorted(one.pid for one in found) == [1, 3]


def test_one_in_a_cgroup_within_another_counts_for_the_inner_one() -> None:
    outer, inner = process(1, cgroup="/a"), process(2, cgroup="/a/b")
    assert [one.pid for one in inside([outer, inner], ["/a", "/a/b"])] in ([1, 2], [2, 1])
