"""Change oom_score_adj on request: plain writes, permission for the rest, the journal, and undo.

    plan = changer.plan("protect", processes)        changes nothing; `foretell` predicts the result
    plan = changer.undo()                            the same for undoing the last change, or a given one
    outcome = changer.apply(plan)                    plain writes for all
    outcome = changer.ask(outcome)                   sets `calls`: what pkexec is to run for the unfinished ones
    outcome = changer.finish(outcome, code, stdout, stderr)   the first call's result; repeat while there are more
    outcome = changer.authorize(outcome, runner)     both of the above, with an injected runner

The journal has each step before it begins, so that it can be undone wherever it is interrupted, by SIGKILL too.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.actions import escalate, helper_run
from oomtray.actions.adjust import (
    DIRECTION,
    Change,
    Target,
    adjust,
    foretell,
    is_root,
    put_back,
    reach,
    why_not_raised,
)
from oomtray.actions.change_plan import ChangeOutcome, Plan, Step
from oomtray.actions.inherited import heirs, inherited_from
from oomtray.actions.journal import Journal
from oomtray.actions.reset import Origin, UnitValue, origins
from oomtray.kernel import shared_memory
from oomtray.kernel.files import PROC
from oomtray.kernel.process_handle import open_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.actions.adjust import Right
    from oomtray.actions.helper_run import Runner
    from oomtray.actions.journal_file import Batch
    from oomtray.config import Presets
    from oomtray.kernel.snapshot import Process


class Changer:
    def __init__(
        self,
        presets: Presets,
        *,
        journal: Journal | None = None,
        proc: str = PROC,
        helper: str = helper_run.HELPER,
        pkexec: str = helper_run.PKEXEC,
        as_root: bool | None = None,
    ) -> None:
        """`as_root` None: whether this program runs as root."""
        self.presets = presets
        self._journal = Journal(proc=proc) if journal is None else journal
        self.proc = proc
        self.helper, self.pkexec = helper, pkexec
        self._as_root = as_root
        self._one_memory = shared_memory.one_memory if proc == PROC else _nothing_shared

    def value_of(self, action: str) -> int | None:
        """Return the oom_score_adj of a preset; None for an action without one."""
        return self.presets.value(action) if action in DIRECTION else None

    def origins(self, processes: Iterable[Process], unit_value: UnitValue = lambda _: None) -> dict[int, Origin]:
        """Return by pid what a reset restores; processes with nothing to restore are left out."""
        processes, first = tuple(processes), self._journal.first_values()
        sources = self._inherited(processes, first)
        inherited = {target: first.get(change.target, change.before or 0) for target, change in sources.items()}
        return origins(processes, first, unit_value, inherited)

    def _inherited(self, processes: Iterable[Process], first: Mapping[Target, int]) -> dict[Target, Change]:
        """Find, for processes that were never changed, the change of the ancestor from which they have their value."""
        targets = [target for process in processes if (target := _target(process)) not in first]
        batches = self._journal.batches() if targets and first else ()
        found = {target: inherited_from(target, batches, proc=self.proc) for target in targets if batches}
        return {target: change for target, change in found.items() if change is not None}

    def plan(
        self,
        action: str,
        processes: Iterable[Process],
        value: int | None = None,
        *,
        unit_value: UnitValue = lambda _: None,
    ) -> Plan:
        """Plan an action. `value` None: that of the settings, or for reset the original one of each process."""
        processes, note = tuple(processes), None
        wanted = self.value_of(action) if value is None else value
        if wanted is None:
            back = self.origins(processes, unit_value)
            note, floors = self._journal.note, self._floors(processes)
            steps = tuple(_reset_step(process, back.get(process.pid), floors) for process in processes)
        else:
            direction = DIRECTION.get(action, "any") if value is None else "any"
            steps = tuple(Step(_target(process), wanted, direction) for process in processes)
        uids = {_target(process): process.uid for process in processes}
        return self._with_sharers(Plan(action, steps, uids, note=note))

    def _with_sharers(self, plan: Plan) -> Plan:
        """Add the processes that share memory with a planned one, because the kernel changes them too."""
        others = self._one_memory(step.target.pid for step in plan.steps if step.error is None)
        if not others:
            return plan
        steps = {step.target.pid: step for step in plan.steps}
        uids = dict(plan.uids)
        taken: set[int] = set()
        for pid, step in tuple(steps.items()):
            sharers = others.get(pid, ()) if pid not in taken else ()
            for other in sharers:
                with suppress(OSError), open_process(other, proc=self.proc) as process:
                    target = Target(other, process.start_time)
                    uids[target] = process.uids()[1]
                    steps[other] = replace(steps.get(other, replace(step, target=target)), before=process.read_adj())
            taken.update(sharers)
        return replace(plan, steps=tuple(steps.values()), uids=uids)

    def _floors(self, processes: Iterable[Process]) -> dict[Target, int | None]:
        """Return earlier floors, if known, for processes that have, or inherited, a lower floor by permission."""
        processes, floors = tuple(processes), self._journal.floors()
        found = {_target(process): floors[_target(process)] for process in processes if _target(process) in floors}
        if floors:
            sources = self._inherited(processes, self._journal.first_values())
            found |= {heir: floors[one.target] for heir, one in sources.items() if one.target in floors}
        return found

    def undo(self, batch: Batch | None = None) -> Plan:
        """Plan to undo this batch (None: the last one), also in processes that have inherited its values since.

        The plan has no steps if there is no batch, or if it is one of units or of a file; `note` may say why.
        """
        batch = self._journal.last() if batch is None else batch
        note = self._journal.note
        if batch is None or batch.units or batch.edit is not None:
            return Plan("undo", (), note=note)
        steps = tuple(
            Step(c.target, c.before, expect=c.after, right=None if c.right == "back" else c.right, floor=c.floor)
            for c in (*batch.changes, *heirs(batch, proc=self.proc))
            if c.before is not None
        )
        return self._with_sharers(Plan("undo", steps, undoes=batch, note=note))

    def foretell(self, plan: Plan) -> tuple[Change, ...]:
        """Predict what `apply` would try."""
        return tuple(_with_name(self._foretold(step), plan) for step in plan.steps)

    def apply(self, plan: Plan) -> ChangeOutcome:
        """Carry out the plan by plain writes, each as far as allowed without permission."""
        changes: list[Change] = []
        batch = self._journal.record(plan.action, (), begun=self._begun(plan))
        note = plan.note if batch is None else plan.note or self._journal.note
        try:
            changes.extend(_with_name(_count_shared_change(step.before, self._tried(step)), plan) for step in plan.steps)
        finally:
            outcome = ChangeOutcome(
                plan.action, tuple(changes), uids=plan.uids, undoes=plan.undoes, batch=batch, note=note
            )
            outcome = self.remember(outcome)
        return outcome

    def _begun(self, plan: Plan) -> tuple[Change, ...]:
        """Return what plain writes may change; nothing for an undo, which can be repeated as it stands in the journal."""
        if plan.undoes is not None:
            return ()
        right: Right | None = "unknown" if self._by_root() else None
        return tuple(
            replace(one, right=right if one.after < one.before else None)
            for one in self.foretell(plan)
            if one.error is None and one.before is not None and one.after != one.before
        )

    def remember(self, outcome: ChangeOutcome) -> ChangeOutcome:
        """Write the progress into the journal. The other methods that make changes have already done so."""
        journal, batch, undone = self._journal, outcome.batch, outcome.undone
        if outcome.undoes is not None:
            left = outcome.left_to_undo
            if left == outcome.undoes.changes:
                return outcome
            undone = journal.take_back(outcome.undoes, left, changes=outcome.changes, earlier=undone)
        else:
            batch = journal.record(outcome.action, outcome.changes, batch, begun=outcome.begun)
        note = journal.note
        journal.note_floors(outcome.changes)
        return replace(outcome, batch=batch, undone=undone, note=note or journal.note or outcome.note)

    def ask(self, outcome: ChangeOutcome) -> ChangeOutcome:
        """Add the calls for changes that need permission, or a status if what they need isn't installed."""
        wanting = outcome.wanting
        if not wanting:
            return outcome
        lacking = helper_run.missing(self.helper, self.pkexec)
        if lacking is not None:
            return replace(outcome, status=lacking)
        calls, rest = escalate.calls(
            wanting,
            exes=outcome.terms.exes,
            owners=outcome.terms.owners,
            proc=self.proc,
            helper=self.helper,
            pkexec=self.pkexec,
        )
        asking = replace(outcome, calls=calls, status=None, complaint=None)
        return self._expected(self._with(asking, rest) if rest else asking)

    def finish(self, outcome: ChangeOutcome, code: int, stdout: bytes, stderr: bytes) -> ChangeOutcome:
        """Process the result of the first call: exit status (negative: the signal), standard output and error."""
        call, *more = outcome.calls
        answer = escalate.read(call, code, stdout, stderr, proc=self.proc)
        if answer.status == "dismissed":  # dismisses the dialogs that would have followed too
            return self._expected(replace(outcome, calls=(), status="dismissed"))
        outcome = replace(outcome, calls=tuple(more))
        if answer.status != "done":
            outcome = replace(outcome, status=answer.status, complaint=answer.complaint)
        return self._with(outcome, answer.changes)

    def not_started(self, outcome: ChangeOutcome, reason: str) -> ChangeOutcome:
        """Mark the outcome as failed because pkexec could not be started; `reason` is the system's message."""
        complaint = helper_run.Complaint(reason, program=self.pkexec)
        return self._expected(replace(outcome, calls=(), status="failed", complaint=complaint))

    def authorize(self, outcome: ChangeOutcome, runner: Runner) -> ChangeOutcome:
        """Ask for permission and wait for the answers.

        Ctrl-C interrupts, with everything done so far in the journal.
        """
        outcome = self.ask(outcome)
        while outcome.calls:
            call = outcome.calls[0]
            try:
                answer = runner(call.argv, call.stdin)
            except KeyboardInterrupt:
                self.finish(outcome, helper_run.INTERRUPTED, b"", b"")  # the helper finishes what it has begun
                raise
            except OSError as error:
                outcome = self.not_started(outcome, error.strerror or str(error))
            else:
                outcome = self.finish(outcome, *answer)
        return outcome

    def _expected(self, outcome: ChangeOutcome) -> ChangeOutcome:
        """Write into the journal what the calls are going to change, and nothing else that it hasn't."""
        if outcome.undoes is not None:
            return outcome
        known = () if outcome.batch is None else outcome.batch.changes
        batch = self._journal.record(outcome.action, known, outcome.batch, begun=outcome.begun)
        return replace(outcome, batch=batch, note=self._journal.note or outcome.note)

    def _with(self, outcome: ChangeOutcome, finished: Iterable[Change]) -> ChangeOutcome:
        return self.remember(replace(outcome, changes=escalate.merged(outcome.changes, finished)))

    def _tried(self, step: Step) -> Change:
        if step.error is not None:
            return self._foretold(step)
        rises = step.expect is None or step.expect < step.value
        if self._by_root() and rises and step.right == "moved" and step.floor is not None:
            return put_back(step.target, step.value, step.floor, expect=step.expect, proc=self.proc)
        return _keep_right(step, self._plainly(step))

    def _plainly(self, step: Step) -> Change:
        if step.expect is not None:
            return adjust(step.target, step.value, expect=step.expect, proc=self.proc, as_root=self._as_root)
        return reach(step.target, step.value, step.direction, proc=self.proc, as_root=self._as_root)

    def _foretold(self, step: Step) -> Change:
        change = foretell(step.target, step.value, step.direction, proc=self.proc)
        error = change.error or step.error
        if error is None and step.expect is not None and change.before not in (step.expect, step.value):
            error = "changed-since"
        rises = change.before is not None and change.before < change.after
        if error is None and rises and step.expect is None and step.right is None and not self._may_write(step.target.pid):
            error = why_not_raised(step.target, self.proc)
        return replace(change, error=error)

    def _by_root(self) -> bool:
        return is_root() if self._as_root is None else self._as_root

    def _may_write(self, pid: int) -> bool:
        return os.access(f"{self.proc}/{pid}/oom_score_adj", os.W_OK, effective_ids=True)


