"""Runs the calls of `actions.escalate` one after another, without blocking the window that they were asked from.

QProcess starts pkexec from the main thread: it dies with the thread that started it, and a kept authorisation is bound to
the process that did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal, Slot

from oomtray.actions import escalate
from oomtray.actions.escalate import Call, Outcome
from oomtray.kernel.descriptors import original_limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.adjust import Change


class Escalation(QObject):
    """One at a time. `finished` carries an Outcome for all calls: of the first that was not done, the status and the words."""

    finished = Signal(object)

    def __init__(self, parent: QObject | None = None, *, proc: str = "/proc") -> None:
        super().__init__(parent)
        self._proc = proc
        self._calls: list[Call] = []
        self._done: list[Change] = []
        self._worst: Outcome | None = None
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self, calls: Sequence[Call]) -> None:
        """`calls` is not empty."""
        if self.running:
            raise RuntimeError("one dialog at a time")
        self._calls, self._done, self._worst = list(calls), [], None
        self._next()

    def _next(self) -> None:
        call = self._calls[0]
        process = self._process = QProcess(self)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._erred)
        process.setProgram(call.argv[0])
        process.setArguments(list(call.argv[1:]))
        with original_limit():
            process.start()
        process.write(call.stdin)
        process.closeWriteChannel()

    @Slot(int, QProcess.ExitStatus)
    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        process = self._process
        if process is None:
            return
        if status is QProcess.ExitStatus.CrashExit:
            code = -code  # the signal's number
        stdout, stderr = process.readAllStandardOutput().data(), process.readAllStandardError().data()
        self._take(escalate.read(self._calls[0], code, bytes(stdout), bytes(stderr), proc=self._proc))

    @Slot(QProcess.ProcessError)
    def _erred(self, error: QProcess.ProcessError) -> None:
        process = self._process
        if process is None or error is not QProcess.ProcessError.FailedToStart:
            return
        call = self._calls[0]
        says = f"{call.argv[0]} can't be started: {process.errorString()}"
        self._take(Outcome("failed", call.changes, says))

    def _take(self, outcome: Outcome) -> None:
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        self._calls.pop(0)
        self._done.extend(outcome.changes)
        if outcome.status != "done":
            self._worst = self._worst or outcome
        if self._calls and outcome.status != "dismissed":
            self._next()
            return
        for call in self._calls:  # a dismissed dialog is meant for what would have come after it too
            self._done.extend(call.changes)
        self._calls = []
        worst = self._worst
        changes = tuple(self._done)
        self.finished.emit(
            Outcome("done", changes, None) if worst is None else Outcome(worst.status, changes, worst.says)
        )
