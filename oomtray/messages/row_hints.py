"""What the pointer is told over a cell of the process list: whole sentences, one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr
from oomtray.messages.numbers import freed, share_percent
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.risk.judged import App, Risk

_BARELY_OLD = 15.0
"""Seconds up to which nobody needs to know how old a number is."""


def belongs_to(risk: Risk | None, *, alone: bool) -> list[str]:
    """Unit and program; `alone`: the row is this one process."""
    lines = []
    if risk is not None and risk.unit:
        lines.append(tr("Unit {name}", name=printable(risk.unit)))
    if risk is not None and risk.process.exe and alone:
        lines.append(printable(risk.process.exe))
    return lines


def badness(share: float | None) -> str:
    return tr("Badness: {share} of RAM and swap.", share=share_percent(share))


def parts() -> str:
    """What a row's bar is made of."""
    return tr("The bar: filled is the memory that it holds, hatched is what its setting adds.")


def memory_of_app(app: App) -> list[str]:
    """Where the sum is from."""
    if app.memory_from == "cgroup":
        lines = [tr("Anonymous, shared and swapped memory of its control group.")]
    else:
        lines = [tr("What its processes hold in memory and swap. What they share after a fork counts several times.")]
    if app.age is not None and app.age >= _BARELY_OLD:
        lines.append(tr("Some of these numbers are {seconds} s old.", seconds=f"{app.age:.0f}"))
    return lines


def memory(risk: Risk | None) -> list[str]:
    """What one process holds, and what its end would give back."""
    if risk is None:
        return []
    resident, swapped = size(risk.process.rss), size(risk.process.swap)
    lines = [tr("Resident: {resident}. Swapped out: {swapped}.", resident=resident, swapped=swapped)]
    if risk.frees is not None:
        lines.append(tr("Ending it would free {size}.", size=freed(risk)))
    return lines


def change() -> str:
    return tr("How fast its memory and swap grow.")


def adjustment() -> str:
    return tr("oom_score_adj: below 0 it protects, above 0 it lets this go first.")
