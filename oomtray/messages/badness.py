"""The parts of a process's badness, in sizes and in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE, Snapshot
from oomtray.messages.i18n import joined, tr
from oomtray.messages.numbers import about_size, share_percent
from oomtray.text import adjustment, printable, size

if TYPE_CHECKING:
    from oomtray.risk.explain import Explanation, Note
    from oomtray.risk.judged import Risk


def summed(snapshot: Snapshot, explained: Explanation) -> list[str]:
    """Explain badness in sizes, for people."""
    risk, parts = explained.risk, explained.parts
    if risk.badness is None or risk.why_not is not None:
        return []
    if "estimated" in explained.notes:
        return [_counts_as(snapshot, risk, explained.total_pages, about_size(abs(risk.badness) * PAGE_SIZE))]
    held = [tr("{size} in memory", size=_size(parts.rss))]
    if parts.swap:
        held.append(tr("{size} swapped out", size=_size(parts.swap)))
    if parts.page_tables:
        held.append(tr("{size} of page tables", size=_size(parts.page_tables)))
    return [
        _counts_as(snapshot, risk, explained.total_pages, _size(abs(risk.badness))),
        tr("It holds {parts}.", parts=joined(held)),
    ]


def _counts_as(snapshot: Snapshot, risk: Risk, total: int, counts: str) -> str:
    if risk.badness is not None and risk.badness < 0:
        return tr("It counts as {size} less than nothing.", size=counts)
    numbers = {"size": counts, "share": share_percent(risk.share), "total": _size(total)}
    if snapshot.scope.kind == "system":
        return tr("It counts as {size}: {share} of the {total} of RAM and swap.", **numbers)
    cgroup = printable(snapshot.scope.path or "/")
    return tr("It counts as {size}: {share} of the {total} that {cgroup} may use.", cgroup=cgroup, **numbers)


def counted(explained: Explanation) -> str:
    """Return the sum as a size, negative if its adjustment takes off more than it holds."""
    return size((explained.risk.badness or 0) * PAGE_SIZE)


def effect(snapshot: Snapshot, adj: int) -> str:
    """Explain the effect of its oom_score_adj, which must not be 0."""
    amount = _size(abs(adj) * (snapshot.scope.total_pages // 1000))
    if adj > 0:
        return tr("Its oom_score_adj of {adj} makes it count as if it held {size} more.", adj=adjustment(adj), size=amount)
    return tr("Its oom_score_adj of {adj} makes it count as if it held {size} less.", adj=adjustment(adj), size=amount)


def in_pages(explained: Explanation) -> str:
    """Explain badness in pages, as the kernel adds it up (mm/oom_kill.c, oom_badness)."""
    risk, parts, total = explained.risk, explained.parts, explained.total_pages
    if risk.badness is None or risk.why_not is not None or "estimated" in explained.notes:
        return ""
    values: dict[str, object] = {
        "badness": risk.badness,
        "total": total,
        "rss": parts.rss or 0,
        "swap": parts.swap or 0,
        "tables": parts.page_tables or 0,
    }
    if not parts.adjustment:
        return tr(
            "In pages: badness {badness} of {total} = {rss} resident + {swap} swapped + {tables} of page tables.", **values
        )
    values |= {"amount": abs(parts.adjustment), "adj": adjustment(risk.process.oom_score_adj), "step": total // 1000}
    if parts.adjustment > 0:
        return tr(
            "In pages: badness {badness} of {total} = {rss} resident + {swap} swapped + {tables} of page tables + {amount}"
            " for an oom_score_adj of {adj}, {step} each.",
            **values,
        )
    return tr(
        "In pages: badness {badness} of {total} = {rss} resident + {swap} swapped + {tables} of page tables - {amount} for"
        " an oom_score_adj of {adj}, {step} each.",
        **values,
    )


def shown(risk: Risk, notes: tuple[Note, ...]) -> str:
    """Explain the score that /proc shows."""
    score = risk.process.oom_score
    if score is None or risk.why_not is not None:
        return ""
    if "score-666-is-empty" not in notes:
        return tr("/proc shows it as oom_score {score}: per mille, never below 0.", score=score)
    return tr(
        "/proc shows it as oom_score {score}: on this scale a process without memory reads 666, and 1333 is all of it.",
        score=score,
    )


def parts(snapshot: Snapshot, explained: Explanation) -> tuple[tuple[int | None, str], ...]:
    """Return the summands in pages, each with its name; the badness itself comes last."""
    risk, known = explained.risk, explained.parts
    share = share_percent(risk.share)
    if snapshot.scope.kind == "system":
        result = tr("badness, {share} of RAM and swap", share=share)
    else:
        result = tr("badness, {share} of the control group's limit", share=share)
    return (
        (known.rss, tr("resident")),
        (known.swap, tr("swapped out")),
        (known.page_tables, tr("page tables")),
        (known.adjustment, f"oom_score_adj {adjustment(risk.process.oom_score_adj)}"),
        (risk.badness, result),
    )


def _size(pages: int | None) -> str:
    return size((pages or 0) * PAGE_SIZE)
