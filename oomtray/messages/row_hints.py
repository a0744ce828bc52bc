"""Tooltips of cells in the process list: whole sentences, one per line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages import rows
from oomtray.messages.i18n import joined, tr
from oomtray.messages.numbers import freed, share_percent
from oomtray.text import printable, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.judged import App, Reason, Risk

_LEAST_AGE = 15.0
"""Seconds up to which a number's age needs no mention."""
_ROUNDED = 0.2
"""Per mille that may be due to rounding."""


_MOST_PIDS = 8
_ORIGINS: tuple[Reason, ...] = (
    "adj-set-by-hand", "adj-set-by-rule", "adj-set-by-app", "adj-set-by-unit", "adj-inherited",
)


def belongs_to(risk: Risk, others: Sequence[Risk] = (), *, alone: bool) -> list[str]:
    """Give PIDs, unit and program; `alone`: the row is this one process, otherwise its app's are `others`."""
    lines = []
    if others:
        pids = [str(pid) for pid in sorted(one.process.pid for one in others)]
        shown = len(pids) if len(pids) <= _MOST_PIDS else _MOST_PIDS - 1
        lines.append(tr("PIDs {pids}", pids=joined(pids[:shown], len(pids) - shown)))
    else:
        lines.append(tr("PID {pid}", pid=risk.process.pid))
    if risk.unit:
        lines.append(tr("Unit {name}", name=printable(risk.unit)))
    if risk.process.exe and alone:
        lines.append(printable(risk.process.exe))
    return lines


def badness(share: float | None, held: float | None, total: int) -> list[str]:
    """Give badness and its parts; both are per mille of `total` bytes. Empty if unknown."""
    if share is None or held is None or share <= 0 or not total:
        return [tr("Badness: {share} of RAM and swap.", share=share_percent(share))]
    whole, part = size(share / 1000 * total), size(held / 1000 * total)
    values = {"whole": whole, "share": share_percent(share), "held": part, "moved": size(abs(share - held) / 1000 * total)}
    told = [tr("Badness: {whole}, {share} of RAM and swap.", **values)]
    if share - held >= _ROUNDED:
        told.append(tr("The process holds {held}, and its setting adds {moved}.", **values))
    elif held - share >= _ROUNDED:
        told.append(tr("The process holds {held}, and its setting takes off {moved}.", **values))
    return told


def score(risk: Risk) -> list[str]:
    number = risk.process.oom_score
    return [] if number is None else [tr("oom_score: {score}", score=number)]


def memory_of_app(app: App) -> list[str]:
    """Say where the sum comes from."""
    if app.memory_from == "cgroup":
        lines = [tr("Anonymous, shared and swapped memory of its control group.")]
    else:
        lines = [tr("What its processes hold in memory and swap. What they share after a fork counts several times.")]
    if app.age is not None and app.age >= _LEAST_AGE:
        lines.append(tr("Some of these numbers are {seconds} s old.", seconds=f"{app.age:.0f}"))
    return lines


def memory(risk: Risk) -> list[str]:
    """Say what one process holds, and what ending it would free."""
    resident, swapped = size(risk.process.rss), size(risk.process.swap)
    lines = [tr("Resident: {resident}. Swapped out: {swapped}.", resident=resident, swapped=swapped)]
    if risk.frees is not None:
        lines.append(tr("Ending it would free {size}.", size=freed(risk)))
    return lines


def change() -> str:
    return tr("How fast its memory and swap grow.")


def adjustment(span: tuple[int, int] | None, risk: Risk, app: str | None, *, own: bool) -> list[str]:
    adj = "" if span is None else rows.adjustment(*span)
    which = next((one for one in _ORIGINS if one in risk.reasons), None)
    if not adj or span == (0, 0):
        return [tr("oom_score_adj: 0. Nothing protects it, and nothing lets it go first.")] if adj else []
    value = tr("oom_score_adj: {adj}", adj=adj)
    if which is not None:
        value = tr("oom_score_adj: {adj}, {origin}", adj=adj, origin=rows.reason(which, risk, app, own=own))
    return [value, tr("Below 0 protects, above 0 lets it go first.")]
