"""Why memory ran out and what to do about it: a heading, the evidence in numbers, and one piece of advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.messages.names import program_name
from oomtray.messages.numbers import to_minutes
from oomtray.text import size

if TYPE_CHECKING:
    from oomtray.risk.postmortem import Cause

GREW = mark("{app} grew from {from} to {to} in {seconds}.")
_KINDS = {
    "leak": mark("a memory leak, or a job too large for this machine"),
    "surge": mark("a sudden load"),
    "misconfiguration": mark("a setting that doesn't fit"),
    "system-limit": mark("a limit of the system itself"),
    "too-small": mark("more than this machine can hold"),
}
_CONFIDENCE = {
    "low": mark("Possible cause: {cause}"),
    "medium": mark("Likely cause: {cause}"),
    "high": mark("Cause: {cause}"),
}
_EVIDENCE = {
    "allow-more-nodes": mark("Memory was short only on the nodes that its cpuset allows."),
    "widen-memory-policy": mark("Memory was short only on the nodes that its memory policy allows."),
    "raise-memory-max": mark("Its own limit of {limit} was reached; the rest of the machine had memory left."),
    "fit-heap": mark("{app} held {held} of the {limit} that it is allowed."),
    "shrink-heap": mark("{app} held {held} of {ram}."),
    "free-huge-pages": mark("{huge_pages} of {ram} was set aside as huge pages."),
    "find-kernel-memory": mark("The kernel itself held {slab} of {ram}."),
    "clear-tmpfs": mark("{files} of {ram} was in files that live in memory (tmpfs) or shared memory, mapped by no process."),
    "compact-memory": mark("{free} was free, but not in one piece: memory was fragmented."),
    "use-64-bit-kernel": mark("{high_memory_free} was free, but not in low memory."),
    "reserve-less-cma": mark("{cma_free} was free, but reserved for devices (CMA)."),
    "add-swap": mark("There was no swap."),
    "enlarge-swap": mark("There was only {swap} of swap beside {ram} of memory."),
    "add-disk-swap": mark("All swap was in memory itself, compressed (zram)."),
    "expendable": GREW,
    "start-fewer": mark("{used} was used up within {seconds}, by several apps."),
    "add-memory": mark("Memory had been full for {seconds}, and no app grew."),
}
_SURGE_OF_ONE = mark("{used} was used up within {seconds}, most of it by {app}.")
_FULL_WITH_LITTLE_SWAP = mark("Memory had been full for {seconds}, with {swap} of swap.")
_MORE_NODES = mark("Allow it more nodes.")
_ADVICE = {
    "allow-more-nodes": _MORE_NODES,
    "widen-memory-policy": _MORE_NODES,
    "raise-memory-max": mark("Raise the limit if it needs more."),
    "fit-heap": mark("Make its heap or buffer pool smaller than the limit, or raise the limit."),
    "shrink-heap": mark("Make its heap or buffer pool smaller."),
    "free-huge-pages": mark("Set aside fewer huge pages."),
    "find-kernel-memory": mark("Run slabtop to see what for."),
    "clear-tmpfs": mark("Delete what is not needed in /tmp, /run and /dev/shm: files there stay when processes end."),
    "compact-memory": mark("Ask for smaller pieces, or compact memory first."),
    "use-64-bit-kernel": mark("A 64-bit kernel has no such limit."),
    "reserve-less-cma": mark("Reserve less for devices."),
    "add-swap": mark("With some swap, the kernel can put aside what is not in use."),
    "enlarge-swap": mark("More swap gives the kernel room to put aside what is not in use."),
    "add-disk-swap": mark("Add swap on a disk too: that gives real room."),
    "expendable": mark("Let {app} go first when memory runs out, so that nothing else is killed for it."),
    "start-fewer": mark("Start fewer of them at once."),
    "add-memory": mark("Run less at once, or add memory."),
}
_LIMIT_IT = mark("A limit of its own (MemoryMax=) keeps it from filling all memory.")
_OF_KILLED = {
    "leak": mark("Give {app} less to do at once, or restart it in time if it leaks."),
    "surge": mark("Give {app} less to do at once."),
}
"""Instead of `expendable`, where that app was killed: it went first already."""


def kind(cause: Cause) -> str:
    """Name the kind of cause in a few words, with the confidence."""
    return tr(_CONFIDENCE[cause.confidence], cause=tr(_KINDS[cause.kind]))


def evidence(cause: Cause) -> str:
    text = _EVIDENCE[cause.remedy]
    if cause.kind == "surge" and cause.remedy == "expendable":
        text = _SURGE_OF_ONE
    elif "swap" in cause.evidence and "seconds" in cause.evidence:
        text = _FULL_WITH_LITTLE_SWAP
    return tr(text, app=program_name(cause.app or ""), **_values(cause))


def advice(cause: Cause, *, was_killed: bool = False) -> str:
    """Give the advice, in a sentence or two; `was_killed` means that the cause is the very app that was killed."""
    if was_killed and cause.remedy == "expendable":
        return " ".join((tr(_OF_KILLED[cause.kind], app=program_name(cause.app or "")), tr(_LIMIT_IT)))
    return tr(_ADVICE[cause.remedy], app=program_name(cause.app or ""))


def advice_for_most(app: str) -> str:
    """Give the advice for an app that had held most of the memory in use when it was killed."""
    return " ".join((
        tr("{app} itself held most of the memory in use. If it were protected, others would be killed in its place.", app=program_name(app)),
        tr("Give it less to do at once, or add memory."),
        tr(_LIMIT_IT),
    ))


def _values(cause: Cause) -> dict[str, str]:
    return {name: to_minutes(value) if name.endswith("seconds") else size(value) for name, value in cause.evidence.items()}
