"""The second step after a protection: how systemd-oomd treats the units of what was protected, set and taken back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.actions.units.preference import PreferenceChanger, PreferenceOutcome
from oomtray.actions.units.settings import UnitRefused
from oomtray.messages import preference as messages
from oomtray.messages.i18n import tr
from oomtray.messages.verdicts import limits
from oomtray.ui.controllers.report import Offer, Report, undo_offer
from oomtray.ui.controllers.units import UnitRunner, UnitUndo, reason, report
from oomtray.ui.qt.background_task import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.actions.oomd_step import OomdStep
    from oomtray.actions.units.changer import UnitChanger, UnitOutcome

Outcomes = tuple[PreferenceOutcome, ...]


class PreferenceController(QObject):
    """`reported` carries a Report, `changed` says that it is time to scan, `busy` whether a password dialog is open."""

    reported = Signal(object)
    changed = Signal()
    busy = Signal(bool)

    def __init__(
        self,
        changer: PreferenceChanger,
        units: Callable[[], UnitChanger],
        parent: QObject | None = None,
    ) -> None:
        """`units` makes what sets it for a service of the system."""
        super().__init__(parent)
        self._changer = changer
        self._units = units
        self._runner: UnitRunner | None = None
        self._undo: UnitUndo | None = None

    def offer(self, step: OomdStep, rest: tuple[Offer, ...]) -> Offer | None:
        """`rest`: what else the report offers, which stays on offer afterwards; None where nothing can be set."""
        if not step.settable:
            return None
        hint = "\n".join([tr("Sets how systemd-oomd treats the unit."), *limits(step.settable[0])])
        if step.own:
            return Offer(tr("Spare it there too"), partial(self._set, step, rest), hint, answers_later=True)
        return Offer(tr("Spare it there too…"), partial(self._set_for_good, step, rest), hint, asks_password=True)

    # units of the user's own manager

    def _set(self, step: OomdStep, rest: tuple[Offer, ...]) -> None:
        works = [partial(self._changer.set, group.name, step.preference, user=True) for group in step.own]
        self._in_background(works, partial(self._was_set, rest), rest)

    def _was_set(self, rest: tuple[Offer, ...], outcomes: Outcomes) -> None:
        offers = (*_passwords(rest), replace(undo_offer(partial(self._take_back, outcomes, rest)), answers_later=True))
        self._tell(outcomes, offers if any(outcome.changed for outcome in outcomes) else rest)

    def _take_back(self, outcomes: Outcomes, rest: tuple[Offer, ...]) -> None:
        works = [partial(self._changer.undo, outcome) for outcome in outcomes if outcome.changed]
        self._in_background(works, partial(self._tell, offers=rest), rest)

    def _tell(self, outcomes: Outcomes, offers: tuple[Offer, ...]) -> None:
        whole = all(outcome.done for outcome in outcomes)
        self.reported.emit(Report("done" if whole else "failed", messages.results(outcomes), offers))
        self.changed.emit()

    def _in_background(
        self,
        works: Sequence[Callable[[], PreferenceOutcome]],
        then: Callable[[Outcomes], None],
        rest: tuple[Offer, ...],
    ) -> None:
        task = BackgroundTask(partial(_all, works), self)
        task.done.connect(partial(self._came, then, rest))
        task.done.connect(task.deleteLater)
        task.start()

    def _came(self, then: Callable[[Outcomes], None], rest: tuple[Offer, ...], outcomes: object) -> None:
        if isinstance(outcomes, tuple):
            then(outcomes)
        else:
            self._failed(rest, reason(outcomes))

    # a service of the system

    def _set_for_good(self, step: OomdStep, rest: tuple[Offer, ...]) -> None:
        if self._runner is not None and self._runner.running:
            text = tr("Another password dialog is open. Answer that one first.")
            again = self.offer(step, rest)
            self.reported.emit(Report("part", text, rest if again is None else (again, *rest)))
            return
        changer = self._units()
        self._runner = UnitRunner(changer, self)
        self._runner.busy.connect(self.busy)
        self._runner.failed.connect(partial(self._failed, rest))
        self._runner.done.connect(partial(self._was_set_for_good, changer, rest))
        name = step.services[0].name
        self._runner.start(partial(changer.prefer, name, step.preference, user=False))

    def _failed(self, rest: tuple[Offer, ...], says: str) -> None:
        self.reported.emit(Report("failed", says, rest))

    def _was_set_for_good(self, changer: UnitChanger, rest: tuple[Offer, ...], outcome: UnitOutcome) -> None:
        if outcome.status == "dismissed":
            self.changed.emit()
            return
        undo = None
        if outcome.undoable:
            self._undo = UnitUndo(changer, outcome, self)
            self._undo.reported.connect(self.reported)
            self._undo.busy.connect(self.busy)
            self._undo.changed.connect(self.changed)
            undo = self._undo.start
        told = report(outcome, undo)
        self.reported.emit(Report(told.tone, told.text, (*_passwords(rest), *told.offers)))
        self.changed.emit()


def _passwords(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """What more a password could do: the undo of the step before comes back with the undo of this one."""
    return tuple(offer for offer in offers if offer.asks_password)


def _all(works: Sequence[Callable[[], PreferenceOutcome]]) -> Outcomes:
    """One after another; a unit that has ended meanwhile is left out. Raises UnitRefused where none was reached."""
    outcomes, refused = [], None
    for work in works:
        try:
            outcomes.append(work())
        except UnitRefused as error:
            refused = error
    if refused is not None and not outcomes:
        raise refused
    return tuple(outcomes)
