"""Sets and undoes how systemd-oomd treats the units of protected processes.

This is the first step where systemd-oomd acts first, and a second one elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from oomtray.actions.units.preference import PreferenceChanger, PreferencesOutcome
from oomtray.messages import preference as messages
from oomtray.messages.actions import answer_the_other_first
from oomtray.messages.changes import journal_note
from oomtray.messages.i18n import tr
from oomtray.messages.unit_results import not_as_before
from oomtray.messages.verdicts import limits, still_takes
from oomtray.ui.controllers.report import Offer, Report, Reporter, undo_offer
from oomtray.ui.controllers.units import UnitRunner, UnitUndo, reason, report
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from oomtray.actions.journal_file import Batch
    from oomtray.actions.oomd_step import OomdStep
    from oomtray.actions.units.changer import UnitChanger, UnitOutcome


class PreferenceController(Reporter):
    """Sets systemd-oomd's preference for units."""

    def __init__(
        self,
        changer: PreferenceChanger,
        units: Callable[[], UnitChanger],
        parent: QObject | None = None,
    ) -> None:
        """`units` creates the changer for services of the system."""
        super().__init__(parent)
        self._changer = changer
        self._units = units
        self._runner: UnitRunner | None = None
        self._undo: UnitUndo | None = None

    def offer(self, step: OomdStep, rest: tuple[Offer, ...]) -> Offer | None:
        """Return an offer to set the preference too, or None if nothing can be set.

        `rest` are the report's other offers, which stay on offer afterwards.
        """
        if not step.settable:
            return None
        kept, hint = _passwords(rest), self._hint(step)
        if step.own:
            return Offer(tr("Spare it there too"), partial(self._set, step, rest, kept), hint, answers_later=True)
        return Offer(tr("Spare it there too…"), partial(self._set_for_good, step, rest, kept), hint, asks_password=True)

    def begin_with(self, step: OomdStep, then: Offer) -> bool:
        """Start with systemd-oomd where it acts first, and return whether the outcome is reported later.

        What needs no password is set at once, the rest offered, and `then` after it.
        """
        if step.own:
            self._set(step, (then,), (then,))
            return True
        offer = Offer(tr("Spare it there…"), partial(self._set_for_good, step, (then,), (then,)), self._hint(step), asks_password=True)
        self.reported.emit(Report("part", " ".join(still_takes(step)), (offer, then)))
        return False

    @staticmethod
    def _hint(step: OomdStep) -> str:
        return "\n".join([tr("Sets how systemd-oomd treats the unit."), *limits(step.settable[0])])

    # units of the user's own manager

    def _set(self, step: OomdStep, rest: tuple[Offer, ...], kept: tuple[Offer, ...]) -> None:
        """Set the preference; `kept` are the offers of `rest` that stay beside this step's undo."""
        names = [group.name for group in step.own]
        work = partial(self._changer.set, names, step.preference, user=True)
        run_in_background(work, partial(self._came, partial(self._was_set, rest, kept), rest), self)

    def _was_set(self, rest: tuple[Offer, ...], kept: tuple[Offer, ...], outcome: PreferencesOutcome) -> None:
        if outcome.batch is None:
            self._tell(outcome, rest)
            return
        undo = replace(undo_offer(partial(self._take_back, outcome.batch, rest)), answers_later=True)
        self._tell(outcome, (*kept, undo))

    def _take_back(self, batch: Batch, rest: tuple[Offer, ...]) -> None:
        then = partial(self._came, partial(self._tell, offers=rest), rest)
        run_in_background(partial(self._changer.undo, batch), then, self)

    def _tell(self, outcome: PreferencesOutcome, offers: tuple[Offer, ...]) -> None:
        whole = all(one.done for one in outcome.units) and not outcome.refused
        said = [messages.results(outcome.units)]
        said += [not_as_before(unit.name, reason(error)) for unit, error in outcome.refused]
        if outcome.note is not None:
            said.append(journal_note(outcome.note))
        self.reported.emit(Report("done" if whole else "failed", " ".join(said), offers))
        self.changed.emit()

    def _came(self, then: Callable[[PreferencesOutcome], None], rest: tuple[Offer, ...], outcome: object) -> None:
        if isinstance(outcome, PreferencesOutcome):
            then(outcome)
        else:
            self._failed(rest, reason(outcome))

    # a service of the system

    def _set_for_good(self, step: OomdStep, rest: tuple[Offer, ...], kept: tuple[Offer, ...]) -> None:
        if self._runner is not None and self._runner.running:
            text = answer_the_other_first()
            again = self.offer(step, rest)
            self.reported.emit(Report("part", text, rest if again is None else (again, *rest)))
            return
        changer = self._units()
        self._runner = UnitRunner(changer, self)
        self._runner.busy.connect(self.busy)
        self._runner.failed.connect(partial(self._failed, rest))
        self._runner.done.connect(partial(self._was_set_for_good, changer, kept))
        name = step.services[0].name
        self._runner.start(partial(changer.prefer, name, step.preference))

    def _failed(self, rest: tuple[Offer, ...], says: str) -> None:
        self.reported.emit(Report("failed", says, rest))

    def _was_set_for_good(self, changer: UnitChanger, kept: tuple[Offer, ...], outcome: UnitOutcome) -> None:
        if outcome.status == "dismissed":
            self.changed.emit()
            return
        undo = None
        if outcome.undoable:
            self._undo = UnitUndo(changer, outcome, self)
            self._undo.report_through(self)
            undo = self._undo.start
        told = report(outcome, undo)
        self.reported.emit(Report(told.tone, told.text, (*kept, *told.offers)))
        self.changed.emit()


def _passwords(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """Return the offers that need a password; the undo of the step before comes back with the undo of this one."""
    return tuple(offer for offer in offers if offer.asks_password)
