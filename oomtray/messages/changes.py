"""The outcome of changes, in whole sentences for the terminal and the desktop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.actions.adjust import HIGHEST, LOWEST, Change
from oomtray.actions.escalate import needs_it
from oomtray.messages.files import file_problem
from oomtray.messages.i18n import joined, mark, tr, tr_n
from oomtray.messages.names import process_name
from oomtray.text import adjustment, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.journal import JournalNote
    from oomtray.actions.targets import Matches

_NAMED = 3
"""How many processes a sentence about many of them names."""

_WHY = {
    "gone": mark("it has ended"),
    "pid-reused": mark("it has ended, and its PID belongs to another process now"),
    "pid-1": mark("the kernel never kills PID 1"),
    "kernel-thread": mark("the kernel never kills its own threads"),
    "zombie": mark("it has ended already, and its parent has not noticed yet"),
    "is-thread": mark("this is the id of a thread, not of a process"),
    "hidden": mark("the system hides it from you (hidepid)"),
    "needs-authorisation": mark("going lower needs an administrator's permission"),
    "not-given": mark("going lower needs an administrator's permission, and it was not given"),
    "refused-by-kernel": mark("the kernel refuses even root to go lower (no CAP_SYS_RESOURCE, as in a container)"),
    "not-yours": mark("only its owner may raise it"),
    "guarded": mark("it shuts out all other programs of its owner, so only root may raise it"),
    "changed-since": mark("another program has changed it since, so it is left alone"),
    "right-stays": mark("putting back how low its owner may set it needs an administrator's permission"),
    "user-manager": mark("everything that the user starts from then on would inherit it"),
    "is-lowering": mark("it was changed meanwhile, and is higher already"),
    "nothing-known": mark("OOM Tray never changed it, and no unit sets a value for it"),
    "failed": mark("it could not be set"),
    "is-raise": mark("it was lowered further meanwhile, and raising needs no permission"),
    "wrong-owner": mark("it belongs to another user now"),
    "wrong-exe": mark("it runs another program now"),
    "changed-meanwhile": mark("another program changed it at the same moment"),
    "unreadable": mark("the helper could not read it"),
    "next-start": mark("these are too many processes for one request, so it gets this when its service next starts"),
    "minus-1000": mark("-1000 is never set, because its children would inherit it and the kernel could never kill any of them"),
    "out-of-range": mark("the value must be from {lowest} to {highest}"),
}
"""Clauses to follow a colon, by `Change.error`."""
_BY_ANOTHER = ("changed-since", "changed-meanwhile")


def why(error: str, wanted: int | None = None) -> str:
    """Return the reason for an id of `Change.error`, as a clause; unknown ids as they are."""
    if error == "out-of-range" and wanted == -1000:
        error = "minus-1000"
    return tr(_WHY[error], lowest=LOWEST, highest=HIGHEST) if error in _WHY else printable(error)


def did(change: Change, name: str = "") -> str:
    """Say what was done, even if only in part; `name` is the display name, or "" to use the process's own."""
    who = name or process_name(change.name, change.pid)
    before, after = adjustment(change.before), adjustment(change.after)
    if not change.done:
        return tr("{process} not changed.", process=who)
    if change.before == change.after:
        return tr("{process} stays at {value}.", process=who, value=after)
    if change.before is not None and change.after < change.before:
        return tr("{process} lowered from {before} to {after}.", process=who, before=before, after=after)
    return tr("{process} raised from {before} to {after}.", process=who, before=before, after=after)


def would(change: Change) -> str:
    """Say what a possible change would do."""
    who = process_name(change.name, change.pid)
    if change.after == change.before:
        return tr("{process} would stay at {value}.", process=who, value=adjustment(change.after))
    return would_go(who, change.before, change.after)


def would_go(process: str, before: int | None, after: int) -> str:
    """Say from which value to which it would go; `process` is as from `process_name`."""
    return tr(
        "{process} would go from {before} to {after}.",
        process=process,
        before=adjustment(before),
        after=adjustment(after),
    )


def contrary(action: str, changes: Sequence[Change]) -> str | None:
    """Say that a value does the opposite of what the action is called; None if it does for none of these changes."""
    if action == "protect" and any(change.before is not None and change.after > change.before for change in changes):
        return tr("Note: this value is higher than before, so the kernel kills it sooner, not later.")
    if action == "deprioritize" and any(change.before is not None and change.after < change.before for change in changes):
        return tr("Note: this value is lower than before, so the kernel kills it later, not sooner.")
    return None


def says(change: Change, name: str = "") -> str:
    """Say what was done, how far, and what prevented more; `name` is as for `did`."""
    if change.error is None:
        return did(change, name)
    stays = change.error in _BY_ANOTHER and change.right in ("moved", "unknown")
    if stays or change.error == "right-stays":
        right = tr("Its owner may still set it as low again without a password, until it ends.")
        return f"{_short(change, change.error, name) if stays else did(change, name)} {right}"
    return _short(change, change.error, name)


def _short(change: Change, error: str, name: str) -> str:
    who, reason = name or process_name(change.name, change.pid), why(error, change.wanted)
    if not change.done:
        return tr("{process} not changed: {reason}.", process=who, reason=reason)
    return tr(
        "{process} lowered from {before} to {after}, not to {wanted}: {reason}.",
        process=who,
        before=adjustment(change.before),
        after=adjustment(change.after),
        wanted=adjustment(change.wanted),
        reason=reason,
    )


