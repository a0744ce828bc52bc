"""Predict whether more memory would fit, and who would be killed until it does.

Victims follow in the kernel's order, each counted with what its death frees. A death doesn't change any other
badness, as that is a process's own memory and adjustment against a constant total (mm/oom_kill.c,
oom_badness), so the order after each death is the order before it without the dead. A process that ends
together with an earlier victim is not counted again. Sizes are bytes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from oomtray.kernel.snapshot import PAGE_SIZE, Memory
from oomtray.records import dataclass
from oomtray.risk.badness import ADJ_MIN, badness, scale_of
from oomtray.risk.headroom import askable, headroom

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk
    from oomtray.risk.killer import Also, Override


@dataclass(frozen=True, slots=True)
class Deaths:
    """The processes that the kernel would kill, first death first, until `wanted` bytes are free."""

    wanted: int
    dead: tuple[Risk, ...]
    """The victims, each followed by the processes that end together with it."""
    reached: bool
    """Whether they free what is wanted, as far as known."""

    def first(self, count: int) -> Deaths:
        return replace(self, dead=self.dead[:count])

    @property
    def freed(self) -> int:
        """Bytes that the deaths free; unknown amounts count as 0."""
        return sum(risk.frees or 0 for risk in self.dead)

    @property
    def exact(self) -> bool:
        """Whether `freed` is exact and not an upper bound."""
        return all(risk.frees_exact for risk in self.dead if risk.frees is not None)

    @property
    def unknown(self) -> int:
        """How many of the dead free an unknown amount."""
        return sum(risk.frees is None for risk in self.dead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What would happen to a program that takes `size` bytes more."""

    size: int
    fits: Literal["yes", "after", "no"]
    """after: only once `deaths` have happened."""
    ram: int
    """Bytes available now without swapping."""
    swap: int
    """Free swap by its worth."""
    left: int
    """Bytes left afterwards, in RAM and swap."""
    stalls: bool
    """Whether RAM alone is too small, so that programs wait for what is swapped out."""
    deaths: Deaths
    itself_after: int | None = None
    """How many of `deaths` happen before the kernel takes the new program itself, which has the highest badness then; None if it reaches its size, or if no order holds."""
    askable: int | None = None
    """Bytes that programs may still ask for, if that is less than `size`, so that the kernel refuses it."""


def deaths(assessment: Assessment, wanted: int, also: Mapping[int, Also] | None = None) -> Deaths:
    """Return the deaths that free `wanted` bytes.

    `also` says by PID who ends together with a process; by default, what is known of the next victims. The
    assessment must cover all processes.
    """
    dead: list[Risk] = []
    freed = 0
    for victims in _in_order(assessment, _together(assessment) if also is None else also):
        if freed >= wanted:
            break
        dead += victims
        freed += sum(risk.frees or 0 for risk in victims)
    return Deaths(wanted, tuple(dead), freed >= wanted)


def inherited_adj(assessment: Assessment, parent: int) -> int:
    """Return the oom_score_adj that a program started by the process with this PID has at first; 0 if unknown."""
    found = (one.oom_score_adj for one in assessment.snapshot.processes if one.pid == parent)
    return next(found, None) or 0


def fit(assessment: Assessment, size: int, also: Mapping[int, Also] | None = None, *, adj: int = 0) -> Fit | None:
    """Predict whether `size` bytes more would fit now; None if it is unknown how much is left.

    `adj` is the oom_score_adj of the program that needs them.
    """
    memory = assessment.snapshot.memory
    now = headroom(memory)
    if now is None:
        return None
    ram, swap = round(now.ram), round(now.swap)
    room = ram + swap
    promised = askable(assessment.snapshot)
    if promised is not None and size > promised:
        # what an end gives back of the promises isn't known: it is what a program has asked for, not what it holds
        nobody = Deaths(size - promised, (), reached=False)
        return Fit(size=size, fits="no", ram=ram, swap=swap, left=0, stalls=False, deaths=nobody, askable=promised)
    if size <= room:
        nobody = Deaths(0, (), reached=True)
        return Fit(size=size, fits="yes", ram=ram, swap=swap, left=room - size, stalls=size > ram, deaths=nobody)
    order = deaths(assessment, size - room, also)
    if size > most(memory) or not order.reached:
        nobody = Deaths(size - room, (), reached=False)
        return Fit(size=size, fits="no", ram=ram, swap=swap, left=0, stalls=True, deaths=nobody)
    return Fit(
        size=size,
        fits="after",
        ram=ram,
        swap=swap,
        left=room + order.freed - size,
        stalls=size > ram + order.freed,
        deaths=order,
        itself_after=_itself_after(assessment, room, size, also, adj),
    )


def _itself_after(assessment: Assessment, room: int, size: int, also: Mapping[int, Also] | None, adj: int) -> int | None:
    """Return how many deaths happen before the program itself is taken: whenever memory runs out, it holds all that was free till then."""
    if voids(assessment) or adj == ADJ_MIN:
        return None
    total, scale = assessment.snapshot.scope.total_pages, scale_of(assessment.snapshot)
    held, dead = room, 0
    for victims in _in_order(assessment, _together(assessment) if also is None else also):
        if held >= size:
            break
        highest = victims[0].badness
        if highest is not None and badness(held // PAGE_SIZE, adj, total, scale) >= highest:
            return dead
        held += sum(risk.frees or 0 for risk in victims)
        dead += len(victims)
    return None


def voids(assessment: Assessment) -> tuple[Override, ...]:
    """Return the sysctls that void the kernel's order."""
    return next((killer.overrides for killer in assessment.killers if killer.name == "kernel"), ())


def most(memory: Memory) -> int:
    """How many bytes a program could have if no other ran."""
    empty = headroom(memory._replace(available=memory.usable, reclaimable=0, swap_free=memory.swap_total))
    return 0 if empty is None else round(empty.both)


def _in_order(assessment: Assessment, also: Mapping[int, Also]) -> Iterator[tuple[Risk, ...]]:
    """Yield each victim with the processes that end together with it and haven't ended before."""
    if assessment.snapshot.scope.waits:
        return
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
