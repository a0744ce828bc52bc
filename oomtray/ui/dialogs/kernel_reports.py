"""Gets the kernel's own reports of kills through the helper, for one password, and merges them into the record."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions import kill_reports
from oomtray.actions.helper_run import PROTOCOL, missing
from oomtray.messages import kill_page as words
from oomtray.messages.permission import not_started, permission
from oomtray.ui.dialogs import kill_loading
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.pkexec import Pkexec


class KernelReports(QObject):
    """Requests reports: `told` carries why there are none; `came` the Reports with all entries, or an exception.

    `busy` says whether a password dialog is open.
    """

    told = Signal(str)
    came = Signal(object)
    busy = Signal(bool)

    def __init__(self, parent: QObject, *, helper: str, pkexec: str) -> None:
        super().__init__(parent)
        self._helper, self._path = helper, pkexec
        self._pkexec = Pkexec(self)
        self._pkexec.ended.connect(self._answered)
        self._pkexec.failed.connect(self._not_started)

    def ask(self, since: float) -> None:
        """Request the reports since a time in seconds since 1970."""
        lacks = missing(self._helper, self._path, PROTOCOL)
        if lacks is not None:
            self.told.emit(words.no_helper(self._helper) if lacks == "no-helper" else permission(lacks, helper=self._helper))
        elif not self._pkexec.running:
            self.busy.emit(True)
            self._pkexec.run(kill_reports.command(since, helper=self._helper, pkexec=self._path), b"")

    @Slot(int, bytes, bytes)
    def _answered(self, code: int, stdout: bytes, stderr: bytes) -> None:
        self.busy.emit(False)
        run_in_background(partial(_read, code, stdout, stderr), self._take, self)

    @Slot(object)
    def _take(self, answer: object) -> None:
        if isinstance(answer, tuple) and answer[0].status != "done":
            self.told.emit(permission(answer[0].status, answer[0].complaint))
        else:
            self.came.emit(answer)

    @Slot(str, str)
    def _not_started(self, program: str, reason: str) -> None:
        self.busy.emit(False)
        self.told.emit(not_started(program, reason))


def _read(code: int, stdout: bytes, stderr: bytes) -> tuple[kill_reports.Reports, list[kill_loading.Entry]]:
    reports = kill_reports.read(code, stdout, stderr)
    return reports, kill_loading.keep(reports.events) if reports.events else []
