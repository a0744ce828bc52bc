"""Ending apps: what is asked before, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.changes import process_name
from oomtray.messages.i18n import joined, tr, tr_n
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.ending import EndingResult
    from oomtray.actions.signals import Ending
    from oomtray.kernel.snapshot import Process

_NAMED = 4
"""How many names one sentence has."""


def question(name: str, processes: Sequence[Process]) -> str:
    """Before an app of several processes is ended; `name` is the app's, printable."""
    names = list(dict.fromkeys(printable(process.name) for process in processes))
    if [one.casefold() for one in names] == [name.casefold()]:
        return tr_n(
            "End {name}? This asks its process to end.",
            "End {name}? This asks its {count} processes to end.",
            len(processes),
            name=name,
        )
    return tr_n(
        "End {name}? This asks its process to end: {processes}.",
        "End {name}? This asks its {count} processes to end: {processes}.",
        len(processes),
        name=name,
        processes=_listed(names),
    )


def gone(name: str, result: EndingResult) -> str:
    """All that were sent the signal have ended."""
    sent = [one for one in result.endings if one.done]
    if len(result.endings) == 1 and sent:
        return tr("{process} has ended.", process=_called(sent[0]))
    return tr_n(
        "{name}: {count} process has ended.", "{name}: {count} processes have ended.", len(sent), name=name
    )


def stayed(result: EndingResult) -> str:
    """Some of those that were sent the signal still run."""
    names = [_called(one) for one in result.stayed]
    if len(result.endings) == 1:
        return tr("{process} is still running.", process=names[0])
    count = sum(one.done for one in result.endings)
    return tr_n(
        "{stayed} of {count} is still running: {processes}.",
        "{stayed} of {count} are still running: {processes}.",
        len(names),
        stayed=len(names),
        count=count,
        processes=_listed(names),
    )


def unkillable(result: EndingResult) -> str:
    """As `stayed`, for what was to be ended by force."""
    why = tr_n(
        "The kernel ends it once it no longer waits for a device or a file.",
        "The kernel ends them once they no longer wait for a device or a file.",
        len(result.stayed),
    )
    return f"{stayed(result)} {why}"


def _called(ending: Ending) -> str:
    return process_name(ending.name, ending.pid)


def _listed(names: Sequence[str]) -> str:
    return joined(names[:_NAMED], max(len(names) - _NAMED, 0))
