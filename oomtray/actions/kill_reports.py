"""Ask the helper for the kernel's kill reports if the user may not read its log: one pkexec call, one password."""

from __future__ import annotations

import io
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from oomtray.actions.helper_run import HELPER, PKEXEC, Complaint, Status, complaint, not_permitted
from oomtray.kernel.kill_log.reading import read as read_log
from oomtray.records import dataclass
from oomtray.risk.report_event import from_report

if TYPE_CHECKING:
    from oomtray.risk.kill_event import KillEvent


@dataclass(frozen=True, slots=True)
class Reports:
    status: Status
    events: tuple[KillEvent, ...] = ()
    complaint: Complaint | None = None


def command(since: float, *, helper: str = HELPER, pkexec: str = PKEXEC) -> tuple[str, ...]:
    """Build the command; `since` in seconds since 1970."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(since, 946_684_800)))  # the helper's earliest year
    return (pkexec, "--disable-internal-agent", helper, "kills", moment)


def read(code: int, stdout: bytes, stderr: bytes) -> Reports:
    """Parse the result of pkexec; `code` is negative for a signal."""
    status = not_permitted(code, stderr, answered=False)
    if status is not None:
        return Reports(status)
    if code != 0:
        return Reports("failed", (), complaint(code, stderr))
    return Reports("done", tuple(from_report(report, "kernel-log") for report in read_log(io.BytesIO(stdout), time.time())))


def log_is_open() -> bool:
    """Whether this user may read the kernel log without asking, so that its reports arrive by themselves."""
    if os.geteuid() == 0:
        return True
    with suppress(OSError):
        os.close(os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        return True
    return False
