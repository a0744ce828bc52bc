"""Signals that end a command: what it has begun is finished first."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP)


class _Signaled(BaseException):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def unwound() -> Iterator[None]:
    """Unwind the block on SIGTERM or SIGHUP, as on Ctrl+C; then let the signal end the program as usual.

    A second signal ends it at once, and ignored ones stay ignored.
    """
    before = {number: signal.signal(number, _unwind) for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL}
    try:
        yield
    except _Signaled as ended:
        sys.stdout.flush()
        os.kill(os.getpid(), ended.number)
        raise SystemExit(128 + ended.number) from None  # the first process of a container isn't ended by it
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _unwind(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    raise _Signaled(number)
