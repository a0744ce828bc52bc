"""Does what a menu, a button or a notification asks for, and reports what became of it.

The plain write comes first and needs no password; what it can't reach is offered, never begun unasked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions import escalate, signals
from oomtray.actions.adjust import Change, Target, adjust, reach
from oomtray.actions.journal import Batch, Journal
from oomtray.actions.preview import after_change, cautions
from oomtray.actions.reset import ask_units, nothing_known
from oomtray.kernel.files import PROC
from oomtray.messages import changes as action_words
from oomtray.messages.i18n import tr
from oomtray.messages.memory import ended, sentence
from oomtray.risk.certainty import void_by
from oomtray.text import adjustment
from oomtray.ui.controllers.origins import UnitQuestion, origins, unasked
from oomtray.ui.controllers.report import Offer, Report, undo_offer
from oomtray.ui.controllers.row_actions import DIRECTION, ActionId, Subject, value_of
from oomtray.ui.qt.escalation import Escalation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oomtray.actions.adjust import Direction
    from oomtray.actions.escalate import Outcome
    from oomtray.actions.reset import Origin
    from oomtray.config import Presets
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.origins import UnitAnswers
    from oomtray.ui.controllers.report import Tone

_STUCK = frozenset({"needs-authorisation", "refused-by-kernel", "not-yours", "hidden", "failed"})
"""What stood in the way of an undo and may not do so next time."""


@dataclass(slots=True)
class _Deed:
    """The last change: what there is to finish or to take back."""

    word: str
    subject: str
    changes: tuple[Change, ...]
    batch: Batch | None = None
    undoes: Batch | None = None
    assessment: Assessment | None = None
    exes: Mapping[Target, str] = field(default_factory=dict)
    owners: Mapping[Target, int] = field(default_factory=dict)


class ChangeController(QObject):
    """`reported` carries a Report; `changed` says that what was shown is out of date; `busy` that a dialog is open."""

    reported = Signal(object)
    changed = Signal()
    busy = Signal(bool)
    origins_told = Signal(object, object)
    """A Subject, and where its processes would go back to, now that systemd has answered."""

    def __init__(
        self,
        presets: Presets,
        parent: QObject | None = None,
        *,
        journal: Callable[[], Journal] = Journal,
        proc: str = PROC,
        helper: str = escalate.HELPER,
        pkexec: str = escalate.PKEXEC,
        ask_units: Callable[[Sequence[Process]], UnitAnswers] = ask_units,
    ) -> None:
        """`ask_units` may take as long as systemd does: it runs in a thread of its own."""
        super().__init__(parent)
        self.presets = presets
        self._ask_units = ask_units
        self._make_journal = journal
        self._journal: Journal | None = None
        self._proc = proc
        self._helper, self._pkexec = helper, pkexec
        self._escalation = Escalation(self, proc=proc)
        self._escalation.finished.connect(self._authorised)
        self._deed: _Deed | None = None
        self._asking: _Deed | None = None
        """What the dialog is open for. Another may be done meanwhile, from a notification or the panel's menu."""

    @property
    def journal(self) -> Journal:
        if self._journal is None:
            self._journal = self._make_journal()
        return self._journal

    def origins(self, subject: Subject) -> tuple[dict[int, Origin], bool]:
        """By pid, where a reset of each process would go; and whether systemd is asked for more, for `origins_told`."""
        known = origins(subject.processes, self.journal, {})
        return known, self._asks_units(subject, known, partial(self._tell_origins, subject))

    def _asks_units(
        self, subject: Subject, known: Mapping[int, Origin], then: Callable[[UnitAnswers], None]
    ) -> bool:
        asking = unasked(subject.processes, known)
        if asking:
            question = UnitQuestion(asking, self._ask_units, self)
            question.answered.connect(then)
            question.start()
        return bool(asking)

    def _tell_origins(self, subject: Subject, answers: UnitAnswers) -> None:
        self.origins_told.emit(subject, origins(subject.processes, self.journal, answers))

    def do(self, word: ActionId, subject: Subject, assessment: Assessment | None) -> None:
        """`assessment`: what was on screen, to foresee from."""
        if word == "end":
            self._send(subject, signals.end)
        elif word == "kill":
            what = "its" if not subject.app or len(subject.processes) == 1 else f"its {len(subject.processes)} processes'"
            text = f"End {subject.name} by force? All of {what} unsaved work is lost."
            kill = Offer(tr("Force kill"), partial(self._send, subject, signals.kill))
            self.reported.emit(Report("ask", text, (kill, Offer(tr("Cancel"), lambda: None)), closable=False))
        elif word == "reset":
            known = origins(subject.processes, self.journal, {})
            if not self._asks_units(subject, known, partial(self._reset, subject, assessment)):
                self._reset(subject, assessment, {})
        elif word in DIRECTION:
            self._adjust(word, subject, assessment)

    def finish(
        self, word: str, subject: str, changes: Sequence[Change], exes: Mapping[Target, str], owners: Mapping[Target, int]
    ) -> None:
        """With permission, what the plain write could not do: only ever upon a click that asks for just this.

        `exes` and `owners`: what must still hold of each when the permission is there.
        """
        if not self._escalation.running:
            self._deed = _Deed(word, subject, tuple(changes), exes=exes, owners=owners)
            self._authorise()

    def _send(self, subject: Subject, act: Callable[..., signals.Ending]) -> None:
        endings = [act(p.pid, p.start_time, proc=self._proc) for p in subject.processes]
        refused = [ending for ending in endings if not ending.done and ending.error != "gone"]
        if len(endings) == 1:
            text = action_words.ended(endings[0])
        elif not refused:
            how = "asked to end" if act is signals.end else "ended by force"
            text = f"{subject.name}: {len(endings)} processes were {how}"
        else:
            text = f"{subject.name}: {len(refused)} of {len(endings)} were not ended: {action_words.ended(refused[0])}"
        self._report("failed" if refused else "done", text)
        self.changed.emit()

    def _adjust(self, word: ActionId, subject: Subject, assessment: Assessment | None) -> None:
        value = value_of(word, self.presets)
        self._changed(word, subject, [self._reach(p, value, DIRECTION[word]) for p in subject.processes], assessment)

    def set_value(self, value: int, subject: Subject, assessment: Assessment | None) -> None:
        """Exactly this oom_score_adj; upwards too."""
        self._changed("value", subject, [self._reach(p, value, "any") for p in subject.processes], assessment)

    def _reset(self, subject: Subject, assessment: Assessment | None, answers: UnitAnswers) -> None:
        known = origins(subject.processes, self.journal, answers)
        changes = [self._reach(p, known[p.pid].value, "any") for p in subject.processes if p.pid in known]
        if not changes:  # of an app, those that have nothing to go back to are no failure while others have
            changes = [nothing_known(p, proc=self._proc) for p in subject.processes]
        self._changed("reset", subject, changes, assessment)

    def _reach(self, process: Process, value: int, direction: Direction) -> Change:
        return reach(Target(process.pid, process.start_time), value, direction, proc=self._proc)

    def _changed(
        self, word: ActionId, subject: Subject, changes: Sequence[Change], assessment: Assessment | None
    ) -> None:
        batch = self.journal.record(word, changes)
        self._deed = _Deed(word, subject.name, tuple(changes), batch, assessment=assessment)
        self._tell()

    def _undo(self) -> None:
        deed = self._deed
        batch = deed.batch if deed is not None and deed.batch is not None else self.journal.last()
        if batch is None:
            note = self.journal.note
            self._report("failed", "There is nothing to undo" if note is None else action_words.journal_note(note))
            return
        changes = [
            adjust(c.target, c.before, expect=c.after, proc=self._proc)
            for c in batch.changes
            if c.before is not None
        ]
        name = deed.subject if deed is not None else ""
        self._deed = _Deed(
            "undo", name, tuple(changes), undoes=batch, assessment=deed.assessment if deed else None
        )
        self._forget_undone(self._deed)
        self._tell()

    def _forget_undone(self, deed: _Deed) -> None:
        assert deed.undoes is not None
        stuck = {change.target for change in deed.changes if not change.done and change.error in _STUCK}
        self.journal.take_back(deed.undoes, [c for c in deed.undoes.changes if c.target in stuck])

    def _authorise(self) -> None:
        deed = self._deed
        if deed is None or self._escalation.running:
            return
        lacking = escalate.missing(self._helper, self._pkexec)
        if lacking is not None:
            self._report("failed", sentence(escalate.remedy(lacking, self._helper) or ""))
            return
        calls, rest = escalate.calls(
            deed.changes,
            exes=deed.exes,
            owners=deed.owners,
            proc=self._proc,
            helper=self._helper,
            pkexec=self._pkexec,
        )
        deed.changes = escalate.merged(deed.changes, rest)
        if not calls:
            self._tell()
            return
        self.busy.emit(True)
        self._asking = deed
        self._escalation.start(calls)

    @Slot(object)
    def _authorised(self, outcome: Outcome) -> None:
        self.busy.emit(False)
        deed, self._asking = self._asking, None
        if deed is None:
            return
        self._deed = deed
        deed.changes = escalate.merged(deed.changes, outcome.changes)
        if outcome.status == "dismissed" and not any(change.error is None for change in deed.changes):
            self.changed.emit()
            return
        if deed.undoes is not None:
            self._forget_undone(deed)
        else:
            if deed.batch is not None:
                self.journal.take_back(deed.batch)
            deed.batch = self.journal.record(deed.word, deed.changes)
        if outcome.status == "not-authorised":
            self._tell(refused=True)
        else:
            self._tell(outcome.says)

    def _tell(self, more: str | None = None, *, refused: bool = False) -> None:
        """`more`: what is to be said beside the changes; `refused`: permission was asked for, and not given."""
        deed = self._deed
        assert deed is not None
        changes = deed.changes
        moved = [change for change in changes if change.moved]
        wanting = [change for change in changes if escalate.needs_it(change)]
        told = [replace(c, error="not-given") for c in wanting] if refused else wanting
        text = ended(summary(deed.subject, escalate.merged(changes, told)))
        if moved and deed.assessment is not None:
            then = after_change(deed.assessment, {change.pid: change.after for change in moved})
            text += " " + sentence(action_words.next_victim(then, void_by(deed.assessment)))
            if deed.undoes is None:
                text += _notes(deed.assessment, moved)
        if more:
            text += " " + sentence(more)
        if self.journal.note:
            text += " " + action_words.journal_note(self.journal.note)
        offers: list[Offer] = []
        if wanting and more is None and not refused:
            offers.append(Offer(tr("Use a password…"), self._authorise, asks_password=True))
        if deed.batch is not None and _can_take_back(deed, moved):
            offers.append(undo_offer(self._undo))
        wrong = any(change.error is not None for change in changes) or not changes
        self._report("part" if wrong and moved else "failed" if wrong else "done", text, *offers)
        self.changed.emit()

    def _report(self, tone: Tone, text: str, *offers: Offer) -> None:
        self.reported.emit(Report(tone, ended(text), offers))


