"""The limit on open files: one descriptor per process on the machine needs more than the usual 1024."""

from __future__ import annotations

import contextlib
import resource
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.Lock()
_original: int | None = None


def raise_limit() -> int:
    """Raise the soft RLIMIT_NOFILE to the hard one, which needs no privilege; return the limit now in force."""
    global _original  # noqa: PLW0603 - the limit is the process's own global
    with _lock:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if _original is None:
            _original = soft
        if soft != hard:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
                return hard
        return soft


@contextlib.contextmanager
def original_limit() -> Iterator[None]:
    """Restore the original limit while a child is started, which inherits it.

    Programs that use select(2) or close every possible descriptor at start suffer under a raised limit.
    Descriptors above the lowered limit stay open; a scan that opens one meanwhile falls back to paths.
    """
    with _lock:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if _original is None or soft == _original:
            yield
            return
        resource.setrlimit(resource.RLIMIT_NOFILE, (_original, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
