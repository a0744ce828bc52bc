"""Read command line, directory and environment of processes: once each, a few at a time, with a timeout.

They are in the process's own memory, which may be swapped out, and behind a lock that it may hold.
"""

from __future__ import annotations

import os
from operator import attrgetter
from threading import Thread
from typing import TYPE_CHECKING

from oomtray.kernel.files import read_at_most

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from oomtray.kernel.killer_facts import Property
    from oomtray.kernel.snapshot import Process

Texts = dict["Property", "str | None"]
AT_ONCE = 200
"""Processes per reading, those with the highest oom_score first."""
KEPT = 60.0
"""Seconds for which a text is kept."""
_TIMEOUT = 0.2
_LONGEST = 64 * 1024


class ProcessTexts:
    """Reads the texts of processes and keeps them by (pid, start time)."""

    def __init__(self, proc: str, kinds: Collection[Property]) -> None:
        self._proc = proc
        self._kinds = tuple(kinds)
        self._known: dict[tuple[int, int], Texts] = {}
        self._read_at: dict[tuple[int, int], float] = {}
        self._answers: list[tuple[tuple[int, int], Texts]] = []
        self._thread: Thread | None = None

    def read(self, processes: Sequence[Process], now: float) -> Mapping[tuple[int, int], Mapping[Property, str | None]]:
        """Return the known texts; processes not read yet are missing."""
        if self._thread is None or not self._thread.is_alive():
            self._take()
            due = [p for p in processes if p.oom_score and not 0 <= now - self._read_at.get(p.identity, -KEPT) < KEPT]
            due.sort(key=attrgetter("oom_score"), reverse=True)
            if due:
                self._start(due[:AT_ONCE], now)
                self._take()
        if len(self._known) > 2 * len(processes) + AT_ONCE:
            there = {process.identity for process in processes}
            self._known = {identity: texts for identity, texts in self._known.items() if identity in there}
            self._read_at = {identity: at for identity, at in self._read_at.items() if identity in there}
        return dict(self._known)

    def _start(self, due: list[Process], now: float) -> None:
        self._read_at.update((process.identity, now) for process in due)
        self._answers = []
        self._thread = Thread(target=self._ask, args=(due, self._answers), name="process-texts", daemon=True)
        self._thread.start()
        self._thread.join(_TIMEOUT)

    def _take(self) -> None:
        self._known.update(self._answers[:])

    def _ask(self, due: list[Process], answers: list[tuple[tuple[int, int], Texts]]) -> None:
        # one by one, so that a caller who has timed out can take what is there
        answers.extend((process.identity, {kind: self._text(process.pid, kind) for kind in self._kinds}) for process in due)

    def _text(self, pid: int, kind: Property) -> str | None:
        path = f"{self._proc}/{pid}/{kind}"
        try:
            if kind == "cwd":
                return os.readlink(path)
            raw = read_at_most(path, _LONGEST)
        except PermissionError:
            return None
        except OSError:
            return ""
        return raw.decode("utf-8", "ignore").replace("\0", " ").rstrip()
