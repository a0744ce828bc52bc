"""Ends a process or an app: asks before, sends the signal, waits elsewhere, and names what stays."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions.ending import PATIENCE, EndingResult, SentSignals, with_newcomers
from oomtray.kernel.files import PROC
from oomtray.messages import ending as messages
from oomtray.messages.i18n import tr
from oomtray.ui.controllers.report import Offer, Report
from oomtray.ui.qt.background_task import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oomtray.actions.signals import Ending
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.row_actions import Subject

TERM, KILL = signal.SIGTERM, signal.SIGKILL


class EndingController(QObject):
    """`reported` carries a Report, twice for one signal: when it was sent, and when all have ended or time is up."""

    reported = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, proc: str = PROC) -> None:
        super().__init__(parent)
        self._proc = proc
        self._latest: Report | None = None

    def do(self, action: Literal["end", "kill"], subject: Subject, assessment: Assessment | None) -> None:
        """A single process is asked to end at once; an app only after a question, and nothing is forced without one."""
        number = TERM if action == "end" else KILL
        count = len(subject.processes)
        send = partial(self._send_to, subject, assessment, number)
        if action == "kill":
            self._ask(messages.kill_question(subject.name, count), tr("Force kill"), send)
        elif count > 1:
            self._ask(messages.question(subject.name, subject.processes), tr("End"), send)
        else:
            send()

    def end_named(self, subject: Subject) -> None:
        """Exactly these processes, which the button named and counted; what they have started since is none of them."""
        self._send(subject.name, TERM, subject.processes)

    def end_then_force(
        self,
        processes: Iterable[Process],
        grace: float,
        may_force: Callable[[], bool],
        then: Callable[[EndingResult, EndingResult | None], None],
    ) -> None:
        """Asks exactly these to end, unasked; what runs after `grace` seconds is ended by force if `may_force` says so then.

        `then` gets what became of the first signal, and of the second, None where none was sent. Nothing is reported.
        """
        sent = SentSignals(processes, TERM, proc=self._proc)

        def waited(result: object) -> None:
            first = result if isinstance(result, EndingResult) else EndingResult(sent.endings)
            if not first.stayed or not may_force():
                self.changed.emit()
                then(first, None)
                return
            forced = SentSignals(first.stayed, KILL, proc=self._proc)

            def was_forced(result: object) -> None:
                self.changed.emit()
                then(first, result if isinstance(result, EndingResult) else EndingResult(forced.endings))

            self._in_background(partial(forced.wait, PATIENCE), was_forced)

        self._in_background(partial(sent.wait, grace), waited)

    @Slot(object)
    def heard(self, report: Report) -> None:
        """Whatever else is told meanwhile: that all went well is not told over it."""
        self._latest = report

    def _ask(self, text: str, label: str, act: Callable[[], None]) -> None:
        offers = Offer(label, act), Offer(tr("Cancel"), _nothing)
        self.reported.emit(Report("ask", text, offers, closable=False))

    def _send_to(self, subject: Subject, assessment: Assessment | None, number: signal.Signals) -> None:
        """To what an app has started since the scan as well, which takes a look at all processes."""
        then = partial(self._send, subject.name, number)
        if len(subject.processes) < 2 or assessment is None or self._proc != PROC:  # psutil knows no other
            then(subject.processes)
        else:
            members = partial(with_newcomers, subject.processes, assessment.snapshot.processes)
            self._in_background(members, partial(_or_else, then, subject.processes))

    def _send(self, name: str, number: signal.Signals, processes: Iterable[Process | Ending]) -> None:
        sent = SentSignals(processes, number, proc=self._proc)
        refused = EndingResult(sent.endings).refused
        report = Report("failed" if refused else "done", messages.all_ended(name, sent.endings))
        self.reported.emit(report)
        self.changed.emit()
        if any(one.done for one in sent.endings):
            self._in_background(partial(sent.wait, PATIENCE), partial(self._waited, name, number, report))

    def _waited(self, name: str, number: signal.Signals, first: Report, result: object) -> None:
        if not isinstance(result, EndingResult):
            return
        if result.stayed and number == TERM:
            force = Offer(tr("Force kill"), partial(self._send, name, KILL, result.stayed), hint=tr("What is not saved is lost."))
            self.reported.emit(Report("part", messages.stayed(result), (force,)))
        elif result.stayed:
            self.reported.emit(Report("part", messages.unkillable(result)))
        elif not result.refused and number == TERM and self._latest is first:
            self.reported.emit(Report("done", messages.gone(name, result)))
        self.changed.emit()

    def _in_background(self, work: Callable[[], object], then: Callable[[object], None]) -> None:
        task = BackgroundTask(work, self)
        task.done.connect(then)
        task.done.connect(task.deleteLater)
        task.start()


def _or_else(then: Callable[[Iterable[Process]], None], known: Iterable[Process], found: object) -> None:
    """With what was found; with what was known where looking failed."""
    then(found if isinstance(found, tuple) else known)


def _nothing() -> None:
    pass
