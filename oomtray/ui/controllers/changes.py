"""Carries out what a menu, button or notification asks for, and reports the outcome.

The unprivileged write is tried first; what needs a password is only offered, never started unasked.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions.adjust import DIRECTION, Change, Target
from oomtray.actions.preview import after, cautions
from oomtray.messages import actions as action_messages
from oomtray.messages.i18n import tr
from oomtray.messages.names import told_name
from oomtray.records import dataclass
from oomtray.risk.certainty import void_by
from oomtray.ui.controllers.kept_permission import KeptPermission
from oomtray.ui.controllers.report import Offer, Report, Reporter, Tone, undo_offer
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oomtray.actions.change_plan import ChangeOutcome, Terms
    from oomtray.actions.changes import Changer
    from oomtray.actions.oomd_step import OomdStep
    from oomtray.actions.reset import Origin, UnitValues
    from oomtray.config import Presets
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.ending import EndingController
    from oomtray.ui.controllers.preferences import PreferenceController
    from oomtray.ui.controllers.row_actions import ActionId, Subject
    from oomtray.ui.qt.pkexec import Pkexec


@dataclass(frozen=True, slots=True)
class _Done:
    """The change that a report is about."""

    name: str
    outcome: ChangeOutcome
    assessment: Assessment | None
    """The assessment on screen, from which consequences are predicted."""
    spared: bool = False
    """Whether the unit's systemd-oomd preference was already set."""


def _ask_units(processes: Sequence[Process]) -> UnitValues:
    from oomtray.actions.reset import ask_units

    return ask_units(processes)


def _preferences(controller: ChangeController) -> PreferenceController:
    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.preference import PreferenceChanger
    from oomtray.ui.controllers.preferences import PreferenceController

    return PreferenceController(PreferenceChanger(), lambda: UnitChanger(controller.presets), controller)


