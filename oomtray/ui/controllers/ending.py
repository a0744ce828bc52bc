"""Ends a process or an app: counts down, sends the signal, waits in the background, names what remains."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from oomtray.actions.ending import PATIENCE, EndingResult, SentSignals, all_refused, with_newcomers
from oomtray.kernel.files import PROC
from oomtray.messages import ending as messages
from oomtray.messages.i18n import tr
from oomtray.ui.controllers.report import Offer, Report, Reporter
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oomtray.actions.signals import Ending
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.row_actions import Subject

TERM, KILL = signal.SIGTERM, signal.SIGKILL
SECONDS = 3
"""How long an end can be called off, in seconds."""
TICK_MS = 1000


class EndingController(Reporter):
    """Ends processes and apps, and reports when the signal was sent, and again when all have ended or time is up.

    An end waits some seconds, and its report offers Don't. If the window that shows this goes away meanwhile,
    nothing is ended, because nobody could see it or call it off any more; the window says so when it is
    opened again, and offers it anew.
    """

    counted = Signal(str)
    """The text of the waiting report, updated once a second."""

    def __init__(self, parent: QObject | None = None, *, proc: str = PROC) -> None:
        super().__init__(parent)
        self._proc = proc
        self._latest: Report | None = None
        self._waiting: list[tuple[Subject, Assessment | None]] = []
        """The ends that can still be called off, without duplicates."""
        self._seconds = 0
        self._told_last: Report | None = None
        self._beside: Report | None = None
        """Another report that arrived meanwhile; it is shown together with Don't."""
        self._ticks = QTimer(self)
        self._ticks.timeout.connect(self._tick)

    def do(self, action: Literal["end", "kill"], subject: Subject, assessment: Assessment | None) -> None:
        """End after a countdown, or force the kill after a question; say at once where neither is allowed."""
        if refused := all_refused(subject.processes, TERM if action == "end" else KILL, proc=self._proc):
            self.reported.emit(Report("failed", messages.all_ended(subject.name, refused)))
            return
        if action == "end":
            self._wait_with(subject, assessment)
            return
        send = partial(self._send_to, subject, assessment, KILL)
        self._ask(messages.kill_question(subject.name, len(subject.processes)), tr("Force kill"), send)

    def end_now(self, subject: Subject, assessment: Assessment | None) -> None:
        """End without a countdown, for a button whose label names its target and nothing could be called off."""
        self._send_to(subject, assessment, TERM)

    # countdown

    def _wait_with(self, subject: Subject, assessment: Assessment | None) -> None:
        ours = {process.identity for process in subject.processes}
        if not ours or any(ours == {p.identity for p in other.processes} for other, _ in self._waiting):
            return
        self._waiting.append((subject, assessment))
        self._seconds, self._beside = SECONDS, None
        self._ticks.start(TICK_MS)
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        beside = self._beside
        offers = (Offer(tr("Don't"), self.call_off), *(() if beside is None else beside.offers))
        self._told_last = Report("ask" if beside is None else beside.tone, self._words(), offers, closable=False)
        self.reported.emit(self._told_last)

    def _words(self) -> str:
        said = [messages.waits(one.name, one.processes, self._seconds) for one, _ in self._waiting]
        return " ".join(said if self._beside is None else [*said, self._beside.text])

    @Slot()
    def _tick(self) -> None:
        self._seconds -= 1
        if self._seconds > 0:
            self.counted.emit(self._words())
            return
        for subject, assessment in self._let_go():
            self._send_to(subject, assessment, TERM)

    def _let_go(self) -> list[tuple[Subject, Assessment | None]]:
        self._ticks.stop()
        waiting, self._waiting, self._beside = self._waiting, [], None
        return waiting

    def call_off(self) -> None:
        """Cancel all ends that are still counting down."""
        names = [subject.name for subject, _ in self._let_go()]
        if names:
            self.reported.emit(Report("done", messages.called_off(names, unseen=False)))

    def unseen(self) -> None:
        """Cancel countdowns that nobody sees any more, and offer them again."""
        waiting = self._let_go()
        if waiting:
            text = messages.called_off([subject.name for subject, _ in waiting], unseen=True)
            again = Offer(tr("End"), partial(self._wait_again, waiting))
            self.reported.emit(Report("part", text, (again,)))

    def _wait_again(self, waiting: list[tuple[Subject, Assessment | None]]) -> None:
        for subject, assessment in waiting:
            self._wait_with(subject, assessment)

    def end_named(self, subject: Subject) -> None:
        """End exactly these processes, which the button named and counted, and none started since."""
        self._send(subject.name, TERM, subject.processes)

    def end_then_force(
        self,
        processes: Iterable[Process],
        grace: float,
        may_force: Callable[[], bool],
        then: Callable[[EndingResult, EndingResult | None], None],
    ) -> None:
        """End exactly these processes without asking, and kill those that remain after `grace` seconds.

        They are killed only if `may_force` then returns true. `then` gets the result of the first signal and
        that of the second, or None if no second was sent. Nothing is reported.
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

            run_in_background(partial(forced.wait, PATIENCE), was_forced, self)

        run_in_background(partial(sent.wait, grace), waited, self)

    @Slot(object)
    def heard(self, report: Report) -> None:
        """Note a report from elsewhere: a success doesn't replace it, and Don't is kept beside it."""
        self._latest = report
        if self._waiting and report is not self._told_last:
            self._beside = report
            self._tell_waiting()

    def _ask(self, text: str, label: str, act: Callable[[], None]) -> None:
        offers = Offer(label, act), Offer(tr("Cancel"), lambda: None)
        self.reported.emit(Report("ask", text, offers, closable=False))

    def _send_to(self, subject: Subject, assessment: Assessment | None, number: signal.Signals) -> None:
        """Signal the subject, including what an app has started since the scan: that looks at all processes."""
        then = partial(self._send, subject.name, number)
        if len(subject.processes) < 2 or assessment is None or self._proc != PROC:  # psutil knows only /proc
            then(subject.processes)
        else:
            members = partial(with_newcomers, subject.processes, assessment.snapshot.processes)
            run_in_background(members, partial(_or_else, then, subject.processes), self)

    def _send(self, name: str, number: signal.Signals, processes: Iterable[Process | Ending]) -> None:
        sent = SentSignals(processes, number, proc=self._proc)
        refused = EndingResult(sent.endings).refused
        report = Report("failed" if refused else "done", messages.all_ended(name, sent.endings))
        self.reported.emit(report)
        self.changed.emit()
        if any(one.done for one in sent.endings):
            run_in_background(partial(sent.wait, PATIENCE), partial(self._waited, name, number, report), self)

    def _waited(self, name: str, number: signal.Signals, first: Report, result: object) -> None:
        if not isinstance(result, EndingResult):
            return
        if result.stayed and number == TERM:
            force = Offer(tr("Force kill"), partial(self._send, name, KILL, result.stayed), hint=tr("What is not saved is lost."))
            self.reported.emit(Report("part", messages.stayed(name, result), (force,)))
        elif result.stayed:
            self.reported.emit(Report("part", messages.unkillable(name, result)))
        elif not result.refused and number == TERM and self._latest is first:
            self.reported.emit(Report("done", messages.gone(name, result)))
        self.changed.emit()


def _or_else(then: Callable[[Iterable[Process]], None], known: Iterable[Process], found: object) -> None:
    """Pass on `found`, or `known` if the lookup failed."""
    then(found if isinstance(found, tuple) else known)
