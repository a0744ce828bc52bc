"""Processes that run in one memory are found, and nothing that merely has none."""

from __future__ import annotations

import ctypes
import gc
import os

import pytest

from oomtray.kernel.facts_reader import read_facts
from oomtray.kernel.process_facts import Listing
from oomtray.kernel.shared_memory import number_of, one_memory
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


@pytest.mark.parametrize(
    ("machine", "wide", "number"),
    [
        ("x86_64", True, 312),
        pytest.param("x86_64", False, 349, id="a 32-bit program on a 64-bit kernel: 312 is get_robust_list there"),
        ("i586", False, 349),
        ("aarch64", True, 272),
        pytest.param("aarch64", False, 378, id="the same on a Raspberry Pi: 272 is pciconfig_read there"),
        ("armv6l", False, 378),
        ("armv7l", False, 378),
        pytest.param("sparc64", True, None, id="numbers of its own, which nobody has looked up"),
    ],
)
def test_no_other_system_call_is_made_for_it(machine: str, wide: bool, number: int | None) -> None:
    assert number_of(machine, wide=wide) == number


def test_asked_again_it_loads_no_library_again() -> None:
    one_memory([])
    before = _libraries_held()
    for _ in range(3):
        one_memory([])
    assert _libraries_held() == before


def _libraries_held() -> int:
    return sum(isinstance(one, ctypes.CDLL) for one in gc.get_objects())
