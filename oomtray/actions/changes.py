"""The steps behind `protect`, `deprioritize`, `reset` and `undo`: the plain write, the permission, the memory of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.actions import escalate
from oomtray.actions.adjust import Change, Target, adjust, foretell, reach
from oomtray.actions.journal import Journal
from oomtray.actions.reset import nothing_known, origin

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from oomtray.actions.adjust import Direction
    from oomtray.actions.escalate import Call, Runner, Status
    from oomtray.actions.journal import JournalNote
    from oomtray.actions.reset import UnitValue
    from oomtray.config import Presets
    from oomtray.kernel.snapshot import Process

_LATER = frozenset({"needs-authorisation", "refused-by-kernel", "not-yours", "hidden", "failed"})
"""What stood in the way of an undo and may not do so next time."""

_DIRECTIONS: dict[str, Direction] = {"protect": "down", "deprioritize": "up"}


class Changer:
    """One command's changes. `adj` None: what the word stands for in the settings, or the first value for a reset."""

    def __init__(
        self,
        word: str,
        adj: int | None,
        levels: Presets,
        *,
        journal: Journal | None = None,
        unit_value: UnitValue = lambda _: None,
        helper: str = escalate.HELPER,
        pkexec: str = escalate.PKEXEC,
        runner: Runner = escalate.run,
    ) -> None:
        self._word = word
        self._adj = adj
        self._levels = levels
        self._direction: Direction = "any" if adj is not None else _DIRECTIONS.get(word, "any")
        self._journal = Journal() if journal is None else journal
        self._unit_value = unit_value
        self._helper = helper
        self._pkexec = pkexec
        self._runner = runner
        self.status: Status | None = None
        """How asking for permission ended; None where nobody was asked."""
        self.says: str | None = None
        """What there is to say about that."""
        self.note: JournalNote | None = None
        """What the journal has to say."""

    def plan(self, processes: Iterable[Process]) -> tuple[Change, ...]:
        """What `change` would try, without doing it."""
        return tuple(self._each(process, foretell) for process in processes)

    def change(
        self, processes: Iterable[Process], first_step: Callable[[Sequence[Change]], None] | None = None
    ) -> tuple[Change, ...]:
        """Plain writes for all, then permission for what they did not reach; `first_step` is told in between.

        What was done is remembered also where Ctrl-C ends it.
        """
        changes: list[Change] = []
        try:
            changes.extend(self._each(process, reach) for process in processes)
            self._ask(changes, first_step)
        finally:
            self._journal.record(self._word, changes)
            self.note = self.note or self._journal.note
        return tuple(changes)

    def finish(
        self,
        tried: Iterable[Change],
        exes: Mapping[Target, str],
        first_step: Callable[[Sequence[Change]], None] | None,
        *,
        allowed: Collection[Target],
        owners: Mapping[Target, int] = escalate.ANY_OWNER,
    ) -> tuple[Change, ...]:
        """Permission for what plain writes, made by another, did not reach.

        Only those in `allowed` are asked for; `exes` names executables that must still run then, `owners` the uids.
        """
        changes = list(tried)
        try:
            asking = [change for change in changes if change.target in allowed]
            self._ask(asking, first_step, exes, owners)
            changes[:] = escalate.merged(changes, asking)
        finally:
            self._journal.record(self._word, changes)
            self.note = self.note or self._journal.note
        return tuple(changes)

    def undo(self, first_step: Callable[[Sequence[Change]], None] | None = None) -> tuple[Change, ...]:
        """Takes back the last change; empty where there is none (`note` says if it can't be read)."""
        batch = self._journal.last()
        self.note = self._journal.note
        if batch is None:
            return ()
        changes: list[Change] = []
        try:
            for change in batch.changes:
                assert change.before is not None
                changes.append(adjust(change.target, change.before, expect=change.after))
            self._ask(changes, first_step)
        finally:
            stuck = {change.target for change in changes if not change.done and change.error in _LATER}
            done = {change.target for change in changes}
            remaining = [c for c in batch.changes if c.target in stuck or c.target not in done]
            self._journal.take_back(batch, remaining)
            self.note = self._journal.note or self.note
        return tuple(changes)

    @property
    def level(self) -> int | None:
        """The value that is wanted whatever the process; None for a reset."""
        if self._adj is not None:
            return self._adj
        return {"protect": self._levels.protect, "deprioritize": self._levels.deprioritize}.get(self._word)

    def wanted(self, process: Process) -> int | None:
        """None: a reset that knows no value to go back to."""
        if self.level is not None:
            return self.level
        back = origin(process, self._journal, self._unit_value)
        self.note = self.note or self._journal.note
        return None if back is None else back.value

    def _each(self, process: Process, act: Callable[[Target, int, Direction], Change]) -> Change:
        target, value = Target(process.pid, process.start_time), self.wanted(process)
        if value is not None:
            return act(target, value, self._direction)
        return nothing_known(process)

    def _ask(
        self,
        changes: list[Change],
        first_step: Callable[[Sequence[Change]], None] | None,
        exes: Mapping[Target, str] = escalate.ANY_EXE,
        owners: Mapping[Target, int] = escalate.ANY_OWNER,
    ) -> None:
        """Lets the helper finish what needs it. Changes the list, also where Ctrl-C ends it."""
        if not any(escalate.needs_it(change) for change in changes):
            return
        if first_step is not None:
            first_step(changes)
        lacking = escalate.missing(self._helper, self._pkexec)
        if lacking is not None:
            self.status, self.says = lacking, escalate.remedy(lacking, self._helper)
            return
        calls, rest = escalate.calls(
            changes, exes=exes, owners=owners, helper=self._helper, pkexec=self._pkexec
        )
        changes[:] = escalate.merged(changes, rest)
        for call in calls:
            self._call(call, changes)
            if self.status == "dismissed":
                return

    def _call(self, call: Call, changes: list[Change]) -> None:
        try:
            answer = self._runner(call.argv, call.stdin)
        except KeyboardInterrupt:
            # the helper finishes what it has begun
            changes[:] = escalate.merged(changes, escalate.read(call, 130, b"", b"").changes)
            raise
        except OSError as error:
            self.status, self.says = "failed", f"{self._pkexec} can't be started: {error.strerror}"
            return
        outcome = escalate.read(call, *answer)
        changes[:] = escalate.merged(changes, outcome.changes)
        if outcome.status != "done":
            self.status, self.says = outcome.status, outcome.says
