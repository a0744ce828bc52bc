"""Tracks the permission for one's own processes that polkit keeps for five minutes, and revokes it."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from oomtray.messages.i18n import tr
from oomtray.messages.system_errors import system_error
from oomtray.text import printable
from oomtray.ui.controllers.report import Report, Reporter
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from PySide6.QtCore import QObject

    from oomtray.actions.escalate import Call

KEPT = 300.0
"""How long polkit keeps an auth_admin_keep authorization, in seconds."""
PKCHECK = "pkcheck"
REVOKE = ("--revoke-temp",)
"""Revoke everything that polkit keeps for this session: pkcheck(1)."""
_NO_PERMISSION = (126, 127)  # dismissed, refused: pkexec(1)


class KeptPermission(Reporter):
    """Tracks polkit's kept permission."""

    def __init__(self, parent: QObject | None = None, *, pkcheck: str = PKCHECK) -> None:
        super().__init__(parent)
        self._pkcheck = pkcheck
        self._until: float | None = None

    @property
    def may_be(self) -> bool:
        return self._until is not None and time.monotonic() < self._until

    def heard(self, call: Call, code: int) -> None:
        """Note that a helper call ended: it had permission, unless pkexec itself refused."""
        if call.verb == "own" and code not in _NO_PERMISSION and not self.may_be:
            self._until = time.monotonic() + KEPT

    @Slot()
    def forget(self) -> None:
        run_in_background(partial(_revoke, self._pkcheck), self._revoked, self)

    @Slot(object)
    def _revoked(self, answer: CompletedProcess[bytes] | Exception) -> None:
        if isinstance(answer, Exception):
            from oomtray.messages.permission import not_started

            reason = system_error(answer) if isinstance(answer, OSError) else None
            self.reported.emit(Report("failed", not_started(self._pkcheck, printable(reason or str(answer)))))
        elif answer.returncode == 0:
            self._until = None
            self.reported.emit(Report("done", tr("The permission is forgotten. The next change that needs one asks again.")))
        else:
            said = printable(answer.stderr.decode("utf-8", "backslashreplace").strip())
            reason = said.rstrip(".") or str(answer.returncode)
            self.reported.emit(Report("failed", tr("The permission could not be forgotten: {reason}.", reason=reason)))


def _revoke(pkcheck: str) -> CompletedProcess[bytes]:
    """Run pkcheck. Raises OSError if it can't be started."""
    import subprocess

    return subprocess.run([pkcheck, *REVOKE], stdin=subprocess.DEVNULL, capture_output=True, check=False)
