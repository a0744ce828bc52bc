"""Runs pkexec without blocking the window that asks for it.

QProcess starts it from the main thread: pkexec dies with the thread that started it, and a kept authorization
is bound to the process that did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal, Slot

from oomtray.kernel.fd_limit import original_limit

if TYPE_CHECKING:
    from collections.abc import Sequence


class Pkexec(QObject):
    """Runs one pkexec at a time; `ended` carries exit status, standard output and error.

    A negative exit status is that of a signal.
    """

    ended = Signal(int, bytes, bytes)
    failed = Signal(str, str)
    """The program could not be started; carries its name and the system's error message."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        return self._process is not None

    def run(self, argv: Sequence[str], stdin: bytes) -> None:
        if self.running:
            raise RuntimeError("one dialog at a time")
        process = self._process = QProcess(self)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._erred)
        process.setProgram(argv[0])
        process.setArguments(list(argv[1:]))
        with original_limit():
            process.start()
        process.write(stdin)
        process.closeWriteChannel()

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process = self._over()
        if process is None:
            return
        if status is QProcess.ExitStatus.CrashExit:
            code = -code  # the signal's number
        stdout, stderr = process.readAllStandardOutput().data(), process.readAllStandardError().data()
        self.ended.emit(code, bytes(stdout), bytes(stderr))

    @Slot(QProcess.ProcessError)
    def _erred(self, error: QProcess.ProcessError) -> None:
        if error is not QProcess.ProcessError.FailedToStart:
            return
        process = self._over()
        if process is not None:
            self.failed.emit(process.program(), process.errorString())

    def _over(self) -> QProcess | None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        return process
