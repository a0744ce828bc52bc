"""Proportional shares of common memory, and private memory; reading them takes up to 5 ms per process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.kernel.rollup import read_rollup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App


def with_shares(assessment: Assessment, count: int | None = None) -> Assessment:
    """Add proportional shares (PSS) for the first `count` apps (None: all) whose memory is only bounded."""
    shown = [_shared_out(app) for app in assessment.apps[:count]]
    return replace(assessment, apps=(*shown, *assessment.apps[len(shown) :]))


def private_memory(processes: Iterable[Process]) -> dict[int, int | None]:
    """Return resident and swapped bytes that no other process shares, by pid; None if unknown."""
    told = {process.pid: read_rollup(process) for process in processes}
    return {pid: one.private + one.swap if one and not one.swap_shared else None for pid, one in told.items()}


def _shared_out(app: App) -> App:
    if app.memory_exact:
        return app
    told = [read_rollup(risk.process) for risk in app.members if risk.process.rss is not None]
    known = [rollup.pss for rollup in told if rollup is not None]
    return app if len(known) < len(told) else replace(app, memory=sum(known), memory_from="pss", age=0.0)
