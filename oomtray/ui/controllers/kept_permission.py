"""The permission for one's own processes, which polkit keeps for five minutes: whether there may be one, and forgetting it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal, Slot

from oomtray.messages.i18n import tr
from oomtray.text import printable
from oomtray.ui.controllers.report import Report

if TYPE_CHECKING:
    from oomtray.actions.escalate import Call

KEPT = 300.0
"""Seconds (polkit's own, for auth_admin_keep)."""
PKCHECK = "pkcheck"
REVOKE = ("--revoke-temp",)
"""pkcheck(1): all that polkit keeps for this session."""
_NOT_ASKED = (126, 127)  # dismissed, refused: pkexec(1)


class KeptPermission(QObject):
    """`reported` carries a Report."""

    reported = Signal(object)

    def __init__(self, parent: QObject | None = None, *, pkcheck: str = PKCHECK) -> None:
        super().__init__(parent)
        self._pkcheck = pkcheck
        self._until: float | None = None

    @property
    def may_be(self) -> bool:
        return self._until is not None and time.monotonic() < self._until

    def heard(self, call: Call, code: int) -> None:
        """A call has ended: with permission, unless pkexec itself refused."""
        if call.verb == "own" and code not in _NOT_ASKED and not self.may_be:
            self._until = time.monotonic() + KEPT

    @Slot()
    def forget(self) -> None:
        process = QProcess(self)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._erred)
        process.start(self._pkcheck, REVOKE)

    @Slot(int)
    def _finished(self, code: int) -> None:
        process = self.sender()
        assert isinstance(process, QProcess)
        process.deleteLater()
        if code == 0:
            self._until = None
            self.reported.emit(Report("done", tr("The permission is forgotten. The next change that needs one asks again.")))
            return
        said = printable(bytes(process.readAllStandardError().data()).decode("utf-8", "backslashreplace").strip())
        text = tr("The permission could not be forgotten: {reason}.", reason=said.rstrip(".") or str(code))
        self.reported.emit(Report("failed", text))

    @Slot(QProcess.ProcessError)
    def _erred(self, error: QProcess.ProcessError) -> None:
        process = self.sender()
        if error is QProcess.ProcessError.FailedToStart and isinstance(process, QProcess):
            from oomtray.messages.permission import not_started

            process.deleteLater()
            self.reported.emit(Report("failed", not_started(self._pkcheck, printable(process.errorString()))))
