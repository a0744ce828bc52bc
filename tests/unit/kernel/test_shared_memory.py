"""Processes that run in one memory are found, and nothing that merely has none."""

from __future__ import annotations

import os

import pytest

from oomtray.kernel.facts_reader import read_facts
from oomtray.kernel.process_facts import Listing
from oomtray.kernel.shared_memory import one_memory
from tests.rigs.processes.shared_memory import sharing_memory


def test_both_are_found_and_the_others_are_left_out() -> None:
    with sharing_memory() as (parent, child):
        found = one_memory()
        facts = read_facts(parent)
    assert (found[parent], found[child]) == ((child,), (parent,))
    assert not {1, 2, os.getpid()} & found.keys()
    assert isinstance(facts.shares_memory, Listing)
    assert [one.pid for one in facts.shares_memory.first] == [child]


def in_order_of(memories: dict[int, int | None]):
    """As the kernel compares: None for those that may not be traced."""

    def compare(one: int, other: int) -> int:
        first, second = memories[one], memories[other]
        return -1 if first is None or second is None else 0 if first == second else 1 if first < second else 2

    return compare


@pytest.mark.parametrize(
    ("memories", "found"),
    [
        pytest.param({}, {}, id="nobody"),
        pytest.param({1: 3, 2: 2, 3: 1}, {}, id="each its own"),
        pytest.param({1: 7, 2: 5, 3: 7, 4: 7}, {1: (3, 4), 3: (1, 4), 4: (1, 3)}, id="three as one"),
        pytest.param({1: None, 2: None, 3: 5}, {}, id="others' processes"),
        pytest.param({1: 7, 2: None, 3: 7}, {1: (3,), 3: (1,)}, id="one of them another's"),
    ],
)
def test_who_has_one_memory_is_told_by_what_the_kernel_compares(memories, found, monkeypatch) -> None:
    monkeypatch.setattr("oomtray.kernel.shared_memory._has_memory", lambda _: True)
    assert one_memory(memories, compare=in_order_of(memories)) == found
