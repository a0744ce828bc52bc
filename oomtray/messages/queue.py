"""The order in which apps would go, in a chart of a few lines."""

from __future__ import annotations

from oomtray.messages.i18n import tr, tr_n


def others(count: int) -> str:
    """Return the line for all apps that aren't shown."""
    return tr_n("{count} other", "{count} others", count)


def moves(now: int | None, then: int | None, count: int) -> str:
    """Say which place it has and would have; None if the kernel never takes it."""
    if then is None:
        return tr("Never to be killed then")
    if now is None:
        return tr_n("Of {count} app, number {then} to be killed then", "Of {count} apps, number {then} to be killed then", count, then=then)
    if now == then:
        return tr_n("Of {count} app, number {then} to be killed, as now", "Of {count} apps, number {then} to be killed, as now", count, then=then)
    return tr_n(
        "Of {count} app, number {now} to be killed now, and {then} then",
        "Of {count} apps, number {now} to be killed now, and {then} then",
        count,
        now=now,
        then=then,
    )


def line(number: str, name: str, counts: str) -> str:
    numbered = tr("{number}. {name}", number=number, name=name) if number else name
    return tr("{name} {size}", name=numbered, size=counts) if counts else numbered
