"""Find processes that still have a value inherited from a changed one: a child begins with its parent's value."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.actions.adjust import Change, Target
from oomtray.kernel.files import PROC
from oomtray.kernel.process_handle import open_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from oomtray.actions.journal_file import Batch

_TICKS = os.sysconf("SC_CLK_TCK")


def heirs(batch: Batch, *, proc: str = PROC) -> tuple[Change, ...]:
    """Return a change for each descendant that began after the batch and still has the value of its changed ancestor.

    A descendant is not found if an ancestor in between has ended: the kernel no longer links them.
    """
    if batch.uptime is None:
        return ()
    given = {change.target: change for change in batch.changes}
    parents = _parents(given, batch.uptime, proc)
    found = []
    for target in parents:
        source = _source(target, parents, given)
        if source is None or target in given:
            continue
        change = given[source]
        try:
            with open_process(target.pid, target.start_time, proc) as process:
                if not process.zombie and process.read_adj() == change.after:
                    found.append(replace(change, pid=target.pid, start_time=target.start_time, name=process.name))
        except OSError:
            continue
    return tuple(found)


def inherited_from(target: Target, batches: Iterable[Batch], *, proc: str = PROC) -> Change | None:
    """Return the newest change of an ancestor from which this process has inherited its value, or None."""
    try:
        with open_process(target.pid, target.start_time, proc) as process:
            value, ancestors = process.read_adj(), tuple(_ancestors(process.ppid, target, proc))
    except OSError:
        return None
    for batch in reversed(tuple(batches)):
        if batch.uptime is None or target.start_time < int(batch.uptime * _TICKS):
            continue
        given = {change.target: change for change in batch.changes}
        source = next((given[one] for one in ancestors if one in given), None)
        if source is not None and source.after == value:
            return source
    return None


def _ancestors(pid: int, child: Target, proc: str) -> Iterator[Target]:
    while pid > 1:
        with open_process(pid, proc=proc) as process:
            parent, pid = Target(process.pid, process.start_time), process.ppid
        if parent.start_time > child.start_time:  # the PID has been reused
            return
        yield parent
        child = parent


def _parents(given: Iterable[Target], since: float, proc: str) -> dict[Target, int]:
    """Map changed processes, and all that began since, to their parent's pid."""
    own, first = set(given), int(since * _TICKS)
    found = {}
    for name in os.listdir(proc):
        if not name.isdigit():
            continue
        try:
            with open_process(int(name), proc=proc) as process:
                target = Target(process.pid, process.start_time)
                if process.start_time >= first or target in own:
                    found[target] = process.ppid
        except OSError:
            continue
    return found


def _source(target: Target, parents: Mapping[Target, int], given: Mapping[Target, Change]) -> Target | None:
    """Return the nearest ancestor that was changed, or None."""
    by_pid = {one.pid: one for one in parents}
    seen = set()
    while target not in seen:
        seen.add(target)
        parent = by_pid.get(parents[target])
        if parent is None or parent.start_time > target.start_time:
            return None
        if parent in given:
            return parent
        target = parent
    return None
