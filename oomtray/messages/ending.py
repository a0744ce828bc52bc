"""Ending apps: the question before, and the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.changes import why
from oomtray.messages.i18n import joined, mark, tr, tr_n
from oomtray.messages.names import own_name, process_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.ending import EndingResult
    from oomtray.actions.signals import Ending
    from oomtray.kernel.snapshot import Process

_NAMED = 4
"""How many names a sentence has."""

_NOT_ENDED = {
    "not-yours": mark("it belongs to another user"),
    "pid-1": mark("the system would end with it"),
    "kernel-thread": mark("it is a part of the kernel"),
    "no-pidfd": mark("without pidfd (Linux 5.3) a signal could hit another process"),
}
"""Reasons for not sending a signal, if different from those for not making a change."""


def waits(name: str, processes: Sequence[Process], seconds: int) -> str:
    """Say that an end is counting down; `name` must be printable, `seconds` are left."""
    if len(processes) == 1:
        return tr("Ending {name} in {seconds} s.", name=name, seconds=seconds)
    names = list(dict.fromkeys(own_name(process) for process in processes))
    if [one.casefold() for one in names] == [name.casefold()]:
        return tr_n(
            "Ending {name} in {seconds} s: {count} process.",
            "Ending {name} in {seconds} s: {count} processes.",
            len(processes),
            name=name,
            seconds=seconds,
        )
    return tr_n(
        "Ending {name} in {seconds} s: {count} process ({processes}).",
        "Ending {name} in {seconds} s: {count} processes ({processes}).",
        len(processes),
        name=name,
        seconds=seconds,
        processes=joined(names, most=_NAMED),
    )


def called_off(names: Sequence[str], *, unseen: bool) -> str:
    """Say that ends were called off; `names` must be printable.

    `unseen` means that the user didn't call them off, but closed the popup, where this is told.
    """
    if unseen:
        return tr("Not ended: {names}. This window was closed before the time was up.", names=joined(names))
    return tr("Not ended: {names}.", names=joined(names))


def kill_question(name: str, count: int) -> str:
    """Ask before a forced kill; `count` is the number of processes."""
    return tr_n(
        "Force kill {name}? Its unsaved work will be lost.",
        "Force kill {name}? Unsaved work of its {count} processes will be lost.",
        count,
        name=name,
    )


def ended(ending: Ending, name: str = "") -> str:
    """Say what became of one signal; `name` is the display name, or "" to use the process's own."""
    who, forced = name or _called(ending), ending.signal.name == "SIGKILL"
    if ending.done and forced:
        return tr("{process} was ended by force.", process=who)
    if ending.done:
        return tr("{process} was asked to end.", process=who)
    error = ending.error or "failed"
    reason = tr(_NOT_ENDED[error]) if error in _NOT_ENDED else why(error)
    return tr("{process} was not ended: {reason}.", process=who, reason=reason)


def all_ended(name: str, endings: Sequence[Ending]) -> str:
    """Say what became of the signals to all processes of an app; those that had ended already are no failure."""
    if len(endings) == 1:
        return ended(endings[0], name)
    count = len(endings)
    refused = [ending for ending in endings if not ending.done and ending.error != "gone"]
    if refused:
        failed = tr_n(
            "{name}: {failed} of {count} process was not ended.",
            "{name}: {failed} of {count} processes were not ended.",
            count,
            name=name,
            failed=len(refused),
        )
        return f"{failed} {ended(refused[0])}"
    if any(ending.signal.name == "SIGKILL" for ending in endings):
        return tr_n(
            "{name}: {count} process was ended by force.",
            "{name}: {count} processes were ended by force.",
            count,
            name=name,
        )
    return tr_n(
        "{name}: {count} process was asked to end.", "{name}: {count} processes were asked to end.", count, name=name
    )


def gone(name: str, result: EndingResult) -> str:
    """Say that all processes that got the signal have ended."""
    sent = [one for one in result.endings if one.done]
    if len(result.endings) == 1 and sent:
        return tr("{process} has ended.", process=name)
    return tr_n(
        "{name}: {count} process has ended.", "{name}: {count} processes have ended.", len(sent), name=name
    )


def stayed(name: str, result: EndingResult) -> str:
    """Say that some processes that got the signal still run."""
    names = [_called(one) for one in result.stayed]
    if len(result.endings) == 1:
        return tr("{process} is still running.", process=name)
    count = sum(one.done for one in result.endings)
    return tr_n(
        "{stayed} of {count} is still running: {processes}.",
        "{stayed} of {count} are still running: {processes}.",
        len(names),
        stayed=len(names),
        count=count,
        processes=joined(names, most=_NAMED),
    )


def unkillable(name: str, result: EndingResult) -> str:
    """Say why processes are still running after a forced kill."""
    why = tr_n(
        "The kernel ends it once it no longer waits for a device or a file.",
        "The kernel ends them once they no longer wait for a device or a file.",
        len(result.stayed),
    )
    return f"{stayed(name, result)} {why}"


def _called(ending: Ending) -> str:
    return process_name(ending.name, ending.pid)


def has_ended(name: str) -> str:
    """Say that what is shown has ended, for whatever reason; `name` must be ready for display."""
    return tr("{name} has ended.", name=name)
