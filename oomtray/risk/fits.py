"""Whether more memory would fit, and who would die until it does: in the kernel's order, by what each death frees.

A death changes nobody else's badness, as that is a process's own memory and adjustment against a total that stays
(mm/oom_kill.c, oom_badness): so the order after each death is the order before it, without the dead. Who ends together
with a victim is left out of what comes after it. Sizes are bytes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.records import dataclass
from oomtray.risk.headroom import headroom

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk
    from oomtray.risk.killer import Also


@dataclass(frozen=True, slots=True)
class Deaths:
    """Who the kernel would kill, first death first, until so much is free."""

    wanted: int
    dead: tuple[Risk, ...]
    """Also those who end together with a victim, behind it."""
    reached: bool
    """Whether they free as much as is wanted, by what is known."""

    @property
    def freed(self) -> int:
        """What isn't known counts as nothing."""
        return sum(risk.frees or 0 for risk in self.dead)

    @property
    def exact(self) -> bool:
        """Whether `freed` is no upper bound."""
        return all(risk.frees_exact for risk in self.dead if risk.frees is not None)

    @property
    def unknown(self) -> int:
        """How many of them free what nobody can tell."""
        return sum(risk.frees is None for risk in self.dead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What would become of a program that takes `size` more."""

    size: int
    fits: Literal["yes", "after", "no"]
    """after: only once those who are `deaths` have ended."""
    ram: int
    """What can be had now without swapping."""
    swap: int
    """Free swap by its worth."""
    left: int
    """What can be had afterwards, in RAM and swap."""
    stalls: bool
    """RAM alone doesn't hold it, so that programs wait for what is swapped out."""
    deaths: Deaths
    itself: bool = False
    """Whether what is to fit would have the highest badness before it is as large as that."""


def deaths(assessment: Assessment, wanted: int, also: Mapping[int, Also] | None = None) -> Deaths:
    """`also` tells by pid who ends together with whom; without it, what is known of the next victims.

    The assessment must have been made of all processes.
    """
    dead: list[Risk] = []
    freed = 0
    for victims in _in_order(assessment, _together(assessment) if also is None else also):
        if freed >= wanted:
            break
        dead += victims
        freed += sum(risk.frees or 0 for risk in victims)
    return Deaths(wanted, tuple(dead), freed >= wanted)


def fit(assessment: Assessment, size: int, also: Mapping[int, Also] | None = None) -> Fit | None:
    """Whether `size` bytes more would fit now; None where it is not told how much is left."""
    memory = assessment.snapshot.memory
    now = headroom(memory)
    if now is None:
        return None
    ram, swap = round(now.ram), round(now.swap)
    room = ram + swap
    if size <= room:
        nobody = Deaths(0, (), reached=True)
        return Fit(size=size, fits="yes", ram=ram, swap=swap, left=room - size, stalls=size > ram, deaths=nobody)
    order = deaths(assessment, size - room, also)
    if size > most(memory) or not order.reached:
        nobody = Deaths(size - room, (), reached=False)
        return Fit(size=size, fits="no", ram=ram, swap=swap, left=0, stalls=True, deaths=nobody)
    first = order.dead[0].badness
    return Fit(
        size=size,
        fits="after",
        ram=ram,
        swap=swap,
        left=room + order.freed - size,
        stalls=size > ram + order.freed,
        deaths=order,
        itself=first is not None and room // PAGE_SIZE >= first,
    )


def most(memory: Memory) -> int:
    """What one program could have at most if there were no other."""
    empty = headroom(replace(memory, available=memory.usable, reclaimable=0, swap_free=memory.swap_total))
    return 0 if empty is None else round(empty.both)


def _in_order(assessment: Assessment, also: Mapping[int, Also]) -> Iterator[tuple[Risk, ...]]:
    """Each victim with those who end together with it and haven't ended before."""
    gone: set[int] = set()
    known = {risk.process.pid: risk for risk in assessment.risks}
    for risk in assessment.risks:
        pid = risk.process.pid
        if risk.rank is None or pid in gone:
            continue
        with_it = also[pid].pids if pid in also else ()
        others = [other for other in sorted(set(with_it) - gone - {pid}) if other in known]
        gone.update((pid, *others))
        yield (risk, *(known[other] for other in others))


def _together(assessment: Assessment) -> dict[int, Also]:
    found = (killer.victim for killer in assessment.killers if killer.name == "kernel")
    return {victim.risk.process.pid: victim.also for victim in found if victim is not None and victim.also is not None}
