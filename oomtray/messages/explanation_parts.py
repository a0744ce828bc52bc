"""The parts of a process's explanation in its window: a headline, an answer in short, and collapsed details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.messages import badness, explanation
from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.names import called
from oomtray.messages.numbers import share_percent
from oomtray.risk.certainty import Certainty, candidacy, rivals, void_by
from oomtray.text import printable, size

if TYPE_CHECKING:
    from collections.abc import Collection

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.explain import Explanation
    from oomtray.risk.judged import Risk
    from oomtray.risk.queue import Queue


def headline(explained: Explanation, name: str, place: int | None, order: Certainty) -> str:
    """Return the headline; `place` is that of its app among the apps, `order` is how certain that is."""
    if explained.risk.why_not is not None:
        return tr("Why {name} is never killed", name=name)
    if candidacy(explained.risk.reasons, order) == "maybe":
        return tr("Why {name} may go first", name=name)
    if place == 1:
        return tr("Why {name} goes first", name=name)
    return tr("Why {name} doesn't go first", name=name)


def in_short(assessment: Assessment, explained: Explanation, found: Queue, first: str) -> str:
    """Return the answer in one sentence; `first` is the display name of the app that goes first."""
    risk = explained.risk
    void = void_by(assessment)
    if risk.why_not is not None:
        return explanation.never(risk.why_not)
    if void is not None:
        return explanation.noted(void)
    adj = risk.process.oom_score_adj or 0
    if found.ours is None and found.first and found.first[0].ours:
        if "small-but-first" in risk.reasons:
            return tr("It counts the most because of its setting, not its memory.")
        if adj > 0:
            return tr("It holds much, and its setting adds to that.")
        return tr("Nothing else counts more.") if rivals(assessment, risk) else tr("Nothing else counts as much.")
    mine = size(max(risk.badness or 0, 0) * PAGE_SIZE)
    most = size(max(found.first[0].badness, 0) * PAGE_SIZE) if found.first else mine
    if adj < 0 and (risk.badness or 0) <= 0:
        return tr("Its setting protects it: it counts as nothing, {name} as {other}.", name=first, other=most)
    if adj < 0:
        return tr("Its setting protects it: it counts as {size}, {name} as {other}.", size=mine, name=first, other=most)
    return tr("It counts as {size}, {name} as {other}.", size=mine, name=first, other=most)


def of_an_app(assessment: Assessment, explained: Explanation, members: Collection[Risk]) -> str:
    """Say which of an app's processes this is about."""
    name, pids = called(explained.risk), {one.process.pid for one in members}
    if any(one.process.pid in pids for one in rivals(assessment, explained.risk)):
        return tr_n(
            "The kernel kills processes, not apps. Of this {count} process, {name} may be the first to be killed.",
            "The kernel kills processes, not apps. Of these {count} processes, {name} may be the first to be killed.",
            len(members),
            name=name,
        )
    return tr_n(
        "The kernel kills processes, not apps. Of this {count} process, {name} is the first to be killed.",
        "The kernel kills processes, not apps. Of these {count} processes, {name} is the first to be killed.",
        len(members),
        name=name,
    )


def counts_as(assessment: Assessment, explained: Explanation) -> str:
    """Return the note beside the sum: `31.0 % of 20.0 GiB of RAM and swap`; empty if it is negative."""
    if (explained.risk.badness or 0) < 0:
        return ""
    total, share = size(explained.total_pages * PAGE_SIZE), share_percent(explained.risk.share)
    scope = assessment.snapshot.scope
    if scope.kind == "system":
        return tr("{share} of {total} of RAM and swap", share=share, total=total)
    return tr("{share} of the {total} that {cgroup} may use", share=share, total=total, cgroup=printable(scope.path or "/"))


def in_pages(explained: Explanation) -> list[str]:
    """Give the kernel's own computation, and what /proc shows of it."""
    said = [badness.in_pages(explained), badness.shown(explained.risk, explained.notes)]
    return [one for one in said if one]


def other_killers(assessment: Assessment, explained: Explanation) -> tuple[list[str], list[str]]:
    """Say what each killer besides the kernel would do, and what that depends on, which is collapsed."""
    if len(assessment.killers) < 2:
        return [], []
    from oomtray.messages.verdicts import told_apart
    from oomtray.risk.verdicts import verdicts

    return told_apart(verdicts(assessment, explained.risk))
