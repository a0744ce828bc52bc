"""Where a reset goes, for the popup: the journal is read at once, systemd is asked elsewhere, as it may be slow to answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions.adjust import Target
from oomtray.actions.reset import ask_units, may_have_unit_value, origin
from oomtray.ui.qt.background_task import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oomtray.actions.journal import Journal
    from oomtray.actions.reset import Origin
    from oomtray.kernel.snapshot import Process

UnitAnswers = dict[Target, int | None]
_MANY = 200
"""Processes of one app that are looked at: each is a read of the journal."""


class UnitQuestion(QObject):
    """What the units of some processes set. `answered`, on the main thread, carries UnitAnswers: empty where it failed."""

    answered = Signal(object)

    def __init__(
        self,
        processes: Sequence[Process],
        ask: Callable[[Sequence[Process]], UnitAnswers] = ask_units,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._task = BackgroundTask(partial(ask, processes), self)
        self._task.done.connect(self._take)

    def start(self) -> None:
        self._task.start()

    @Slot(object)
    def _take(self, answers: object) -> None:
        self.answered.emit(answers if isinstance(answers, dict) else {})
        self.deleteLater()


def origins(processes: Sequence[Process], journal: Journal, answers: UnitAnswers) -> dict[int, Origin]:
    """By pid, where each goes back to; those that were never changed and whose unit's value isn't among `answers` are left out."""
    found = {}
    for process in processes[:_MANY]:
        back = origin(process, journal, lambda one: answers.get(Target(one.pid, one.start_time)))
        if back is not None:
            found[process.pid] = back
    return found


def unasked(processes: Sequence[Process], known: Mapping[int, Origin]) -> list[Process]:
    """Those for which only systemd can tell."""
    return [one for one in processes[:_MANY] if one.pid not in known and may_have_unit_value(one)]
