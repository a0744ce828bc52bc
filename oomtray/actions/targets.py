"""Find the processes for a TARGET of the command line: a pid, or the exact name of a process or app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.process_handle import open_process
from oomtray.records import dataclass
from oomtray.text import from_argument, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment

_DIGITS = 10
"""A longer number is no PID (pid_max is at most 2^22)."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The processes that one TARGET matches."""

    word: str
    processes: tuple[Process, ...]
    """Best rank first; empty if nothing has this pid or name."""
    complete: bool = True
    """False if there may be processes that can't be seen."""

    @property
    def several(self) -> bool:
        return len(self.processes) > 1

    @property
    def is_pid(self) -> bool:
        return is_pid(self.word)

    @property
    def shown(self) -> str:
        """The word as process names are displayed: invalid UTF-8 bytes as escapes."""
        return from_argument(self.word)


def is_pid(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= _DIGITS


def resolve(words: Sequence[str], assessment: Assessment, *, but: int | None = None) -> tuple[Matches, ...]:
    """Match each word. `assessment` has all rows and apps; `but` is a pid that names don't match: our own.

    Kernel threads and zombies can have names of programs, so a name only matches them if it matches nothing
    else.
    """
    ranked = [risk.process for risk in assessment.risks]
    complete = assessment.snapshot.complete
    return tuple(Matches(word, tuple(_matching(word, ranked, assessment, but)), complete) for word in words)


def process_of_thread(tid: int) -> int | None:
    """Return the PID of the process with this thread: /proc also answers for thread IDs, and top and ps -L show them.

    None if it is no thread, or the first one of a process.
    """
    try:
        with open_process(tid) as thread:
            return thread.thread_of()
    except OSError:
        return None


def _with_pid(pid: int | None, ranked: list[Process]) -> list[Process]:
    return [process for process in ranked if process.pid == pid]


def _matching(word: str, ranked: list[Process], assessment: Assessment, but: int | None) -> list[Process]:
    if is_pid(word):
        pid = int(word)
        return _with_pid(pid, ranked) or _with_pid(process_of_thread(pid), ranked)
    if not word:
        return []  # an unset shell variable matches nobody, not processes without a name
    word = from_argument(word)
    members = {
        member.process.pid
        for app in assessment.apps
        if word in (app.key, app.name, printable(app.name))
        for member in app.members
    }
    named = [
        process
        for process in ranked
        if process.pid != but and (process.pid in members or word in (process.name, printable(process.name)))
    ]
    alive = [process for process in named if not process.kernel_thread and process.state != "Z"]
    return alive or named
