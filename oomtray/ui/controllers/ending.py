"""Ends a process or an app: waits while that can be called off, sends the signal, waits elsewhere, and names what stays."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

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
SECONDS = 3
"""So long an end can be called off."""
TICK_MS = 1000


class EndingController(QObject):
    """`reported` carries a Report, twice for one signal: when it was sent, and when all have ended or time is up.

    An end waits some seconds, with Don't beside it. Where the window that shows this goes away meanwhile, nothing is ended:
    what nobody can see or call off any more isn't done. The window says so when it is opened again, and offers it anew.
    """

    reported = Signal(object)
    counted = Signal(str)
    """The report that waits, in other words: a second has gone by."""
    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, proc: str = PROC) -> None:
        super().__init__(parent)
        self._proc = proc
        self._latest: Report | None = None
        self._waiting: list[tuple[Subject, Assessment | None]] = []
        """Those whose end can be called off; none stands here twice."""
        self._seconds = 0
        self._told_last: Report | None = None
        self._beside: Report | None = None
        """What else was told meanwhile, beside which Don't has to stay."""
        self._ticks = QTimer(self)
        self._ticks.timeout.connect(self._tick)

    def do(self, action: Literal["end", "kill"], subject: Subject, assessment: Assessment | None) -> None:
        """To end waits, and nothing is forced without a question."""
        if action == "end":
            self._wait_with(subject, assessment)
            return
        send = partial(self._send_to, subject, assessment, KILL)
        self._ask(messages.kill_question(subject.name, len(subject.processes)), tr("Force kill"), send)

    def end_now(self, subject: Subject, assessment: Assessment | None) -> None:
        """For a button whose own label says whom it hits, where nothing could be called off."""
        self._send_to(subject, assessment, TERM)

    # an end that waits

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
        """Don't."""
        names = [subject.name for subject, _ in self._let_go()]
        if names:
            self.reported.emit(Report("done", messages.called_off(names, unseen=False)))

    def unseen(self) -> None:
        """Nobody sees any more that something waits: it is called off, and offered anew."""
        waiting = self._let_go()
        if waiting:
            text = messages.called_off([subject.name for subject, _ in waiting], unseen=True)
            again = Offer(tr("End"), partial(self._wait_again, waiting))
            self.reported.emit(Report("part", text, (again,)))

    def _wait_again(self, waiting: list[tuple[Subject, Assessment | None]]) -> None:
        for subject, assessment in waiting:
            self._wait_with(subject, assessment)

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
        """Whatever else is told meanwhile: that all went well is not told over it, and Don't stays beside it."""
        self._latest = report
        if self._waiting and report is not self._told_last:
            self._beside = report
            self._tell_waiting()

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
            self.reported.emit(Report("part", messages.stayed(name, result), (force,)))
        elif result.stayed:
            self.reported.emit(Report("part", messages.unkillable(name, result)))
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