def _nothing_shared(_pids: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
    """Report no shared memory: the kernel knows nothing about a /proc made of files."""
    return {}


def _with_name(change: Change, plan: Plan) -> Change:
    """Fill in the process's name from the undone batch if the process has ended."""
    if change.name or plan.undoes is None:
        return change
    return replace(change, name=next((one.name for one in plan.undoes.changes if one.target == change.target), ""))


def _count_shared_change(before: int | None, change: Change) -> Change:
    """Count the change that another process caused by sharing memory; `before`: the value before that, if so."""
    if before is None or change.before in (None, before):
        return change
    after = change.after if change.done else change.before
    return replace(change, before=before, after=after, done=True)


def _keep_right(step: Step, change: Change) -> Change:
    """Keep the right that permission gave, because a plain write can't take it back; a lowering needn't."""
    if step.right is None or (change.before is not None and change.before > step.value):
        return change
    change = replace(change, right=step.right, floor=step.floor)
    if change.done and change.error is None and step.right != "same":
        return replace(change, error="right-stays")
    return change


def _target(process: Process) -> Target:
    return Target(process.pid, process.start_time)


def _reset_step(process: Process, back: Origin | None, floors: Mapping[Target, int | None]) -> Step:
    if back is not None and _target(process) in floors:
        floor = floors[_target(process)]
        return Step(_target(process), back.value, right="unknown" if floor is None else "moved", floor=floor)
    if back is not None:
        return Step(_target(process), back.value)
    return Step(_target(process), process.oom_score_adj or 0, error="nothing-known")