def _can_take_back(deed: _Deed, moved: Sequence[Change]) -> bool:
    """Not where all of it was a lowering of others' processes: only their owner or root may raise those again."""
    me = os.geteuid()
    if me == 0:
        return True
    known = {} if deed.assessment is None else {p.pid: p.uid for p in deed.assessment.snapshot.processes}
    owners = known | {target.pid: uid for target, uid in deed.owners.items()}
    return any(change.after > (change.before or 0) or owners.get(change.pid, me) == me for change in moved)


def _notes(assessment: Assessment, moved: Sequence[Change]) -> str:
    found = cautions(assessment, {change.pid: change.after for change in moved})
    return "".join(f" Note: {ended(action_words.caution(caution))}" for caution in found)


def summary(subject: str, changes: Sequence[Change]) -> str:
    """What became of one process, or of all of an app in few words."""
    if not changes:
        return f"{subject} was not changed: OOM Tray had not changed it before"
    if len(changes) == 1:
        return action_words.says(changes[0])
    parts = []
    moved = [change for change in changes if change.moved]
    for after in sorted({change.after for change in moved}):
        those = [change for change in moved if change.after == after]
        verb = "lowered" if all((c.before or 0) > after for c in those) else "set"
        parts.append(f"{len(those)} processes {verb} to {adjustment(after)}" if len(those) > 1 else
                     f"1 process {verb} to {adjustment(after)}")  # fmt: skip
    for error in sorted(
        {change.error for change in changes if change.error is not None and change.error != "gone"}
    ):
        count = sum(change.error == error for change in changes)
        parts.append(f"{count} not {'further' if moved else 'changed'}, as {action_words.why(error)}")
    if not parts:
        parts.append("nothing to change")
    return f"{subject}: " + "; ".join(parts)
