"""What ends the monitor's waits: a call of `wake`, the kernel's pressure-stall trigger, and whoever else registers.

`wake` may be called from any thread, all else from the one that waits.
"""

from __future__ import annotations

import contextlib
import os
import select
from typing import TYPE_CHECKING

from oomtray.kernel import psi

if TYPE_CHECKING:
    from collections.abc import Callable


class WakeUp:
    """One poll over all of them; the trigger is armed by the first wait."""

    def __init__(self, proc: str, armed: Callable[[select.poll], None]) -> None:
        """`armed` is called once with the poll, to register further descriptors."""
        self._proc = proc
        self._armed = armed
        self._poll: select.poll | None = None
        self._trigger: psi.PsiTrigger | None = None
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    @property
    def on_stall(self) -> bool:
        """Whether the kernel ends a wait as soon as tasks wait for memory."""
        return self._trigger is not None

    def wait(self, seconds: float | None) -> list[tuple[int, int]]:
        """Block for so many seconds, None for ever; return the descriptors that ended it and their events."""
        poll = self._poll or self._arm()
        return poll.poll(None if seconds is None else max(0.0, seconds) * 1000)

    def wake(self) -> None:
        """End the current wait, or the next one."""
        os.eventfd_write(self._wake, 1)

    def asks_for_scan(self, descriptor: int, events: int) -> bool:
        """Whether this was `wake` or a stall; of `wait`'s descriptors, call it for those that nobody else knows."""
        if descriptor == self._wake:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake)
            return True
        if events & select.POLLPRI:
            return True
        if self._trigger is not None and self._poll is not None:  # POLLERR: it is gone, and would be reported forever
            self._poll.unregister(self._trigger.fileno())
            self._trigger.close()
            self._trigger = None
        return False

    def close(self) -> None:
        if self._trigger is not None:
            self._trigger.close()
        os.close(self._wake)

    def _arm(self) -> select.poll:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        self._trigger = psi.arm(self._proc)
        if self._trigger is not None:
            poll.register(self._trigger.fileno(), psi.PsiTrigger.EVENTS)
        self._armed(poll)
        self._poll = poll
        return poll
