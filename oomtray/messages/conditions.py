"""Conditions of memory that are worth knowing, in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.messages.names import told_name
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.conditions import Condition, ConditionId

_SAYS: dict[ConditionId, str] = {
    "left-unknown": mark("How much memory is left is unknown here, so there is no warning before it runs out."),
    "commit-limit": mark(
        "Of the {limit} that programs may ask for in all, only about {size} is left (vm.overcommit_memory is 2)."
        " After that, programs are refused memory; nothing is killed."
    ),
    "stall-without-shortage": mark(
        "Some processes wait for memory although plenty is left: their control group is at its own limit."
    ),
    "no-swap": mark(
        "There is no swap: once memory is full, something is killed. “oomtray doctor” has the command that adds some."
    ),
    "swap-unused": mark(
        "Something is killed while {size} of swap is still free, because vm.swappiness is 0."
        " “oomtray doctor” has the command that changes it."
    ),
    "zram-large": mark(
        "Much of the free swap can't be used: {size} of it is compressed memory (zram), on {limit} of RAM."
        " “oomtray doctor” has the command that makes it smaller."
    ),
    "files-in-memory": mark("{size} is files in memory and shared memory, which ending a process may not free."),
}


def condition(one: Condition, assessment: Assessment) -> str:
    if one.id == "cgroup-stalls":
        return _stalls(one)
    if one.id == "files-in-memory" and assessment.level.name != "normal":
        after = next((risk for risk in assessment.risks if risk.rank == 2), None)
        if after is not None:
            return tr(
                "{size} is files in memory and shared memory, which ending a process may not free:"
                " after the next victim the kernel would kill {name}.",
                size=size(one.size), name=told_name(assessment, after),
            )  # fmt: skip
    return tr(_SAYS[one.id], size=size(one.size), limit=size(one.limit))


def _stalls(one: Condition) -> str:
    name = printable((one.path or "/").rpartition("/")[2] or "/")
    if one.limit is not None and one.size is not None:
        return tr(
            "{name} waits for memory: it has {used} of its own {limit}. The machine itself has enough.",
            name=name, used=size(one.size), limit=size(one.limit),
        )  # fmt: skip
    return tr("{name} waits for memory. The machine itself has enough.", name=name)
