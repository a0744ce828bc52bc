"""Runs the calls of `actions.escalate` one after another: one dialog, or none, for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions import escalate
from oomtray.actions.escalate import Call, Outcome
from oomtray.kernel.files import PROC
from oomtray.ui.qt.pkexec import Privileged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.adjust import Change


class Escalation(QObject):
    """One at a time. `finished` carries an Outcome for all calls: of the first that was not done, the status and the words."""

    finished = Signal(object)

    def __init__(self, parent: QObject | None = None, *, proc: str = PROC) -> None:
        super().__init__(parent)
        self._proc = proc
        self._calls: list[Call] = []
        self._done: list[Change] = []
        self._worst: Outcome | None = None
        self._pkexec = Privileged(self)
        self._pkexec.ended.connect(self._ended)
        self._pkexec.failed.connect(self._failed)

    @property
    def running(self) -> bool:
        return bool(self._calls)

    def start(self, calls: Sequence[Call]) -> None:
        """`calls` is not empty."""
        if self.running:
            raise RuntimeError("one dialog at a time")
        self._calls, self._done, self._worst = list(calls), [], None
        self._next()

    def _next(self) -> None:
        call = self._calls[0]
        self._pkexec.run(call.argv, call.stdin)

    @Slot(int, bytes, bytes)
    def _ended(self, code: int, stdout: bytes, stderr: bytes) -> None:
        self._take(escalate.read(self._calls[0], code, bytes(stdout), bytes(stderr), proc=self._proc))

    @Slot(str)
    def _failed(self, says: str) -> None:
        self._take(Outcome("failed", self._calls[0].changes, says))

    def _take(self, outcome: Outcome) -> None:
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
