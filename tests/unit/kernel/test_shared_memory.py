"""Processes that run in one memory are found, and nothing that merely has none."""

from __future__ import annotations

import os

from oomtray.kernel.facts_reader import read_facts
from oomtray.kernel.process_facts import Listing
from oomtray.kernel.shared_memory import one_memory
from tests.rigs.processes.shared_memory import sharing_memory


def test_both_are_found_and_the_others_are_left_out() -> None:
    with sharing_memory() as (parent, child):
        found = one_memory([1, 2, os.getpid(), parent, child])
        facts = read_facts(parent)
    assert found == {parent: (child,), child: (parent,)}
    assert isinstance(facts.shares_memory, Listing)
    assert [one.pid for one in facts.shares_memory.first] == [child]


def test_what_may_not_be_traced_or_has_no_memory_shares_none() -> None:
    with sharing_memory() as (parent, child):
        assert one_memory([parent], compare=lambda _one, _other: -1) == {}
        zombies = one_memory([2], compare=lambda _one, _other: 0)
    assert zombies == {}, "a kernel thread"
    assert child
