"""A runner that stands for pkexec, and what is remembered of a change."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from oomtray.actions.adjust import Change
from oomtray.actions.journal import Journal
from oomtray.actions.journal_file import Batch
from tests.rigs.processes.sleepers import Sleeper


class Pkexec:
    """A runner that notes the calls and answers as told; where it answers, the helper would have done as asked."""

    def __init__(
        self,
        *codes: int,
        interrupt: bool = False,
        fail: OSError | None = None,
        floor: int | None = None,
        error: str | None = None,
    ) -> None:
        self.codes, self.interrupt, self.fail = list(codes), interrupt, fail
        self.asked: list[list[dict[str, Any]]] = []
        self.verbs: list[str] = []
        self.kinds: list[str] = []
        self.floor = floor
        """Where it was before the helper moved it."""
        self.error = error
        """What the helper answers in place of success."""

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, bytes, bytes]:
        requests = [json.loads(line) for line in stdin.splitlines()]
        self.asked.append(requests)
        self.verbs.append(argv[argv.index("--disable-internal-agent") + 2])
        self.kinds.append(argv[-2])
        if self.interrupt:
            raise KeyboardInterrupt
        if self.fail is not None:
            raise self.fail
        code = self.codes.pop(0) if self.codes else 0
        if code:
            return code, b"", b"Error: no\n"
        answers = [
            {"pid": r["pid"], "start_time": r["start_time"], "from": 0, "to": r["adj"], "floor": self.floor}
            | {"ok": self.error is None, "error": self.error}
            for r in requests
        ]
        return 0, "\n".join(map(json.dumps, answers)).encode(), b""


def batch(journal: Journal) -> list[tuple[int | None, int]]:
    """What an undo would take back."""
    last = journal.last()
    return [] if last is None else [(change.before, change.after) for change in last.changes]


def last() -> Batch:
    """As the next program to run finds it."""
    batch = Journal().last()
    assert batch is not None
    return batch


def of(sleeper: Sleeper, before: int, after: int) -> Change:
    return Change(sleeper.pid, sleeper.facts.start_time, "x", before, after, done=True, wanted=after)


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """No file grows beyond so many bytes, as where no space is left. (SIGXFSZ is ignored by Python.)"""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
