"""What became of a change, as one sentence without a full stop, for the terminal and the desktop alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.messages.files import file_problem
from oomtray.messages.i18n import mark, tr
from oomtray.text import adjustment, printable, size

if TYPE_CHECKING:
    from oomtray.actions.adjust import Change
    from oomtray.actions.journal import JournalNote
    from oomtray.actions.preview import Caution
    from oomtray.actions.signals import Ending
    from oomtray.risk.assessment import Override, Victim

_WHY = {
    "gone": "it has ended",
    "pid-reused": "it has ended, and its pid is another's by now",
    "pid-1": "the kernel never kills pid 1",
    "kernel-thread": "the kernel never kills its own threads",
    "zombie": "it has ended already and waits for its parent to notice",
    "is-thread": "this is the id of a thread, not of a process",
    "hidden": "the system hides it from you (hidepid)",
    "needs-authorisation": "going lower needs an administrator's permission",
    "not-given": "going lower needs an administrator's permission, and it was not given",
    "refused-by-kernel": "the kernel refuses even root to go lower (no CAP_SYS_RESOURCE here, as in a container)",
    "not-yours": "only its owner may raise it",
    "changed-since": "it was changed by another program since, and is left as it is",
    "nothing-known": "OOM Tray never changed it, and it is in no unit that sets a value",
    "failed": "the kernel refused",
    "is-raise": "it has been lowered further meanwhile, and raising needs no permission",
    "wrong-owner": "it belongs to another user by now",
    "wrong-exe": "it runs another program by now",
    "changed-meanwhile": "another program changed it in the same moment",
    "unreadable": "the helper could not read it",
    "next-start": "there are more processes than one request holds, so it gets this when its service starts next",
    "several-matches": "several processes have this name",
}


def subject(name: str, pid: int) -> str:
    return f"{printable(name)} ({pid})" if name else f"process {pid}"


def why(error: str, wanted: int | None = None) -> str:
    """The reason that an identifier of `Change.error` stands for."""
    if error == "out-of-range":
        if wanted == -1000:
            return "-1000 is never set: its children would inherit it, and nothing could ever end them"
        return f"the value must be from {LOWEST} to {HIGHEST}"
    return _WHY.get(error, error)


def did(change: Change) -> str:
    """What was done, were it only a part: `mysqld (123) lowered from +200 to +100`."""
    who = subject(change.name, change.pid)
    if not change.done:
        return f"{who} not changed"
    if change.before == change.after:
        return f"{who} stays at {adjustment(change.after)}"
    verb = "lowered" if change.before is not None and change.after < change.before else "raised"
    return f"{who} {verb} from {adjustment(change.before)} to {adjustment(change.after)}"


def says(change: Change) -> str:
    """What was done, how far, and what stood in the way."""
    if change.error is None:
        return did(change)
    far = f", not to {adjustment(change.wanted)}" if change.done else ""
    return f"{did(change)}{far}: {why(change.error, change.wanted)}"


def ended(ending: Ending) -> str:
    who = subject(ending.name, ending.pid)
    if ending.done:
        return f"{who} was asked to end" if ending.signal.name == "SIGTERM" else f"{who} was ended by force"
    reasons = {
        "not-yours": "it belongs to another user",
        "pid-1": "the system would end with it",
        "kernel-thread": "it is a part of the kernel",
        "no-pidfd": "this kernel lacks pidfd (Linux 5.3), without which a signal could hit another process",
    }
    error = ending.error or "failed"
    return f"{who} was not ended: {reasons.get(error) or why(error)}"


_INSTEAD: dict[Override, str] = {
    "panic_on_oom": "panic: the whole machine would stop",
    "oom_kill_allocating_task": "kill whichever process asks for memory then",
}


def next_victim(victim: Victim | None, void: Override | None = None) -> str:
    """`then the next victim is VS Code (4242), 3.1 GiB`, for behind a change; `void`: what keeps it from mattering."""
    if void is not None:
        return f"then the kernel would still {_INSTEAD[void]}, as vm.{void} is set"
    if victim is None:
        return "then nothing is left that the kernel could kill"
    process = victim.risk.process
    return f"then the next victim is {subject(process.name, process.pid)}, {size(victim.risk.frees)}"


_CAUTIONS: dict[Caution, str] = {
    "children-inherit": "what it starts from now on inherits this value",
    "session-exposed": "the next victim would be a part of your session itself, which may end with it",
    "nothing-large-left": "no death would then free much memory, so the kernel would kill one process after another",
    "nothing-left": "nothing would then be left to kill, and the kernel would panic",
    "root-takes-back": "it belongs to another user, so only root can raise it again (sudo choom --pid PID --adjust VALUE)",
    "no-way-back": "it is at -1000 now, a value that OOM Tray never sets: this can't be undone",
}


def caution(identifier: Caution) -> str:
    return _CAUTIONS[identifier]


_JOURNAL = {
    "not-recorded": mark("The change stands, but undo won't know of it."),
    "not-taken-back": mark("It was undone, but the next undo will try the same again."),
    "unreadable": mark("What was changed before is not known."),
    "damaged": mark("{path} is damaged: what can be read of it counts."),
    "damaged-kept": mark("{path} was damaged: it is kept as {aside}, and what could be read of it counts."),
    "set-aside": mark("{path} could not be used: it is kept as {aside}, and a new one begins."),
}


def journal_note(note: JournalNote) -> str:
    """What went wrong with the record of changes, in whole sentences."""
    says = tr(_JOURNAL[note.id], path=printable(note.path), aside=printable(note.aside))
    return says if note.problem is None else f"{says} {file_problem(note.problem)}"