def result(name: str, changes: Sequence[Change], *, refused: bool = False, undone: bool = False) -> str:
    """Say what became of one process, or briefly of all of an app.

    `refused` means that permission was requested and not given, `undone` that this undoes earlier changes.
    """
    if refused:
        changes = [replace(change, error="not-given") if needs_it(change) else change for change in changes]
    if len(changes) == 1:
        return says(changes[0], name)
    moved = [change for change in changes if change.moved]
    if undone and moved and all(change.error is None for change in changes):
        return tr_n("{name}: {count} process is as before.", "{name}: {count} processes are as before.", len(moved), name=name)
    said = [_moved(name, [one for one in moved if one.after == after]) for after in sorted({c.after for c in moved})]
    errors = [change.error for change in changes if change.error is not None and change.error != "gone"]
    for error in sorted(set(errors)):
        count, reason = errors.count(error), why(error)
        if moved and error == "needs-authorisation":
            if all(_protected_in_part(change) for change in changes if change.error == error):
                continue  # said of each already
            said.append(tr("Going lower needs an administrator's permission."))
        elif moved:
            said.append(
                tr_n(
                    "{count} process not changed further: {reason}.",
                    "{count} processes not changed further: {reason}.",
                    count,
                    reason=reason,
                )
            )
        else:
            said.append(
                tr_n(
                    "{name}: {count} process not changed: {reason}.",
                    "{name}: {count} processes not changed: {reason}.",
                    count,
                    name=name,
                    reason=reason,
                )
            )
    return " ".join(said) or tr("{name}: nothing to change.", name=name)


def _moved(name: str, changes: Sequence[Change]) -> str:
    """Say that these processes were set to one value, in the words that the list has for their status."""
    after, count = changes[0].after, len(changes)
    values = {"name": name, "value": adjustment(after)}
    if all(_protected_in_part(change) for change in changes):
        return tr_n(
            "{name}: {count} process protected as far as possible without a password (oom_score_adj {value}).",
            "{name}: {count} processes protected as far as possible without a password (oom_score_adj {value}).",
            count,
            **values,
        )
    if after < 0:
        return tr_n(
            "{name}: {count} process protected (oom_score_adj {value}).",
            "{name}: {count} processes protected (oom_score_adj {value}).",
            count,
            **values,
        )
    if after == 0:
        return tr_n(
            "{name}: {count} process set to normal (oom_score_adj {value}).",
            "{name}: {count} processes set to normal (oom_score_adj {value}).",
            count,
            **values,
        )
    if all((change.before or 0) > after for change in changes):
        return tr_n(
            "{name}: oom_score_adj of {count} process lowered to {value}.",
            "{name}: oom_score_adj of {count} processes lowered to {value}.",
            count,
            **values,
        )
    if any(change.before is None or change.before < 0 for change in changes):  # a reset, most likely
        return tr_n(
            "{name}: oom_score_adj of {count} process set to {value}.",
            "{name}: oom_score_adj of {count} processes set to {value}.",
            count,
            **values,
        )
    return tr_n(
        "{name}: {count} process deprioritized (oom_score_adj {value}).",
        "{name}: {count} processes deprioritized (oom_score_adj {value}).",
        count,
        **values,
    )


def _protected_in_part(change: Change) -> bool:
    """Whether it was to be protected, and was lowered as far as that needs no permission."""
    if change.wanted is None or change.wanted >= 0:
        return False
    return change.after < (change.before or 0) and change.error in ("needs-authorisation", "not-given")


def refusals(short: Sequence[Change], count: int) -> str:
    """Summarize those of `count` processes that were not changed, or not fully."""
    if len(short) == 1:
        return says(short[0])
    reasons: dict[str, list[str]] = {}
    for change in short:
        reason = why(change.error or "failed", change.wanted)
        reasons.setdefault(reason, []).append(process_name(change.name, change.pid))
    told = [
        tr_n(
            "{failed} of {count} process not changed as asked.",
            "{failed} of {count} processes not changed as asked.",
            count,
            failed=len(short),
        )
    ]
    for reason, names in reasons.items():
        processes = joined(names, most=_NAMED)
        told.append(tr("{processes}: {reason}.", processes=processes, reason=reason))
    return " ".join(told)


def no_match(match: Matches) -> str:
    name = printable(match.shown) or tr("(an empty name)")
    if match.is_pid and match.complete:
        return tr("There is no process {pid}.", pid=name)
    if match.is_pid:
        return tr("There is no process {pid} that you can see.", pid=name)
    if match.complete:
        return tr("There is no process or app called {name}.", name=name)
    return tr("There is no process or app called {name} that you can see.", name=name)


def several_match(match: Matches) -> str:
    count, name = len(match.processes), printable(match.shown)
    return tr_n("{count} process matches {name}.", "{count} processes match {name}.", count, name=name)


_JOURNAL = {
    "not-recorded": mark("The change stands, but undo won't know of it."),
    "not-taken-back": mark("Undo can't note what it took back, so the next undo tries the same again."),
    "unreadable": mark("What was changed before is not known."),
    "damaged": mark("{path} is damaged: what can still be read is used."),
    "damaged-kept": mark("{path} was damaged: it is kept as {aside}, and what could still be read is used."),
    "set-aside": mark("{path} could not be used: it is kept as {aside}, and a new one was started."),
}


def journal_note(note: JournalNote) -> str:
    """Say what went wrong with the journal of changes, in whole sentences."""
    text = tr(_JOURNAL[note.id], path=printable(note.path), aside=printable(note.aside))
    return text if note.problem is None else f"{text} {file_problem(note.problem)}"