class ChangeController(Reporter):
    """Carries out the changes that a person asks for.

    What a change needs is created, and its code imported, with the first change: most popups are only looked at.
    """

    counted = Signal(str)
    """The text of the last report, updated once a second during a countdown."""
    origins_told = Signal(object, object)
    """A Subject, and what its processes would be reset to, once systemd has answered."""

    def __init__(
        self,
        presets: Presets,
        parent: QObject | None = None,
        *,
        changer: Changer | None = None,
        newest: Callable[[], Assessment | None] | None = None,
        ask_units: Callable[[Sequence[Process]], UnitValues] = _ask_units,
        preferences: Callable[[ChangeController], PreferenceController] = _preferences,
    ) -> None:
        """Create the controller without importing what changes need.

        `newest` returns the assessment on screen: a notification's or report's button may be pressed long after it was told.
        `ask_units` may take as long as systemd does: it runs in a thread of its own. `preferences` creates
        the controller for systemd-oomd's preference of a unit, once that is first offered.
        """
        super().__init__(parent)
        self._presets = presets
        self._made_changer = changer
        self._newest = newest
        self._made_ending: EndingController | None = None
        self._ask_units = ask_units
        self._make_preferences = preferences
        self._preferences: PreferenceController | None = None
        self._asking: _Done | None = None
        """The change the password dialog is open for; a notification or the panel may make others meanwhile."""
        self.permission = KeptPermission(self)
        self.permission.reported.connect(self.reported)

    @property
    def _changer(self) -> Changer:
        if self._made_changer is None:
            from oomtray.actions.changes import Changer

            self._made_changer = Changer(self._presets)
        return self._made_changer

    @property
    def _ending(self) -> EndingController:
        if self._made_ending is None:
            from oomtray.ui.controllers.ending import EndingController

            self._made_ending = ending = EndingController(self, proc=self._changer.proc)
            ending.report_through(self)
            ending.counted.connect(self.counted)
            self.reported.connect(ending.heard)
        return self._made_ending

    @cached_property
    def _pkexec(self) -> Pkexec:
        from oomtray.ui.qt.pkexec import Pkexec

        pkexec = Pkexec(self)
        pkexec.ended.connect(self._answered)
        pkexec.failed.connect(self._not_started)
        return pkexec

    @property
    def presets(self) -> Presets:
        return self._presets

    @presets.setter
    def presets(self, presets: Presets) -> None:
        self._presets = presets
        if self._made_changer is not None:
            self._made_changer.presets = presets

    def origins(self, subject: Subject) -> tuple[dict[int, Origin], bool]:
        """Return what each pid would be reset to, and whether systemd was asked for more (see `origins_told`)."""
        known = self._changer.origins(subject.processes)
        return known, self._asks_units(subject, known, partial(self._tell_origins, subject))

    def do(self, action: ActionId, subject: Subject, assessment: Assessment | None) -> bool:
        """Carry out `action`, and return whether its outcome is reported later.

        `assessment` is the one on screen, from which consequences are predicted.
        """
        if action in ("end", "kill"):
            self._ending.do(action, subject, assessment)
        elif action == "reset":
            known = self._changer.origins(subject.processes)
            if not self._asks_units(subject, known, partial(self._reset, subject, assessment)):
                self._reset(subject, assessment, {})
        elif action in DIRECTION:
            step = _first_step(assessment, subject, action)
            if step is not None:
                then = Offer(tr("Protect from the kernel too"), partial(self._adjust, action, subject, assessment, spared=True))
                return self._under_oomd().begin_with(step, then)
            self._adjust(action, subject, assessment)
        return False

    def _adjust(self, action: ActionId, subject: Subject, assessment: Assessment | None, *, spared: bool = False) -> None:
        plan = self._changer.plan(action, subject.processes)
        self._tell(_Done(subject.name, self._changer.apply(plan), self._shown(assessment), spared))

    def end_named(self, subject: Subject, assessment: Assessment | None) -> None:
        """End exactly these processes at once, without asking first, for a button whose own label names them."""
        if len(subject.processes) > 1:
            self._ending.end_named(subject)
        else:
            self._ending.end_now(subject, assessment)

    def unseen(self) -> None:
        """Call off an end that is still counting down, because the window has gone."""
        if self._made_ending is not None:
            self._made_ending.unseen()

    def set_value(self, value: int, subject: Subject, assessment: Assessment | None) -> None:
        """Set exactly this oom_score_adj, whether higher or lower."""
        plan = self._changer.plan("value", subject.processes, value)
        self._tell(_Done(subject.name, self._changer.apply(plan), self._shown(assessment)))

    def finish_rules(self, changes: Sequence[Change], terms: Terms, uids: Mapping[Target, int]) -> None:
        """Ask for permission to finish what the rules could not do alone; only for a click that requests it."""
        from oomtray.actions.change_plan import ChangeOutcome

        outcome = ChangeOutcome("rules", tuple(changes), terms, uids)
        self._authorize(_Done(tr("Rules"), outcome, None))

    # reset

    def _asks_units(
        self, subject: Subject, known: Mapping[int, Origin], then: Callable[[UnitValues], None]
    ) -> bool:
        from oomtray.actions.reset import unasked

        asking = unasked(subject.processes, known)
        if asking:
            run_in_background(partial(self._ask_units, asking), partial(_take_units, then), self)
        return bool(asking)

    def _tell_origins(self, subject: Subject, values: UnitValues) -> None:
        from oomtray.actions.reset import among

        self.origins_told.emit(subject, self._changer.origins(subject.processes, unit_value=among(values)))

    def _reset(self, subject: Subject, assessment: Assessment | None, values: UnitValues) -> None:
        from oomtray.actions.reset import among

        known = self._changer.origins(subject.processes, unit_value=among(values))
        # in an app, members with nothing to go back to are no failure as long as others have something
        processes = [p for p in subject.processes if p.pid in known] or subject.processes
        plan = self._changer.plan("reset", processes, unit_value=among(values))
        self._tell(_Done(subject.name, self._changer.apply(plan), self._shown(assessment)))

    # permission

    def _authorize(self, done: _Done) -> None:
        if self._asking is not None:
            text = action_messages.answer_the_other_first()
            self.reported.emit(Report("part", text, self._offers(done)))
            return
        outcome = self._changer.ask(done.outcome)
        if not outcome.calls:
            self._tell(replace(done, outcome=outcome))
            return
        self.busy.emit(True)
        self._run(replace(done, outcome=outcome))

    def _run(self, done: _Done) -> None:
        self._asking = done
        call = done.outcome.calls[0]
        self._pkexec.run(call.argv, call.stdin)

    @Slot(int, bytes, bytes)
    def _answered(self, code: int, stdout: bytes, stderr: bytes) -> None:
        done = self._asking
        assert done is not None
        self.permission.heard(done.outcome.calls[0], code)
        self._went_on(done, self._changer.finish(done.outcome, code, bytes(stdout), bytes(stderr)))

    @Slot(str, str)
    def _not_started(self, _program: str, reason: str) -> None:
        done = self._asking
        assert done is not None
        self._went_on(done, self._changer.not_started(done.outcome, reason))

    def _went_on(self, done: _Done, outcome: ChangeOutcome) -> None:
        done = self._later(done, outcome)
        if outcome.calls:
            self._run(done)
            return
        self._asking = None
        self.busy.emit(False)
        kept = [change for change in outcome.changes if change.error in (None, "right-stays")]
        if outcome.status == "dismissed" and not kept:
            self.changed.emit()
        else:
            self._tell(done)

    def _undo(self, done: _Done) -> None:
        plan = self._changer.undo(done.outcome.batch)
        self._tell(self._later(done, self._changer.apply(plan)))

    def _later(self, done: _Done, outcome: ChangeOutcome) -> _Done:
        """Go on with what may have begun long ago, when others were next."""
        return replace(done, outcome=outcome, assessment=self._shown(done.assessment))

    def _shown(self, assessment: Assessment | None) -> Assessment | None:
        return assessment if assessment is None or self._newest is None else self._newest()

    # what is told

    def _tell(self, done: _Done) -> None:
        outcome = done.outcome
        wrong = not outcome.changes or any(change.error is not None for change in outcome.changes)
        tone: Tone = "done" if not wrong else "part" if outcome.moved else "failed"
        said, offers, step = self._sentences(done), self._offers(done), _oomd_step(done)
        if step is not None:
            from oomtray.messages.verdicts import still_takes

            said += still_takes(step)
            more = self._under_oomd().offer(step, offers)
            at = sum(offer.asks_password for offer in offers)
            offers = offers if more is None else (*offers[:at], more, *offers[at:])
        self.reported.emit(Report(tone, " ".join(said), offers))
        self.changed.emit()

    def _under_oomd(self) -> PreferenceController:
        if self._preferences is None:
            self._preferences = self._make_preferences(self)
            self._preferences.report_through(self)
        return self._preferences

    def _sentences(self, done: _Done) -> list[str]:
        from oomtray.messages import changes as messages
        from oomtray.messages.permission import permission

        outcome, assessment = done.outcome, done.assessment
        refused = outcome.status == "not-authorised"
        said = [messages.result(done.name, outcome.changes, refused=refused, undone=outcome.undoes is not None)]
        if outcome.moved and assessment is not None:
            moved = {change.pid: change.after for change in outcome.moved}
            then = after(assessment, moved).victim
            before = assessment.victim if outcome.undoes is None else None  # what is undone has made another the next
            named = partial(told_name, assessment)  # without the size, which the card has: each line costs the list a row
            said.append(action_messages.next_now(before, then, void_by(assessment), named, sized=False))
            if outcome.undoes is None:
                found = cautions(assessment, moved)
                # this holds for every such change and was already said
                said += [action_messages.caution(caution) for caution in found if caution != "children-inherit"]
        if outcome.status is not None and not refused:
            said.append(permission(outcome.status, outcome.complaint, helper=self._changer.helper))
        if outcome.note is not None:
            said.append(messages.journal_note(outcome.note))
        return [sentence for sentence in said if sentence]

    def _offers(self, done: _Done) -> tuple[Offer, ...]:
        outcome, offers = done.outcome, []
        if outcome.wanting and outcome.status in (None, "dismissed"):
            offers.append(Offer(tr("Use a password…"), partial(self._authorize, done), asks_password=True))
        if outcome.undoable_by(os.geteuid()):
            offers.append(undo_offer(partial(self._undo, done)))
        return tuple(offers)


def _oomd_step(done: _Done) -> OomdStep | None:
    """Return what systemd-oomd may still take of the processes just protected, or None."""
    outcome, assessment = done.outcome, done.assessment
    if assessment is None or len(assessment.killers) < 2 or outcome.undoes is not None or done.spared:
        return None
    kept = {change.target for change in outcome.changes if change.done}
    if DIRECTION.get(outcome.action) != "down" or not kept:
        return None
    from oomtray.actions.oomd_step import oomd_step

    protected = [p for p in assessment.snapshot.processes if Target(p.pid, p.start_time) in kept]
    return oomd_step(assessment, protected, os.geteuid(), outcome.action)


def _first_step(assessment: Assessment | None, subject: Subject, action: ActionId) -> OomdStep | None:
    """Return the step that protects from systemd-oomd, if systemd-oomd acts first."""
    if assessment is None or len(assessment.killers) < 2:
        return None
    from oomtray.actions.oomd_step import first_step

    return first_step(assessment, subject.processes, os.geteuid(), action)


def _take_units(then: Callable[[UnitValues], None], values: object) -> None:
    then(values if isinstance(values, dict) else {})  # not a dict if asking failed
